"""The audit of disclosure control: what was suppressed and why, in words that give nothing of it away.

Nowhere does it say which figures are small and which protect them: both have one verdict and one width.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.disclosure.counts import Key, key_of
from needs_assessment.disclosure.protection import Rules
from needs_assessment.disclosure.published_table import SUPPRESSED

AUDIT_COLUMNS = ("table", "measure", "area", "breakdown", "period", "verdict", "width")
HIDDEN = "suppressed: too small to publish, or would give a small count away"
REFUSED = "suppressed: too many figures of short periods to be checked together; give longer periods"
RESTS = "suppressed: rests on a suppressed figure"
NOTHING = "nothing was suppressed: no count of people, and no difference of two, is small"
BEFORE = "review: the previous release already tells this many small counts: {}"
NARROW = "review: this many suppressed figures can be worked out more closely than the rule allows: {}"
WITH_WARDS = "{} and every area inside it"


def audit_frame(
    returns: pd.DataFrame,
    results: Collection[tuple[str, str, str]],
    rules: Rules,
    *,
    area: str,
    narrow: int = 0,
    early: int = 0,
    refused: Collection[Key] = (),
) -> pd.DataFrame:
    """One row a suppressed figure of the returns, then of the results; one row that says so where there is none.

    returns: as they are printed; results: measure, breakdown and category of those suppressed; narrow, early: how many
    figures fall short of the rule, and how many an earlier release tells; refused: figures that could not be checked.
    """
    width = f"{rules.width:g} or more if below {rules.minimum}, 1 or more if not"
    rows = []
    for row in returns.to_dict("records"):
        if isinstance(row["value"], str) and row["value"] == SUPPRESSED:
            kind = row["accommodation_type"].replace("_", " ") or "all"
            period = f"{row['period_start'].isoformat()} to {row['period_end'].isoformat()}"
            verdict = REFUSED if key_of(row) in refused else HIDDEN
            rows.append(("local_returns", row["measure"], area, kind, period, verdict, width))
    order = {name: place for place, name in enumerate(RESULT_MEASURES)}
    for measure, breakdown, category in sorted(results, key=lambda key: (order.get(key[0], 0), key)):
        part = "all" if breakdown == "all" else f"{breakdown}: {category}"
        rows.append(("results", measure, WITH_WARDS.format(area), part, "", RESTS, width))
    if not rows:
        rows.append(("all", "all", area, "all", "", NOTHING, ""))
    for count, words in ((early, BEFORE), (narrow, NARROW)):
        if count:
            rows.append(("local_returns", "", area, "", "", words.format(count), ""))
    return pd.DataFrame(rows, columns=list(AUDIT_COLUMNS))

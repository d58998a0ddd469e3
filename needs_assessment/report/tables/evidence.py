"""The statutory checklist: of each thing the duty asks for, what this run has, what is partial and what is missing.

Only what can be shown is judged: whether a result has a value, a return or a statement was given, and whether it is
older than the registered age. Whether it is enough, and every act of the authority, is not for a number to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.gate import SafeResults, publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.tables.evidence_statements import DATED, MISSING, PRESENT, theme_standings
from needs_assessment.report.tables.returns import STALE
from needs_assessment.report.wording import unknown

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs

PARTIAL, OWN_ACT = "partial", "own act"
WORDS = {PRESENT: "Present", PARTIAL: "Partial", MISSING: "MISSING", OWN_ACT: "The authority's own act"}
NO_NUMBER = "Not something a number can show"
RESIDUAL = "no_published_rate"
Standings = Mapping[str, str]  # name -> present, dated or missing


def return_standings(returns: pd.DataFrame) -> dict[str, str]:
    """Each measure of the local returns: present, or dated where all its rows are stale or of part of a year.

    returns: ``LocalReturns.frame``. A figure under another name (refuge places) stands under both.
    """
    found: dict[str, str] = {}
    for row in returns.to_dict("records"):
        measure = RETURN_MEASURES[row["measure"]]
        short = bool(row["part_year"]) and measure.flow
        fresh = PRESENT if not (row["stale"] or short) else DATED
        for name in filter(None, (row["measure"], measure.same_as[0])):
            found[name] = PRESENT if PRESENT in (fresh, found.get(name)) else DATED
    return found


def supply_standings(returns: pd.DataFrame) -> dict[str, str]:
    """Each type of accommodation whose places or units a local return gives: present or dated."""
    found: dict[str, str] = {}
    for row in returns.to_dict("records"):
        measure = RETURN_MEASURES[row["measure"]]
        if not (measure.supply and not measure.flow and not measure.part_of and measure.total == "sum"):
            continue
        if measure.agency != "Safe accommodation: places":
            continue
        kind = row["accommodation_type"] or measure.same_as[1]
        fresh = DATED if row["stale"] else PRESENT
        found[kind] = PRESENT if PRESENT in (fresh, found.get(kind)) else DATED
    return found


def evaluate(
    items: pd.DataFrame,
    safe: SafeResults,
    returns: pd.DataFrame,
    themes: Standings,
    titles: Mapping[str, str],
) -> pd.DataFrame:
    """The items with ``status`` (present, partial, missing, own act) and ``detail``: what is there and what is not.

    items: the register; safe: released results; returns: ``LocalReturns.frame``; themes: the standing of each theme of
    evidence, titles: what it is called. Present: everything an item looks at is there and not stale; missing: nothing
    is; partial: the rest. Raises ValueError for a rule that is not known.
    """
    given, supply = return_standings(returns), supply_standings(returns)
    judged = []
    for item in items.to_dict("records"):
        names = item["looks_at"].split()
        if item["rule"] == "own_act":
            judged.append((OWN_ACT, NO_NUMBER))
            continue
        if item["rule"] == "results":
            found = {_title(safe, name): _result(safe, name) for name in names}
        elif item["rule"] == "breakdowns":
            found = {f"by {_words(name)}": _breakdown(safe, name) for name in names}
        elif item["rule"] == "accommodation_type":
            found = _type(safe, names, supply)
        elif item["rule"] == "returns":
            found = {_words(name): given.get(name, MISSING) for name in names}
        elif item["rule"] == "themes":
            found = {titles[name]: themes.get(name, MISSING) for name in names}
        else:
            raise ValueError(f"the checklist has an unknown rule: {item['rule']}")
        judged.append((_status(list(found.values())), _detail(found)))
    return items.assign(status=[status for status, _ in judged], detail=[text for _, text in judged])


def judge_checklist(inputs: Inputs, safe: SafeResults) -> pd.DataFrame:
    """The statutory checklist of one run, each item with its status and what there is."""
    evidence = inputs.evidence
    titles = dict(zip(evidence.themes["theme"], evidence.themes["title"], strict=True))
    standings = theme_standings(evidence)
    return evaluate(evidence.checklist, safe, inputs.returns.frame, standings, titles)


def _status(standings: Sequence[str]) -> str:
    if all(standing == PRESENT for standing in standings):
        return PRESENT
    return MISSING if all(standing == MISSING for standing in standings) else PARTIAL


def _result(safe: SafeResults, measure: str, **of: Any) -> str:
    if not safe.has(measure, **of):
        return MISSING
    row = safe.row(measure, **of)
    if unknown(row):
        return MISSING
    return DATED if STALE in row["note"] else PRESENT


def _title(safe: SafeResults, measure: str) -> str:
    """What a reader calls a result, and that it is modelled where it is."""
    modelled = safe.has(measure) and safe.row(measure)["basis"] == "modelled"
    return RESULT_MEASURES[measure].title + (" (modelled)" if modelled else "")


def _words(name: str) -> str:
    return name.replace("_", " ").replace("childrens", "children's").replace("idva", "IDVA")


def _small(name: str) -> str:
    """Within a sentence: a small first letter, but for an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _breakdown(safe: SafeResults, name: str) -> str:
    rows = safe.pick(["victims_last_year"], level="authority", breakdown=name)
    rows = rows[rows["category"] != RESIDUAL]
    return PRESENT if any(not unknown(row) for _, row in rows.iterrows()) else MISSING


def _type(safe: SafeResults, kinds: Sequence[str], supply: Standings) -> dict[str, str]:
    return {
        name: standing
        for kind in kinds
        for name, standing in (
            (
                "places required",
                _result(safe, "places_required_queueing", breakdown="accommodation_type", category=kind),
            ),
            ("places there are", supply.get(kind, MISSING)),
        )
    }


def _detail(found: Standings) -> str:
    """What is there, what is old or of part of a year, what is missing: each kind named once."""
    parts = []
    for standing, lead in (
        (PRESENT, "Here"),
        (DATED, f"{STALE} or part of a year"),
        (MISSING, "Not here"),
    ):
        names = [name for name, held in found.items() if held == standing]
        if names:
            parts.append(f"{lead}: {'; '.join(map(_small, names))}.")
    return " ".join(parts)


def checklist_table(judged: pd.DataFrame, area: str) -> PublishedTable:
    """The table ``statutory_checklist``: provision, what is asked, what this run has, what to obtain."""
    shown = judged.assign(
        here=[WORDS[status] for status in judged["status"]],
        obtain=[
            "" if status == PRESENT else text
            for status, text in zip(judged["status"], judged["obtain"], strict=True)
        ],
    )
    return publish_table(
        "statutory_checklist",
        f"Statutory checklist of the safe-accommodation duty, {area}",
        [
            TableColumn("provision", "Provision"),
            TableColumn("citation", "Provision in full"),
            TableColumn("asked", "What is asked"),
            TableColumn("here", "In this run"),
            TableColumn("detail", "What there is, and what is not"),
            TableColumn("obtain", "What to obtain"),
        ],
        shown,
        notes=[
            f"Sections are of the {_instruments(judged)}. The wording is ours and shortened: the law itself decides.",
            "Present means that this run holds the evidence named, not that it is enough. Modelled figures count as "
            "present; local counts have rows of their own.",
        ],
        source="Source: data/statutory_checklist.csv, with the source of every row.",
    )


def _instruments(judged: pd.DataFrame) -> str:
    """Which instrument sections and regulations are of, from the register's own citations."""
    named: dict[str, list[str]] = {}
    for citation, provision in zip(judged["citation"], judged["provision"], strict=True):
        instrument = citation.removesuffix(f", {provision}")
        if instrument != citation:
            named.setdefault(instrument, []).append(provision)
    return "; ".join(
        instrument if place == 0 else f"{', '.join(sorted(set(map(_head, held))))} of {instrument}"
        for place, (instrument, held) in enumerate(named.items())
    )


def _head(provision: str) -> str:
    """ "regulation 2(4)(a)" is in "regulation 2"."""
    return provision.split("(", maxsplit=1)[0]


def summary(judged: pd.DataFrame) -> str:
    """How many items are present, partial, missing and the authority's own acts, in one sentence."""
    count = judged["status"].value_counts()
    of = {status: int(count.get(status, 0)) for status in WORDS}
    return (
        f"Of {len(judged)} items that the duty asks for, this run holds the evidence of {of[PRESENT]}, a part of it for "
        f"{of[PARTIAL]} and none for {of[MISSING]}; {of[OWN_ACT]} are acts of the authority that no number can show."
    )

"""An observed series by ward of residence (police, MARAC or helpline), for the method ``local``.

Counts of people, or of events as near to people as the source allows; by where they live, never by where a service is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.tables.cells import Column
from needs_assessment.tables.files import file_sha256, read_strings
from needs_assessment.tables.validation import Problems, TableSchema, validate

OWN_FILE = "ward_series_file"
SCHEMA = TableSchema(
    "ward_series",
    "Observed series by ward",
    (
        Column(
            "ward_code",
            "text",
            "code of the ward of residence",
            pattern=r"E05\d{6}",
            form="a ward code such as E05000001",
        ),
        Column(
            "count", "integer", "people or events of the period; blank: not observed", blank=True, minimum=0
        ),
    ),
    key=("ward_code",),
)


@dataclass(frozen=True)
class WardSeries:
    """Observed counts in the order of the run's wards, shape [ward], NaN where not observed."""

    observed: NDArray[np.float64]
    file: str
    sha256: str


def load_ward_series(path: Path, wards: pd.DataFrame, minimum: int) -> WardSeries:
    """The series of a file with the columns ward_code and count.

    minimum: the smallest count that may be published. Ward estimates of this method are a known function of the count,
    so a file with a count above 0 and below the minimum is refused: from the published estimate anyone could solve it.
    Raises InputError naming file and row; a refused count is not repeated.
    """
    table = read_strings(path, expected=SCHEMA.names)
    frame = validate(table.frame, SCHEMA, file=table.file, rows=table.rows, echo=False)
    absent = sorted(set(wards["ward_code"]) - set(frame["ward_code"]))
    if absent:
        raise InputError(
            "The ward series lacks wards of the area; a ward without an observation is a row with a blank count.",
            file=table.file,
            column="ward_code",
            found=f"nothing for {', '.join(absent[:5])}{' and others' if len(absent) > 5 else ''}",
            expected="one row for every ward of the area",
            action="add the wards, or use a series for the same ward boundaries as the population",
        )
    counts = frame.set_index("ward_code")["count"].reindex(wards["ward_code"]).astype("Float64")
    observed = np.asarray(counts.to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)
    small = (observed > 0) & (observed < minimum)
    problems = Problems(table.file)
    for place in np.flatnonzero(frame["ward_code"].isin(wards["ward_code"][small])):
        problems.add(
            "A ward's count is too small: it could be solved from the ward's published estimate.",
            row=table.rows[int(place)],
            column="count",
            expected=f"0, or {minimum} and more",
            action="give a longer period (several years together), or choose another method",
        )
    problems.raise_if_any()
    if not np.nansum(observed) > 0:
        raise InputError(
            "The ward series has no events, so it says nothing about the wards.",
            file=table.file,
            column="count",
            expected="counts above 0 in some wards",
            action="choose another series or another method",
        )
    return WardSeries(observed, table.file, file_sha256(path))

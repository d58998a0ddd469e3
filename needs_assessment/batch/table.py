"""All results of a batch as one Arrow table with a schema that says what its columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from needs_assessment.results import NUMBERS, RESULT_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

MARKER = "marker"
SUPPRESSED = "[c]"


def as_arrow(released: pd.DataFrame) -> pa.Table:
    """Released results as an Arrow table: the columns of results.csv, and ``marker``.

    A suppressed number is null with ``[c]`` in marker; a number that is not known is null with an empty marker. Raises
    ValueError for any other text in a number.
    """
    import pyarrow as pa

    columns: dict[str, pa.Array] = {}
    hidden = np.zeros(len(released), dtype=bool)
    for name in RESULT_COLUMNS:
        cells = released[name]
        if name not in NUMBERS:
            columns[name] = pa.array(cells.fillna("").astype(str).tolist(), pa.string())
            continue
        texts = cells.map(lambda cell: isinstance(cell, str)).to_numpy(dtype=bool)
        stray = [cell for cell in cells[texts] if cell != SUPPRESSED]
        if stray:
            raise ValueError(f"the column {name} holds the text {stray[0]!r}")
        hidden |= texts
        numbers = pd.to_numeric(cells.where(~texts)).to_numpy(dtype=float)
        columns[name] = pa.array(numbers, pa.float64(), mask=np.isnan(numbers))
    columns[MARKER] = pa.array(np.where(hidden, SUPPRESSED, "").tolist(), pa.string())
    return pa.table(columns, schema=schema())


def schema() -> pa.Schema:
    """The columns with their meaning, taken from the data dictionary's schema of results."""
    import pyarrow as pa

    from needs_assessment.tables.schemas import RESULTS

    meanings = {column.name: column.meaning for column in RESULTS.columns}
    fields = [
        pa.field(
            name,
            pa.float64() if name in NUMBERS else pa.string(),
            metadata={"meaning": meanings[name]},
        )
        for name in RESULT_COLUMNS
    ]
    fields.append(
        pa.field(
            MARKER,
            pa.string(),
            metadata={"meaning": "[c] where the number was suppressed to protect people; else empty"},
        )
    )
    return pa.schema(fields)

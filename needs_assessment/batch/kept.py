"""What an area that is finished keeps: its results as an Arrow table, and a few facts of its run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from needs_assessment.batch.job import FACTS, Job
from needs_assessment.csv_text import plain_frame
from needs_assessment.results import NUMBERS, RESULT_COLUMNS
from needs_assessment.runs.run import run_folder

if TYPE_CHECKING:
    import pyarrow as pa


def facts_of(job: Job) -> dict[str, Any]:
    """population: the date of its estimate; met_above_need: the tiers whose met need is above need."""
    if job.part:
        import pyarrow.parquet as pq

        facts: dict[str, Any] = json.loads((pq.read_schema(job.part).metadata or {})[FACTS])
        return facts
    manifest = json.loads((run_folder(job.scenario()) / "manifest.json").read_text(encoding="utf-8"))
    population = next(row["date"] for row in manifest["inputs"] if row["input"] == "population")
    return {"population": population, "met_above_need": manifest["met_above_need"]}


def exit_code(job: Job) -> int:
    """5 where met need is above need and that was not accepted, else 0."""
    accepted = job.scenario().accept_met_above_need
    return 5 if facts_of(job)["met_above_need"] and not accepted else 0


def results_of(job: Job) -> pa.Table:
    """The released results of a finished area, as they were written."""
    import pandas as pd
    import pyarrow.parquet as pq

    from needs_assessment.batch.table import as_arrow

    if job.part:
        return pq.read_table(job.part).replace_schema_metadata(None)
    frame = plain_frame(
        pd.read_csv(
            run_folder(job.scenario()) / "results.csv",
            dtype={name: "str" for name in RESULT_COLUMNS if name not in NUMBERS},
            keep_default_na=False,
            na_values={name: [""] for name in NUMBERS},
            float_precision="round_trip",
        )
    )
    for name in NUMBERS:
        if frame[name].dtype != float:  # a column that holds a marker is read as text
            frame[name] = pd.Series([_number(cell) for cell in frame[name]], dtype="object")
    return as_arrow(frame)


def _number(cell: Any) -> Any:
    try:
        return float(cell)
    except ValueError:
        return cell

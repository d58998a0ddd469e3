"""One area of a batch as a piece of work that a worker can do on its own, and what became of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from needs_assessment.errors import NeedsAssessmentError, fault_of_the_computer
from needs_assessment.scenario import PATH_FIELDS, Scenario

State = Literal["done", "unchanged", "failed"]
BY_AREA = "{area}"
FINGERPRINT = b"needs_assessment_fingerprint"
FACTS = b"needs_assessment_area"


@dataclass(frozen=True)
class Job:
    """One area to assess.

    choices: the scenario as plain values, files with their whole paths; part: the Parquet file of its released results
    when only results are wanted, '' for the whole folder; fingerprint: of its choices, files and code.
    """

    code: str
    choices: Mapping[str, Any]
    part: str
    fingerprint: str
    weight: int

    def scenario(self) -> Scenario:
        return Scenario.build(self.choices, f"batch, {self.code}")


@dataclass(frozen=True)
class Outcome:
    """What became of one area.

    exit_code: 0 done, 5 complete but met need is above need, else the code of the error; message: why it failed.
    """

    code: str
    state: State
    message: str = ""
    exit_code: int = 0


def make_job(base: Scenario, codes: tuple[str, ...], code: str, weight: int, parts: Path | None) -> Job:
    """The job of one area; ``{area}`` in the name of a file stands for the area's code.

    Such a file that does not exist is left out: not every council has sent a return.
    """
    from needs_assessment.runs.fingerprint import fingerprint
    from needs_assessment.runs.run import output_parent

    choices = base.model_dump(mode="json")
    choices["area"] = list(codes)
    choices["output"] = str(output_parent(base).resolve())
    for name in PATH_FIELDS:
        given = str(choices[name])
        path = Path(given.replace(BY_AREA, code)).resolve() if given else None
        left_out = path is None or (BY_AREA in given and not path.exists())
        choices[name] = "" if left_out else str(path)
    if parts is not None:
        choices["boundaries"] = ""  # results hold no map; the summary draws its own
    scenario = Scenario.build(choices, f"batch, {code}")
    part = "" if parts is None else str((parts / f"{code}.parquet").resolve())
    return Job(code, choices, part, fingerprint(scenario), weight)


def is_finished(job: Job) -> bool:
    """Whether the area's outputs are there, whole, and made from the same choices, files and code."""
    return _part_is_finished(job) if job.part else _folder_is_finished(job)


def _part_is_finished(job: Job) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        held = pq.read_schema(job.part).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return False
    return bool(held.get(FINGERPRINT) == job.fingerprint.encode())


def _folder_is_finished(job: Job) -> bool:
    from needs_assessment.runs.run import run_folder
    from needs_assessment.runs.run_folder import file_digest

    folder = run_folder(job.scenario())
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return manifest["fingerprint"] == job.fingerprint and all(
            file_digest(folder / name) == digest for name, digest in manifest["outputs"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def run_job(job: Job) -> Outcome:
    """Assess one area and write its outputs; an error is an outcome, so that the other areas go on."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    try:
        scenario = job.scenario()
        if job.part:
            return Outcome(job.code, "done", exit_code=_write_part(job, scenario))
        from needs_assessment.runs.run import run_scenario

        finished = run_scenario(scenario, beside=False)
        agrees = finished.assessment.reconciled or scenario.accept_met_above_need
        return Outcome(job.code, "done", exit_code=0 if agrees else 5)
    except NeedsAssessmentError as error:
        return Outcome(job.code, "failed", error.report(), error.exit_code)
    except (OSError, MemoryError) as error:
        fault = fault_of_the_computer(error)
        return Outcome(job.code, "failed", fault.report(), fault.exit_code)
    except Exception as error:  # one area's failure does not stop the rest
        text = f"{type(error).__name__}: {error}"
        return Outcome(job.code, "failed", f"The run broke off, which is a fault of this tool. {text}", 3)


def _write_part(job: Job, scenario: Scenario) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from needs_assessment.assessment import assess
    from needs_assessment.batch.table import as_arrow
    from needs_assessment.disclosure.of_assessment import release_results
    from needs_assessment.report.sentences import told_above_need

    assessment = assess(scenario)
    safe = release_results(assessment)
    table = as_arrow(safe.frame)
    facts = json.dumps(
        {
            "population": assessment.inputs.population.estimate_date,
            "met_above_need": told_above_need(assessment, safe),
        }
    )
    table = table.replace_schema_metadata(
        {**(table.schema.metadata or {}), FINGERPRINT: job.fingerprint.encode(), FACTS: facts.encode()}
    )
    target = Path(job.part)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        pq.write_table(table, beside)
        beside.replace(target)
    except (OSError, pa.ArrowException):
        beside.unlink(missing_ok=True)
        raise
    return 0 if assessment.reconciled or scenario.accept_met_above_need else 5

"""One of the two runs that are compared: what it published, and its inputs as far as they can be had."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from needs_assessment.estimate.change import RunName
from needs_assessment.given_files import file_check_sum
from needs_assessment.inputs.finished_run import read_run, run_inputs
from needs_assessment.inputs.load import Inputs
from needs_assessment.registers.registers import Assumption
from needs_assessment.resources import code_digest, data_dir, register_digests
from needs_assessment.results import ALL, Results
from needs_assessment.scenario import PATH_FIELDS, Scenario

WARD_MEASURE = "victims_last_year"
# folders, and choices that only say where or how results are written
NOT_FILES = ("previous", "template", "scenarios")


@dataclass(frozen=True)
class Published:
    """One figure as a run published it; value is None where it is not known or, with ``hidden``, suppressed."""

    value: float | None
    hidden: bool
    basis: str
    source_ids: frozenset[str]

    @property
    def returned(self) -> bool:
        """Whether the figure is a local return and nothing else."""
        return self.basis == "observed"


@dataclass(frozen=True)
class Side:
    """One run.

    figures: the whole area's, by measure; wards: victims of the last year by ward code, with the ward's name;
    assumptions: the registered figures the run rests on; files: SHA-256 of each file it was given, by choice; missing:
    the choices whose file is not at hand, so that ``inputs`` lack it; code, registers: what it was calculated with.
    """

    name: RunName
    inputs: Inputs
    figures: Mapping[str, Published]
    wards: Mapping[str, tuple[str, Published]]
    assumptions: Mapping[str, Assumption]
    files: Mapping[str, str]
    missing: tuple[str, ...]
    code: str
    registers: Mapping[str, str]

    @property
    def area_code(self) -> str:
        return self.inputs.area.code

    @property
    def as_calculated_now(self) -> bool:
        """Whether this installation's code and registers are those that the run was calculated with."""
        return self.code == code_digest() and dict(self.registers) == register_digests(data_dir())


def read_side(folder: Path, data: Path, available: Mapping[str, Path]) -> Side:
    """The run in ``folder``; available: files at hand, by SHA-256. Raises UsageError and InputError as ``read_run``."""
    run = read_run(folder, data)
    inputs, missing = run_inputs(run, data, available)
    return Side(
        name=_name(run.name, inputs, run.scenario),
        inputs=inputs,
        figures=_figures(run.results),
        wards=_wards(run.results),
        assumptions=run.assumptions,
        files=run.files,
        missing=missing,
        code=run.code,
        registers=run.registers,
    )


def side_of(inputs: Inputs, results: Results) -> Side:
    """The run that is being made: its inputs and results as they are in memory, before anything is suppressed."""
    frame = results.frame
    used = sorted({name for cell in frame["assumption_ids"] for name in cell.split()})
    return Side(
        name=_name("this run", inputs, inputs.scenario),
        inputs=inputs,
        figures=_figures(frame),
        wards=_wards(frame),
        assumptions={name: inputs.registers.assumption(name) for name in used},
        files=files_given(inputs.scenario),
        missing=(),
        code=code_digest(),
        registers=register_digests(data_dir()),
    )


def files_given(scenario: Scenario) -> dict[str, str]:
    """Check sums of the files that a scenario names, by choice, as a manifest has them."""
    paths = {name: Path(str(getattr(scenario, name))) for name in PATH_FIELDS if name not in NOT_FILES}
    return {name: file_check_sum(name, path) for name, path in paths.items() if path.is_file()}


def _name(name: str, inputs: Inputs, scenario: Scenario) -> RunName:
    population, rates = inputs.population, inputs.rates
    return RunName(
        name,
        f"{population.estimate_date}, wards of {population.ward_vintage}",
        f"{rates.name} ({rates.edition}, {rates.question_set} questions, people {rates.ages})",
        scenario.as_of.isoformat(),
    )


def _figures(frame: pd.DataFrame) -> dict[str, Published]:
    rows = frame[(frame["area_level"] == "authority") & (frame["breakdown"] == ALL)]
    return {str(row["measure"]): _published(row) for _, row in rows.iterrows()}


def _wards(frame: pd.DataFrame) -> dict[str, tuple[str, Published]]:
    rows = frame[
        (frame["area_level"] == "ward") & (frame["breakdown"] == ALL) & (frame["measure"] == WARD_MEASURE)
    ]
    return {str(row["area_code"]): (str(row["area_name"]), _published(row)) for _, row in rows.iterrows()}


def _published(row: pd.Series) -> Published:
    cell = row["value"]
    value: float | None = None
    hidden = False
    if isinstance(cell, str):
        try:
            value = float(cell) if cell else None
        except ValueError:
            hidden = True
    elif not math.isnan(float(cell)):
        value = float(cell)
    return Published(value, hidden, str(row["basis"]), frozenset(str(row["source_ids"]).split()))

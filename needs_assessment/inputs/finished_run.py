"""The folder of a finished run, read back: its choices, its results, and the population, rates and figures it used.

Every file that is read must still be the file that the run wrote; nothing of a local return is in the folder.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from needs_assessment.csv_text import plain_frame
from needs_assessment.errors import InputError, UsageError
from needs_assessment.inputs.load import Inputs, Kept, load_inputs
from needs_assessment.inputs.population.population import Population
from needs_assessment.inputs.rates.rate_set import RateSet
from needs_assessment.inputs.rates.rates import load_rate_set
from needs_assessment.plain_file import read_plain, read_words
from needs_assessment.registers.registers import Assumption, load_registers
from needs_assessment.scenario import PATH_FIELDS, Scenario
from needs_assessment.tables.files import file_sha256
from needs_assessment.tables.schemas import POPULATION, RESULTS, validate

MANIFEST = "manifest.json"
RESULTS_FILE, ASSUMPTIONS_FILE = "results.csv", "assumptions_used.csv"
POPULATION_FILE, RATES_FILE = "inputs/population.csv", "inputs/rate_set.csv"
KEPT_FILES = (RESULTS_FILE, ASSUMPTIONS_FILE, POPULATION_FILE, RATES_FILE)
RUN_AGAIN = "give the folder of a finished run as it was written, or run it again"
# the files a figure of the whole area can rest on that a run's folder does not keep
FILES_NOT_KEPT = ("services", "overlaps", "characteristics")


@dataclass(frozen=True)
class RunFolder:
    """One finished run.

    results: results.csv as text, suppressed cells as they stand; assumptions: the registered figures it used, by id;
    files: SHA-256 of each file that was given, by the name of the choice; registers: SHA-256 of each register, by path
    below ``data``; code: SHA-256 of the library's source.
    """

    name: str
    area_code: str
    scenario: Scenario
    results: pd.DataFrame
    population: Population
    rates: RateSet
    assumptions: Mapping[str, Assumption]
    files: Mapping[str, str]
    registers: Mapping[str, str]
    code: str
    version: str


def read_run(folder: Path, data: Path) -> RunFolder:
    """Read the folder of a run.

    Raises UsageError where there is no run, InputError for a file that is missing or is not the one the run wrote.
    """
    facts = _manifest(folder)
    written = facts["outputs"]
    for name in KEPT_FILES:
        _check(folder, name, written)
    try:
        scenario = Scenario.build(facts["scenario"], MANIFEST)
        held = facts["population"]
        return RunFolder(
            name=folder.resolve().name,
            area_code=str(facts["area_code"]),
            scenario=scenario,
            results=_strings(folder / RESULTS_FILE, RESULTS.names),
            population=_population(folder, held),
            rates=load_rate_set(str(folder / RATES_FILE), data),
            assumptions=_assumptions(folder / ASSUMPTIONS_FILE),
            files=_digests(facts["files"]),
            registers=_digests(facts["registers"]),
            code=str(facts["code"]),
            version=str(facts["version"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, UsageError) as error:
        raise InputError(
            "The run was written by a version of this tool that keeps other things.",
            file=f"{folder.name}/{MANIFEST}",
            found=_unknown_to_this_version(error),
            action="run it again with this version, then compare",
        ) from None


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise UsageError(
            f"{folder} is not the folder of a finished run: it has no {MANIFEST}.",
            action="name the folder that a run printed as its outputs",
        )
    try:
        facts = json.loads(read_words(path))
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict) or not isinstance(facts.get("outputs"), dict):
        raise InputError(
            "The manifest of the run cannot be read.", file=f"{folder.name}/{MANIFEST}", action=RUN_AGAIN
        )
    return facts


def _digests(held: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(digest) for name, digest in held.items()}


def _unknown_to_this_version(error: Exception) -> str:
    if isinstance(error, UsageError):
        return error.message
    return f"without {error}" if isinstance(error, KeyError) else "entries of another form"


def _check(folder: Path, name: str, written: Mapping[str, str]) -> None:
    path = folder / name
    if not path.is_file():
        raise InputError(
            "A file of the run is missing.",
            file=f"{folder.name}/{name}",
            expected="the file that the run wrote",
            action=RUN_AGAIN,
        )
    if written.get(name) != file_sha256(path):
        raise InputError(
            "A file of the run is not the one that the run wrote.",
            file=f"{folder.name}/{name}",
            found=f"check sum {file_sha256(path)[:12]}…",
            expected=f"{str(written.get(name, 'none'))[:12]}… by {MANIFEST}",
            action=RUN_AGAIN,
        )


def _strings(path: Path, columns: tuple[str, ...] | list[str]) -> pd.DataFrame:
    frame = plain_frame(
        pd.read_csv(
            io.BytesIO(read_plain(path)), dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8"
        )
    )
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise InputError(
            "A table of the run lacks a column.",
            file=f"{path.parent.name}/{path.name}",
            column=", ".join(absent),
            expected="the columns that this version writes",
            action=RUN_AGAIN,
        )
    return frame[list(columns)]


def _population(folder: Path, held: Mapping[str, str]) -> Population:
    path = folder / POPULATION_FILE
    frame = validate(_strings(path, POPULATION.needed), POPULATION, file=f"{folder.name}/{POPULATION_FILE}")
    return Population(
        frame=frame,
        estimate_date=str(held["date"]),
        ward_vintage=str(held["ward_vintage"]),
        source_ids=tuple(str(held["source_ids"]).split()),
        file=str(held["file"]),
        sha256=file_sha256(path),
        notes=(),
    )


def _assumptions(path: Path) -> dict[str, Assumption]:
    names = ["assumption_id", *(name for name in Assumption.__dataclass_fields__ if name != "id")]
    found = {}
    for row in _strings(path, names).to_dict("records"):
        numbers = {name: float(row[name]) if row[name] else None for name in ("value", "low", "high")}
        words = {str(name): str(cell) for name, cell in row.items() if name not in numbers}
        name = words.pop("assumption_id")
        found[name] = Assumption(id=name, **words, **numbers)  # type: ignore[arg-type]
    return found


def run_inputs(run: RunFolder, data: Path, available: Mapping[str, Path]) -> tuple[Inputs, tuple[str, ...]]:
    """The inputs of a run as far as they can be had, and the choices whose file cannot.

    available: files at hand by SHA-256; one that the run was given is used again. What a folder keeps no file of and
    no file is given for is left out of the inputs, and named.
    """
    blank = dict.fromkeys(PATH_FIELDS, "")
    given: dict[str, str] = {}
    missing = []
    for name in FILES_NOT_KEPT:
        if getattr(run.scenario, name):
            path = available.get(run.files.get(name, ""))
            if path is None:
                missing.append(name)
            else:
                given[name] = str(path)
    scenario = run.scenario.model_copy(update={**blank, **given})
    registers = load_registers(data)
    registers = replace(registers, assumptions=MappingProxyType({**registers.assumptions, **run.assumptions}))
    return load_inputs(scenario, data, Kept(run.population, run.rates, registers)), tuple(missing)

"""What a run calls the files it was given: by what they are, never by the names they have on somebody's machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from needs_assessment.given_files import file_word
from needs_assessment.inputs.alternatives import scenarios_path
from needs_assessment.resources import data_dir

T = TypeVar("T")

# parts of the inputs that carry the name of the file they were read from, by the choice that names it
_PARTS = {
    "population": "population",
    "services": "returns",
    "overlaps": "overlaps",
    "evidence": "evidence",
    "ward_series": "ward_series",
    "projection": "projection",
    "template": "template",
}


def without_file_names(given: T) -> T:
    """The inputs of a run (``load.Inputs``) with local files called by what they are (``services file 1``), notes too."""
    inputs: Any = given
    scenario = inputs.scenario
    real: dict[str, str] = {}
    changed: dict[str, Any] = {}
    for field, part in _PARTS.items():
        held = getattr(inputs, part)
        if getattr(scenario, field) and held is not None and held.file:
            real |= {name: file_word(field) for name in held.file.split(", ")}
            changed[part] = replace(held, file=file_word(field))
    if scenario.rates_file:
        real[inputs.rates.file] = file_word("rates")
        changed["rates"] = replace(inputs.rates, file=file_word("rates"))
    if scenario.characteristics:
        held = inputs.characteristics
        real |= {name: file_word("characteristics") for name, _ in held.files}
        files = tuple((file_word("characteristics"), digest) for _, digest in held.files)
        changed["characteristics"] = replace(held, files=files)
    if inputs.previous is not None:
        real[inputs.previous.folder] = file_word("previous")
        changed["previous"] = replace(inputs.previous, folder=file_word("previous"))
    population = changed.get("population", inputs.population)
    if population.lookup is not None:
        name, digest, rows = population.lookup
        real[name] = file_word("lookup")
        changed["population"] = replace(population, lookup=(file_word("lookup"), digest, rows))
    if inputs.alternatives and not _ships(scenario.scenarios):
        changed["alternatives"] = tuple(
            replace(one, file=f"scenario file {place}") for place, one in enumerate(inputs.alternatives, 1)
        )
    for field in ("boundaries", "lookup"):
        if getattr(scenario, field):
            real[Path(getattr(scenario, field)).name] = file_word(field)
    for part in ("population", "rates", "returns", "overlaps", "evidence", "characteristics"):
        held = changed.get(part, getattr(inputs, part))
        if getattr(held, "notes", ()):
            changed[part] = replace(held, notes=_renamed(held.notes, real))
    renamed: T = replace(inputs, **changed, notes=_renamed(inputs.notes, real))
    return renamed


def _ships(name: str) -> bool:
    return scenarios_path(name).resolve().is_relative_to(data_dir().resolve())


def _renamed(notes: Iterable[str], real: dict[str, str]) -> tuple[str, ...]:
    longest_first = sorted(real, key=len, reverse=True)
    found = []
    for note in notes:
        words = note
        for name in filter(None, longest_first):
            words = words.replace(name, real[name])
        found.append(words)
    return tuple(found)

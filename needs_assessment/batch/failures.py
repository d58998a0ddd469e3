"""Areas that could not be assessed, told together where the reason is the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from needs_assessment.batch.areas import WORDS, BatchArea
from needs_assessment.batch.job import BY_AREA, Outcome
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.bundled import known_wards
from needs_assessment.resources import data_dir
from needs_assessment.scenario import Scenario

NAMED = 3
_NUMBER = re.compile(r"\d[\d.,]*")


def some_of(labels: Sequence[str]) -> str:
    """A few of many areas by name, and the number of the others."""
    more = len(labels) - NAMED
    return ", ".join(labels[:NAMED]) + (f" and {more} more" if more > 0 else "")


def failure_lines(failed: Sequence[Outcome], names: Mapping[str, str]) -> list[str]:
    """One paragraph a reason: the areas it holds for, and its words, which are of the first where there are several.

    names: of each area by its code. Reasons are the same when they differ in the area's own code, name and numbers only.
    """
    groups: dict[str, list[Outcome]] = {}
    for one in failed:
        groups.setdefault(_reason(one, names.get(one.code, one.code)), []).append(one)
    lines = []
    for group in groups.values():
        first = group[0]
        if len(group) == 1:
            lines.append(f"{_label(first.code, names)}: {first.message}")
            continue
        labels = [_label(one.code, names) for one in group]
        lines.append(
            f"{len(group)} areas failed in the same way: {some_of(labels)}. Of the first: {first.message}"
        )
    return lines


def without_population(areas: Sequence[BatchArea], base: Scenario, asked: str) -> list[str]:
    """The areas that have no population to be assessed from, in words; nothing is read of a file that is given.

    Raises InputError when the batch can come to nothing: none of the areas has one, or every authority of a kind was
    asked for and no population was given, where only a few ship with the project.
    """
    given = base.population
    if given and BY_AREA not in given:
        return []
    held = set(known_wards(data_dir())["authority_code"])
    lacking = [
        area
        for area in areas
        if not set(area.area.authorities) <= held
        and not (given and Path(given.replace(BY_AREA, area.code)).exists())
    ]
    labels = [f"{area.area.name} ({area.code})" for area in lacking]
    if lacking and (len(lacking) == len(areas) or (asked in WORDS and not given)):
        raise InputError(
            f"{len(lacking)} of {len(areas)} areas have no population to be assessed from.",
            found=some_of(labels),
            expected=f"one file that holds all areas, or {BY_AREA} in its name for a file of each"
            if not given
            else f"a file for each area, as {given} with its code",
            action="give --population; nothing was begun",
        )
    return labels


def _label(code: str, names: Mapping[str, str]) -> str:
    return f"{names[code]} ({code})" if code in names else code


def _reason(one: Outcome, name: str) -> str:
    return _NUMBER.sub("0", one.message.replace(one.code, "").replace(name, ""))

"""Run on its own: gives every tier and every answer a twin, imports the whole package, and prints each list without it.

A list is any dictionary, tuple, list or set of a module, or a text, that names two tiers (or two answers), by themselves or
as measures of one family. A list derived from ``catalogue/tiers.py`` holds the twin wherever it holds the tier itself.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import needs_assessment
from needs_assessment.catalogue.tiers import ANSWERS, TIERS

TWIN = "twin_of_"
FAMILIES = {
    "tier": (tuple(TIERS), ("", "need_", "met_", "unmet_", "on_matched_lists_", "hidden_population_")),
    "answer": (
        tuple(ANSWERS),
        ("", "places_required_", "gap_", "gap_if_national_average_", "probability_of_gap_"),
    ),
}


def forgotten(names: set[str]) -> list[str]:
    """The twins that stand not where their elders do."""
    missing = []
    for ids, prefixes in FAMILIES.values():
        for prefix in prefixes:
            held = [name for name in ids if prefix + name in names]
            if len(held) > 1:
                missing += [twin for name in held if (twin := f"{prefix}{TWIN}{name}") not in names]
    return missing


def lists_in(value: object, where: str, seen: set[int], depth: int = 0) -> Iterator[tuple[str, set[str]]]:
    """Every list in an object of a module, by where it stands, with the texts that it holds."""
    if isinstance(value, str):
        yield where, set(re.findall(r"\w+", value))
        return
    if id(value) in seen or depth > 5:
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        yield f"{where} (keys)", {key for key in value if isinstance(key, str)}
        for key, each in value.items():
            yield from lists_in(each, f"{where}[{key!r}]", seen, depth + 1)
    elif isinstance(value, tuple | list | set | frozenset):
        yield where, {each for each in value if isinstance(each, str)}
        for place, each in enumerate(value):
            if not isinstance(each, str):
                yield from lists_in(each, f"{where}[{place}]", seen, depth + 1)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from lists_in(getattr(value, field.name, None), f"{where}.{field.name}", seen, depth + 1)


def main() -> None:
    import papermill  # noqa: F401  (loads the package's own engine by its entry point; the engine cannot come first)

    tables: tuple[dict[str, Any], ...] = (TIERS, ANSWERS)
    for table in tables:
        table |= {TWIN + name: row for name, row in table.items()}
    found: dict[str, list[str]] = {}
    derived: set[str] = set()
    for module in pkgutil.walk_packages(needs_assessment.__path__, "needs_assessment."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            if name.startswith("__"):
                continue
            for where, names in lists_in(value, f"{module.name}.{name}", set()):
                if any(TWIN in text for text in names):
                    derived.add(module.name)
                if missing := forgotten(names):
                    found[where] = missing
    json.dump({"forgotten": found, "derived": sorted(derived)}, sys.stdout)


if __name__ == "__main__":
    main()

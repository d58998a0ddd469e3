"""Fetch one area: ask what is not kept yet, make the project's tables of it, keep them with where they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from needs_assessment.errors import UsageError
from needs_assessment.fetch.made import Made
from needs_assessment.fetch.products import MAKERS
from needs_assessment.fetch.questions import Questions
from needs_assessment.fetch.register import Bases, OnlineRegister
from needs_assessment.fetch.store import Store, is_whole, keep, read_sidecar, write_whole
from needs_assessment.inputs.areas.geography import Area, resolve_area
from needs_assessment.registers.provenance import SIDECAR
from needs_assessment.registers.registers import Registers, load_registers

AREAS = "areas"
KINDS = tuple(MAKERS)
# a change of how tables are made lets kept tables be made again from the kept answers
RECIPE = 1


@dataclass(frozen=True)
class Fetching:
    """How to fetch: from where, for the wards of which year (blank: the newest), which kinds of material, into what."""

    register: OnlineRegister
    bases: Bases
    store: Store
    cache: Path
    data: Path
    year: str = ""
    kinds: tuple[str, ...] = KINDS
    refresh: bool = False


@dataclass(frozen=True)
class KeptFile:
    """One table of an area in the cache; state: 'fetched', 'kept' (it was whole) or 'made again' (it was damaged)."""

    path: Path
    state: str
    facts: dict[str, Any]

    def line(self) -> str:
        """One line for a terminal."""
        return f"  {self.state}: {self.path.name}, {self.facts['rows']:,} rows, {self.facts['period']}"


@dataclass(frozen=True)
class FetchedArea:
    """What is in the cache for one area; scenario: a file for ``run --scenario``, None without a population."""

    area: Area
    year: str
    files: tuple[KeptFile, ...]
    scenario: Path | None

    @property
    def notes(self) -> list[str]:
        """What a reader has to know, once each."""
        return list(dict.fromkeys(note for file in self.files for note in file.facts["notes"]))


def choose_kinds(text: str) -> tuple[str, ...]:
    """The kinds of --only, in the order in which they are fetched; all when it is blank. Raises UsageError."""
    asked = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in asked if name not in MAKERS]
    if unknown:
        raise UsageError(
            f"--only {text}: '{unknown[0]}' is not fetched.", action="choose among " + ", ".join(KINDS)
        )
    return tuple(kind for kind in KINDS if not asked or kind in asked)


def fetch_area(
    code: str,
    fetching: Fetching,
    said: Callable[[KeptFile], None] = lambda file: None,
    begins: Callable[[str], None] = lambda kind: None,
) -> FetchedArea:
    """Bring one area's material into the cache; ``begins`` hears what is asked for, ``said`` of each table kept.

    code: of an authority, or of several joined by '+', which become one partnership. Raises InputError for an area or
    authority that is unknown, EnvironmentFault for the network, the services and the disk; what has arrived is kept.
    """
    area = resolve_area([code], fetching.data, any_authority=True)
    year, layers = fetching.register.wards_of(fetching.year)
    folder = fetching.cache / AREAS / area.code
    registers = load_registers(fetching.data)
    files: list[KeptFile] = []
    for kind in fetching.kinds:
        facts: dict[str, Any] = {"kind": kind, "wards": year, "recipe": _recipe(fetching, area, year, kind)}
        kept = [] if fetching.refresh else _kept(folder, facts)
        state = "made again" if any(file.state != "kept" for file in kept) else "fetched"
        if not kept or state == "made again":
            begins(kind)
            # each kind asks for itself, so that what it rests on is known; the answers are shared through the store
            ask = Questions(fetching.register, fetching.bases, fetching.store, year, layers, area.authorities)
            made = MAKERS[kind](ask, fetching.data)
            facts |= {"area_code": area.code, "area_name": _name(area, ask), "files_of_kind": len(made)}
            kept = [
                _keep(folder / one.name, one, facts | _rests_on(one, ask, registers), state) for one in made
            ]
        for file in kept:
            said(file)
        files += kept
    return FetchedArea(area, year, tuple(files), _write_scenario(folder, area, year))


def kept_tables(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The tables of one area's folder and what was noted about each, in order of name."""
    for sidecar in sorted(folder.glob(f"*{SIDECAR}")):
        path = sidecar.with_name(sidecar.name.removesuffix(SIDECAR))
        facts = read_sidecar(path)
        if facts is not None:
            yield path, facts


def _kept(folder: Path, wanted: dict[str, Any]) -> list[KeptFile]:
    """The kind's tables in the cache, 'damaged' where one is not whole; empty when they are not all there."""
    found = [
        KeptFile(path, "kept" if is_whole(path, facts) else "damaged", facts)
        for path, facts in kept_tables(folder)
        if all(facts.get(name) == value for name, value in wanted.items())
    ]
    return found if found and len(found) == found[0].facts.get("files_of_kind") else []


def _recipe(fetching: Fetching, area: Area, year: str, kind: str) -> str:
    """What decides the content of a kind's tables, as one check sum."""
    register = fetching.register
    parts: list[object] = [RECIPE, kind, year, area.authorities, dict(fetching.bases.official)]
    for entry in (register.wards[year], register.population, register.census):
        parts.append(entry.model_dump(mode="json"))
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _name(area: Area, ask: Questions) -> str:
    """The area's name; authorities newer than the bundled list are named by the geography service."""
    if all(member.name != member.code for member in area.members):
        return area.name
    return " and ".join(dict.fromkeys(ward.authority_name for ward in ask.wards))


def _rests_on(made: Made, ask: Questions, registers: Registers) -> dict[str, Any]:
    """Where a table comes from: publication, terms, and every answer of the services with its official address."""
    sources = [registers.source(name) for name in made.source_ids]
    answers = ask.used()
    return {
        "title": made.title,
        "period": made.period,
        "method": made.method,
        "rows": made.rows,
        "for_a_run": made.for_a_run,
        "source_ids": list(made.source_ids),
        "publisher": list(dict.fromkeys(source.publisher for source in sources)),
        "licence": list(dict.fromkeys(source.licence for source in sources)),
        "attribution": list(dict.fromkeys(source.attribution for source in sources)),
        "notes": list(made.notes),
        "fetched_on": max(answer.fetched_on for answer in answers),
        "mirror": any(answer.mirror for answer in answers),
        "answers": [
            {"url": answer.url, "sha256": answer.sha256, "fetched_on": answer.fetched_on}
            for answer in answers
        ],
    }


def _keep(path: Path, made: Made, facts: dict[str, Any], state: str) -> KeptFile:
    keep(path, made.content, facts)
    return KeptFile(path, state, facts)


def _write_scenario(folder: Path, area: Area, year: str) -> Path | None:
    """A scenario file that a run takes with --scenario; it names the tables relative to itself."""
    chosen = {
        str(facts["for_a_run"]): (path.name, str(facts["period"]))
        for path, facts in kept_tables(folder)
        if facts.get("wards") == year and facts.get("for_a_run")
    }
    if "population" not in chosen:
        return None
    period = chosen["population"][1]
    lines = [
        f"# {area.code}: wards of {year}, residents of {period}. Written by the command fetch.",
        f"area = {json.dumps([member.code for member in area.members])}",
        *(f"{choice} = {json.dumps(name)}" for choice, (name, _) in sorted(chosen.items())),
    ]
    path = folder / f"scenario_wards{year}.toml"
    write_whole(path, ("\n".join(lines) + "\n").encode("utf-8"))
    return path

"""Other scenarios to set beside a run: named sets of choices in TOML files.

A file holds ``name``, ``description``, any choice of a Scenario that two runs of one area can differ in, and a table
``[assumptions]`` of registered figures. What is not said is as in the run itself, so that a difference has one cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from needs_assessment.errors import UsageError
from needs_assessment.inputs.screening import Screening
from needs_assessment.plain_file import read_words
from needs_assessment.registers.choices import with_choices
from needs_assessment.registers.registers import Registers, in_words
from needs_assessment.resources import data_dir
from needs_assessment.scenario import PATH_FIELDS, Scenario, parse_toml, read_scenario_file
from needs_assessment.tables.files import file_sha256

# the rest belong to the run (where, which draws, what to write): two scenarios that differ in them share no draws
MAY_DIFFER = (
    "population",
    "lookup",
    "services",
    "overlaps",
    "rates",
    "method",
    "characteristics",
    "ward_series",
    "projection",
    "assumptions",
    "benchmark",
    "intervals",
    "extend_to_16_and_over",
)
MOST = 20
BUNDLED = "bundled"


@dataclass(frozen=True)
class Alternative:
    """One other scenario: what it is called and why, its choices (all of them), and what it says differently."""

    name: str
    description: str
    scenario: Scenario
    says: tuple[str, ...]
    file: str
    sha256: str


def load_alternatives(base: Scenario, registers: Registers) -> tuple[Alternative, ...]:
    """The scenarios of the file or folder named by ``base.scenarios``, in order of file name.

    Raises UsageError for a path that does not exist, a file that is not TOML, an unknown key or figure, a choice that
    a scenario cannot differ in, a name used twice.
    """
    if not base.scenarios:
        return ()
    path = scenarios_path(base.scenarios)
    if not path.exists():
        raise UsageError(
            f"The file or folder of scenarios {path.name} does not exist.", action="check scenarios"
        )
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files or len(files) > MOST:
        raise UsageError(
            f"The folder of scenarios {path.name} holds {len(files)} files in TOML.",
            action=f"put between 1 and {MOST} scenarios in it, one a file",
        )
    found = [_read(file, place, base, registers) for place, file in enumerate(files, 1)]
    names = [one.name.casefold() for one in found]
    for place, one in enumerate(found):
        if one.name.casefold() in names[:place]:
            raise UsageError(
                f"scenario file {one.file}: another scenario is called '{one.name}' too.",
                action="give each scenario a name of its own",
            )
    return tuple(found)


def scenarios_path(name: str) -> Path:
    """The file or folder of scenarios; the word ``bundled`` (where nothing has that name) is those of the project."""
    path = Path(name)
    return data_dir() / "scenarios" if path.name == BUNDLED and not path.exists() else path


def _read(path: Path, place: int, base: Scenario, registers: Registers) -> Alternative:
    origin = f"scenario file {path.name}"
    choices = read_scenario_file(path)
    said = parse_toml(read_words(path))
    name, description = (_words(said.get(key, ""), key, origin) for key in ("name", "description"))
    screening = Screening(path.name)
    for key, text in (("name", name), ("description", description)):
        screening.text(text, column=key)
    screening.raise_if_any(action="reword it: the names and descriptions of scenarios are printed")
    for key in choices:
        if key not in MAY_DIFFER:
            raise UsageError(
                f"{origin}: a scenario set beside a run cannot choose '{key}': both share the area, the draws and the "
                "folder.",
                action="leave it out; a scenario may choose " + ", ".join(MAY_DIFFER),
            )
    kept: dict[str, Any] = base.model_dump(exclude={"scenarios", "previous", "template"})
    own = choices.get("assumptions", {})
    # what is no table is refused by the scenario itself, in its own words
    merged = {**kept["assumptions"], **own} if isinstance(own, dict) else own
    scenario = Scenario.build({**kept, **choices, "assumptions": merged}, origin)
    if scenario.assumptions:
        with_choices(registers, scenario.assumptions, origin)
    return Alternative(
        name or f"scenario {place}",
        description,
        scenario,
        _says(scenario, choices, registers),
        path.name,
        file_sha256(path),
    )


def _words(given: object, key: str, origin: str) -> str:
    if not isinstance(given, str) or len(given) > 300 or "\n" in given.strip():
        raise UsageError(
            f"{origin}: {key} cannot be used.", action=f"write {key} as one line of at most 300 letters"
        )
    return " ".join(given.split())


def _says(scenario: Scenario, choices: dict[str, Any], registers: Registers) -> tuple[str, ...]:
    """What the scenario sets, in words; files by name."""
    shown = scenario.local_only()
    own = {*PATH_FIELDS, *(["rates"] if scenario.rates_file else [])}
    words = [
        f"{key.replace('_', ' ')}: {'a file of its own' if key in own and shown[key] else shown[key]}"
        for key in choices
        if key != "assumptions"
    ]
    for name in choices.get("assumptions") or {}:
        item, choice = registers.assumption(name), scenario.assumptions[name]
        before = in_words(item.value, item.unit)
        text = f"{item.label}: {in_words(choice.value, item.unit)} in place of {before}"
        if item.low is not None and item.high is not None and not item.low <= choice.value <= item.high:
            text += f", outside the registered {item.low:,.10g} to {item.high:,.10g}"
        words.append(text)
    return tuple(words)

"""One run's choices as one typed model.

The notebook's parameters cell, the command line and a scenario file in TOML are the same fields. An unknown key is an
error with exit code 2, never a run on the default.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    field_validator,
    model_validator,
)

from needs_assessment.errors import UsageError
from needs_assessment.plain_file import read_words

MOST_DOTS = 1_000  # of one line of choices: a key of many dots is a table in a table in a table
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
# names that Windows keeps for devices, with any ending
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
Method = Literal["crude", "sex", "age_sex", "composition", "local"]
PATH_FIELDS = (
    "population",
    "lookup",
    "boundaries",
    "services",
    "overlaps",
    "evidence",
    "characteristics",
    "ward_series",
    "projection",
    "scenarios",
    "previous",
    "template",
)


class Choice(BaseModel):
    """A registered figure as this run sets it; without low and high it is taken as certain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: FiniteFloat
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_number(cls, given: object) -> object:
        if isinstance(given, bool) or not isinstance(given, (int, float, dict, Choice)):
            raise ValueError("write a number, or {value = …, low = …, high = …}")
        return {"value": given} if isinstance(given, (int, float)) else given


class Scenario(BaseModel):
    """The choices of one run; blank text means "what ships with the project" or "none"."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    area: tuple[str, ...] = Field(
        ("E06000056",), description="codes of the authorities that commission together; one is usual"
    )
    population: str = Field("", description="population file; blank: the table bundled for the area")
    lookup: str = Field(
        "",
        description="best-fit lookup from small areas to wards, for a population by small area; blank: none",
    )
    boundaries: str = Field(
        "", description="ward boundary file; blank: a tile map where ward points are known"
    )
    services: str = Field(
        "", description="the council's own returns; blank: the published local figures only"
    )
    overlaps: str = Field(
        "", description="how many people were on which services' lists; blank: none are known"
    )
    evidence: str = Field("", description="statements of evidence by theme; blank: none are given")
    rates: str = Field("csew-2024", description="national rate set: a registered name or a file of your own")
    method: Method = Field(
        "age_sex", description="how rates are applied: crude, sex, age_sex, composition or local"
    )
    characteristics: str = Field(
        "", description="residents by ward and characteristic; blank: the table bundled for the area"
    )
    ward_series: str = Field(
        "", description="an observed count by ward of residence, for method local; blank: none"
    )
    horizon_years: int = Field(3, ge=1, le=10, description="years of the strategy, after the population's")
    projection: str = Field(
        "", description="population by year, sex and age to come; blank: rates and population held"
    )
    scenarios: str = Field(
        "",
        description="a file or folder of other scenarios to set beside this one, or the word bundled; blank: none",
    )
    assumptions: dict[str, Choice] = Field(
        default_factory=dict,
        description="registered figures set for this run, each a number or {value, low, high}; none: the registers'",
    )
    benchmark: Literal["authority", "england"] = Field(
        "authority",
        description="composition keeps the authority's total (authority) or may move it (england)",
    )
    intervals: Literal["full", "survey_only"] = Field(
        "full", description="full, or survey_only: the survey's error without ward and authority effects"
    )
    extend_to_16_and_over: bool = Field(
        False, description="apply rates of people aged 16 to 59 or 16 to 74 to everyone aged 16 and over"
    )
    draws: int = Field(10_000, ge=100, le=1_000_000, description="number of Monte Carlo draws")
    seed: int = Field(2021, ge=0, lt=2**63, description="seed of the draws")
    as_of: dt.date = Field(
        default_factory=dt.date.today,
        ge=FIRST_DAY,
        le=LAST_DAY,
        description="date of the paper; ages of local figures are counted from it; default: today",
    )
    previous: str = Field(
        "", description="folder of the previous release: what changed, and what it already tells; blank: none"
    )
    template: str = Field("", description="a Word document whose styles the paper takes; blank: its own")
    output: str = Field("", description="parent folder of the results; blank: outputs")
    run: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,80}$",
        description="name of the run's folder; blank: named from its inputs",
    )
    paper: bool = Field(True, description="write the commissioning paper")
    accept_met_above_need: bool = Field(
        False, description="accept a met need above the modelled need (otherwise exit code 5)"
    )

    @field_validator("area", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return tuple(value.replace("+", " ").split()) if isinstance(value, str) else value

    @field_validator("area")
    @classmethod
    def _some_area(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        codes = tuple(code.strip().upper() for code in value)
        if not codes or not all(codes):
            raise ValueError("name at least one area code")
        return codes

    @field_validator("as_of", mode="before")
    @classmethod
    def _today_when_blank(cls, value: object) -> object:
        return dt.date.today() if value in ("", None) else value

    @field_validator("run")
    @classmethod
    def _name_of_a_folder(cls, value: str) -> str:
        if value and value != value.strip("."):
            raise ValueError("a run's name neither begins nor ends with a dot")
        if value.partition(".")[0].casefold() in _DEVICES:
            raise ValueError("a run cannot be called as a device of the computer is")
        return value

    @classmethod
    def build(cls, choices: Mapping[str, Any], origin: str) -> Scenario:
        """A scenario from named choices; unknown names and unfit values raise UsageError naming ``origin``."""
        refuse_unknown(choices, origin)
        try:
            return cls(**choices)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"]) or "scenario"
            raise UsageError(
                f"{origin}: {name} = {first.get('input')!r} cannot be used: {first['msg']}",
                action=f"{name} is {cls.model_fields[name].description}" if name in cls.model_fields else "",
            ) from error

    @classmethod
    def from_notebook(cls, names: Mapping[str, Any]) -> Scenario:
        """A scenario from a notebook's variables: simple values in ``names`` are the parameters.

        A simple variable that is no field of a scenario is an error, so that a mistyped parameter cannot run quietly
        on the default.
        """
        simple = (str, int, float, bool, list, tuple, dict, set, dt.date, type(None))
        choices = {
            name: value
            for name, value in names.items()
            if not name.startswith("_") and name not in ("In", "Out") and isinstance(value, simple)
        }
        return cls.build(choices, "notebook parameters")

    def local_only(self) -> dict[str, Any]:
        """The choices as plain values, files by name only: what an output may say of this run."""
        chosen = self.model_dump(mode="json", exclude={"output"})
        for name in PATH_FIELDS:
            chosen[name] = Path(chosen[name]).name if chosen[name] else ""
        if "/" in chosen["rates"] or "\\" in chosen["rates"]:
            chosen["rates"] = Path(chosen["rates"]).name
        return chosen


def refuse_unknown(choices: Mapping[str, Any], origin: str) -> None:
    """Raise UsageError for the first key that is no field of Scenario, with the nearest names."""
    for name in choices:
        if name not in Scenario.model_fields:
            near = difflib.get_close_matches(name, Scenario.model_fields, n=1)
            raise UsageError(
                f"{origin}: there is no choice called '{name}'.",
                action=(f"did you mean '{near[0]}'? " if near else "")
                + "The choices are: "
                + ", ".join(Scenario.model_fields),
            )


def read_scenario_file(path: Path) -> dict[str, Any]:
    """The choices of a TOML file; its relative file names are taken from the file's own folder.

    ``name`` and ``description`` say what the scenario is and choose nothing, so that a file made to be set beside a run
    can also be run by itself.
    """
    try:
        choices = parse_toml(read_words(path, expected="a scenario file in TOML"))
    except FileNotFoundError:
        raise UsageError(f"The scenario file {path} does not exist.", action="check --scenario") from None
    except (ValueError, RecursionError, OSError) as error:
        raise UsageError(
            f"The scenario file {path.name} cannot be read: {error}", action="write it as TOML in UTF-8"
        ) from None
    for said in ("name", "description"):
        choices.pop(said, None)
    refuse_unknown(choices, f"scenario file {path.name}")
    for name in PATH_FIELDS:
        if isinstance(choices.get(name), str) and choices[name]:
            choices[name] = str(path.parent / choices[name])
    return choices


def parse_toml(text: str) -> dict[str, Any]:
    """The choices of a text in TOML. Raises ValueError, also for one nested too deeply to be read."""
    if max((line.count(".") for line in text.splitlines()), default=0) > MOST_DOTS:
        raise ValueError(f"a line has more than {MOST_DOTS:,} dots")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def parse_setting(text: str) -> tuple[str, Any]:
    """``key=value`` of --set: the value is TOML where it can be read so, a table in JSON, else text."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--set {text}: write it as key=value")
    try:
        parsed = parse_toml(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        try:
            parsed = json.loads(value) if value.lstrip().startswith("{") else value
        except (ValueError, RecursionError):
            parsed = value
    return name.strip(), parsed

"""One run's choices as one typed model.

The notebook's parameters cell, the command line and a scenario file in TOML are the same fields. An unknown key is an
error with exit code 2, never a run on the default.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from needs_assessment.choices.area_names import area_codes
from needs_assessment.choices.parameters_cell import found_file, given_parameters, in_kernel
from needs_assessment.choices.scenario_words import RefusedText, refusal, refuse_names
from needs_assessment.errors import InputError, UsageError
from needs_assessment.given_files import file_word
from needs_assessment.plain_file import read_words
from needs_assessment.printable_text import HEADING, finding, quoted, with_article
from needs_assessment.printable_text.help_lines import check_public, read_help_lines, read_role
from needs_assessment.resources import data_dir, project_dir

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


# where the choices of the scenario that is made now stand, for the words of a refusal
_ORIGIN: ContextVar[str | Mapping[str, str]] = ContextVar("origin", default="Scenario")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


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
    help_lines: tuple[str, ...] = Field(
        (),
        description="help lines to print, each as name | number | hours; several are joined by a semicolon; none: none",
    )
    help_lines_public: bool = Field(
        False,
        description="confirms that help lines with numbers that do not begin 03, 0800 or 0808 are public",
    )
    contact_role: str = Field(
        "", description="the role or team to ask about this paper, never a person's name; blank: none"
    )
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

    def __init__(self, /, **choices: Any) -> None:
        """A scenario from named choices. Raises UsageError for all that cannot be used, InputError for an unknown area."""
        try:
            super().__init__(**choices)
        except ValidationError as error:
            raise refusal(error, type(self), choices, _place_of(_ORIGIN.get())) from None

    @field_validator("*", mode="before")
    @classmethod
    def _of_its_kind(cls, value: object, field: ValidationInfo) -> object:
        """What a library would turn into something else is refused: true for 1, a number for yes, bytes for text."""
        kind = cls.model_fields[str(field.field_name)].annotation
        if isinstance(value, bytes) or (kind is int and isinstance(value, bool)):
            raise ValueError("neither a text nor a number")
        if kind is bool and not isinstance(value, (bool, str)):
            raise ValueError("neither true nor false")
        if kind is str and isinstance(value, os.PathLike):
            value = os.fspath(value)
        if isinstance(value, str) and _CONTROL.search(value):
            raise ValueError("no line of text")
        return value

    @field_validator("area", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("area")
    @classmethod
    def _some_area(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not all(text.strip(" +,;") for text in value):
            raise ValueError("blank")
        try:
            return area_codes(value, data_dir())
        except InputError as error:
            raise PydanticCustomError("unknown_area", "not known", {"error": error}) from error

    @field_validator("as_of", mode="before")
    @classmethod
    def _today_when_blank(cls, value: object) -> object:
        if value in ("", None):
            return dt.date.today()
        if isinstance(value, dt.date) or (isinstance(value, str) and _DATE.fullmatch(value.strip())):
            return value
        raise ValueError("no date")

    @field_validator("run")
    @classmethod
    def _name_of_a_folder(cls, value: str) -> str:
        if value and value != value.strip("."):
            raise ValueError("a run's name neither begins nor ends with a dot")
        if value.partition(".")[0].casefold() in _DEVICES:
            raise ValueError("a run cannot be called as a device of the computer is")
        return value

    @field_validator("population", "rates")
    @classmethod
    def _choice_within(cls, value: str) -> str:
        file, _, choice = value.partition("#")
        seen = finding(choice if "." in file or "/" in file or "\\" in file else value, HEADING)
        if seen:
            raise RefusedText(f"what would be printed of it looks like {with_article(seen.kind)}")
        return value

    @field_validator("run")
    @classmethod
    def _names_no_one(cls, value: str) -> str:
        seen = finding(value) or finding(re.sub(r"[._-]+", " ", value))
        if seen:
            raise RefusedText(f"it looks like {with_article(seen.kind)}, and the name of a run is printed")
        return value

    _lines = field_validator("help_lines", mode="before")(read_help_lines)
    _role = field_validator("contact_role")(read_role)

    @model_validator(mode="after")
    def _public_lines(self) -> Scenario:
        check_public(self.help_lines, confirmed=self.help_lines_public)
        return self

    @classmethod
    def build(cls, choices: Mapping[str, Any], origin: str | Mapping[str, str]) -> Scenario:
        """A scenario from named choices, whose refusal says where each was made.

        origin: the one place of all choices, or the place of each by its name. Raises UsageError for all unknown names
        and unfit values at once, InputError for an unknown area.
        """
        token = _ORIGIN.set(origin)
        try:
            return cls(**choices)
        finally:
            _ORIGIN.reset(token)

    @classmethod
    def from_notebook(cls, names: Mapping[str, Any]) -> Scenario:
        """A scenario from a notebook's variables: the names that its parameters cell assigns are the choices.

        A name there that is no field of a scenario is an error, so that a mistyped parameter cannot run quietly on the
        default. In a kernel files are looked for in the notebook's own folder and then in the project's, and results go
        to the project's ``outputs`` unless another folder is named.
        """
        choices = given_parameters(names, cls.model_fields)
        if in_kernel(names):
            project = project_dir()
            for name in (*PATH_FIELDS, "rates"):
                if name in choices:
                    choices[name] = found_file(choices[name], project)
            if isinstance(choices.get("output", ""), str):
                choices["output"] = str(project / (choices.get("output") or "outputs"))
        return cls.build(choices, "notebook parameters")

    def local_only(self) -> dict[str, Any]:
        """The choices as plain values, files by what they are: what an output may say of this run."""
        chosen = self.model_dump(mode="json", exclude={"output"})
        for name in PATH_FIELDS:
            chosen[name] = file_word(name, chosen[name]) if chosen[name] else ""
        if self.rates_file:
            chosen["rates"] = file_word("rates", self.rates)
        return chosen

    @property
    def rates_file(self) -> bool:
        """Whether the rates are a file, rather than a registered set."""
        file = self.rates.partition("#")[0]
        return "/" in file or "\\" in file or "." in file or Path(file).is_file()


def refuse_unknown(choices: Mapping[str, Any], origin: str) -> None:
    """Raise UsageError for the keys that are no field of Scenario, each with the nearest name."""
    unknown = [name for name in choices if name not in Scenario.model_fields]
    if unknown:
        raise refuse_names(unknown, Scenario, _place_of(origin))


def _place_of(origin: str | Mapping[str, str]) -> Callable[[str], str]:
    return lambda name: origin if isinstance(origin, str) else origin[name]


def read_scenario_file(path: Path, *, check: bool = True) -> dict[str, Any]:
    """The choices of a TOML file; its relative file names are taken from the file's own folder.

    check: raise UsageError for a key that is no choice; without it the caller says so with all else that is wrong.
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
    if check:
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
        raise UsageError(f"--set {quoted(text)}: write it as key=value")
    try:
        parsed = parse_toml(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        try:
            parsed = json.loads(value) if value.lstrip().startswith("{") else value
        except (ValueError, RecursionError):
            parsed = value
    return name.strip(), parsed

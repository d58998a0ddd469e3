"""A choice that cannot be used is refused in the product's words: what was found, what is allowed, all at once."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from needs_assessment import InputError, Scenario, UsageError
from needs_assessment.choices.scenario_words import AREA, DATE, FIGURE, FIGURES, FILE, TEXTS, expected, shown
from needs_assessment.cli import _run
from needs_assessment.cli.options import scenario_of
from needs_assessment.scenario import PATH_FIELDS

LIBRARY = re.compile(
    r"pydantic|[Ii]nput should|valid (?:string|integer|number|boolean|dictionary|tuple|date)|type=|"
    r"https?://|_parsing|validation error|Field required|NoneType|<class"
)
WHOLE = [1.5, "x", "", "1e9e", True, False, None, [], [1], {}, math.nan, math.inf, 10**30, -(10**30), b"1"]
TEXT = [3, 1.5, True, None, ["a"], {"a": 1}, "two\nlines", "\0", dt.date(2026, 1, 1)]
NOON = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
WRONG: dict[str, list[object]] = {
    "area": [3, [], "", " ", "+", None, [3], ["E06000056", ""], [["E06000056"]], {"a": 1}, True, math.nan],
    **dict.fromkeys(PATH_FIELDS, TEXT),
    "rates": TEXT,
    "output": TEXT,
    "run": [*TEXT, "a/b", "a b", "..", ".", "x" * 81, "é"],
    "method": [3, None, "", "guess", "AGE_SEX", ["sex"], True, {}],
    "benchmark": ["", "wales", 1, None],
    "intervals": ["", "half", 1, None],
    "assumptions": [3, "x", [1], None, True],
    "horizon_years": [*WHOLE, 0, 11, -1],
    "draws": [*WHOLE, 0, 99, 1_000_001, -500],
    "seed": [*WHOLE, -1, 2**63],
    "as_of": ["yesterday", "31/03/2026", "2026-02-30", "2026-3-1", "20260331", 20260331, 0, 1.5, True, [], {}, math.nan,
              "1743379200", NOON],
    **{name: [3, 1, 0, 0.5, "x", "", None, [], {}]
       for name in ("extend_to_16_and_over", "paper", "accept_met_above_need", "help_lines_public")},
    "help_lines": [3, "x", [3], True, ["Line | 0808 157 0000"], {"a": 1}],
    "contact_role": [*TEXT, "Featherstone"],
}  # fmt: skip


# these say what is wrong with a text and do not repeat it
OWN_WORDS = ("help_lines", "contact_role")
DOORS: dict[str, Callable[[dict[str, Any]], Scenario]] = {
    "build": lambda choices: Scenario.build(choices, "test"),
    "notebook": Scenario.from_notebook,
    "python": lambda choices: Scenario(**choices),
}


def wrong() -> Iterator[tuple[str, object]]:
    for name in Scenario.model_fields:
        for value in WRONG[name]:
            yield name, value


def refused_by(name: str, value: object, door: str) -> str:
    with pytest.raises(UsageError) as refused:
        DOORS[door]({name: value})
    assert refused.value.exit_code == 2
    return refused.value.report()


@pytest.mark.parametrize(("name", "value"), list(wrong()), ids=repr)
def test_every_field_refuses_in_words(name: str, value: object) -> None:
    report = refused_by(name, value, "python")
    assert not LIBRARY.search(report), report
    if name in OWN_WORDS and f"Scenario: {name} cannot be used: " in report:
        assert shown(value) not in report.splitlines()[0]
    else:
        assert f"{name} = {shown(value)} cannot be used; expected: " in report
        assert expected(name, Scenario.model_fields[name]) in report
    assert f"{name} is {Scenario.model_fields[name].description}" in report
    assert report.startswith("Scenario: ")
    assert refused_by(name, value, "build") == report.replace("Scenario: ", "test: ", 1)


@pytest.mark.parametrize("name", ["draws", "seed", "method", "as_of", "area"])
def test_a_notebook_says_where_the_choice_stands(name: str) -> None:
    assert refused_by(name, [], "notebook").startswith(f"notebook parameters: {name} = [] cannot be used")


def test_what_is_allowed_is_said_of_every_field() -> None:
    words = {name: expected(name, field) for name, field in Scenario.model_fields.items()}
    assert words["draws"] == "a whole number from 100 to 1,000,000"
    assert words["seed"] == "a whole number from 0 to 9,223,372,036,854,775,807"
    assert words["horizon_years"] == "a whole number from 1 to 10"
    assert words["method"] == "crude, sex, age_sex, composition or local"
    assert words["benchmark"] == "authority or england"
    assert words["paper"] == "true or false"
    assert (words["as_of"], words["area"], words["assumptions"]) == (DATE, AREA, FIGURES)
    assert words["services"] == words["population"] == FILE
    assert words["run"] == TEXTS["run"]


@pytest.mark.parametrize(
    "figure",
    ["x", None, True, [], math.nan, math.inf, {}, {"value": "x"}, {"value": 1, "mean": 2}, {"value": 1, "low": "a"}],
)  # fmt: skip
def test_a_registered_figure_is_a_number_or_a_table(figure: object) -> None:
    report = refused_by("assumptions", {"refuge_stay_days": figure}, "python")
    assert "assumptions.refuge_stay_days = " in report
    assert FIGURE in report
    assert not LIBRARY.search(report), report


def test_the_ends_of_what_is_allowed_are_allowed() -> None:
    for name, values in {"draws": (100, 1_000_000), "seed": (0, 2**63 - 1), "horizon_years": (1, 10)}.items():
        for value in values:
            assert getattr(Scenario(**{name: value}), name) == value
    assert Scenario(run="x" * 80).run == "x" * 80
    assert Scenario(as_of="2026-03-31").as_of == dt.date(2026, 3, 31)
    assert Scenario(as_of=NOON.replace(hour=0)).as_of == dt.date(2026, 3, 31)
    assert Scenario(as_of="").as_of == Scenario(as_of=None).as_of == dt.date.today()
    assert Scenario(services=Path("a") / "b.csv").services == str(Path("a") / "b.csv")
    assert Scenario(paper="no").paper is False
    assert Scenario(draws=1000.0).draws == 1000


def test_all_faults_are_told_at_once_with_their_places(tmp_path: Path) -> None:
    file = tmp_path / "next.toml"
    file.write_text('draws = 0\nmetod = "sex"\nhorizon_years = "x"\nseed = 5\n', encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        scenario_of(str(file), ["seed=x", "papers=false"], {"method": "guess", "draws": ""})
    lines = refused.value.report().splitlines()
    assert lines[0] == "6 choices cannot be used:"
    for words in (
        "  scenario file next.toml: draws = 0 cannot be used; expected: a whole number from 100 to 1,000,000",
        "  scenario file next.toml: there is no choice called 'metod'; did you mean 'method'?",
        '  scenario file next.toml: horizon_years = "x" cannot be used; expected: a whole number from 1 to 10',
        '  --set: seed = "x" cannot be used; expected: a whole number from 0 to 9,223,372,036,854,775,807',
        "  --set: there is no choice called 'papers'; did you mean 'paper'?",
        '  command line: method = "guess" cannot be used; expected: crude, sex, age_sex, composition or local',
    ):
        assert words in lines
    assert lines[-1].startswith("  what to do: correct them all; the choices are: area, population, ")
    assert len(lines) == 8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--draws", "0"], "command line: draws = 0 cannot be used; expected: a whole number from 100 to 1,000,000"),
        (["--draws", "many"], 'command line: draws = "many" cannot be used'),
        (["--draws", "-5"], "command line: draws = -5 cannot be used"),
        (["--draws", "nan"], "command line: draws = NaN cannot be used"),
        (["--seed", "1.5"], "command line: seed = 1.5 cannot be used"),
        (["--set", "seed=x"], '--set: seed = "x" cannot be used'),
        (["--set", "draws=[1]"], "--set: draws = [1] cannot be used"),
        (["--set", "drawz=1000"], "--set: there is no choice called 'drawz'; did you mean 'draws'?"),
        (["--set", "assumptions={refuge_stay_days = nan}"], "--set: assumptions.refuge_stay_days = "),
    ],
)  # fmt: skip
def test_the_command_line_says_the_same(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(["run", *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""
    assert not LIBRARY.search(said.err)


def test_the_later_place_of_a_choice_counts(tmp_path: Path) -> None:
    file = tmp_path / "next.toml"
    file.write_text("draws = 0\n", encoding="utf-8")
    assert scenario_of(str(file), None, {"draws": "500"}).draws == 500
    assert scenario_of(str(file), ["draws=600"], {}).draws == 600


def test_values_are_shown_as_they_are_written() -> None:
    assert [shown(value) for value in (True, None, "x", 1.5, ["a"], {"a": 1})] == [
        "true", "null", '"x"', "1.5", '["a"]', '{"a": 1}',
    ]  # fmt: skip
    assert shown("x" * 500) == '"' + "x" * 78 + "…"
    assert shown(dt.date(2026, 1, 2)) == "2026-01-02"
    deep: list[Any] = []
    deep.append(deep)
    assert shown(deep) == "list"


def test_an_unknown_area_alone_is_an_input_refused() -> None:
    with pytest.raises(InputError) as refused:
        Scenario(area="Bedfrod")
    assert refused.value.exit_code == 3

"""Scenario files set beside a run, and registered figures that a run sets for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from needs_assessment.errors import UsageError
from needs_assessment.inputs.alternatives import load_alternatives
from needs_assessment.registers.choices import with_choices
from needs_assessment.registers.registers import Registers, in_words, load_registers
from needs_assessment.scenario import Choice, Scenario, parse_setting, read_scenario_file


@pytest.fixture(scope="module")
def registers() -> Registers:
    return load_registers(Path(__file__).parents[3] / "data")


def scenario(folder: Path, **choices: object) -> Scenario:
    return Scenario.build({"scenarios": str(folder), "as_of": "2026-03-31", **choices}, "test")


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_scenario_differs_from_the_run_in_what_it_says_and_in_nothing_else(
    tmp_path: Path, registers: Registers
) -> None:
    write(
        tmp_path,
        "a.toml",
        'name = "Fewer days"\ndescription = "Sooner home."\nmethod = "sex"\n[assumptions]\nrefuge_stay_days = 120\n',
    )
    base = scenario(tmp_path, seed=5, draws=400, assumptions={"attempts_per_household": 1.1})
    (found,) = load_alternatives(base, registers)
    assert (found.name, found.description) == ("Fewer days", "Sooner home.")
    assert (found.scenario.seed, found.scenario.draws, found.scenario.method) == (5, 400, "sex")
    assert found.scenario.assumptions == {
        "attempts_per_household": Choice(value=1.1),
        "refuge_stay_days": Choice(value=120),
    }
    assert found.scenario.scenarios == ""
    assert found.says == ("method: sex", "Mean stay in a refuge place: 120 days in place of 140 days")


def test_the_bundled_scenarios_are_found_by_their_word_from_anywhere(registers: Registers) -> None:
    found = load_alternatives(scenario(Path("bundled")), registers)
    assert len(found) >= 4
    said = "1 referral per household in place of 1.2 referrals per household"
    assert any(said in sentence for one in found for sentence in one.says)
    assert all(one.name and one.description and one.says for one in found)


def test_a_value_outside_the_registered_range_is_said(tmp_path: Path, registers: Registers) -> None:
    write(tmp_path, "a.toml", "[assumptions]\nrefuge_stay_days = 200\n")
    (found,) = load_alternatives(scenario(tmp_path), registers)
    assert found.name == "scenario 1"
    assert found.says[0].endswith("outside the registered 118 to 148")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[assumptions]\nturn_away_targe = 0.1\n", "did you mean turn_away_target"),
        ("[assumptions]\nturn_away_target = 1.5\n", "cannot be"),
        ("[assumptions]\nturn_away_target = 0\n", "cannot be"),
        ("[assumptions]\nreported_police = 100\n", "cannot be"),
        ("[assumptions]\nrefuge_stay_days = -1\n", "cannot be"),
        ("[assumptions]\nrefuge_stay_days = nan\n", "finite"),
        ("[assumptions]\nrefuge_stay_days = 'long'\n", "write a number"),
        ("[assumptions]\nrefuge_stay_days = true\n", "write a number"),
        ("[assumptions]\nattempts_per_household = 0.9\n", "1 or more"),
        ("[assumptions]\ndisclosure_minimum = 1\n", "a rule"),
        ("[assumptions]\nage_index_women = 1\n", "a pattern"),
        ("[assumptions]\nrefuge_stay_days = {value = 120, low = 121, high = 130}\n", "does not hold"),
        ("[assumptions]\nrefuge_stay_days = {value = 120, low = 110}\n", "does not hold"),
        ("[assumptions]\nrefuge_stay_days = {value = 120, mean = 110}\n", "mean"),
        ("[assumptions]\nreported_police = {value = 25, low = 20, high = 30}\n", "would be ignored"),
        ("[assumptions]\nrefuge_accepted = 40000\n", "of which it is a part"),
        ("assumptions = 3\n", "assumptions"),
        ("seed = 3\n", "cannot choose 'seed'"),
        ('area = ["E10000031"]\n', "cannot choose 'area'"),
        ('scenarios = "."\n', "cannot choose 'scenarios'"),
        ("nonsense = 3\n", "no choice called 'nonsense'"),
        ("name = 3\n", "name cannot be used"),
        ('description = """a\nb"""\n', "description cannot be used"),
        ("not toml", "cannot be read"),
    ],
)
def test_what_a_scenario_cannot_say_is_refused_as_a_mistake_of_usage(
    tmp_path: Path, registers: Registers, text: str, words: str
) -> None:
    write(tmp_path, "a.toml", text)
    with pytest.raises(UsageError, match=words) as refused:
        load_alternatives(scenario(tmp_path), registers)
    assert "a.toml" in str(refused.value)
    assert refused.value.exit_code == 2


def test_folders_without_scenarios_and_names_used_twice_are_refused(
    tmp_path: Path, registers: Registers
) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load_alternatives(scenario(tmp_path / "nowhere"), registers)
    with pytest.raises(UsageError, match="holds 0 files"):
        load_alternatives(scenario(tmp_path), registers)
    for name in ("a", "b"):
        write(tmp_path, f"{name}.toml", 'name = "Same"\n')
    with pytest.raises(UsageError, match="called 'Same' too"):
        load_alternatives(scenario(tmp_path), registers)


def test_a_figure_that_is_set_loses_its_source_and_keeps_its_unit(registers: Registers) -> None:
    chosen = with_choices(registers, {"refuge_stay_days": Choice(value=120, low=110, high=130)}, "test")
    item, before = chosen.assumption("refuge_stay_days"), registers.assumption("refuge_stay_days")
    assert (item.value, item.low, item.high) == (120, 110, 130)
    assert (item.status, item.source_id, item.unit) == ("scenario choice", "", before.unit)
    assert "140 (118 to 148)" in item.reason
    assert [one.id for one in chosen.set_by_the_run()] == ["refuge_stay_days"]
    assert registers.set_by_the_run() == []
    assert before.source_id == "womens_aid_2024"


def test_a_blank_judgement_may_be_set_with_its_range(registers: Registers) -> None:
    share = {"community_support_share": Choice(value=30, low=20, high=40)}
    assert with_choices(registers, share, "test").figure("community_support_share") == 30


def test_figures_in_words() -> None:
    assert in_words(0.1, "share") == "10%"
    assert in_words(18.9, "percent of victims") == "18.9% of victims"
    assert in_words(827000, "children") == "827,000 children"
    assert in_words(1.0, "referrals per household") == "1 referral per household"
    assert in_words(1.0, "family places per 10000 residents") == "1 family place per 10000 residents"
    assert in_words(1.2, "referrals per household") == "1.2 referrals per household"


def test_a_scenario_file_can_also_be_run_by_itself(tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", 'name = "x"\ndescription = "y"\n[assumptions]\nrefuge_stay_days = 120\n')
    choices = read_scenario_file(path)
    assert Scenario.build(choices, "test").assumptions["refuge_stay_days"].value == 120


@pytest.mark.parametrize(
    "text",
    [
        "assumptions={refuge_stay_days = 120}",
        'assumptions={"refuge_stay_days": {"value": 120.0, "low": null, "high": null}}',
    ],
)
def test_figures_are_set_on_the_command_line_in_toml_or_json(text: str) -> None:
    name, value = parse_setting(text)
    assert Scenario.build({name: value}, "--set").assumptions["refuge_stay_days"] == Choice(value=120)

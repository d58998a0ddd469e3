"""The commands as a new user types them: version, mistakes, quiet, JSON, completion, failures told once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from needs_assessment import InputError, Scenario, __version__
from needs_assessment.batch.areas import read_areas
from needs_assessment.batch.failures import failure_lines, some_of, without_population
from needs_assessment.batch.job import Outcome
from needs_assessment.batch.run import FinishedBatch, run_batch
from needs_assessment.cli import _run, app
from needs_assessment.command_name import VARIABLE
from needs_assessment.resources import data_dir

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path / "cache"))


def test_the_version(capsys: Capture) -> None:
    assert _run(["--version"]) == 0
    assert capsys.readouterr().out == f"needs-assessment {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "says", "lists"),
    [
        (["rnu"], "Did you mean 'run'?", "assess --help lists the commands"),
        (["run", "--aera", "x"], "--area", "assess run --help lists the options"),
        (["template"], "Missing option '--to'", "assess template --help lists the options"),
        (["verify"], "RUN", "assess verify --help lists the options"),
        (["run", "extra"], "extra", "assess run --help lists the options"),
        (["run", "--area"], "--area", "assess run --help lists the options"),
    ],
)  # fmt: skip
def test_a_mistake_says_what_to_do(
    arguments: list[str], says: str, lists: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "assess")
    assert _run(arguments) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert f"\n  what to do: {lists}" in said.err
    assert said.out == ""
    assert "needs-assessment" not in said.err


def test_a_number_of_processes_that_is_none(capsys: Capture) -> None:
    assert _run(["batch", "--areas", "all", "--workers", "x"]) == 2
    assert capsys.readouterr().err == (
        "--workers x: this is no number of processes.\n  what to do: write a whole number, 1 or more\n"
    )


def test_no_command_shows_the_help(capsys: Capture) -> None:
    assert _run([]) == 2
    said = capsys.readouterr()
    assert "Usage: needs-assessment" in said.err + said.out
    assert "what to do" not in said.err


@pytest.mark.parametrize("name", ["-h", "--help"])
def test_help_bears_the_name_that_was_typed(
    name: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "python assess.py")
    assert _run(["run", name]) == 0
    assert "Usage: python assess.py run" in capsys.readouterr().out


def test_every_command_that_speaks_can_be_quiet() -> None:
    from typer.main import get_command

    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        options = {option for one in command.params for option in one.opts}
        if name != "lab":  # JupyterLab speaks for itself
            assert {"--quiet", "-q", "--debug"} <= options, name
        assert ("--json" in options) is (name in ("check", "areas", "verify")), name


def test_areas_for_a_program(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "data" / "local").mkdir(parents=True)
    (tmp_path / "data" / "local" / "mine.toml").write_text("", encoding="utf-8")
    assert _run(["areas", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["command"], said["version"]) == ("areas", __version__)
    bundled = {row["area_code"]: row for row in said["bundled"]}
    assert bundled["E06000056"]["area_name"] == "Central Bedfordshire"
    assert bundled["E06000056"]["wards"] == 31
    assert said["cache"] == {"folder": str(tmp_path / "cache"), "areas": []}
    (local,) = (one for one in said["local"] if one["folder"] == str(tmp_path / "data" / "local"))
    assert [file["file"] for file in local["files"]] == ["mine.toml"]
    assert _run(["areas", "--quiet"]) == 0
    assert capsys.readouterr().out == "E06000056\nE10000031\n"


def test_advice_bears_the_name_that_was_typed(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "py assess.py")
    assert _run(["areas"]) == 0
    assert "nothing; py assess.py fetch AREA" in capsys.readouterr().out


def test_a_check_for_a_program_and_in_silence(capsys: Capture, tmp_path: Path) -> None:
    arguments = ["check", "--area", "central bedfordshire", "--set", "as_of=2026-03-31"]
    assert _run([*arguments, "--json"]) == 0
    told = capsys.readouterr()
    said = json.loads(told.out)
    assert told.err == ""
    assert list(said) == [
        "command", "version", "area", "population", "rates", "boundaries", "local_figures", "scenarios", "evidence",
        "notes", "warnings", "not_known", "checks",
    ]  # fmt: skip
    assert (said["area"]["code"], said["area"]["wards"], said["area"]["tier"]) == ("E06000056", 31, "one")
    assert said["population"]["residents"] == 301_501
    assert said["rates"]["method"] == "age_sex"
    assert said["boundaries"] is False
    assert said["not_known"]
    assert all(check["passed"] for check in said["checks"])
    assert _run(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Area: Central Bedfordshire (E06000056), 31 wards"
    assert [f"Warning: {text}" for text in said["warnings"]] == [x for x in lines if x.startswith("Warning")]
    assert [f"Not known: {text}" for text in said["not_known"]] == [
        x for x in lines if x.startswith("Not known")
    ]
    assert _run([*arguments, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert _run(["check", "--quiet", "--area", "Hartlepool"]) == 3
    assert "No population is bundled for Hartlepool" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_in_silence(capsys: Capture, tmp_path: Path) -> None:
    assert _run(["template", "--area", "Bristol", "--to", "mine.xlsx", "-q"]) == 0
    assert capsys.readouterr() == ("mine.xlsx\n", "")
    assert (tmp_path / "mine.xlsx").stat().st_size > 1000


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete "), ("zsh", "compdef"), ("fish", "complete "),
                                             ("powershell", "Register-ArgumentCompleter")])  # fmt: skip
def test_completion_of_each_shell(shell: str, mark: str) -> None:
    done = _call({"_NEEDS_ASSESSMENT_COMPLETE": f"source_{shell}", VARIABLE: "python assess.py"})
    assert done.returncode == 0
    assert mark in done.stdout
    assert "needs-assessment" in done.stdout
    assert "assess.py" not in done.stdout


def test_a_shell_is_given_commands_and_areas() -> None:
    done = _call(
        {
            "_NEEDS_ASSESSMENT_COMPLETE": "complete_bash",
            "COMP_WORDS": "needs-assessment run --area E0600005",
            "COMP_CWORD": "3",
        }
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "E06000056" in done.stdout.split()
    done = _call(
        {
            "_NEEDS_ASSESSMENT_COMPLETE": "complete_bash",
            "COMP_WORDS": "needs-assessment ch",
            "COMP_CWORD": "1",
        }
    )
    assert done.stdout.split() == ["check"]


def _call(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "needs_assessment", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_one_fault_of_many_areas_is_told_once() -> None:
    names = {f"E0600000{n}": f"Town {n}" for n in range(1, 7)}
    failed = [
        Outcome(
            code, "failed", f"No population is bundled for {name}.\n  found: {code}, {place * 1000:,} rows", 3
        )
        for place, (code, name) in enumerate(names.items())
    ]
    other = Outcome("E06000009", "failed", "The disk is full.", 4)
    lines = failure_lines([*failed, other], names)
    assert len(lines) == 2
    assert lines[0].startswith(
        "6 areas failed in the same way: Town 1 (E06000001), Town 2 (E06000002), Town 3 (E06000003) and 3 more. "
        "Of the first: No population is bundled for Town 1."
    )
    assert lines[1] == "E06000009: The disk is full."
    assert failure_lines(failed[:1], names)[0].startswith("Town 1 (E06000001): No population")
    told = FinishedBatch(Path("x"), (*failed, other), names).lines()
    assert told[0].endswith("7 failed.")
    assert len(told) == 3


def test_a_few_of_many() -> None:
    assert some_of(["a", "b", "c"]) == "a, b, c"
    assert some_of(["a", "b", "c", "d"]) == "a, b, c and 1 more"


@pytest.mark.parametrize("word", ["all", "tier-one", "districts"])
def test_a_population_that_was_forgotten_stops_a_batch_before_its_work(word: str, tmp_path: Path) -> None:
    base = Scenario(output=str(tmp_path / "out"), draws=100)
    with pytest.raises(InputError, match=r"\d+ of \d+ areas have no population") as refused:
        run_batch(base, word, results_only=True, progress=False)
    assert "Hartlepool (E06000001), Middlesbrough (E06000002)" in str(refused.value.found)
    assert str(refused.value.found).endswith(" more")
    assert "--population" in refused.value.action
    assert not (tmp_path / "out").exists()


def test_a_list_goes_on_with_the_areas_that_can_be_assessed(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("Hartlepool\nCentral Bedfordshire\n", encoding="utf-8")
    areas = read_areas(str(file), data_dir(), own_population=False)
    assert without_population(areas, Scenario(), str(file)) == ["Hartlepool (E06000001)"]
    assert without_population(areas, Scenario(population="wards.csv"), str(file)) == []
    own = Scenario(population=str(tmp_path / "{area}.csv"))
    assert without_population(areas, own, str(file)) == ["Hartlepool (E06000001)"]
    (tmp_path / "E06000001.csv").write_text("", encoding="utf-8")
    assert without_population(areas, own, str(file)) == []
    with pytest.raises(InputError, match="1 of 1 areas"):
        without_population(areas[:1], Scenario(), str(file))


def test_a_mistake_in_a_batch_is_told_in_a_few_lines(capsys: Capture) -> None:
    assert _run(["batch", "--areas", "all"]) == 3
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 4
    assert said.out == ""

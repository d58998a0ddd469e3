"""The examples of the README and of docs/ do what they say: each command is run as it is printed and must end with 0.

The files that an example names are planted in a folder of its own (``planted_examples.py``). Commands of one page share
nothing but the finished run that ``verify``, ``compare`` and the Python example read, which is the README's first command.
A new fence is picked up by itself; a name that it gives must be planted, and a language that is new must be given a test.
"""

from __future__ import annotations

import ast
import itertools
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from needs_assessment.cli import _run
from needs_assessment.command_name import VARIABLE
from tests import forked_command
from tests.shared import shared_folder
from tests.structure.planted_examples import ROOT, fences, plant
from tests.unit.fetch import online_services

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROGRAMS = ("python assess.py", "uv run needs-assessment", "needs-assessment")
# commands that are not run here, each with the reason
NOT_RUN = {
    "python assess.py test": "starts this very suite",
    "python assess.py lab": "starts a server that does not end; tests/notebooks/test_lab_browser.py opens it",
    "python assess.py bundle": "downloads packages; tests/structure/test_set_up_bundle.py",
    "python assess.py check-install": "a run and its verify, as two other examples; tests/structure/test_set_up.py",
    "python assess.py batch --areas all": "papers of 153 areas take an hour; test_batch.py has what `all` names",
    "needs-assessment areas | head -1": "the pipe of a shell; tests/unit/cli/test_streams.py",
}
# other programs: what they install is tested with the locks (.ci/install_locks.py), the conda list by test_environment.py
INSTALL = ("pip install ", "conda env create ", "conda activate ", "python .ci/lock.py")
QUICK = ("check", "areas", "template", "import")


@dataclass(frozen=True, order=True)
class Example:
    """A printed command: the page it stands in, the line, and whether it stands in running text."""

    page: str
    line: str
    inline: bool = False

    @property
    def program(self) -> str:
        """How the line starts this project; '' where it starts another program."""
        return next((name for name in PROGRAMS if f"{self.line} ".startswith(f"{name} ")), "")

    @property
    def words(self) -> list[str]:
        return shlex.split(re.sub(r"(^|\s)#.*", "", self.line.removeprefix(self.program)))

    @property
    def left_out(self) -> str:
        """Why it is not run; '' where it is."""
        return next((why for start, why in NOT_RUN.items() if f"{self.line} ".startswith(f"{start} ")), "")


def lines_of(text: str) -> list[str]:
    """The commands of a block: a line that ends with a backslash goes on in the next."""
    joined = text.replace("\\\n", " ").splitlines()
    return [line.strip() for line in joined if line.strip() and not line.strip().startswith("#")]


def examples_of(page: Path) -> list[Example]:
    """Every command of a page, from its shell blocks and from its running text."""
    name = page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name
    printed = [Example(name, line) for kind, text in fences(page) if kind == "sh" for line in lines_of(text)]
    prose = re.sub(r"^ {0,3}```.*?^ {0,3}```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    for said in re.findall(r"`([^`]+)`", prose):
        command = Example(name, " ".join(said.split()), inline=True)
        # a name alone and a form with places to fill in (COMMAND, FILE, …) are no examples
        if command.program and command.line != command.program and not re.search(r"\b[A-Z]{3,}\b|…", said):
            printed.append(command)
    return printed


EXAMPLES = [example for page in PAGES for example in examples_of(page)]


def first_of_each(examples: list[Example]) -> list[Example]:
    """Each command once."""
    found: dict[tuple[str, ...], Example] = {}
    for example in examples:
        found.setdefault(tuple(example.words), example)
    return list(found.values())


CALLED = first_of_each([each for each in EXAMPLES if each.program and not each.left_out])


def environment_of(home: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name != VARIABLE},
        "PYTHONPATH": str(ROOT), "HOME": str(home), "NEEDS_ASSESSMENT_CACHE": str(home / "cache"),
    }  # fmt: skip


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the README's first command makes."""

    def make(folder: Path) -> None:
        done = forked_command.call(["run"], folder, environment_of(folder))
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[-1].startswith("Outputs: ")

    (found,) = (shared_folder(tmp_path_factory, "first_example", make) / "outputs" / "E06000056").iterdir()
    return found


def called(example: Example, folder: Path, first_run: Path) -> tuple[int, str, str]:
    """Run it in the planted folder: exit code, output, errors."""
    words = example.words
    made = [words[at + 1] for at, word in enumerate(words) if word in ("--to", "--output")]
    plant(folder, " ".join(word for word in words if word not in made), lambda: first_run)
    environment = environment_of(folder)
    if example.program == "python assess.py":
        environment[VARIABLE] = example.program
    if words[0] != "fetch":
        done = forked_command.call(words, folder, environment, drawn=False)
        return done.returncode, done.stdout, done.stderr
    with online_services.running() as services:
        for mirror in services.mirrors:
            name, address = mirror.split("=")
            environment[f"NEEDS_ASSESSMENT_{name.upper()}"] = address
        done = forked_command.call(words, folder, environment)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("example", CALLED, ids=lambda each: each.line)
def test_a_command_runs_as_it_is_printed(
    example: Example, first_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = example.words
    if words == ["run"]:
        assert (first_run / "commissioning_paper.docx").is_file()
        return
    if words[0] in QUICK:  # needs no process of its own
        plant_for_check(tmp_path, words, first_run)
        monkeypatch.chdir(tmp_path)
        code = _run(words)
        told = capsys.readouterr()
        assert code == 0, told.err
        assert told.out
    else:
        code, out, err = called(example, tmp_path, first_run)
        assert (code, err) == (0, ""), f"{example}\n{out}\n{err}"
        assert out
        if words[0] == "run" and "--help" not in words:
            written = tmp_path / Path(out.splitlines()[-1].removeprefix("Outputs: "))
            assert {"commissioning_paper.docx", "results.csv"} <= {path.name for path in written.iterdir()}
    for option, name in itertools.pairwise(words):
        assert option != "--to" or (tmp_path / name).stat().st_size > 1000


def plant_for_check(folder: Path, words: list[str], first_run: Path) -> None:
    made = [words[at + 1] for at, word in enumerate(words) if word == "--to"]
    plant(folder, " ".join(word for word in words if word not in made), lambda: first_run)


def test_what_is_not_run_has_a_reason_and_the_reasons_are_used() -> None:
    assert {each.line for each in EXAMPLES if not each.program and not each.line.startswith(INSTALL)} == set()
    for start in NOT_RUN:
        assert any(f"{each.line} ".startswith(f"{start} ") for each in EXAMPLES), start
    commands = {each.words[0] for each in CALLED}
    assert commands >= {"run", "check", "areas", "template", "import", "fetch", "verify", "compare", "batch"}


def test_every_language_of_a_fence_has_a_test() -> None:
    kinds = {(page.name, kind) for page in PAGES for kind, _ in fences(page)}
    assert {kind for _, kind in kinds} <= {"sh", "toml", "csv", "python", "text"}
    assert {page for page, kind in kinds if kind == "text"} == {"command_line.md"}


def blocks(language: str) -> list[tuple[str, str]]:
    return [(page.name, text) for page in PAGES for kind, text in fences(page) if kind == language]


@pytest.mark.parametrize(("page", "text"), blocks("toml"))
def test_a_scenario_file_is_taken(
    page: str, text: str, first_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """One with a name of its own is set beside a run, any other is the run's."""
    file = tmp_path / "printed" / "example.toml"
    file.parent.mkdir()
    plant(file.parent, text, lambda: first_run)
    file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    beside = re.search(r"^name\s*=", text, re.M)
    words = ["check", "--set", "scenarios=printed"] if beside else ["check", "--scenario", str(file)]
    assert _run(words) == 0, (page, capsys.readouterr().err)


@pytest.mark.parametrize(("page", "text"), blocks("csv"))
def test_a_table_is_read(
    page: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # another table: say here which option takes it
    option = {"measure": "--services"}[text.partition(",")[0]]
    (tmp_path / "printed.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert _run(["check", option, "printed.csv"]) == 0, (page, capsys.readouterr().err)


@pytest.mark.parametrize(("page", "text"), blocks("python"))
def test_python_is_executed(
    page: str, text: str, first_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last line is what a reader looks at: there must be something to see."""
    plant(tmp_path, text, lambda: first_run)
    monkeypatch.chdir(tmp_path)
    tree, names = ast.parse(text, page), {"__name__": "__main__"}
    last = tree.body.pop()
    assert isinstance(last, ast.Expr), "the last line shows nothing"
    exec(compile(tree, page, "exec"), names)
    assert len(eval(compile(ast.Expression(last.value), page, "eval"), names)) > 0


def test_the_refusal_of_the_command_line_page_is_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ((_, text),) = blocks("text")
    (tmp_path / "next_year.toml").write_text("draws = 0\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert _run(["check", "--scenario", "next_year.toml", "--set", "metod=crude"]) == 2
    assert text in capsys.readouterr().err

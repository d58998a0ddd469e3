"""The bootstrap: it knows a complete environment from a half-made one, and two starts do not meet."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
import typer.main
from typer.core import TyperGroup

from needs_assessment.bootstrap import environment, variables

SCRIPT = Path(__file__).resolve().parents[2] / "assess.py"
Command = list[str]


@pytest.fixture
def assess() -> ModuleType:
    """assess.py as a module."""
    spec = importlib.util.spec_from_file_location("assess_under_test", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that makes the environment, working on an empty folder with two locks and a project file."""
    (tmp_path / "requirements.lock").write_text("pandas==3\n", encoding="utf-8")
    (tmp_path / "requirements-test.lock").write_text("pytest==9\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    names = "LOCK", "TEST_LOCK", "PROJECT", "ENVIRONMENT", "STAMP", "TEST_STAMP", "ONE_AT_A_TIME", "PYTHON"
    for name in names:
        moved = tmp_path / getattr(environment, name).relative_to(environment.ROOT)
        monkeypatch.setattr(environment, name, moved)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    return environment


class Steps(list[Command]):
    """The steps of a set-up, written down instead of taken; those that hold the word ``refused`` fail with ``answer``."""

    refused, answer = "", ""

    def take(self, command: Command) -> None:
        self.append(command)
        if self.refused and self.refused in command:
            raise environment.StepFailed(self.answer)
        if "venv" in command:
            environment.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            environment.PYTHON.touch()

    def installed(self) -> list[str]:
        """What the steps that install anything were to install: the last word of each."""
        return [Path(command[-1]).name for command in self if "install" in command]


@pytest.fixture
def steps(place: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Steps:
    taken = Steps()
    monkeypatch.setattr(place, "step", taken.take)
    return taken


@pytest.fixture
def with_uv(place: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "uv")


def pretend_complete(*, tests: bool = False) -> None:
    environment.PYTHON.parent.mkdir(parents=True)
    environment.PYTHON.touch()
    environment.write_stamp(environment.STAMP, environment.stamp())
    if tests:
        environment.write_stamp(environment.TEST_STAMP, environment.test_stamp())


@pytest.mark.parametrize("tests", [False, True])
def test_complete_environment_is_left_alone(steps: Steps, tests: bool) -> None:
    pretend_complete(tests=tests)
    environment.prepare(tests=tests)
    assert not steps


@pytest.mark.parametrize("damage", ["lock", "project", "stamp", "interpreter"])
def test_anything_incomplete_or_outdated_is_built(
    place: ModuleType, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    pretend_complete()
    if damage == "lock":
        place.LOCK.write_text("pandas==4\n", encoding="utf-8")
    elif damage == "project":
        place.PROJECT.write_text("[project]\nname = 'x'\n", encoding="utf-8")
    elif damage == "stamp":
        place.STAMP.unlink()
    else:
        place.PYTHON.unlink()
    built: list[object] = []
    monkeypatch.setattr(place, "build", built.append)
    place.prepare()
    assert built == [place.stamp()]


def test_a_run_installs_its_own_lock_and_the_project_alone(place: ModuleType, steps: Steps) -> None:
    place.prepare()
    assert steps.installed() == ["requirements.lock", place.ROOT.name]
    lock = next(command for command in steps if command[-1].endswith(".lock"))
    assert {"--no-deps", "--require-hashes"} <= set(lock)
    assert "--no-index" not in lock
    assert place.is_ready(place.stamp())
    assert not place.TEST_STAMP.exists()


def test_the_tests_add_to_what_a_run_needs_and_a_run_keeps_it(place: ModuleType, steps: Steps) -> None:
    place.prepare()
    steps.clear()
    place.prepare(tests=True)
    assert steps.installed() == ["requirements-test.lock"]
    assert not [command for command in steps if "venv" in command]
    steps.clear()
    place.prepare()
    place.prepare(tests=True)
    assert not steps


def test_tests_on_an_empty_folder_install_both_locks(place: ModuleType, steps: Steps) -> None:
    place.prepare(tests=True)
    assert steps.installed() == ["requirements.lock", place.ROOT.name, "requirements-test.lock"]


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("TEST_LOCK", ["requirements-test.lock"]),
        ("LOCK", ["requirements.lock", "the project", "requirements-test.lock"]),
        ("PROJECT", ["the project"]),
    ],
)
def test_what_changed_is_installed_again_and_no_more(
    place: ModuleType, steps: Steps, changed: str, again: list[str]
) -> None:
    pretend_complete(tests=True)
    getattr(place, changed).write_text("changed\n", encoding="utf-8")
    place.prepare(tests=True)
    assert steps.installed() == [name.replace("the project", place.ROOT.name) for name in again]
    assert bool([command for command in steps if "venv" in command]) == (changed == "LOCK")


@pytest.mark.parametrize("refused", ["requirements-test.lock", "requirements.lock", "--editable"])
def test_an_interrupted_set_up_is_not_taken_for_a_finished_one(
    place: ModuleType, steps: Steps, refused: str
) -> None:
    steps.refused = refused if refused.startswith("--") else str(place.ROOT / refused)
    with pytest.raises(place.SetUpFailed, match="what to do"):
        place.prepare(tests=True)
    assert place.is_ready(place.stamp()) == (refused == "requirements-test.lock")
    assert place.found(place.TEST_STAMP) == []


@pytest.mark.usefixtures("with_uv")
def test_uv_is_used_where_it_is(place: ModuleType, steps: Steps) -> None:
    place.prepare(tests=True)
    installing = [command for command in steps if "install" in command]
    assert {command[0] for command in installing} == {"uv"}
    assert [command[-1] for command in installing if "--require-hashes" in command] == [
        str(place.LOCK),
        str(place.TEST_LOCK),
    ]
    assert all("--no-deps" in command for command in installing)


@pytest.mark.usefixtures("with_uv")
def test_pip_takes_over_where_uv_does_not_get_through(
    place: ModuleType, steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    steps.refused, steps.answer = "uv", "cause: dns error"
    place.prepare()
    assert "uv did not succeed (no network); trying pip." in capsys.readouterr().err
    assert place.is_ready(place.stamp())
    assert steps[-1][:3] == [str(place.PYTHON), "-m", "pip"]


@pytest.mark.usefixtures("with_uv")
def test_pip_is_not_tried_where_it_would_fail_the_same_way(place: ModuleType, steps: Steps) -> None:
    steps.refused, steps.answer = "uv", "Hash mismatch for `six==1.17.0`"
    with pytest.raises(place.SetUpFailed, match=r"The package six==1\.17\.0 is not the one"):
        place.prepare()
    assert {command[0] for command in steps} == {"uv"}


def test_a_python_without_ensurepip_is_filled_by_a_pip_from_outside(
    place: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Debian without python3-venv: neither venv nor the new environment can bring a pip."""
    taken = Steps()

    def step(command: Command) -> None:
        taken.take(command)
        inside = command[0] == str(place.PYTHON) and ("pip" in command or "ensurepip" in command)
        if inside or ("venv" in command and "--without-pip" not in command):
            raise place.StepFailed("ensurepip is not available")

    monkeypatch.setattr(place, "step", step)
    place.prepare()
    outside = [place.BASE_PYTHON, "-m", "pip", "--python", str(place.PYTHON), "install"]
    assert [command[:6] for command in taken if "install" in command] == [outside, outside]


def test_a_python_without_any_pip_is_told_so(place: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(command: Command) -> None:
        raise place.StepFailed(
            "ensurepip is not available" if "venv" in command else "No module named elsewhere"
        )

    monkeypatch.setattr(place, "step", step)
    with pytest.raises(place.SetUpFailed, match="its venv or pip part is missing"):
        place.prepare()


def test_a_bundle_beside_takes_the_place_of_the_network(
    place: ModuleType, steps: Steps, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(place, "find_bundle", lambda *_: (place.ROOT / "wheels of the office", ""))
    place.prepare()
    lock = next(command for command in steps if command[-1].endswith(".lock"))
    at = lock.index("--find-links")
    assert lock[at - 1 : at + 2] == ["--no-index", "--find-links", str(place.ROOT / "wheels of the office")]
    assert "--require-hashes" in lock
    assert "wheels of the office" in capsys.readouterr().err


def test_a_bundle_that_does_not_fit_is_named(
    place: ModuleType, steps: Steps, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(place, "find_bundle", lambda *_: (None, "The bundle is for Python 3.14."))
    place.prepare()
    assert "--no-index" not in str(steps)
    assert (
        "The bundle is for Python 3.14. The packages come over the network instead."
        in capsys.readouterr().err
    )


def test_a_step_that_fails_tells_all_it_said(place: ModuleType) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    with pytest.raises(place.StepFailed, match=r"(?s)out.*err|err.*out"):
        place.step([sys.executable, "-c", code])
    place.step(
        [sys.executable, "-c", "import os, sys; sys.exit(os.getcwd() != sys.argv[1])", str(place.ROOT)]
    )


def test_a_failed_set_up_exits_4_and_says_what_to_do(
    assess: ModuleType, steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    steps.refused, steps.answer = "--require-hashes", "[Errno 28] No space left on device"
    assert assess.main(["run"]) == 4
    told = capsys.readouterr().err
    assert "The set-up did not finish.\n  The disk is full.\n  what to do: " in told


@pytest.mark.parametrize(
    "fault", [PermissionError(13, "Permission denied", ".venv-assess"), KeyboardInterrupt()]
)
def test_a_stopped_or_forbidden_set_up_has_its_own_code(
    assess: ModuleType, place: ModuleType, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def stop() -> None:
        raise fault

    monkeypatch.setattr(place, "remove_environment", stop)
    assert assess.main(["run"]) == (130 if isinstance(fault, KeyboardInterrupt) else 4)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["--version"]])
def test_help_and_version_need_no_set_up(
    assess: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    from needs_assessment import __version__

    monkeypatch.setattr(assess, "prepare", lambda **_: pytest.fail("set up"))
    assert assess.main(arguments) == 0
    told = capsys.readouterr().out
    assert told == (f"needs-assessment {__version__}\n" if arguments == ["--version"] else assess.HELP)


def test_help_names_every_command(assess: ModuleType) -> None:
    from needs_assessment.cli import app

    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    missing = [name for name in group.commands if not re.search(rf"\b{name}\b", assess.HELP)]
    assert not missing


def test_help_is_told_by_a_bare_python_in_an_empty_folder(tmp_path: Path) -> None:
    """Nothing is installed, made or loaded for it."""
    finished = subprocess.run(
        [environment.BASE_PYTHON, "-I", "-S", str(SCRIPT), "--help"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert finished.stdout.startswith(b"python assess.py run ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["bundle", "--python", "2.7"], ["bundle", "--platform", "amiga"]])
def test_a_wrong_option_of_bundle_is_told_before_any_set_up(
    assess: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(assess, "prepare", lambda **_: pytest.fail("set up"))
    with pytest.raises(SystemExit) as stopped:
        assess.main(arguments)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "tests", "handed"),
    [
        (["run", "--draws", "5"], False, ["needs_assessment", "run", "--draws", "5"]),
        (["lab"], False, ["needs_assessment", "lab"]),
        (["bundle", "there"], False, ["needs_assessment.bootstrap.bundle", "there"]),
    ],
)
def test_a_command_is_handed_over_when_the_environment_is_there(
    assess: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str], tests: bool, handed: list[str]
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(assess, "prepare", lambda *, tests: asked.append(tests))
    monkeypatch.setattr(assess, "hand_over", lambda command: command)
    assert assess.main(arguments) == [str(environment.PYTHON), "-P", "-m", *handed]
    assert asked == [tests]


def test_the_test_command_asks_for_the_test_tools(
    assess: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(assess, "prepare", lambda *, tests: asked.append(tests))
    monkeypatch.setattr(assess, "test", len)
    assert assess.main(["test", "-q"]) == 1
    assert asked == [True]


TOOLS = """\
import pathlib, sys, time
tool, *words = sys.argv[2:]
begun = pathlib.Path(__file__).with_name("begun")
if tool == "pytest":
    begun.touch()
    print("tests", *words, flush=True)
elif tool == "mypy":  # ends only when it sees the tests
    until = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < until:
        time.sleep(0.02)
    print("types beside the tests" if begun.exists() else "types alone", flush=True)
else:
    print("lint", *words, flush=True)
sys.exit({"mypy": 5, "pytest": 3}.get(tool, 0) if begun.with_name(tool).exists() else 0)
"""


@pytest.mark.skipif(os.name == "nt", reason="a script stands for the tools")
@pytest.mark.parametrize(
    ("fails", "code", "named"),
    [([], 0, ""), (["mypy"], 5, "Failed: mypy\n"), (["mypy", "pytest"], 3, "Failed: pytest, mypy\n")],
)
def test_the_types_are_checked_beside_the_tests_and_told_after_them(
    assess: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    fails: list[str],
    code: int,
    named: str,
) -> None:
    (tmp_path / "tools.py").write_text(TOOLS, encoding="utf-8")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/tools.py" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    for tool in fails:
        (tmp_path / tool).touch()
    monkeypatch.setattr(assess, "PYTHON", python)
    assert assess.test([]) == code
    told = capfd.readouterr()
    assert told.out.splitlines() == [
        *("== ruff check", "lint check .", "== ruff format", "lint format --check ."),
        *("== pytest", "tests -n auto --dist worksteal", "== mypy", "types beside the tests"),
    ]
    assert told.err == named
    assert assess.test(["tests/unit", "-x"]) == code
    assert "tests tests/unit -x\n" in capfd.readouterr().out


@pytest.mark.parametrize(("fails", "code"), [("", 0), ("run", 3), ("verify", 3)])
def test_check_install_runs_and_verifies(
    assess: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fails: str,
    code: int,
) -> None:
    started: list[tuple[str, ...]] = []

    def command(*words: str) -> int:
        started.append(words)
        return 3 if words[0] == fails else 0

    monkeypatch.setattr(assess, "quiet_command", command)
    assert assess.check_install() == code
    assert [words[0] for words in started] == (["run"] if fails == "run" else ["run", "verify"])
    assert ("It works" in capsys.readouterr().out) == (code == 0)
    output = Path(started[0][started[0].index("--output") + 1])
    assert not output.exists()
    if fails != "run":
        assert Path(started[1][1]) == output / "E06000056" / "check"


def test_what_a_quiet_command_said_is_shown_only_if_it_failed(
    assess: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assess, "PYTHON", sys.executable)
    assert assess.quiet_command("--help") == 0
    assert capfd.readouterr() == ("", "")
    assert assess.quiet_command("no-such-command") == 2
    assert "no-such-command" in capfd.readouterr().err


def test_second_start_waits_for_the_first(place: ModuleType) -> None:
    """While another process holds the lock it cannot be taken; when that process dies it can."""
    holder = (
        "import sys, time\n"
        f"sys.path.insert(0, {str(SCRIPT.parent)!r})\n"
        "from needs_assessment.bootstrap.environment import try_lock\n"
        f"handle = open({str(place.ONE_AT_A_TIME)!r}, 'a+b')\n"
        "assert try_lock(handle)\n"
        "print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "held"
        with place.ONE_AT_A_TIME.open("a+b") as handle:
            assert not place.try_lock(handle)
            other.kill()
            other.wait()
            deadline = time.monotonic() + 5
            while not place.try_lock(handle):
                assert time.monotonic() < deadline
                time.sleep(0.05)


def test_variables_that_would_mislead_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PIP_CONSTRAINT", "constraints.txt")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    kept = variables.clean_environment()
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PIP_CONSTRAINT"} & set(kept)
    assert kept["HTTPS_PROXY"] == "http://proxy.example"
    assert kept.get("HOME") == os.environ.get("HOME")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no home folder in HOME")
@pytest.mark.parametrize("home", ["file", "nowhere", "relative"])
def test_where_nothing_can_be_made_at_home_a_folder_of_the_project_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    (tmp_path / "file").touch()
    usable = tmp_path / "usable"
    usable.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(variables, "OWN_HOME", tmp_path / "own")
    monkeypatch.setenv("HOME", "usable" if home == "relative" else str(tmp_path / home / "x"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "absent"))
    monkeypatch.setenv("XDG_DATA_HOME", str(usable))
    kept = variables.clean_environment()
    assert kept["HOME"] == str(tmp_path / "own")
    assert (tmp_path / "own").is_dir()
    assert "XDG_CACHE_HOME" not in kept
    assert kept["XDG_DATA_HOME"] == str(usable)
    assert not list(usable.iterdir())


def test_an_old_python_is_told_so() -> None:
    """The file must parse on an old Python, and stop before anything it would not know."""
    source = SCRIPT.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    older = (
        "import sys, runpy; sys.version_info = (3, 9, 1)\n"
        f"sys.argv = ['assess.py', 'run']; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    finished = subprocess.run([sys.executable, "-c", older], capture_output=True, text=True, check=False)
    assert finished.returncode == 4
    assert "needs Python 3.11 or newer" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.skipif(os.name == "nt", reason="on Windows the program waits instead of becoming the command")
def test_exit_code_and_arguments_are_passed_on(assess: ModuleType) -> None:
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('handing', {str(SCRIPT)!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "module.hand_over([sys.executable, '-c', 'import sys; sys.exit(len(sys.argv))', 'a b', 'c'])\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 3


@pytest.mark.skipif(os.name == "nt", reason="on Windows the program waits instead of becoming the command")
def test_the_command_knows_what_was_typed(assess: ModuleType) -> None:
    code = (
        "import runpy, sys\n"
        f"module = runpy.run_path({str(SCRIPT)!r})\n"
        "show = 'import os; print(os.environ[\"NEEDS_ASSESSMENT_COMMAND\"])'\n"
        "module['hand_over']([sys.executable, '-c', show])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "python assess.py\n"

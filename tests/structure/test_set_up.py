"""The bootstrap: it knows a complete environment from a half-made one, and two starts do not meet."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "assess.py"


@pytest.fixture
def assess(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The bootstrap, working on an empty folder with a lock and a project file."""
    spec = importlib.util.spec_from_file_location("assess_under_test", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements.lock").write_text("pandas==3\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    for name in ("LOCK", "PROJECT", "ENVIRONMENT", "STAMP", "ONE_AT_A_TIME", "PYTHON"):
        moved = tmp_path / getattr(module, name).relative_to(module.ROOT)
        monkeypatch.setattr(module, name, moved)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def pretend_complete(assess: ModuleType) -> None:
    assess.PYTHON.parent.mkdir(parents=True)
    assess.PYTHON.touch()
    assess.STAMP.write_text("\n".join(assess.stamp()), encoding="utf-8")


def test_complete_environment_is_left_alone(assess: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_complete(assess)
    monkeypatch.setattr(assess, "build", lambda wanted: pytest.fail("built again"))
    assess.prepare()


@pytest.mark.parametrize("damage", ["lock", "project", "stamp", "interpreter"])
def test_anything_incomplete_or_outdated_is_built(
    assess: ModuleType, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    pretend_complete(assess)
    if damage == "lock":
        assess.LOCK.write_text("pandas==4\n", encoding="utf-8")
    elif damage == "project":
        assess.PROJECT.write_text("[project]\nname = 'x'\n", encoding="utf-8")
    elif damage == "stamp":
        assess.STAMP.unlink()
    else:
        assess.PYTHON.unlink()
    built: list[list[str]] = []
    monkeypatch.setattr(assess, "build", built.append)
    assess.prepare()
    assert built == [assess.stamp()]


def test_changed_project_alone_keeps_the_packages(
    assess: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_complete(assess)
    assess.PROJECT.write_text("[project]\nname = 'x'\n", encoding="utf-8")
    steps: list[list[str]] = []

    def succeed(command: list[str]) -> bool:
        steps.append(command)
        return True

    monkeypatch.setattr(assess, "step", succeed)
    assess.prepare()
    assert len(steps) == 1
    assert "--no-deps" in steps[0]
    assert assess.is_ready(assess.stamp())


def test_failed_build_leaves_no_stamp_and_exits_4(
    assess: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_complete(assess)
    assess.LOCK.write_text("pandas==4\n", encoding="utf-8")
    monkeypatch.setattr(assess, "step", lambda command, **_: "install" not in command)
    assert assess.main(["run"]) == 4
    assert not assess.STAMP.exists()
    assert "what to do" in capsys.readouterr().err


def test_second_start_waits_for_the_first(assess: ModuleType) -> None:
    """While another process holds the lock it cannot be taken; when that process dies it can."""
    holder = (
        "import importlib.util, sys, time\n"
        f"spec = importlib.util.spec_from_file_location('held', {str(SCRIPT)!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        f"handle = open({str(assess.ONE_AT_A_TIME)!r}, 'a+b')\n"
        "assert module.try_lock(handle)\n"
        "print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "held"
        with assess.ONE_AT_A_TIME.open("a+b") as handle:
            assert not assess.try_lock(handle)
            other.kill()
            other.wait()
            deadline = time.monotonic() + 5
            while not assess.try_lock(handle):
                assert time.monotonic() < deadline
                time.sleep(0.05)


def test_variables_that_would_mislead_are_dropped(
    assess: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    kept = assess.clean_environment()
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"} & set(kept)
    assert kept["HTTPS_PROXY"] == "http://proxy.example"


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

"""The locks' installation in .ci: what is installed by whom, beside which newer releases, and what a failure is taken for."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

UNREACHED = "WARNING: Retrying after connection broken by NewConnectionError: Connection refused"


@pytest.fixture
def script(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("install_locks", root / ".ci" / "install_locks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Steps(list[list[str]]):
    """The steps, written down; those that hold ``refused`` fail with ``answer``."""

    def __init__(self, script: ModuleType, refused: str = "nothing", answer: str = "") -> None:
        self.script, self.refused, self.answer = script, refused, answer
        self.beside: set[str] = set()

    def take(self, command: list[str]) -> None:
        self.append(command)
        if "download" in command:
            Path(command[command.index("--dest") + 1]).mkdir(exist_ok=True)
        if "--find-links" in command:
            wheels = Path(command[command.index("--find-links") + 1])
            self.beside |= {wheel.name.split("-py3")[0] for wheel in wheels.iterdir()}
        if self.refused in command:
            raise self.script.Refused(self.answer)


def test_every_installer_puts_both_locks_in_beside_newer_releases(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = Steps(script)
    monkeypatch.setattr(script, "step", steps.take)
    monkeypatch.setattr(script, "INSTALLERS", dict.fromkeys(script.INSTALLERS, (4, 0)))
    assert script.main() == 0
    assert {"bleach-9999.0", "coverage-9999.0", "jsonschema-9999.0"} <= steps.beside
    installed = [command for command in steps if "--find-links" in command]
    assert sorted(command[-1] for command in installed) == sorted([*script.LOCKS] * 4)
    assert all({"--no-index", "--no-deps", "--require-hashes"} <= set(command) for command in installed)
    assert len({command[0] for command in installed}) == 4
    assert [command[2] for command in installed].count("uv") == 2
    assert capsys.readouterr().out.count("both locks installed in") == 4


def test_an_installer_that_is_too_old_for_this_python_is_named(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = Steps(script)
    monkeypatch.setattr(script, "step", steps.take)
    monkeypatch.setattr(
        script, "INSTALLERS", {"pip==1": sys.version_info[:2], "pip": (sys.version_info[0] + 1, 0)}
    )
    assert script.main() == 0
    told = capsys.readouterr().out
    assert "pip==1: not tried" in told
    assert told.count("both locks installed in") == 1


@pytest.mark.parametrize(
    ("refused", "answer", "code"),
    [
        ("download", UNREACHED, 4),
        ("download", "THESE PACKAGES DO NOT MATCH THE HASHES\n    idna==3 from x", 1),
        ("uv", "it is refused", 1),
    ],
)
def test_only_a_missing_network_is_forgiven(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    refused: str,
    answer: str,
    code: int,
) -> None:
    monkeypatch.setattr(script, "step", Steps(script, refused, answer).take)
    assert script.main() == code
    assert answer in "".join(capfd.readouterr())


def test_an_invented_release_is_one_that_pip_reads(script: ModuleType, tmp_path: Path) -> None:
    script.add_newer_releases(tmp_path)
    with zipfile.ZipFile(tmp_path / "jsonschema-9999.0-py3-none-any.whl") as wheel:
        about = wheel.read("jsonschema-9999.0.dist-info/METADATA").decode()
    assert about.splitlines()[1:] == ["Name: jsonschema", "Version: 9999.0", "Provides-Extra: format-nongpl"]


def test_a_step_that_fails_or_does_not_end_is_refused(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(script.Refused, match="told"):
        script.step([sys.executable, "-c", "import sys; print('told'); sys.exit(1)"])
    monkeypatch.setattr(script, "LONGEST", 0.1)
    with pytest.raises(script.Refused, match=r"no end after 0\.1 seconds"):
        script.step([sys.executable, "-c", "import time; time.sleep(30)"])

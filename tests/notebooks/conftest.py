"""A finished run of each bundled area, made once for all tests of this folder, and the command that made it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import forked_command
from tests.shared import shared_folder

DAY = "as_of=2026-11-22"
Command = Callable[..., subprocess.CompletedProcess[str]]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command line as its own process, in an empty folder; figures are rendered where a test asks for it."""
    folder = tmp_path_factory.mktemp("elsewhere")

    def call(
        *arguments: str, cwd: Path = folder, drawn: bool = False
    ) -> subprocess.CompletedProcess[str]:
        return forked_command.call(arguments, cwd, _environment(), drawn=drawn)

    return call


def _finished(folder: Path, *arguments: str) -> None:
    """A whole run by a fresh start of the program, as a user starts it."""
    choices = ("--output", str(folder), "--set", DAY, "--set", "run=first", *arguments)
    done = forked_command.cold(("run", *choices), folder.parent, _environment())
    assert done.returncode == 0, done.stderr
    # nothing but the result is written where nobody watches
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].startswith("Outputs: ")


@pytest.fixture(scope="session")
def bedfordshire_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_folder(tmp_path_factory, "bedfordshire", _finished) / "E06000056" / "first"


@pytest.fixture(scope="session")
def warwickshire_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        _finished(folder, "--area", "E10000031")

    return shared_folder(tmp_path_factory, "warwickshire", make) / "E10000031" / "first"

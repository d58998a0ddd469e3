"""A finished run of each bundled area, made once for all tests of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

DAY = "as_of=2026-11-22"
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command line as its own process, in an empty folder."""
    folder = tmp_path_factory.mktemp("elsewhere")
    root = Path(__file__).parents[2]

    def call(*arguments: str, cwd: Path = folder) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(root)}
        return subprocess.run(
            [sys.executable, "-m", "needs_assessment", *arguments],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    return call


def _finished(command: Command, folder: Path, *arguments: str) -> Path:
    done = command("run", "--output", str(folder), "--set", DAY, "--set", "run=first", *arguments)
    assert done.returncode == 0, done.stderr
    # nothing but the result is written where nobody watches
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].startswith("Outputs: ")
    (found,) = folder.glob("*/first")
    return found


@pytest.fixture(scope="session")
def bedfordshire_run(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _finished(command, tmp_path_factory.mktemp("outputs"))


@pytest.fixture(scope="session")
def warwickshire_run(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _finished(command, tmp_path_factory.mktemp("outputs"), "--area", "E10000031")

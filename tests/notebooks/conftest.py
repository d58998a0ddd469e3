"""A finished run of each bundled area, and the command line as a process of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import forked_command
from tests.finished_runs import environment, finished_run

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command line as its own process, in an empty folder; figures are rendered where a test asks for it."""
    folder = tmp_path_factory.mktemp("elsewhere")

    def call(*arguments: str, cwd: Path = folder, drawn: bool = False) -> subprocess.CompletedProcess[str]:
        return forked_command.call(arguments, cwd, environment(), drawn=drawn)

    return call


@pytest.fixture(scope="session")
def bedfordshire_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_run(tmp_path_factory, "E06000056")


@pytest.fixture(scope="session")
def warwickshire_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_run(tmp_path_factory, "E10000031")

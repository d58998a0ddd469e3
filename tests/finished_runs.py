"""Whole runs of the bundled areas by a fresh start of the program, as a user starts it, made once for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import forked_command
from tests.shared import shared_folder

ROOT = Path(__file__).parents[1]
DAY = "as_of=2026-11-22"
FEW_DRAWS = "310"  # enough for an interval, quick, and a number nothing else in a paper has
CHOICES = ("--set", DAY, "--set", "run=first", "--draws", FEW_DRAWS)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def finished_run(factory: pytest.TempPathFactory, area: str) -> Path:
    """The folder of the run of ``area`` from national figures alone; the tests only read it."""

    def make(folder: Path) -> None:
        done = forked_command.cold(
            ("run", "--area", area, "--output", str(folder), *CHOICES), folder.parent, environment()
        )
        assert done.returncode == 0, done.stderr
        # nothing but the result is written where nobody watches
        assert done.stderr == ""
        assert done.stdout.splitlines()[-1].startswith("Outputs: ")

    return shared_folder(factory, f"finished_{area}", make) / area / "first"

"""``results.csv`` of six runs, byte for byte: work on the library's rooms must not move a figure.

A change that means to move figures records the check sums again in the same commit, with a line in CHANGELOG.md.
"""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.golden_runs import CHOICES, RECORDED, digests, read_digests

ARITHMETIC = ("numpy", "scipy", "pandas")


@pytest.fixture(scope="module")
def found(root: Path) -> dict[str, str]:
    """The check sums as this checkout makes them."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("the last digit was recorded on Linux and x86-64; other systems round in another order")
    lock = dict(re.findall(r"^([a-z0-9]+)==(\S+)", (root / "requirements.lock").read_text("utf-8"), re.M))
    other = [name for name in ARITHMETIC if version(name) != lock[name]]
    if other:
        pytest.skip(f"the last digit was recorded with the versions of requirements.lock; other: {other}")
    return digests()


@pytest.mark.parametrize("name", CHOICES)
def test_results_are_the_same_bytes(name: str, found: dict[str, str]) -> None:
    recorded = read_digests(RECORDED.read_text(encoding="utf-8"))
    assert found[name] == recorded[name], f"{found[name]}  {name}"


def test_every_recorded_run_is_run() -> None:
    assert list(read_digests(RECORDED.read_text(encoding="utf-8"))) == list(CHOICES)


def test_no_two_runs_are_the_same() -> None:
    """Each run reaches figures that the others do not."""
    recorded = read_digests(RECORDED.read_text(encoding="utf-8"))
    assert len(set(recorded.values())) == len(CHOICES)

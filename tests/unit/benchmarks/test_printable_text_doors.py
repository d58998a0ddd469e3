"""A sample of the attack on what may be printed: every door, every spelling, no text in and none repeated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.printable_text import HOSTILE, Doors, attack, enters


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    return Doors(tmp_path_factory.mktemp("doors"))


def test_every_door_lets_an_ordinary_text_in(doors: Doors) -> None:
    assert [
        name
        for name, (enter, _) in doors.all.items()
        if enters(enter, "domestic abuse team") != (True, False)
    ] == []


def test_no_door_lets_a_hostile_text_in_or_repeats_it(doors: Doors) -> None:
    tried, through = attack(doors, HOSTILE, 140)
    assert through == []
    assert {door for _, door in tried} == set(doors.all)
    assert sum(tried.values()) > 200


def test_a_door_that_lets_in_or_repeats_is_seen(tmp_path: Path, doors: Doors) -> None:
    from needs_assessment.errors import InputError

    def repeats(text: str) -> None:
        raise InputError(f"A text is wrong: {text.upper()}.")

    assert enters(lambda text: None, "a text") == (True, False)
    assert enters(repeats, "a text") == (False, True)
    assert enters(doors.all["services: note"][0], "MK45 2ZZ") == (False, False)

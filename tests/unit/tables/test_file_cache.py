"""What ships is read once in a process, and again when it changed."""

from __future__ import annotations

import os
from pathlib import Path

from needs_assessment.tables.file_cache import remembered


def reader() -> tuple[list[Path], object]:
    read: list[Path] = []

    @remembered(lambda path, **_: [path])
    def content(path: Path, *, upper: bool = False) -> str:
        read.append(path)
        text = path.read_text(encoding="utf-8")
        return text.upper() if upper else text

    return read, content


def test_a_file_is_read_once(tmp_path: Path) -> None:
    read, content = reader()
    file = tmp_path / "a.csv"
    file.write_text("one", encoding="utf-8")
    assert [content(file), content(file)] == ["one", "one"]
    assert read == [file]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    _, content = reader()
    file = tmp_path / "a.csv"
    file.write_text("one", encoding="utf-8")
    content(file)
    file.write_text("three", encoding="utf-8")
    assert content(file) == "three"
    # the same length, another moment
    file.write_text("seven", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert content(file) == "seven"


def test_other_arguments_are_another_answer(tmp_path: Path) -> None:
    _, content = reader()
    file = tmp_path / "a.csv"
    file.write_text("one", encoding="utf-8")
    assert (content(file), content(file, upper=True)) == ("one", "ONE")


def test_a_missing_file_is_asked_for_each_time(tmp_path: Path) -> None:
    read, content = reader()
    file = tmp_path / "a.csv"
    for _ in range(2):
        try:
            content(file)
        except FileNotFoundError:
            continue
    assert read == [file, file]

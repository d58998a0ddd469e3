"""Nothing in the repository names the machine it was written on, or carries what belongs elsewhere."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

# Written so that this file does not match itself.
MACHINE_PATHS = re.compile(
    r"(?<![\w.])/(?:[h]ome|[r]oot|[t]mp|[w]ork|[U]sers|[o]pt)/[\w.-]+|[A-Za-z]:\\[\\]?Users\\|[f]ile://"
)
INDEX_ADDRESSES = re.compile(
    r"https?://[^\s\"'<>)]*/(?:[s]imple|[p]ackages)/|files\.[p]ythonhosted|--(?:extra-)?[i]ndex-url \S*:/"
)
LARGEST = 1_000_000


def text_of(path: Path) -> str:
    """The file as text; empty for a file that is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATHS, INDEX_ADDRESSES], ids=["machine paths", "index addresses"]
)
def test_no_tracked_file_names_a_place_of_this_machine(
    pattern: re.Pattern[str], root: Path, tracked: list[Path]
) -> None:
    found = [
        f"{path} line {number}: {match[0]}"
        for path in tracked
        for number, line in enumerate(text_of(root / path).splitlines(), start=1)
        if (match := pattern.search(line))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATHS, "see /" + "home/jo/returns.csv"),
        (MACHINE_PATHS, "C:" + "\\Users\\jo"),
        (MACHINE_PATHS, "file:" + "///srv/wheels"),
        (INDEX_ADDRESSES, "https://index.example/" + "simple/pandas"),
    ],
)
def test_such_a_place_is_seen(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_no_large_file(root: Path, tracked: list[Path]) -> None:
    large = {str(path): size for path in tracked if (size := (root / path).stat().st_size) > LARGEST}
    assert not large


def test_no_reference_file_is_part_of_the_project(root: Path, tracked: list[Path], reference: Path) -> None:
    """The published files for tests stay outside, by name and by content."""
    published = [path for path in reference.rglob("*") if path.is_file() and path.name != "README.md"]
    assert published, "the reference folder is empty"
    by_name = {path.name for path in published}
    assert not [path for path in tracked if path.name in by_name]

    sizes = {path.stat().st_size for path in published}
    candidates = [path for path in tracked if (root / path).stat().st_size in sizes]
    contents = {hashlib.sha256(path.read_bytes()).digest() for path in published} if candidates else set()
    copies = [path for path in candidates if hashlib.sha256((root / path).read_bytes()).digest() in contents]
    assert not copies

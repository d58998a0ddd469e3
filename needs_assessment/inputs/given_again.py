"""The files of an earlier run, found again by their check sums: what they are called on this machine says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from needs_assessment.given_files import MARK, file_check_sum

# what the table of inputs calls the file of a choice
ROWS = {
    "population": "population",
    "lookup": "lookup to wards",
    "rates": "rates",
    "characteristics": "characteristics",
    "services": "local returns",
    "evidence": "evidence",
    "overlaps": "overlaps of lists",
    "previous": "previous release",
    "ward_series": "ward series",
    "projection": "projection",
    "scenarios": "scenario",
    "boundaries": "ward boundaries",
    "template": "word template",
}
_DEEPEST = 3


def input_row(manifest: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """The row of the manifest's inputs for the file of a choice; empty where there is none."""
    rows = _rows(manifest, field)
    return rows[0] if rows else {}


def _rows(manifest: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    return [row for row in manifest["inputs"] if isinstance(row, dict) and row.get("input") == ROWS[field]]


def find_given(
    field: str, manifest: Mapping[str, Any], folder: Path, *, by_name: bool = False
) -> Path | None:
    """The file or folder below ``folder`` that a run was given for a choice; None where it is not there.

    by_name: where no check sum can be compared, the one that is called by the choice: ``services.csv``.
    """
    if by_name:
        named = [path for path in _below(folder) if field in (path.stem, path.name)]
        return named[0] if len(named) == 1 else None
    wanted = {str(row.get("sha256", "")) for row in _rows(manifest, field)}
    listed = str((manifest.get("files") or {}).get(field, ""))
    wanted |= {listed} if listed else set()
    if field == "previous":
        return next(
            (
                path.parent
                for path in _below(folder)
                if path.name == "manifest.json" and _sum(field, path) in wanted
            ),
            None,
        )
    for path in _below(folder):
        if path.is_file() and len(wanted) == 1 and _sum(field, path) in wanted:
            return path
    for place in (folder, *(path for path in _below(folder) if path.is_dir())):
        held = sorted(place.glob("*.toml" if field == "scenarios" else "*.csv"))
        if held and field == "scenarios" and {_sum(field, path) for path in held} == wanted:
            return place
        if held and field == "projection" and _joined(held) in wanted:
            return place
    return None


def _joined(files: list[Path]) -> str:
    from hashlib import sha256

    return sha256("".join(file_check_sum("projection", path) for path in files).encode()).hexdigest()


def _sum(field: str, path: Path) -> str:
    try:
        return file_check_sum(field, path)
    except OSError:
        return ""


def _below(folder: Path) -> Iterator[Path]:
    """Files and folders below a folder, nearest first, not further down than a run's folder lies."""
    for depth in range(1, _DEEPEST + 1):
        yield from sorted(folder.glob("/".join(["*"] * depth)))


def without_keyed(rows: object) -> object:
    """The rows of inputs without check sums that were made with a key."""
    if not isinstance(rows, list):
        return rows
    return [
        {**row, "sha256": ""}
        if isinstance(row, dict) and str(row.get("sha256", "")).startswith(MARK)
        else row
        for row in rows
    ]

"""Authorities that were merged, divided or recoded, so that an old code finds the authority of today and the reverse."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from needs_assessment.tables.files import read_strings

FILE = "authority_changes.csv"


@dataclass(frozen=True)
class Change:
    """One authority's part in a change: the old one went into the new one (merged, divided) or was recoded."""

    old_code: str
    old_name: str
    new_code: str
    new_name: str
    date: dt.date
    kind: str
    instrument: str

    @property
    def sentence(self) -> str:
        """The change in words, with its date and the order that made it."""
        when = f"{self.date.day} {self.date:%B %Y}"
        verb = {
            "merged": "has been part of",
            "divided": "was divided, partly into",
            "recoded": "has been recoded as",
        }[self.kind]
        since = f"since {when}" if self.kind != "divided" else f"on {when}"
        return f"{self.old_name} ({self.old_code}) {verb} {self.new_name} ({self.new_code}) {since} ({self.instrument})."


def load_changes(data: Path) -> tuple[Change, ...]:
    """Every change of ``data/authority_changes.csv``, in order of date."""
    return _read(data / FILE)


@lru_cache(maxsize=8)
def _read(path: Path) -> tuple[Change, ...]:
    frame = read_strings(path, expected=("old_code", "new_code", "date")).frame
    return tuple(
        Change(
            old_code=row["old_code"],
            old_name=row["old_name"],
            new_code=row["new_code"],
            new_name=row["new_name"],
            date=dt.date.fromisoformat(row["date"]),
            kind=row["kind"],
            instrument=row["instrument"],
        )
        for row in frame.sort_values(["date", "old_code", "new_code"]).to_dict("records")
    )


def changes_of(code: str, data: Path) -> list[Change]:
    """What became of an authority; none where it is an authority of today or not known."""
    return [change for change in load_changes(data) if change.old_code == code]


def name_of(code: str, data: Path) -> str:
    """The name of an authority that a change made or ended, else its code."""
    for change in load_changes(data):
        if change.new_code == code:
            return change.new_name
        if change.old_code == code:
            return change.old_name
    return code


def of_that_time(authorities: tuple[str, ...], held: set[str], data: Path) -> tuple[str, ...]:
    """The same ground by the authorities that a file holds.

    An authority the file lacks is replaced by the one it went into, or by those it was made of, where the file holds
    them all and nothing beside the ground that was asked for comes with them; else it stays, to be named as absent.
    """
    changes = [change for change in load_changes(data) if change.old_code[:3] != "E10"]
    found = list(authorities)
    for _ in range(3):  # a change may follow a change
        for code in list(found):
            if code in held:
                continue
            after = {change.new_code for change in changes if change.old_code == code}
            for new in after:
                parts = {change.old_code for change in changes if change.new_code == new}
                # an authority merged twice stands for its own parts
                whole = {part for part in parts if part in found or _made_of(part, changes) & set(found)}
                if len(after) == 1 and whole == parts - _superseded(parts, changes):
                    found = [one for one in found if one not in parts and one != code] + [new]
            before = {change.old_code for change in changes if change.new_code == code} - _superseded(
                {change.old_code for change in changes if change.new_code == code}, changes
            )
            if code in found and before and before <= held:
                found = [one for one in found if one != code] + sorted(before)
    return tuple(sorted(set(found)))


def _made_of(code: str, changes: list[Change]) -> set[str]:
    return {change.old_code for change in changes if change.new_code == code}


def _superseded(parts: set[str], changes: list[Change]) -> set[str]:
    """Parts that had ended before, being merged into another of the parts."""
    return {change.old_code for change in changes if change.new_code in parts}

"""What was noted about a file when it was fetched: the note lies beside it and counts only while the file is unchanged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from needs_assessment.printable_text import finding
from needs_assessment.registers.registers import SOURCES_FILE, read_register
from needs_assessment.tables.schemas import SOURCES

SIDECAR = ".provenance.json"


@dataclass(frozen=True)
class Noted:
    """source_ids: rows of the register of sources that the file rests on; period: what time its figures are for.

    A period is printed, so one that must not be printed is left out.
    """

    source_ids: tuple[str, ...] = ()
    period: str = ""


def noted_beside(path: Path, sha256: str, data: Path) -> Noted:
    """The note beside a file; empty without one, after a change of the file, or for sources that are not registered.

    sha256: of the file as it was read, so that a table that was edited is the user's own again.
    """
    try:
        facts = json.loads(path.with_name(path.name + SIDECAR).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Noted()
    if not isinstance(facts, dict) or facts.get("sha256") != sha256:
        return Noted()
    named = facts.get("source_ids")
    known = set(read_register(data, SOURCES_FILE, SOURCES)["source_id"])
    if not isinstance(named, list) or not named or not all(name in known for name in named):
        return Noted()
    period = str(facts.get("period", ""))
    return Noted(tuple(named), "" if finding(period) else period)

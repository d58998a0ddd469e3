"""What the cache holds for which area, read from the notes beside its tables; nothing is asked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from needs_assessment.fetch.area import AREAS, kept_tables
from needs_assessment.fetch.store import is_whole

COLUMNS = ("area_code", "area_name", "material", "period", "ward_vintage", "fetched_on", "tables", "state")


def list_cached(cache: Path) -> pd.DataFrame:
    """One row for each area, kind of material and year of wards.

    tables: how many files; state: 'whole', or how many of them are damaged or missing.
    """
    rows = []
    for folder in sorted((cache / AREAS).glob("*")):
        groups: dict[tuple[str, str], list[tuple[dict[str, object], bool]]] = {}
        for path, facts in kept_tables(folder):
            key = (str(facts.get("kind", "")), str(facts.get("wards", "")))
            groups.setdefault(key, []).append((facts, is_whole(path, facts)))
        for (kind, wards), found in sorted(groups.items()):
            damaged = sum(not whole for _, whole in found)
            first = found[0][0]
            rows.append(
                (
                    str(first.get("area_code", folder.name)),
                    str(first.get("area_name", "")),
                    kind.replace("_", " "),
                    " and ".join(sorted({str(facts.get("period", "")) for facts, _ in found})),
                    wards,
                    max(str(facts.get("fetched_on", "")) for facts, _ in found),
                    str(len(found)),
                    f"{damaged} damaged" if damaged else "whole",
                )
            )
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")

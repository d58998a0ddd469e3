"""Overlaps and services files for tests: rows written as a council would write them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from needs_assessment.catalogue.returns import RETURN_MEASURES

YEAR = ("2025-04-01", "2026-03-31")
COMMUNITY = ("outreach_clients", "helpline_clients", "counselling_clients", "by_and_for_clients")
# HIV notifications on four lists, 1,896 people seen (Abeni et al. 1994), in the order of COMMUNITY
ABENI = {
    "0001": 205, "0010": 621, "0011": 11, "0100": 545, "0101": 10, "0110": 35, "0111": 3, "1000": 403,
    "1001": 6, "1010": 20, "1011": 0, "1100": 33, "1101": 1, "1110": 3, "1111": 0,
}  # fmt: skip


def overlap_rows(
    counts: Mapping[str, int], lists: Sequence[str] = COMMUNITY, tier: str = "community_support"
) -> list[dict[str, str]]:
    """One row a combination, such as "110": on the first two lists and not on the third."""
    common = {
        "tier": tier,
        "period_start": YEAR[0],
        "period_end": YEAR[1],
        "source": "Matched by the partnership",
    }
    return [
        {**common, **dict(zip(lists, word, strict=True)), "count": str(count)}
        for word, count in counts.items()
    ]


def write_overlaps(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """A file with the columns that the rows have; a cell that a row lacks is blank."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_services(path: Path, figures: Mapping[str, float], period: tuple[str, str] = YEAR) -> Path:
    """Totals of a year, one row a measure."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["measure", "unit", "value", "period_start", "period_end", "source"])
        for name, value in figures.items():
            writer.writerow([name, RETURN_MEASURES[name].unit, f"{value:g}", *period, "Our return"])
    return path

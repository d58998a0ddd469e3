"""A table that was made of the services' answers, before it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.nomis import Row
from needs_assessment.fetch.tables import LOOK


@dataclass(frozen=True)
class Made:
    """One table as it will be kept. for_a_run: the choice of a scenario that takes it; blank: none does."""

    name: str
    title: str
    content: bytes
    rows: int
    period: str
    method: str
    source_ids: tuple[str, ...]
    for_a_run: str = ""
    notes: tuple[str, ...] = ()


def joined(*groups: Iterable[str]) -> tuple[str, ...]:
    """Ids of sources, each once, in order."""
    return tuple(dict.fromkeys(name for group in groups for name in group))


def only_known(rows: list[Row], known: Set[str]) -> None:
    """Raise EnvironmentFault where Nomis answered with areas that were not asked for."""
    strange = sorted({row["GEOGRAPHY_CODE"] for row in rows} - known)
    if strange:
        raise EnvironmentFault(
            f"Nomis answered with areas that were not asked for: {', '.join(strange[:5])}.",
            action=LOOK,
        )

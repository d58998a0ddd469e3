"""What a measure of a local return is: its unit, what its period means, how its rows may be put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# units in which single people can be recognised when the number is small
PEOPLE_UNITS = frozenset(
    ("people", "children", "households", "cases", "referrals", "incidents", "crimes", "contacts")
)


@dataclass(frozen=True)
class ReturnMeasure:
    """One thing that can be counted locally.

    flow: counts what happened in a period (or is a mean of it); supply: about safe accommodation, so held for the whole
    authority only; by_type: may be given for each of the six types (blank: as supply); total: how rows by type make one
    figure (a mean has no total without its weights); part_of: the measure it is a part of, of the same period and
    type; same_as: the measure and type that is the same figure by another name, so that only one of the two may be
    given; occupied: a number of places that is a number of households.
    """

    unit: str
    meaning: str
    flow: bool = True
    supply: bool = False
    whole: bool = True
    agency: str = ""
    by_type: bool | None = None
    total: Literal["sum", "max", "none"] = "sum"
    part_of: str = ""
    same_as: tuple[str, str] = ("", "")
    occupied: bool = False

    @property
    def protected(self) -> bool:
        """Whether the value counts people, alone or as households, cases or contacts."""
        return self.occupied or (self.unit in PEOPLE_UNITS and self.total == "sum")

    @property
    def typed(self) -> bool:
        """Whether a row may name a type of accommodation."""
        return self.supply if self.by_type is None else self.by_type

    @property
    def covers(self) -> str:
        """What the period of a row means, in words."""
        return "a period" if self.flow else "a date, or a share"

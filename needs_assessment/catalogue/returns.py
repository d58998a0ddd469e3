"""What a local return may count, and in which unit: a measure has one unit, so units are never mixed.

The measures stand in ``data/measures/returns.csv``, in the order of the fill-in template. Places are held in three units that
are never added together (family places, single places, bed spaces), each in its own measure. Bed and breakfast is outside the
Regulations: it is recorded as use, and there is no measure in which it could count as supply.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from needs_assessment.catalogue.register import read_measures
from needs_assessment.catalogue.tiers import list_tiers
from needs_assessment.errors import InputError
from needs_assessment.resources import data_dir

# units in which single people can be recognised when the number is small
PEOPLE_UNITS = frozenset(
    ("people", "children", "households", "cases", "referrals", "incidents", "crimes", "contacts")
)
FAMILY_PLACES = "family places"
# the measure that holds supply in each unit; one type may be given in several, as separate rows
SUPPLY_BY_UNIT = {
    FAMILY_PLACES: "places_available",
    "single places": "single_places_available",
    "bed spaces": "bed_spaces_available",
    "units": "units_available",
}
PERIOD, STATE = "period", "state"
_YES_NO = ("yes", "no")
_CHOICES = {
    "covers": (PERIOD, STATE),
    "total": ("sum", "max", "none"),
    **dict.fromkeys(("supply", "by_type", "whole", "occupied"), _YES_NO),
}


@dataclass(frozen=True, kw_only=True)
class ReturnMeasure:
    """One thing that can be counted locally; a row of the register.

    flow: counts what happened in a period (or is a mean of it), so a part of a year is not a year; the others are states at
    a date, or shares; supply: about safe accommodation, so held for the whole authority only and without a word on where a
    place is; typed: may be given for each of the six types; whole: is a whole number; total: how rows by type make one
    figure: their sum, the greatest, or none (a mean has no total without its weights); part_of: the measure it is a part of,
    of the same period and type; same_as: the measure and type that is the same figure by another name, so that only one of
    the two may be given; occupied: a number of places that is a number of households.
    """

    unit: str
    meaning: str
    agency: str
    flow: bool
    supply: bool
    typed: bool
    whole: bool
    total: str
    part_of: str
    same_as: tuple[str, str]
    occupied: bool

    @property
    def protected(self) -> bool:
        """Whether the value counts people, alone or as households, cases or contacts."""
        return self.occupied or (self.unit in PEOPLE_UNITS and self.total == "sum")

    @property
    def covers(self) -> str:
        """What the period of a row means, in words."""
        return "a period" if self.flow else "a date, or a share"


def read_returns(path: Path) -> dict[str, ReturnMeasure]:
    """The register of measures of returns. Raises InputError for a row that cannot be used."""
    columns = (
        *("measure", "unit", "meaning", "covers", "agency", "supply", "by_type", "whole", "total"),
        *("part_of", "same_as", "same_as_type", "occupied"),
    )
    rows = read_measures(path, columns, _CHOICES)
    measures = {
        row["measure"]: ReturnMeasure(
            unit=row["unit"],
            meaning=row["meaning"],
            agency=row["agency"],
            flow=row["covers"] == PERIOD,
            supply=row["supply"] == "yes",
            typed=row["by_type"] == "yes",
            whole=row["whole"] == "yes",
            total=row["total"],
            part_of=row["part_of"],
            same_as=(row["same_as"], row["same_as_type"]),
            occupied=row["occupied"] == "yes",
        )
        for row in rows
    }
    for name, measure in measures.items():
        for other in filter(None, (measure.part_of, measure.same_as[0])):
            if other not in measures:
                raise InputError(
                    "The register of measures cannot be used: a measure names another that is not there.",
                    file="data/measures/returns.csv",
                    row=2 + list(measures).index(name),
                    column="part_of" if other == measure.part_of else "same_as",
                    found=other,
                    expected="a measure of the same file",
                    action="correct the name, or add the measure",
                )
    return measures


RETURN_MEASURES = read_returns(data_dir() / "measures" / "returns.csv")

# the measure of each tier that counts everyone once, and the lists of single services that it is the union of
WHOLE_OF_TIER = {tier: lists.whole for tier, lists in list_tiers().items() if lists.whole}
LISTS_OF_TIER = {
    tier: tuple(name for name, measure in RETURN_MEASURES.items() if measure.part_of == whole)
    for tier, whole in WHOLE_OF_TIER.items()
}
# the lists that may be matched with each other: a tier with agencies of its own takes those of all other tiers too
MATCHED_LISTS = {
    tier: LISTS_OF_TIER[tier]
    if tier in LISTS_OF_TIER
    else (
        *lists.agencies,
        *WHOLE_OF_TIER.values(),
        *(name for each in LISTS_OF_TIER.values() for name in each),
    )
    for tier, lists in list_tiers().items()
}
# parts that no one is counted in twice: together they are the whole, or leave a rest that is in none of them
DIVIDED_INTO: dict[str, tuple[str, ...]] = {
    "police_incidents": ("police_repeat_incidents", "police_victims"),
    "referrals": ("referrals_accepted", "referrals_declined"),
    "referrals_declined": ("referrals_declined_capacity", "referrals_declined_other"),
    "households_not_supported": tuple(
        name for name, measure in RETURN_MEASURES.items() if measure.part_of == "households_not_supported"
    ),
    "people_supported": ("women_supported", "men_supported", "trans_adults_supported", "children_supported"),
    "households_support_ended": (
        "households_moved_on",
        "households_moved_other_safe",
        "households_support_not_needed",
        "households_ended_other",
    ),
}

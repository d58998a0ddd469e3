"""The tiers of the cascade and the answers to how many places are needed: one row each, from which every list is derived.

What need and met need mean at each tier is told in ``estimate/cascade.py``, and worked out in ``steps/cascade/tiers.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PEOPLE, HOUSEHOLDS = "people", "households a year"
PARTS = {"need": "Need", "met": "Met", "unmet": "Unmet"}
# the tier whose rows come from a step of its own (``steps/accommodation/need.py``)
SAFE_ACCOMMODATION = "safe_accommodation"
_CUT = "negative values are shown, never cut"


@dataclass(frozen=True, kw_only=True)
class ServiceLists:
    """How the services' lists of a tier are named where they are matched with each other.

    about: what the lists are of; said: who is on them, in a sentence; step: the name of the tier beside them; whole: the
    return that counts everyone on them once, and whose parts they are; agencies: lists of the tier that are part of no
    such return, for a tier that takes those of all others too.
    """

    about: str
    said: str
    step: str
    whole: str = ""
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tier:
    """One tier of the cascade.

    words: its name in tables; need, met, unmet: title and meaning of the three measures; additive: wards add up to the
    area; share: the registered share of victims who reach it; returned: the return that a part is, where the council gives
    it; headlines: the parts that scenarios and years to come are shown by; lists: of the services, where they may be
    matched.
    """

    words: str
    unit: str
    need: tuple[str, str]
    met: tuple[str, str]
    unmet: tuple[str, str]
    additive: bool = True
    share: str = ""
    returned: Mapping[str, str] = field(default_factory=dict)
    headlines: tuple[str, ...] = ()
    lists: ServiceLists | None = None

    @property
    def parts(self) -> dict[str, tuple[str, str]]:
        """Title and meaning of each part."""
        return dict(zip(PARTS, (self.need, self.met, self.unmet), strict=True))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer to how many places are needed.

    words: in titles of measures; label: its row in a table; said: what gives a number, in a sentence; refuge_only: it
    speaks of refuge, whatever types there are; headline: a change of it is told in words; in_batch: what of it stands in
    the table of many areas, rounded to ``places``.
    """

    words: str
    label: str
    said: str
    refuge_only: bool = False
    headline: bool = False
    in_batch: Literal["", "value", "range"] = ""
    places: float = 1.0


# In the order of the paper; the tiers that count people first.
TIERS: dict[str, Tier] = {
    "told_anyone": Tier(
        words="Told anyone",
        unit=PEOPLE,
        need=("Victims who should be able to tell someone", "every victim in the last year"),
        met=(
            "Victims who told anyone",
            "victims in the last year who told anyone at all, family and friends included",
        ),
        unmet=("Victims who told no one", f"victims less those who told anyone; {_CUT}"),
        share="told_anyone",
        lists=ServiceLists(
            about="any agency",
            said="known to any of the agencies",
            step="Known to any agency",
            agencies=("police_victims", "housing_approaches"),
        ),
    ),
    "told_police": Tier(
        words="Told the police",
        unit=PEOPLE,
        need=(
            "Victims who may need the police",
            "every victim in the last year; not every victim wants the police",
        ),
        met=(
            "Victims known to the police",
            "victims who told the police, or different people in a return of the police",
        ),
        unmet=(
            "Victims not known to the police",
            f"victims less those the police know: who they do not see; {_CUT}",
        ),
        share="reported_police",
        headlines=("met",),
    ),
    "community_support": Tier(
        words="Support in the community",
        unit=PEOPLE,
        need=(
            "Need for support in the community",
            "victims who need specialist support there, at every level of risk",
        ),
        met=(
            "People supported in the community",
            "different people supported in a year, from a local return only",
        ),
        unmet=("Unmet need for support in the community", f"need less met need; {_CUT}"),
        returned={"met": "community_support_clients"},
        headlines=("need",),
        lists=ServiceLists(
            about="support in the community",
            said="supported in the community",
            step="Support in the community",
            whole="community_support_clients",
        ),
    ),
    "idva": Tier(
        words="High risk and IDVA",
        unit=PEOPLE,
        need=(
            "People at high risk who need an IDVA",
            "expected high-risk cases less repeats: the fewest different people",
        ),
        met=(
            "People supported by IDVAs",
            "different people supported in a year, from a local return only; no referrals",
        ),
        unmet=("Unmet need for an IDVA", f"need less met need; {_CUT}"),
        returned={"met": "idva_clients"},
        lists=ServiceLists(
            about="IDVAs", said="supported by IDVAs", step="High risk and IDVA", whole="idva_clients"
        ),
    ),
    SAFE_ACCOMMODATION: Tier(
        words="Safe accommodation",
        unit=HOUSEHOLDS,
        need=(
            "Need for safe accommodation",
            "households supported, or that could not be supported, in safe accommodation in a year",
        ),
        met=("Met need for safe accommodation", "households supported in safe accommodation in a year"),
        unmet=("Unmet need for safe accommodation", f"need less met need; {_CUT}"),
        returned={"met": "households_supported", "unmet": "households_not_supported"},
        headlines=("need", "unmet"),
    ),
    "move_on": Tier(
        words="Move-on",
        unit=HOUSEHOLDS,
        need=(
            "Households at the point of moving on",
            "households whose support ends in a year, and those ready to leave",
        ),
        met=(
            "Households that moved to a settled home",
            "households that did in a year, from a local return only",
        ),
        unmet=(
            "Households that did not move to a settled home",
            f"need less met need, whatever the outcome; {_CUT}",
        ),
        returned={"met": "households_moved_on"},
    ),
}
STANDARD = "standard"
ANSWERS: dict[str, Answer] = {
    STANDARD: Answer(
        words="the standard",
        label="The standard: one place per 10,000 residents",
        said="the Council of Europe standard",
        headline=True,
        in_batch="value",
    ),
    "national_model": Answer(
        words="the national need model",
        label="National need model, shared by residents",
        said="the national need model",
        in_batch="value",
        places=0.1,
    ),
    "queueing": Answer(
        words="demand and queueing",
        label="Demand and queueing",
        said="demand and queueing",
        refuge_only=True,
        headline=True,
        in_batch="range",
    ),
    "turned_away": Answer(
        words="those turned away",
        label="In use, and turned away for lack of room",
        said="places in use with those turned away",
        refuge_only=True,
    ),
}


def tiers_in(unit: str) -> tuple[str, ...]:
    """The tiers that count in one unit: people and households never share a table."""
    return tuple(name for name, tier in TIERS.items() if tier.unit == unit)


def list_tiers() -> dict[str, ServiceLists]:
    """The tiers whose services' lists may be matched with each other."""
    return {name: tier.lists for name, tier in TIERS.items() if tier.lists is not None}

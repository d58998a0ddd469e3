"""What a local return may count, and in which unit: a measure has one unit, so units are never mixed.

``flow`` counts what happened in a period, so a part of a year is not a year; the others are states at a date or
shares.
``supply`` is held for the whole authority only and says nothing about where a place is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One thing that can be counted locally."""

    unit: str
    meaning: str
    flow: bool = True
    supply: bool = False
    whole: bool = True


MEASURES: dict[str, Measure] = {
    "refuge_units": Measure("units", "refuge units commissioned or open", flow=False, supply=True),
    "refuge_places": Measure("family places", "family places in refuges", flow=False, supply=True),
    "places_available": Measure(
        "family places", "family places of safe accommodation, by type or in all", flow=False, supply=True
    ),
    "units_available": Measure(
        "units", "units of safe accommodation, by type or in all", flow=False, supply=True
    ),
    "sanctuary_installations": Measure(
        "households", "households made safe at home by a sanctuary scheme", supply=True
    ),
    "households_supported": Measure("households", "households supported in safe accommodation", supply=True),
    "households_not_supported": Measure(
        "households", "households that could not be supported in safe accommodation", supply=True
    ),
    "people_supported": Measure(
        "people", "people supported in safe accommodation, children included", supply=True
    ),
    "refuge_referrals": Measure("referrals", "referrals to refuges", supply=True),
    "refuge_referrals_declined_capacity": Measure(
        "referrals", "referrals to refuges declined for lack of capacity", supply=True
    ),
    "out_of_area_placements": Measure(
        "households", "households placed outside the area, as in bed and breakfast", supply=True
    ),
    "police_incidents": Measure("incidents", "domestic abuse incidents recorded by the police"),
    "police_crimes": Measure("crimes", "domestic abuse crimes recorded by the police"),
    "marac_cases": Measure("cases", "cases heard at Marac"),
    "marac_repeat_cases": Measure("cases", "repeat cases heard at Marac"),
    "marac_repeat_target": Measure("percent", "target for repeat cases at Marac", flow=False, whole=False),
    "marac_children": Measure("children", "children in the households of Marac cases"),
    "idva_referrals": Measure("referrals", "referrals to Idvas"),
    "idva_posts": Measure("full-time equivalents", "Idva posts", flow=False, whole=False),
    "community_support_clients": Measure("people", "people supported by community-based services"),
    "housing_approaches": Measure("people", "people who approached housing because of domestic abuse"),
    "homelessness_households": Measure(
        "households", "households owed a homelessness duty because of domestic abuse"
    ),
    "childrens_social_care_referrals": Measure("referrals", "referrals to children's social care"),
    "children_high_risk": Measure("children", "children living with high-risk abuse"),
    "children_identified": Measure("children", "children known to live with abuse or suspected abuse"),
    "perpetrator_programme_referrals": Measure("people", "people referred to a perpetrator programme"),
    "health_referrals": Measure("referrals", "referrals from health services"),
}

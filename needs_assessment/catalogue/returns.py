"""What a local return may count, and in which unit: a measure has one unit, so units are never mixed.

``flow`` counts what happened in a period, so a part of a year is not a year; the others are states at a date or
shares. A mean of a period (a stay, a unit cost) goes with its period too, and is never added up.
``supply`` is held for the whole authority only and says nothing about where a place is.
"""

from __future__ import annotations

from needs_assessment.catalogue.measure import ReturnMeasure
from needs_assessment.catalogue.measures_accommodation import ACCOMMODATION
from needs_assessment.catalogue.tiers import list_tiers

__all__ = ["DIVIDED_INTO", "LISTS_OF_TIER", "MATCHED_LISTS", "RETURN_MEASURES", "WHOLE_OF_TIER"]

MARAC, IDVA = "MARAC", "IDVA"
COMMUNITY = "Outreach and community support"


def _list(whole: str, who: str, agency: str) -> ReturnMeasure:
    """One service's own list of a tier: different people on it, some of whom may be on another service's list too."""
    return ReturnMeasure("people", f"different people {who} in the period", agency=agency, part_of=whole)


_AGENCIES: dict[str, ReturnMeasure] = {
    "police_incidents": ReturnMeasure(
        "incidents", "domestic abuse incidents recorded by the police", agency="Police"
    ),
    "police_repeat_incidents": ReturnMeasure(
        "incidents",
        "incidents of a victim with an earlier incident in the same period, so that incidents less repeats are people",
        agency="Police",
        part_of="police_incidents",
    ),
    "police_victims": ReturnMeasure(
        "people",
        "different victims of the incidents recorded by the police in the period",
        agency="Police",
        part_of="police_incidents",
    ),
    "police_crimes": ReturnMeasure("crimes", "domestic abuse crimes recorded by the police", agency="Police"),
    "marac_cases": ReturnMeasure("cases", "cases heard at Marac", agency=MARAC),
    "marac_repeat_cases": ReturnMeasure(
        "cases", "repeat cases heard at Marac", agency=MARAC, part_of="marac_cases"
    ),
    "marac_repeat_target": ReturnMeasure(
        "percent", "target for repeat cases at Marac", flow=False, whole=False, agency=MARAC, total="none"
    ),
    "marac_children": ReturnMeasure("children", "children in the households of Marac cases", agency=MARAC),
    "marac_admin_posts": ReturnMeasure(
        "full-time equivalents", "Marac administration posts", flow=False, whole=False, agency=MARAC
    ),
    "idva_referrals": ReturnMeasure("referrals", "referrals to Idvas", agency=IDVA),
    "idva_repeat_referrals": ReturnMeasure(
        "referrals",
        "referrals to Idvas of a person already referred in the same period",
        agency=IDVA,
        part_of="idva_referrals",
    ),
    "idva_clients": ReturnMeasure(
        "people",
        "different people supported by Idvas in the period, each counted once however many Idva services know them",
        agency=IDVA,
    ),
    "community_idva_clients": _list("idva_clients", "supported by Idvas in the community", IDVA),
    "health_idva_clients": _list(
        "idva_clients", "supported by Idvas in hospitals and other health services", IDVA
    ),
    "court_idva_clients": _list("idva_clients", "supported by Idvas at courts", IDVA),
    "other_idva_clients": _list("idva_clients", "supported by any other Idvas", IDVA),
    "idva_posts": ReturnMeasure("full-time equivalents", "Idva posts", flow=False, whole=False, agency=IDVA),
    "community_support_clients": ReturnMeasure(
        "people",
        "people supported by community-based services without Idvas, each counted once however many services know them",
        agency=COMMUNITY,
    ),
    "outreach_clients": _list("community_support_clients", "supported by outreach services", COMMUNITY),
    "helpline_clients": _list(
        "community_support_clients", "supported by a local helpline (contacts are events)", COMMUNITY
    ),
    "counselling_clients": _list(
        "community_support_clients", "given counselling, therapy or group support", COMMUNITY
    ),
    "by_and_for_clients": _list(
        "community_support_clients", "supported by services led by and for those they serve", COMMUNITY
    ),
    "health_support_clients": _list(
        "community_support_clients", "supported in general practice or hospital, without Idvas", COMMUNITY
    ),
    "other_support_clients": _list(
        "community_support_clients", "supported by any other community-based service", COMMUNITY
    ),
    "community_support_posts": ReturnMeasure(
        "full-time equivalents",
        "posts in community-based services, without Idvas",
        flow=False,
        whole=False,
        agency=COMMUNITY,
    ),
    "helpline_contacts": ReturnMeasure("contacts", "contacts with a local helpline", agency="Helpline"),
    "housing_approaches": ReturnMeasure(
        "people", "people who approached housing because of domestic abuse", agency="Housing"
    ),
    "homelessness_households": ReturnMeasure(
        "households", "households owed a homelessness duty because of domestic abuse", agency="Housing"
    ),
    "childrens_social_care_referrals": ReturnMeasure(
        "referrals", "referrals to children's social care", agency="Children's social care"
    ),
    "children_high_risk": ReturnMeasure(
        "children", "children living with high-risk abuse", agency="Children's social care"
    ),
    "children_identified": ReturnMeasure(
        "children",
        "children known to live with abuse or suspected abuse",
        agency="Children's social care",
    ),
    "adult_social_care_referrals": ReturnMeasure(
        "referrals",
        "referrals and safeguarding concerns to adult social care because of domestic abuse",
        agency="Adult social care",
    ),
    "perpetrator_programme_referrals": ReturnMeasure(
        "people", "people referred to a perpetrator programme", agency="Perpetrator programmes"
    ),
    "perpetrator_programme_starts": ReturnMeasure(
        "people", "people who began a perpetrator programme", agency="Perpetrator programmes"
    ),
    "perpetrator_programme_completions": ReturnMeasure(
        "people", "people who completed a perpetrator programme", agency="Perpetrator programmes"
    ),
    "health_referrals": ReturnMeasure("referrals", "referrals from health services", agency="Health"),
}

RETURN_MEASURES: dict[str, ReturnMeasure] = {**ACCOMMODATION, **_AGENCIES}

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
        name for name in RETURN_MEASURES if name.startswith("households_not_supported_")
    ),
    "people_supported": ("women_supported", "men_supported", "trans_adults_supported", "children_supported"),
    "households_support_ended": (
        "households_moved_on",
        "households_moved_other_safe",
        "households_support_not_needed",
        "households_ended_other",
    ),
}

"""The measures of safe accommodation: supply by type, and the questions of the annual safe-accommodation return.

In the order of the fill-in template. Places are held in three units that are never added together (family places, single
places, bed spaces), each in its own measure. Bed and breakfast is outside the Regulations: it is recorded as use, and
there is no measure in which it could count as supply.
"""

from __future__ import annotations

from functools import partial

from needs_assessment.catalogue.measure import ReturnMeasure

FAMILY_PLACES, SINGLE_PLACES, BED_SPACES = "family places", "single places", "bed spaces"
# the measure that holds supply in each unit; one type may be given in several, as separate rows
SUPPLY_BY_UNIT = {
    FAMILY_PLACES: "places_available",
    SINGLE_PLACES: "single_places_available",
    BED_SPACES: "bed_spaces_available",
    "units": "units_available",
}

_places = partial(ReturnMeasure, supply=True, flow=False, agency="Safe accommodation: places")
_asked = partial(ReturnMeasure, supply=True, agency="Safe accommodation: referrals")
_used = partial(ReturnMeasure, supply=True, agency="Safe accommodation: households and people")
_left = partial(ReturnMeasure, supply=True, agency="Safe accommodation: stay and move-on")
_money = partial(ReturnMeasure, supply=True, whole=False, agency="Safe accommodation: staff and money")
_outside = partial(
    ReturnMeasure, supply=True, by_type=False, agency="Bed and breakfast (outside the Regulations)"
)


def _not_supported(reason: str) -> ReturnMeasure:
    meaning = f"of the households that could not be supported, those for this reason: {reason}"
    return _used("households", meaning, part_of="households_not_supported")


def _people(who: str) -> ReturnMeasure:
    return _used(
        "people", f"of the people supported in safe accommodation, {who}", part_of="people_supported"
    )


def _given(support: str) -> ReturnMeasure:
    meaning = f"of the households supported, those given {support}"
    return _used("households", meaning, part_of="households_supported")


def _ended(where: str) -> ReturnMeasure:
    meaning = f"of those whose support ended, households {where}"
    return _left("households", meaning, part_of="households_support_ended")


ACCOMMODATION: dict[str, ReturnMeasure] = {
    "places_available": _places(
        FAMILY_PLACES, "family places of safe accommodation, by type or in all: one adult with her children"
    ),
    "single_places_available": _places(
        SINGLE_PLACES, "places for one adult without children, by type or in all"
    ),
    "bed_spaces_available": _places(
        BED_SPACES, "bed spaces, by type or in all, where they are not counted as places"
    ),
    "units_available": _places("units", "units of safe accommodation, by type or in all"),
    "refuge_units": _places(
        "units", "refuge units commissioned or open", same_as=("units_available", "refuge")
    ),
    "refuge_places": _places(
        FAMILY_PLACES, "family places in refuges", same_as=("places_available", "refuge")
    ),
    "accessible_places": _places(
        FAMILY_PLACES,
        "of the family places, those that a household with a disabled member can use",
        part_of="places_available",
    ),
    "accessible_single_places": _places(
        SINGLE_PLACES,
        "of the single places, those that a disabled person can use",
        part_of="single_places_available",
    ),
    "places_in_use": _places(
        FAMILY_PLACES, "family places in use on the day", part_of="places_available", occupied=True
    ),
    "largest_household": _places(
        "people", "people in the largest household that a place of this type takes", total="max"
    ),
    "referrals": _asked("referrals", "referrals to safe accommodation"),
    "referrals_accepted": _asked("referrals", "of the referrals, those accepted", part_of="referrals"),
    "referrals_declined": _asked(
        "referrals", "of the referrals, those declined for any reason", part_of="referrals"
    ),
    "referrals_declined_capacity": _asked(
        "referrals", "of the declined, those for lack of capacity", part_of="referrals_declined"
    ),
    "referrals_declined_other": _asked(
        "referrals", "of the declined, those for any other reason", part_of="referrals_declined"
    ),
    "refuge_referrals": _asked("referrals", "referrals to refuges", same_as=("referrals", "refuge")),
    "refuge_referrals_declined_capacity": _asked(
        "referrals",
        "referrals to refuges declined for lack of capacity",
        same_as=("referrals_declined_capacity", "refuge"),
        part_of="refuge_referrals",
    ),
    "households_waiting": _asked("households", "households waiting for a place on the day", flow=False),
    "waiting_days": _asked(
        "days",
        "mean days from referral to a place, of those placed in the period",
        whole=False,
        total="none",
        part_of="referrals_accepted",
    ),
    "sanctuary_installations": _used("households", "households made safe at home by a sanctuary scheme"),
    "households_supported": _used("households", "households supported in safe accommodation"),
    "households_from_outside": _used(
        "households",
        "of the households supported, those who came from outside the area",
        part_of="households_supported",
    ),
    "out_of_area_placements": _used("households", "households of the area placed outside it"),
    "households_not_supported": _used(
        "households", "households that could not be supported in safe accommodation"
    ),
    "households_not_supported_capacity": _not_supported("lack of capacity"),
    "households_not_supported_size": _not_supported("no place that fits the household's size or make-up"),
    "households_not_supported_access": _not_supported("no place that suits a disability"),
    "households_not_supported_mental_health": _not_supported("mental health support needs not met"),
    "households_not_supported_drugs_alcohol": _not_supported("drug or alcohol support needs not met"),
    "households_not_supported_no_recourse": _not_supported("no recourse to public funds"),
    "households_not_supported_other": _not_supported("any other"),
    "people_supported": _used("people", "people supported in safe accommodation, children included"),
    "women_supported": _people("women"),
    "men_supported": _people("men"),
    "trans_adults_supported": _people("trans adults"),
    "children_supported": _people("children"),
    "people_supported_minoritised": _people("those Black or from a minoritised ethnic group"),
    "people_supported_disabled": _people("those disabled"),
    "people_supported_mental_health": _people("those with mental health support needs"),
    "people_supported_drugs_alcohol": _people("those with drug or alcohol support needs"),
    "people_supported_lgbt": _people("those lesbian, gay, bisexual or trans"),
    "people_supported_no_recourse": _people("those with no recourse to public funds"),
    "households_given_advocacy": _given("advocacy"),
    "households_given_prevention_advice": _given("advice on preventing abuse"),
    "households_given_specialist_support": _given("support for particular needs"),
    "households_given_childrens_support": _given("support for their children"),
    "households_given_housing_advice": _given("advice and help with housing"),
    "households_given_counselling": _given("counselling or therapy"),
    "households_support_ended": _left(
        "households", "households whose support in safe accommodation came to an end"
    ),
    "households_moved_on": _ended("that moved to a settled home"),
    "households_moved_other_safe": _ended("that moved to other safe accommodation"),
    "households_support_not_needed": _ended("that stayed at home and needed it no longer"),
    "households_ended_other": _ended("with any other outcome, or none known"),
    "households_ready_to_move_on": _left(
        "households",
        "households in safe accommodation on the day that are ready to move on and have nowhere to go",
        flow=False,
    ),
    "length_of_stay_days": _left(
        "days",
        "mean stay of the households that left in the period",
        whole=False,
        total="none",
        part_of="households_support_ended",
    ),
    "bed_and_breakfast_households": _outside(
        "households", "households placed in bed and breakfast because of domestic abuse; never supply"
    ),
    "bed_and_breakfast_nights": _outside(
        "nights",
        "nights that households spent in bed and breakfast because of domestic abuse; never supply",
        part_of="bed_and_breakfast_households",
    ),
    "accommodation_posts": _money(
        "full-time equivalents", "posts of support staff in safe accommodation", flow=False
    ),
    "spend_revenue": _money("GBP", "revenue spent on support in safe accommodation in the period"),
    "spend_capital": _money("GBP", "capital spent on safe accommodation in the period"),
    "unit_cost_revenue": _money(
        "GBP per family place per year",
        "revenue cost of one family place for a year, in the prices of the year of the row",
        total="none",
    ),
    "unit_cost_capital": _money(
        "GBP per family place",
        "capital cost of one more family place, in the prices of the year of the row",
        total="none",
    ),
    "unit_cost_sanctuary": _money(
        "GBP per household",
        "cost of making one household safe at home, in the prices of the year of the row",
        by_type=False,
        total="none",
    ),
}

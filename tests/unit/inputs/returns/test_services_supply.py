"""Supply by type and the annual return: units apart, nothing twice, bed and breakfast never supply, no provider named."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from needs_assessment.catalogue.returns import RETURN_MEASURES, SUPPLY_BY_UNIT
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.returns import local_figures as local
from needs_assessment.inputs.returns.returns import LocalReturns, load_services
from needs_assessment.registers.registers import load_registers
from needs_assessment.tables.schemas import ACCOMMODATION_TYPES

AS_OF = dt.date(2025, 6, 30)
YEAR, DAY = ("2024-04-01", "2025-03-31"), ("2025-03-31", "2025-03-31")
HEADER = [
    *("measure", "accommodation_type", "unit", "value"),
    *("period_start", "period_end", "part_year", "source", "note"),
]
Load = Callable[..., LocalReturns]


def line(
    measure: str, value: float, kind: str = "", period: tuple[str, str] = ("", ""), **cells: str
) -> list[str]:
    """One row of a services file; the unit is the measure's own, the period a year or a day."""
    start, end = period if period[0] else YEAR if RETURN_MEASURES[measure].flow else DAY
    row = {
        "measure": measure,
        "accommodation_type": kind,
        "unit": RETURN_MEASURES[measure].unit,
        "value": f"{value:g}",
        "period_start": start,
        "period_end": end,
        "part_year": "",
        "source": "Annual return",
        "note": "",
        **cells,
    }
    return [row[name] for name in HEADER]


@pytest.fixture
def load(tmp_path: Path, data: Path) -> Load:
    registers = load_registers(data)

    def load(*rows: list[str], area: str = "E06000056") -> LocalReturns:
        text = io.StringIO()
        csv.writer(text).writerows([HEADER, *rows])
        path = tmp_path / "services.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return load_services(path, resolve_area([area], data), data, registers, AS_OF)

    return load


def values(figures: Mapping[str, local.LocalFigure]) -> dict[str, float]:
    return {kind: figure.value for kind, figure in figures.items()}


def refused(load: Load, *rows: list[str]) -> InputError:
    with pytest.raises(InputError) as caught:
        load(*rows)
    return caught.value


# --- supply by type and unit


def test_each_unit_has_its_own_supply_and_they_are_never_added(load: Load) -> None:
    returns = load(
        line("places_available", 12, "refuge"),
        line("places_available", 8, "dispersed"),
        line("single_places_available", 6, "refuge"),
        line("bed_spaces_available", 40, "refuge"),
    )
    assert values(local.supply_by_type(returns)) == {"dispersed": 8, "refuge": 12}
    assert values(local.supply_by_type(returns, "single places")) == {"refuge": 6}
    assert values(local.supply_by_type(returns, "bed spaces")) == {"refuge": 40}
    assert local.supply_by_type(returns, "units") == {}
    total = local.supply_figure(returns)
    assert total is not None
    assert (total.value, total.unit) == (20, "family places")
    with pytest.raises(ValueError, match="supply is not counted in beds"):
        local.supply_by_type(returns, "beds")


def test_a_measure_is_given_in_its_own_unit_only(load: Load) -> None:
    for measure in SUPPLY_BY_UNIT.values():
        for unit in set(SUPPLY_BY_UNIT) - {RETURN_MEASURES[measure].unit}:
            fault = refused(load, line(measure, 5, "refuge", unit=unit))
            assert (fault.row, fault.column) == (2, "unit")


def test_a_type_that_the_latest_date_lacks_is_told(load: Load) -> None:
    returns = load(
        line("places_available", 9, "refuge"),
        line("places_available", 10, "refuge", ("2024-03-31", "2024-03-31")),
        line("places_available", 7, "dispersed", ("2024-03-31", "2024-03-31")),
    )
    assert values(local.supply_by_type(returns)) == {"refuge": 9}
    assert [note for note in returns.notes if "no row for dispersed" in note]
    assert not load(line("places_available", 9, "refuge"), line("places_available", 0, "dispersed")).notes


def test_a_state_is_at_its_last_day_however_its_first_is_written(load: Load) -> None:
    returns = load(
        line("places_available", 9, "refuge"),
        line("places_available", 4, "dispersed", YEAR),
    )
    assert values(local.supply_by_type(returns)) == {"dispersed": 4, "refuge": 9}
    fault = refused(load, line("places_available", 9, "refuge"), line("places_available", 13, "", YEAR))
    assert "twice" in fault.message


def test_refuge_places_by_their_own_name_stand_as_the_type(load: Load, data: Path) -> None:
    assert values(local.supply_by_type(load(line("refuge_places", 11)))) == {"refuge": 11}
    warwickshire = load_services(
        None, resolve_area(["E10000031"], data), data, load_registers(data), dt.date(2026, 11, 22)
    )
    units = local.supply_by_type(warwickshire, "units")
    assert values(units) == {"refuge": 24}
    assert units["refuge"].stale
    assert local.supply_by_type(warwickshire) == {}, "units are not family places"
    fault = refused(load, line("refuge_places", 11), line("places_available", 8, "dispersed"))
    assert "both given" in fault.message
    assert refused(load, line("refuge_places", 11, "dispersed")).column == "accommodation_type"


def test_largest_household_and_means_have_no_sum(load: Load) -> None:
    returns = load(
        line("largest_household", 4, "refuge"),
        line("largest_household", 7, "dispersed"),
        line("length_of_stay_days", 90.5, "refuge"),
        line("length_of_stay_days", 200, "second_stage"),
        line("unit_cost_revenue", 9500, "refuge"),
        line("unit_cost_revenue", 7000, "dispersed"),
    )
    largest = local.state_figure(returns, "largest_household")
    assert largest is not None
    assert largest.value == 7
    assert returns.latest("length_of_stay_days") is None
    assert values(local.by_type(returns, "length_of_stay_days")) == {"refuge": 90.5, "second_stage": 200}
    assert values(local.unit_costs(returns, "unit_cost_revenue")) == {"dispersed": 7000, "refuge": 9500}
    one = load(line("unit_cost_capital", 30000))
    assert values(local.unit_costs(one, "unit_cost_capital")) == {"": 30000}
    assert local.unit_costs(one, "unit_cost_revenue") == {}


# --- years and states


def test_a_part_year_is_never_a_year(load: Load) -> None:
    part = ("2024-04-01", "2024-09-30")
    returns = load(
        line("referrals", 70, "refuge", part),
        line("referrals_declined_capacity", 20, "refuge", part),
        line("length_of_stay_days", 80, "refuge", part),
        line("idva_clients", 100, "", part),
        line("idva_posts", 3.5),
    )
    assert local.refuge_figure(returns, "referrals") is None
    assert local.by_type(returns, "length_of_stay_days") == {}
    assert local.annual_figure(returns, "idva_clients") is None
    posts = local.state_figure(returns, "idva_posts")
    assert posts is not None
    assert posts.value == 3.5
    assert [figure.measure for figure in local.used_figures(returns)] == ["idva_posts"]


def test_refuge_demand_is_read_by_type_or_by_its_old_name(load: Load) -> None:
    typed = load(
        line("referrals", 140, "refuge"),
        line("referrals", 30, "dispersed"),
        line("referrals_accepted", 60, "refuge"),
        line("referrals_declined_capacity", 45, "refuge"),
    )
    old = load(line("refuge_referrals", 140), line("refuge_referrals_declined_capacity", 45))
    for returns in (typed, old):
        for measure, wanted in (("referrals", 140), ("referrals_declined_capacity", 45)):
            figure = local.refuge_figure(returns, measure)
            assert figure is not None
            assert (figure.value, figure.own_file) == (wanted, True)
    assert local.refuge_figure(old, "referrals_accepted") is None
    assert local.refuge_figure(load(line("referrals", 140)), "referrals") is None, "all types are not refuge"
    assert refused(load, line("refuge_referrals", 140), line("referrals", 9, "refuge")).column == "measure"


def test_people_known_to_the_police_need_a_count_or_repeats(load: Load) -> None:
    assert local.police_people(load(line("police_incidents", 3100))) is None
    pair = local.police_people(load(line("police_incidents", 3100), line("police_repeat_incidents", 1200)))
    assert pair is not None
    assert pair[1] is not None
    assert (pair[0].value, pair[1].value) == (3100, 1200)
    counted = local.police_people(load(line("police_victims", 1900), line("police_incidents", 3100)))
    assert counted is not None
    assert (counted[0].measure, counted[1]) == ("police_victims", None)
    other_year = line("police_repeat_incidents", 1200, "", ("2023-04-01", "2024-03-31"))
    assert local.police_people(load(line("police_incidents", 3100), other_year)) is None


# --- what is refused


@pytest.mark.parametrize(
    "text",
    [
        "includes bed and breakfast",
        "six places, B&B",
        "bed & breakfast rooms",
        "BnB",
        "b & b",
        "contract list, bed-and-breakfast",
    ],
)
@pytest.mark.parametrize("column", ["note", "source"])
def test_bed_and_breakfast_is_never_supply(load: Load, text: str, column: str) -> None:
    fault = refused(load, line("places_available", 6, "other", **{column: text}))
    assert (fault.row, fault.column) == (2, column)
    assert "Regulations" in fault.message
    assert "bed_and_breakfast_households" in fault.action


def test_bed_and_breakfast_has_its_own_home(load: Load) -> None:
    returns = load(
        line("bed_and_breakfast_households", 30, note="bed and breakfast outside the area"),
        line("bed_and_breakfast_nights", 900),
        line("places_available", 6, "other", note="without bed and breakfast"),
    )
    used = local.annual_figure(returns, "bed_and_breakfast_households")
    assert used is not None
    assert used.value == 30
    supply = local.supply_figure(returns)
    assert supply is not None
    assert supply.value == 6
    fault = refused(load, line("bed_and_breakfast_households", 30, "other"))
    assert fault.column == "accommodation_type"
    assert "bed_and_breakfast" not in ACCOMMODATION_TYPES
    supply_measures = [
        name for name, measure in RETURN_MEASURES.items() if measure.supply and not measure.flow
    ]
    assert not [name for name in supply_measures if "breakfast" in name]


@pytest.mark.parametrize(
    "text",
    [
        "Exampletown Women's Aid",
        "Example Homes Ltd",
        "Brightside Trust",
        "contract with an example CIC",
        "Northern housing association",
        "run by a charity of the county",
    ],
)
def test_a_provider_in_a_supply_row_is_refused_and_not_repeated(load: Load, text: str) -> None:
    fault = refused(load, line("places_available", 6, "refuge", note=text))
    assert "name of a provider" in str(fault)
    assert text not in str(fault)


@pytest.mark.parametrize("text", ["Contract register", "Annual return to the ministry", "run by the council"])
def test_ordinary_sources_of_supply_are_let_in(load: Load, text: str) -> None:
    assert local.supply_figure(load(line("places_available", 6, "refuge", source=text))) is not None


def test_a_part_above_its_whole_is_refused(load: Load) -> None:
    for rows in (
        (line("referrals", 40, "refuge"), line("referrals_accepted", 41, "refuge")),
        (line("places_available", 10, "refuge"), line("accessible_places", 11, "refuge")),
        (line("places_available", 10), line("places_in_use", 11)),
        (line("police_incidents", 40), line("police_victims", 41)),
        (line("households_supported", 40), line("households_from_outside", 41)),
    ):
        fault = refused(load, *rows)
        assert (fault.row, fault.column) == (3, "value")
        assert "41" not in str(fault)
    load(line("referrals", 40, "dispersed"), line("referrals_accepted", 41, "refuge"))
    load(line("households_support_ended", 10), line("length_of_stay_days", 90))
    load(line("bed_and_breakfast_households", 10), line("bed_and_breakfast_nights", 90))


# --- the catalogue


def test_every_measure_is_well_formed() -> None:
    for name, measure in RETURN_MEASURES.items():
        assert measure.unit, name
        assert measure.meaning, name
        assert measure.agency, name
        if measure.part_of:
            assert measure.part_of in RETURN_MEASURES, name
            assert RETURN_MEASURES[measure.part_of].flow == measure.flow, name
        if measure.same_as[0]:
            assert RETURN_MEASURES[measure.same_as[0]].unit == measure.unit, name
            assert measure.same_as[1] in ACCOMMODATION_TYPES, name


def test_the_agencies_of_the_strategies_and_the_annual_return_have_a_home() -> None:
    agencies = {measure.agency for measure in RETURN_MEASURES.values()}
    assert {
        "Police",
        "MARAC",
        "IDVA",
        "Outreach and community support",
        "Housing",
        "Children's social care",
        "Adult social care",
        "Health",
        "Perpetrator programmes",
        "Helpline",
    } <= agencies
    reasons = [
        name for name, measure in RETURN_MEASURES.items() if measure.part_of == "households_not_supported"
    ]
    assert {"households_not_supported_capacity", "households_not_supported_other"} <= set(reasons)


def test_counts_of_people_are_protected_and_places_are_not() -> None:
    protected = {name for name, measure in RETURN_MEASURES.items() if measure.protected}
    assert {
        "households_supported",
        "referrals",
        "police_victims",
        "places_in_use",
        "idva_clients",
    } <= protected
    assert not protected & {
        *SUPPLY_BY_UNIT.values(),
        *(
            "largest_household",
            "length_of_stay_days",
            "idva_posts",
            "unit_cost_revenue",
            "marac_repeat_target",
        ),
    }

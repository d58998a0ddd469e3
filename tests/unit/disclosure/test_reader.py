"""Counts that only the days between periods tell, found and protected; attacked day by day by a reader of the test's own."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.optimize import linprog

from benchmarks.disclosure_periods import attack, files
from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure import reader, stretches
from needs_assessment.disclosure.counts import Cell, Counts, Key, gather
from needs_assessment.disclosure.decision import Links
from needs_assessment.disclosure.gate import guard
from needs_assessment.disclosure.protection import Choice, Rules, confirm
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.disclosure.reader import Known, check, known_of
from needs_assessment.disclosure.stretches import Piece, pieces_of, span_of, wholes_of
from tests.unit.disclosure.test_counts import QUARTERS, RULES, YEAR, Line, shown, table, total

HALVES = ((QUARTERS[0][0], QUARTERS[1][1]), (QUARTERS[2][0], QUARTERS[3][1]))
NINE = (QUARTERS[0][0], QUARTERS[2][1])
MIDDLE = (QUARTERS[1][0], QUARTERS[2][1])
Period = tuple[dt.date, dt.date]


def days_of(period: Period) -> range:
    return range(period[0].toordinal(), period[1].toordinal() + 1)


def known_range(
    rows: Sequence[Line],
    values: Sequence[object],
    wanted: dict[tuple[str, Period], float],
    at_most: Sequence[tuple[str, str]] = (),
) -> float:
    """How wide a reader's range of a sum is: an unknown a day and measure, none below nought; at_most: parts and wholes."""
    days = sorted(set(itertools.chain.from_iterable(days_of(period) for _, _, period, _ in rows)))
    measures = sorted({name for name, _, _, _ in rows})
    size = len(days) * len(measures)

    def vector(name: str, period: Period) -> np.ndarray:
        made = np.zeros((len(measures), len(days)))
        made[measures.index(name)] = [day in days_of(period) for day in days]
        return made.ravel()

    printed = [at for at, value in enumerate(values) if value != SUPPRESSED]
    equal = np.array([vector(rows[at][0], rows[at][2]) for at in printed]).reshape(-1, size)
    upper = []
    for part, whole in at_most:
        for day in range(len(days)):
            row = np.zeros((len(measures), len(days)))
            row[measures.index(part), day], row[measures.index(whole), day] = 1, -1
            upper.append(row.ravel())
    goal = sum((factor * vector(*what) for what, factor in wanted.items()), np.zeros(size))
    ends = []
    for sign in (1, -1):
        found = linprog(
            sign * goal,
            A_eq=equal if printed else None,
            b_eq=[rows[at][3] for at in printed] if printed else None,
            A_ub=np.array(upper) if upper else None,
            b_ub=np.zeros(len(upper)) if upper else None,
            bounds=(0, 1_000),
        )
        assert found.status == 0
        ends.append(sign * found.fun)
    return ends[1] - ends[0]


# --- the examples, each attacked


def test_whole_and_part_of_different_periods() -> None:
    # 25 and 25 referrals in two halves, 46 accepted in the year: four were not
    rows = (
        ("referrals", "", HALVES[0], 25.0),
        ("referrals", "", HALVES[1], 25.0),
        ("referrals_accepted", "", YEAR, 46.0),
    )
    rest = {("referrals", YEAR): 1.0, ("referrals_accepted", YEAR): -1.0}
    parts = [("referrals_accepted", "referrals")]
    assert known_range(rows, [row[3] for row in rows], rest, parts) < 1e-6
    values = shown(*rows)
    assert values.count(SUPPRESSED) == 1
    assert known_range(rows, values, rest, parts) >= 3
    # 45 accepted leave five, which may be told
    assert shown(*rows[:2], ("referrals_accepted", "", YEAR, 45)) == [25, 25, 45]
    assert shown(*rows[:2], ("referrals_accepted", "", YEAR, 50)) == [25, 25, 50], "a rest of nobody"


def test_periods_that_overlap() -> None:
    # April to September 20, July to December 12, April to December 30: July to September is 2
    rows = (
        ("marac_cases", "", HALVES[0], 20.0),
        ("marac_cases", "", MIDDLE, 12.0),
        ("marac_cases", "", NINE, 30.0),
    )
    shared = {("marac_cases", QUARTERS[1]): 1.0}
    assert known_range(rows, [row[3] for row in rows], shared) < 1e-6
    values = shown(*rows)
    assert values == [20, SUPPRESSED, 30], "the smallest of the three is enough"
    assert known_range(rows, values, shared) >= 3
    assert shown(*rows[:2], ("marac_cases", "", NINE, 27)) == [20, 12, 27], "five may be told"
    assert shown(*rows[:2], ("marac_cases", "", NINE, 32)) == [20, 12, 32], "nobody may be told"


def test_years_that_begin_in_different_months() -> None:
    # the calendar year 2024 and the financial year from April 2024, with quarters that lie in one of them only
    calendar = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    first = (dt.date(2024, 1, 1), dt.date(2024, 3, 31))
    rows = (
        ("marac_cases", "", calendar, 60.0),
        ("marac_cases", "", YEAR, 57.0),
        ("marac_cases", "", first, 14.0),
    )
    # 60 less 14 are 46 from April to December: 11 from January to March 2025
    assert shown(*rows) == [60, 57, 14]
    rows = (*rows[:1], ("marac_cases", "", YEAR, 48.0), rows[2])
    last = {("marac_cases", QUARTERS[3]): 1.0}
    assert known_range(rows, [row[3] for row in rows], last) < 1e-6
    values = shown(*rows)
    assert values.count(SUPPRESSED) == 1
    assert known_range(rows, values, last) >= 3


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("perpetrator_programme_starts", "perpetrator_programme_referrals"),
        ("perpetrator_programme_completions", "perpetrator_programme_starts"),
        ("children_high_risk", "children_identified"),
        ("idva_clients", "idva_referrals"),
        ("helpline_clients", "helpline_contacts"),
        ("homelessness_households", "housing_approaches"),
    ],
)
def test_steps_and_other_wholes(part: str, whole: str) -> None:
    rows = ((whole, "", YEAR, 40.0), (part, "", YEAR, 38.0))
    values = shown(*rows)
    assert values == [40, SUPPRESSED], "two are in the one and not in the other"
    rest = {(whole, YEAR): 1.0, (part, YEAR): -1.0}
    assert known_range(rows, values, rest, [(part, whole)]) >= 3
    assert shown(rows[0], (part, "", YEAR, 35)) == [40, 35]
    # more than the whole is a fault of the figures and tells nobody anything
    assert shown(rows[0], (part, "", YEAR, 42)) == [40, 42]


def test_the_steps_of_one_pathway() -> None:
    rows = (
        ("perpetrator_programme_referrals", "", YEAR, 40.0),
        ("perpetrator_programme_starts", "", YEAR, 38.0),
        ("perpetrator_programme_completions", "", YEAR, 36.0),
    )
    values = shown(*rows)
    steps = [(rows[1][0], rows[0][0]), (rows[2][0], rows[1][0])]
    for part, whole in steps:
        rest = {(whole, YEAR): 1.0, (part, YEAR): -1.0}
        assert known_range(rows, [row[3] for row in rows], rest, steps) < 1e-6
        assert known_range(rows, values, rest, steps) >= 3


def test_a_union_is_no_more_than_its_lists() -> None:
    lists = ("community_idva_clients", "health_idva_clients", "court_idva_clients", "other_idva_clients")
    rows: list[Line] = [("idva_clients", "", YEAR, 100.0)]
    rows += [(name, "", YEAR, value) for name, value in zip(lists, (60.0, 30.0, 6.0, 4.0), strict=True)]
    values = shown(*rows)
    assert values[4] == SUPPRESSED
    # the least that the hidden list can be: with all the others printed it is 4, and a hidden count is below 5
    least = 100 - sum(number for number in values[1:] if isinstance(number, float)) if values[0] == 100 else 0
    assert least <= 1 or values.count(SUPPRESSED) > 1
    assert values.count(SUPPRESSED) == 2
    # where the lists have many people in common nothing is known of one from the others
    rows[0] = ("idva_clients", "", YEAR, 70.0)
    assert shown(*rows) == [70, 60, 30, 6, SUPPRESSED]
    # 103 on four lists of 100 people: three names are on two lists
    rows = [("idva_clients", "", YEAR, 100.0)]
    rows += [(name, "", YEAR, value) for name, value in zip(lists, (60.0, 30.0, 7.0, 6.0), strict=True)]
    assert shown(*rows).count(SUPPRESSED) == 1
    rows[4] = ("other_idva_clients", "", YEAR, 8.0)
    assert shown(*rows) == [100, 60, 30, 7, 8]
    # of three lists that are stated nobody knows how many are on the fourth alone
    assert shown(*rows[:4]) == [SUPPRESSED if number is None else number for number in (100, 60, 30, 7)]


def test_money_over_the_cost_of_one_household() -> None:
    spent = ("spend_revenue", "sanctuary", YEAR, 6_000.0)
    cost = ("unit_cost_sanctuary", "", YEAR, 2_000.0)
    assert shown(spent, cost) == [6_000, SUPPRESSED], "three households, whether or not they are stated"
    assert shown(("spend_revenue", "sanctuary", YEAR, 10_000.0), cost) == [10_000, 2_000]
    assert shown(("spend_revenue", "refuge", YEAR, 6_000.0), cost) == [6_000, 2_000]
    both = (("spend_revenue", "sanctuary", YEAR, 800.0), ("spend_capital", "sanctuary", YEAR, 700.0))
    assert shown(*both, cost) == [800, 700, SUPPRESSED], "1,500 together are one household"
    # a count that is hidden for another's sake is told by money as well
    rows = (
        ("sanctuary_installations", "sanctuary", YEAR, 40.0),
        ("sanctuary_installations", "sanctuary", HALVES[0], 37.0),
        ("spend_revenue", "sanctuary", YEAR, 80_000.0),
        cost,
    )
    values = shown(*rows)
    assert SUPPRESSED in values[:2]
    assert values[2:] == [80_000, SUPPRESSED]
    assert shown(rows[0], rows[2], cost) == [40, 80_000, 2_000]
    assert shown(spent, ("unit_cost_sanctuary", "", YEAR, 0.0)) == [6_000, 0]
    assert shown(spent, ("unit_cost_sanctuary", "", YEAR, np.nan))[0] == 6_000


# --- what else sums tell


def test_parts_that_are_all_there_is_tell_each_other() -> None:
    # 12 and 6 declined in the first half, for lack of capacity and otherwise: of 21 in the year three are in the second
    rows = (
        ("referrals_declined", "", YEAR, 21.0),
        ("referrals_declined_capacity", "", HALVES[0], 12.0),
        ("referrals_declined_other", "", HALVES[0], 6.0),
    )
    assert shown(*rows).count(SUPPRESSED) == 1
    assert shown(("referrals_declined", "", YEAR, 23.0), *rows[1:]) == [23, 12, 6]
    # accepted and declined are not all that becomes of referrals
    assert shown(
        ("referrals", "", YEAR, 21.0),
        ("referrals_accepted", "", HALVES[0], 12.0),
        ("referrals_declined", "", HALVES[0], 6.0),
    ) == [21, 12, 6]


def test_types_of_different_periods_and_all_types() -> None:
    # all types are not stated in halves, but each type is: 23 referrals in the first, of which 20 were accepted
    rows: list[Line] = [
        ("referrals", "refuge", HALVES[0], 16.0),
        ("referrals", "dispersed", HALVES[0], 7.0),
        ("referrals_accepted", "", HALVES[0], 20.0),
    ]
    assert shown(*rows).count(SUPPRESSED) == 1
    rows[1] = ("referrals", "dispersed", HALVES[0], 9.0)
    assert shown(*rows) == [16, 9, 20]


def test_a_state_is_no_part_of_a_longer_period() -> None:
    day = (YEAR[1], YEAR[1])
    rows = (
        ("households_waiting", "", day, 12.0),
        ("households_waiting", "", (YEAR[0], YEAR[0]), 14.0),
        ("households_waiting", "", YEAR, 16.0),
    )
    assert shown(*rows) == [12, 14, 16]
    key = Key("households_waiting", "", *day)
    spans = {
        span_of(key),
        span_of(key._replace(start=day[0] - dt.timedelta(days=1))),
        span_of(total("marac_cases")),
    }
    days = sorted(itertools.chain.from_iterable(spans))
    assert len(set(days)) == len(days)


def test_wholes_by_each_name() -> None:
    assert wholes_of("referrals_declined_capacity", "") == ["referrals_declined", "referrals"]
    assert wholes_of("referrals_declined_capacity", "refuge") == ["referrals_declined", "referrals"]
    assert wholes_of("perpetrator_programme_completions", "") == [
        "perpetrator_programme_starts",
        "perpetrator_programme_referrals",
    ]
    assert wholes_of("community_idva_clients", "") == ["idva_clients", "idva_referrals"]
    assert wholes_of("marac_cases", "") == []


def pieces(*rows: Line) -> list[Piece]:
    return list(pieces_of(gather(table(*rows)), 5))


def test_years_that_nothing_ties_are_pieces_of_their_own() -> None:
    later = (dt.date(2025, 4, 1), dt.date(2026, 3, 31))
    rows: list[Line] = [("marac_cases", "", YEAR, 3.0), ("marac_cases", "", later, 1.0)]
    assert [len(piece.stated) for piece in pieces(*rows)] == [1, 1]
    # a period over the turn of the year ties them
    over = (QUARTERS[3][0], dt.date(2025, 6, 30))
    assert [len(piece.stated) for piece in pieces(*rows, ("marac_cases", "", over, 2.0))] == [3]
    assert [len(piece.stated) for piece in pieces(*rows, ("idva_referrals", "", over, 2.0))] == [1, 1, 1]
    assert pieces(("marac_cases", "", YEAR, 30.0), ("idva_referrals", "", YEAR, 0.0)) == []


def test_small_counts_that_sums_tell_are_named_by_their_days() -> None:
    (piece,) = pieces(
        ("marac_cases", "", HALVES[0], 20.0),
        ("marac_cases", "", MIDDLE, 12.0),
        ("marac_cases", "", NINE, 30.0),
    )
    assert {target.name: target.value for target in piece.targets} == {
        Key("marac_cases", "", *QUARTERS[1]): 2.0
    }
    (piece,) = pieces(("referrals", "", YEAR, 23.0), ("referrals_accepted", "", YEAR, 20.0))
    assert {target.name: target.value for target in piece.targets} == {
        ("rest", total("referrals"), total("referrals_accepted")): 3.0
    }


# --- figures that disagree


def test_figures_that_disagree_end_in_no_error() -> None:
    rows: list[Line] = [
        ("referrals", "", YEAR, 50.0),
        *(("referrals", "", quarter, 20.0) for quarter in QUARTERS),
        ("referrals_accepted", "", HALVES[0], 60.0),
        ("referrals_accepted", "", QUARTERS[0], 3.0),
        ("referrals_declined", "", YEAR, 4.0),
        ("referrals_declined_other", "", YEAR, 9.0),
    ]
    values = shown(*rows)
    assert values[6] == SUPPRESSED
    assert values[7] == SUPPRESSED


def test_people_of_two_halves_may_be_the_same() -> None:
    rows = (
        ("idva_clients", "", YEAR, 40.0),
        ("idva_clients", "", HALVES[0], 37.0),
        ("idva_clients", "", HALVES[1], 30.0),
    )
    assert shown(*rows) == [40, 37, 30]


# --- the check itself


def checked(*rows: Line, hidden: frozenset[Key] = frozenset(), width: float = 3.0) -> reader.Checked:
    counts = gather(table(*rows))
    (piece,) = pieces_of(counts, 5)
    stated = {key: cell for key, cell in counts.cells.items() if isinstance(key, Key)}
    return check(piece, known_of(stated, 5, {}, {}), hidden, 5, width)


def test_no_more_is_hidden_than_is_needed() -> None:
    rows = (("marac_cases", "", YEAR, 60.0), ("marac_cases", "", HALVES[0], 57.0))
    assert checked(*rows).hidden == {Key("marac_cases", "", *HALVES[0])}
    assert checked(*rows, hidden=frozenset([total("marac_cases")])).hidden == frozenset()
    small = (("marac_cases", "", YEAR, 3.0),)
    assert checked(*small).hidden == {total("marac_cases")}
    assert checked(*small, hidden=frozenset([total("marac_cases")])) == reader.Checked()


def test_a_count_that_must_be_shown_leaves_no_choice() -> None:
    made = checked(("places_available", "", YEAR, 2.0), ("places_in_use", "", YEAR, 1.0))
    assert made.hidden == {total("places_in_use")}
    assert made.narrow == {total("places_in_use")}
    assert made.told_before == frozenset()


def test_what_was_told_before_is_not_counted_as_ours() -> None:
    rows = (("marac_cases", "", YEAR, 60.0), ("marac_cases", "", HALVES[0], 57.0))
    before: dict[object, float | None] = {
        ("marac_cases", "", *YEAR): 60.0,
        ("marac_cases", "", *HALVES[0]): 57.0,
    }
    made = guard(table(*rows), RULES, Links(previous=before))  # type: ignore[arg-type]
    assert "previous release already tells 1 count" in made.warnings[0]
    assert len(made.warnings) == 1
    # of the two only the year was printed: the half can still go, and does
    made = guard(table(*rows), RULES, Links(previous={("marac_cases", "", *YEAR): 60.0}))
    assert list(made.returns.frame["value"]) == [60, SUPPRESSED]
    assert not made.warnings


def released(*rows: Line) -> tuple[dict[tuple[object, ...], float | None], float]:
    return {(name, kind, *period): value for name, kind, period, value in rows}, 1.0


def test_a_small_revision_is_a_small_count() -> None:
    cases = ("marac_cases", "", YEAR, 57.0)
    for now, wanted in ((57, 57), (58, SUPPRESSED), (61, SUPPRESSED), (62, 62), (53, SUPPRESSED), (52, 52)):
        links = Links(previous=released(cases)[0])
        assert shown(("marac_cases", "", YEAR, now), links=links) == [wanted]
    # what two of them tell together counts as well: 20 and 30 in the first, 53 for both quarters now
    first = released(("marac_cases", "", QUARTERS[0], 20.0), ("marac_cases", "", QUARTERS[1], 30.0))
    for now, wanted in ((50, 50), (53, SUPPRESSED), (55, 55)):
        links = Links(releases=[first, released()])
        assert shown(("marac_cases", "", HALVES[0], now), links=links) == [wanted]
    # printed twice already: the change is known, and nothing is gained by hiding it
    links = Links(releases=[released(cases), released(("marac_cases", "", YEAR, 60.0))])
    assert shown(("marac_cases", "", YEAR, 60), links=links) == [60]
    # a figure that was suppressed before, or rounded, was not told
    assert shown(("marac_cases", "", YEAR, 60), links=Links(previous={("marac_cases", "", *YEAR): None})) == [
        60
    ]
    assert shown(("marac_cases", "", YEAR, 60), links=Links(releases=[(released(cases)[0], 10.0)])) == [60]
    # another scenario's figure is not the same one revised
    links = Links(previous=released(cases)[0], revisions=False)
    assert shown(("marac_cases", "", YEAR, 60), links=links) == [60]
    assert shown(
        ("spend_revenue", "", YEAR, 60), links=Links(previous=released(("spend_revenue", "", YEAR, 57.0))[0])
    ) == [60]


def test_a_revised_figure_is_protected_by_others() -> None:
    # 60 in the year, less 40 in the second half, would tell the first half, which was 17 before and is 20 now
    rows = (
        ("marac_cases", "", YEAR, 60.0),
        ("marac_cases", "", HALVES[0], 20.0),
        ("marac_cases", "", HALVES[1], 40.0),
    )
    before = released(("marac_cases", "", HALVES[0], 17.0))[0]
    values = shown(*rows, links=Links(previous=before))
    assert values[1] == SUPPRESSED
    assert known_range(rows, values, {("marac_cases", HALVES[0]): 1.0}) >= 3


def test_the_last_of_several_releases_counts() -> None:
    rows = (("marac_cases", "", YEAR, 60.0), ("marac_cases", "", HALVES[0], 57.0))
    # the year was printed long ago and is not hidden now for nothing: the half goes
    links = Links(releases=[released(rows[0]), released(), ({("marac_cases", "", *YEAR): None}, 1.0)])
    assert shown(*rows, links=links) == [60, SUPPRESSED]
    # rounded to tens the half was 52 to 62, which leaves the rest a range whatever the year is
    links = Links(releases=[({("marac_cases", "", *HALVES[0]): 60.0}, 10.0)])
    assert shown(*rows, links=links).count(SUPPRESSED) == 1


def test_what_is_known_of_a_count() -> None:
    def known(value: float, **more: object) -> Known:
        key = total("marac_cases")
        before = more.pop("before", {})
        cell = Cell(value, more.pop("protected", True), more.pop("place", "printed"), more.pop("step", 0.0))  # type: ignore[arg-type]
        return known_of({key: cell}, 5, {key: 2.0}, before)[key]  # type: ignore[arg-type]

    assert (known(12).shown, known(12).hidden, known(12).told) == ((12, 12), (0, np.inf), (5, np.inf))
    assert known(3).told == (1, 4)
    assert known(5).told == (5, np.inf)
    assert known(0).told == (0, 0)
    assert known(54, step=5.0).shown == (53, 57)
    assert known(6, step=5.0).shown == (5, 7), "a printed count is none of 1 to 4"
    assert known(0, step=5.0).shown == (0, 0)
    assert known(12).may_go
    assert not known(12, protected=False).may_go
    assert not known(12, place="before").may_go
    assert not known(12, before={total("marac_cases"): (12.0, 12.0)}).may_go
    rounded = known(12, before={total("marac_cases"): (10.0, 14.0)})
    assert (rounded.may_go, rounded.hidden, rounded.told) == (True, (10, 14), (10, 14))
    assert known(12).price == pytest.approx(2 + 12 / 13)
    assert known(0).price == pytest.approx(20)


def test_of_too_many_counts_those_of_the_shortest_periods_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    months = [(dt.date(2024, at, 1), dt.date(2024, at + 1, 1) - dt.timedelta(days=1)) for at in range(4, 12)]
    rows: list[Line] = [("marac_cases", "", YEAR, 97.0), ("marac_cases", "", HALVES[0], 60.0)]
    rows += [("marac_cases", "", month, 10.0) for month in months]
    rows += [("marac_cases", "", HALVES[1], 37.0), ("idva_referrals", "", YEAR, 30.0)]
    # eight months of ten and two halves: nothing that they tell is small
    assert shown(*rows) == [row[3] for row in rows]
    rows[0] = ("marac_cases", "", YEAR, 99.0)
    rows[-2] = ("marac_cases", "", (HALVES[1][0], dt.date(2025, 2, 28)), 37.0)
    # two in March 2025
    assert shown(*rows).count(SUPPRESSED) == 1
    monkeypatch.setattr(stretches, "LARGEST", 10)
    made = guard(table(*rows), RULES, area="E06000056")
    values = list(made.returns.frame["value"])
    assert values[2:10] == [SUPPRESSED] * 8
    assert values[-1] == 30
    verdicts = made.audit.frame["verdict"].tolist()
    assert sum("too many" in text for text in verdicts) == 8
    assert values.count(SUPPRESSED) == 9, "and one that tells of March"
    # what was printed before cannot be taken back
    links = Links(previous=released(*rows)[0])
    assert SUPPRESSED not in list(guard(table(*rows), RULES, links).returns.frame["value"])


def test_a_search_that_does_not_end_hides_the_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (("marac_cases", "", YEAR, 60.0), ("marac_cases", "", HALVES[0], 57.0))
    monkeypatch.setattr(reader, "ROUNDS", 0)
    assert len(checked(*rows).hidden) >= 1


def test_where_nothing_is_small_the_choice_stays() -> None:
    counts = Counts()
    choice = Choice(frozenset([total("marac_cases")]))
    assert confirm(counts, RULES, choice) == choice


def test_the_width_is_the_rule_s() -> None:
    rows = (("marac_cases", "", YEAR, 60.0), ("marac_cases", "", HALVES[0], 57.0))
    for width in (1.0, 3.0):
        made = guard(table(*rows), Rules(width=width))
        assert list(made.returns.frame["value"]) == [60, SUPPRESSED]
    assert checked(*rows, width=55.0).hidden == {Key("marac_cases", "", *HALVES[0])}
    assert checked(*rows, width=56.0).hidden == {total("marac_cases")}, (
        "the half is 5 to 60, so the rest 0 to 55"
    )


@pytest.mark.parametrize(("kind", "number"), [("split", 50), ("mixed", 15), ("overlapping", 20)])
def test_a_reader_of_its_own_solves_for_none(kind: str, number: int) -> None:
    solved = [(at, attack(planted, RULES)[0]) for at, planted in enumerate(files(kind, number))]
    assert [one for one in solved if one[1]] == []


def test_every_measure_of_the_examples_counts_people() -> None:
    assert all(RETURN_MEASURES[name].protected for name in ("marac_cases", "referrals", "idva_clients"))

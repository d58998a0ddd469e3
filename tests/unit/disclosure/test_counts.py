"""Local counts as a reader calculates with them, what is hidden of them, and that a reader of one's own solves for none."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from needs_assessment.catalogue.returns import DIVIDED_INTO, RETURN_MEASURES
from needs_assessment.disclosure.counts import Counts, Key, gather, is_protected, key_of
from needs_assessment.disclosure.decision import Links
from needs_assessment.disclosure.gate import Guarded, guard
from needs_assessment.disclosure.protection import Rules, choose, problem_of
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.disclosure.suppression import attack, protect

YEAR = (dt.date(2024, 4, 1), dt.date(2025, 3, 31))
QUARTERS = (
    (dt.date(2024, 4, 1), dt.date(2024, 6, 30)),
    (dt.date(2024, 7, 1), dt.date(2024, 9, 30)),
    (dt.date(2024, 10, 1), dt.date(2024, 12, 31)),
    (dt.date(2025, 1, 1), dt.date(2025, 3, 31)),
)
Line = tuple[str, str, tuple[dt.date, dt.date], float]
RULES = Rules()
ROOT = Path(__file__).parents[3]


def table(*rows: Line) -> pd.DataFrame:
    """What ``LocalReturns.described()`` gives, of what the gate reads."""
    made = []
    for name, kind, period, value in rows:
        facts = RETURN_MEASURES[name]
        made.append((name, kind, *period, float(value), facts.protected, facts.part_of, facts.flow))
    columns = ["measure", "accommodation_type", "period_start", "period_end", "value"]
    return pd.DataFrame(made, columns=[*columns, "protected", "part_of", "flow"])


def shown(*rows: Line, rules: Rules = RULES, links: Links | None = None) -> list[object]:
    return list(guard(table(*rows), rules, links).returns.frame["value"])


def total(measure: str, period: tuple[dt.date, dt.date] = YEAR) -> Key:
    return Key(measure, "", *period)


@pytest.mark.parametrize(("count", "expected"), [(None, False), (0, False), (1, True), (4, True), (5, False)])
def test_protected_counts(count: float | None, expected: bool) -> None:
    assert is_protected(count, 5) is expected


def test_small_counts_and_nothing_else() -> None:
    for value, wanted in zip((0, 1, 4, 5, 60), (0, SUPPRESSED, SUPPRESSED, 5, 60), strict=True):
        assert shown(("marac_cases", "", YEAR, value)) == [wanted]
    assert shown(("idva_posts", "", YEAR, 3)) == [3], "posts are not people"
    assert np.isnan(shown(("marac_cases", "", YEAR, np.nan))[0])  # type: ignore[call-overload]
    assert guard(table(), RULES).returns.frame.empty


def test_one_sibling_is_enough() -> None:
    # 40 declined = 37 + 3: hiding the 37 is enough, the 60 accepted and both totals stay
    rows = (
        ("referrals", "", YEAR, 100),
        ("referrals_accepted", "", YEAR, 60),
        ("referrals_declined", "", YEAR, 40),
        ("referrals_declined_capacity", "", YEAR, 3),
        ("referrals_declined_other", "", YEAR, 37),
    )
    assert shown(*rows) == [100, 60, 40, SUPPRESSED, SUPPRESSED]


def test_a_mean_over_few_households_goes_with_them() -> None:
    rows = (("households_support_ended", "", YEAR, 3), ("length_of_stay_days", "", YEAR, 90))
    assert shown(*rows) == [SUPPRESSED, SUPPRESSED]
    assert shown(("households_support_ended", "", YEAR, 30), ("length_of_stay_days", "", YEAR, 90)) == [
        30,
        90,
    ]


def test_a_small_rest_is_a_small_count() -> None:
    # 54 cases of which 52 are repeats are two first cases; of the two numbers the smaller goes
    assert shown(("marac_cases", "", YEAR, 54), ("marac_repeat_cases", "", YEAR, 52)) == [54, SUPPRESSED]
    assert shown(("marac_cases", "", YEAR, 54), ("marac_repeat_cases", "", YEAR, 54)) == [54, 54]
    # women, men and children are 97 of 100: three are in a row that is not given
    people = [
        ("people_supported", "", YEAR, 100),
        *(
            (name, "", YEAR, n)
            for name, n in (("women_supported", 50), ("men_supported", 7), ("children_supported", 40))
        ),
    ]
    values = shown(*people)  # type: ignore[arg-type]
    assert values.count(SUPPRESSED) == 1
    # disabled people are some of the others: nothing says that they and the women are different people
    assert (
        shown(("people_supported", "", YEAR, 100), ("people_supported_disabled", "", YEAR, 97)).count(
            SUPPRESSED
        )
        == 1
    )
    assert shown(
        ("people_supported", "", YEAR, 100),
        ("people_supported_disabled", "", YEAR, 57),
        ("women_supported", "", YEAR, 40),
    ) == [100, 57, 40]


def test_waiting_days_go_with_those_who_were_placed() -> None:
    rows = (("referrals_accepted", "refuge", YEAR, 3), ("waiting_days", "refuge", YEAR, 12))
    assert shown(*rows) == [SUPPRESSED, SUPPRESSED]
    assert shown(("referrals_accepted", "refuge", YEAR, 30), rows[1]) == [30, 12]


@pytest.mark.parametrize("kind", ["refuge", "dispersed"])
def test_a_part_of_a_part_is_a_part_of_the_whole(kind: str) -> None:
    # 18 of 20 referrals declined for lack of capacity: two were not, although all the declined are not stated
    rows = (("referrals", kind, YEAR, 20), ("referrals_declined_capacity", kind, YEAR, 18))
    assert shown(*rows).count(SUPPRESSED) == 1
    assert shown(rows[0], ("referrals_declined_capacity", kind, YEAR, 15)) == [20, 15]
    # 10 accepted and 8 declined for lack of capacity leave two of 20, who are neither
    rows = (rows[0], ("referrals_accepted", kind, YEAR, 10), ("referrals_declined_capacity", kind, YEAR, 8))
    assert shown(*rows).count(SUPPRESSED) == 1
    # with all the declined between them the rests are 2 of the declined and none of the referrals
    rows = (
        ("referrals", kind, YEAR, 60),
        ("referrals_accepted", kind, YEAR, 20),
        ("referrals_declined", kind, YEAR, 40),
        ("referrals_declined_capacity", kind, YEAR, 38),
    )
    assert shown(*rows).count(SUPPRESSED) == 1


def test_a_part_under_its_second_name_is_a_part_of_both_wholes() -> None:
    # 18 of the 20 that refuges declined, given as "referrals to refuges declined for lack of capacity"
    rows = (
        ("referrals_declined", "refuge", YEAR, 20),
        ("refuge_referrals_declined_capacity", "", YEAR, 18),
    )
    assert shown(*rows).count(SUPPRESSED) == 1
    assert shown(("refuge_referrals", "", YEAR, 20), rows[1]).count(SUPPRESSED) == 1


def test_a_type_is_hidden_with_another_only_where_the_total_is_printed() -> None:
    rows = (
        ("households_supported", "refuge", YEAR, 40),
        ("households_supported", "dispersed", YEAR, 3),
        ("households_supported", "other", YEAR, 25),
        ("places_available", "dispersed", YEAR, 3),
    )
    assert shown(*rows) == [40, SUPPRESSED, 25, 3]
    links = Links({("met_safe_accommodation", "all", "all"): [total("households_supported")]})
    made = guard(table(*rows), RULES, links)
    assert list(made.returns.frame["value"]) == [40, SUPPRESSED, SUPPRESSED, 3]
    assert not made.hidden
    # of two types the total could go as well, but with it would go the results
    made = guard(table(*rows[:2]), RULES, links)
    assert list(made.returns.frame["value"]) == [SUPPRESSED, SUPPRESSED]
    assert not made.hidden


def test_periods_that_give_each_other_away() -> None:
    rows = [("marac_cases", "", YEAR, 60.0)]
    rows += [("marac_cases", "", quarter, n) for quarter, n in zip(QUARTERS, (20, 30, 7, 3), strict=True)]
    assert shown(*rows) == [60, 20, 30, SUPPRESSED, SUPPRESSED]
    # nine months of 58 in a year of 60 leave two for the last quarter
    nine = (QUARTERS[0][0], QUARTERS[2][1])
    assert shown(("marac_cases", "", YEAR, 60), ("marac_cases", "", nine, 58)).count(SUPPRESSED) == 1
    # three quarters do the same together
    rows = [("marac_cases", "", YEAR, 60.0)]
    rows += [("marac_cases", "", quarter, n) for quarter, n in zip(QUARTERS, (20, 30, 8), strict=False)]
    assert shown(*rows).count(SUPPRESSED) == 1
    assert shown(("marac_cases", "", YEAR, 60), ("idva_referrals", "", QUARTERS[0], 3)) == [60, SUPPRESSED]


def test_different_people_do_not_add_up_over_time() -> None:
    """Clients of two quarters may be the same people: the year less one quarter is not the other quarter's count."""
    halves = ((QUARTERS[0][0], QUARTERS[1][1]), (QUARTERS[2][0], QUARTERS[3][1]))
    rows = (
        ("idva_clients", "", YEAR, 40),
        ("idva_clients", "", halves[0], 37),
        ("idva_clients", "", halves[1], 30),
    )
    assert shown(*rows) == [40, 37, 30]


def test_a_result_that_is_a_difference_is_a_count_too() -> None:
    accepted, outside = ("referrals_accepted", "refuge", *YEAR), ("households_from_outside", "", *YEAR)
    rows = (("referrals_accepted", "refuge", YEAR, 20), ("households_from_outside", "", YEAR, 18))
    assert shown(*rows) == [20, 18]
    assert shown(*rows, links=Links(differences=[(accepted, outside)])).count(SUPPRESSED) == 1


def test_a_number_that_other_figures_rest_on_is_kept_in_print() -> None:
    rows = (("referrals", "", YEAR, 23), ("referrals_accepted", "", YEAR, 20))
    assert shown(*rows) == [23, SUPPRESSED]
    rests = {("a", "all", str(n)): [total("referrals_accepted")] for n in range(5)}
    made = guard(table(*rows), RULES, Links(rests))
    assert list(made.returns.frame["value"]) == [SUPPRESSED, 20]
    assert not made.hidden


def test_rounding_leaves_a_range() -> None:
    rounded = Rules(round_to=5)
    rows = (("marac_cases", "", YEAR, 54), ("marac_repeat_cases", "", YEAR, 51))
    assert shown(*rows) == [54, SUPPRESSED]
    # printed as 55 and 50 the first cases are 1 to 9, and nothing else has to go
    assert shown(*rows, rules=rounded) == [55, 50]
    # a count that results give unrounded is known however it is printed
    links = Links(
        {("r", "all", "all"): [total("marac_cases")], ("s", "all", "all"): [total("marac_repeat_cases")]}
    )
    assert shown(*rows, rules=rounded, links=links).count(SUPPRESSED) == 1
    assert shown(("idva_posts", "", YEAR, 3), rules=rounded) == [3], "posts are not people"
    assert shown(("marac_cases", "", YEAR, 0), rules=rounded) == [0]


def test_refuge_referrals_are_the_referrals_of_the_type_refuge() -> None:
    (row,) = table(("refuge_referrals", "", YEAR, 7)).to_dict("records")
    assert key_of(row) == Key("referrals", "refuge", *YEAR)


def test_parts_that_divide_a_whole_are_parts_of_it() -> None:
    for whole, parts in DIVIDED_INTO.items():
        assert len(parts) > 1
        for part in parts:
            assert RETURN_MEASURES[part].part_of == whole
            assert RETURN_MEASURES[part].protected


def test_the_audit_does_not_tell_a_small_count_from_one_that_protects_it() -> None:
    rows = (
        ("referrals_declined", "", YEAR, 40),
        ("referrals_declined_capacity", "", YEAR, 3),
        ("referrals_declined_other", "", YEAR, 37),
    )
    audit = guard(table(*rows), RULES, area="E06000056").audit.frame
    assert audit["measure"].tolist() == ["referrals_declined_capacity", "referrals_declined_other"]
    assert audit.drop(columns="measure").drop_duplicates().shape[0] == 1
    assert audit["verdict"].str.startswith("suppressed").all()
    nothing = guard(table(*rows[:1]), RULES, area="E06000056").audit.frame
    assert len(nothing) == 1
    assert nothing["verdict"][0].startswith("nothing was suppressed")


# --- a reader of one's own: people of twelve kinds, and what is printed about their numbers

COUNTS = st.integers(0, 30)
QUARTER = st.tuples(COUNTS, COUNTS, COUNTS)
PARTS = (("referrals", (0, 1, 2)), ("referrals_accepted", (0,)), ("referrals_declined", (1,)))


def lay(quarters: Sequence[tuple[int, int, int]]) -> tuple[list[Line], np.ndarray]:
    """Referrals accepted, declined and neither, of each quarter and the year: rows, and their sums over twelve kinds."""
    rows: list[Line] = []
    sums = []
    for at, period in enumerate((*QUARTERS, YEAR)):
        inside = range(4) if period == YEAR else [at]
        for measure, kinds in PARTS:
            vector = np.zeros(12)
            vector[[quarter * 3 + kind for quarter, kind in itertools.product(inside, kinds)]] = 1
            rows.append((measure, "", period, float(vector @ np.array(quarters).ravel())))
            sums.append(vector)
    return rows, np.array(sums)


def reach(sums: np.ndarray, values: np.ndarray, known: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """(least, greatest) of a sum over the twelve kinds that fits all known ones; whole numbers, none negative."""
    held = [LinearConstraint(sums[known], values[known], values[known])] if known.any() else []
    ends = [
        milp(sign * wanted, constraints=held, bounds=Bounds(0, 500), integrality=np.ones(12)).fun
        for sign in (1, -1)
    ]
    return ends[0], -ends[1]


@settings(max_examples=40)
@given(st.lists(QUARTER, min_size=4, max_size=4), st.sets(st.integers(0, 14)), st.randoms())
def test_no_small_count_can_be_solved(
    quarters: list[tuple[int, int, int]], left_out: set[int], order: random.Random
) -> None:
    rows, sums = lay(quarters)
    kept = [at for at in range(15) if at not in left_out] or [0]
    order.shuffle(kept)
    frame = table(*(rows[at] for at in kept))
    masked = guard(frame, RULES).returns.frame["value"]
    values = frame["value"].to_numpy()
    known = np.array([cell != SUPPRESSED for cell in masked])
    assert (masked[known] == frame["value"][known]).all()
    vectors = sums[kept]
    for row in np.flatnonzero((values > 0) & (values < 5)):
        assert not known[row]
        low, high = reach(vectors, values, known, vectors[row])
        assert high - low >= 3 - 1e-6, "the reader knows it more closely than the rule alone tells"
    # no more is hidden than in the fewest cells that the room finds; with nothing small nothing is
    if gather(frame).small(5) == []:
        assert known.all()


@settings(max_examples=25)
@given(st.lists(QUARTER, min_size=4, max_size=4), st.randoms())
def test_the_order_of_rows_changes_nothing(
    quarters: list[tuple[int, int, int]], order: random.Random
) -> None:
    rows, _ = lay(quarters)
    masked = shown(*rows)
    places = list(range(len(rows)))
    order.shuffle(places)
    again = shown(*(rows[at] for at in places))
    assert again.count(SUPPRESSED) == masked.count(SUPPRESSED)


@settings(max_examples=25)
@given(st.lists(st.tuples(*[st.one_of(st.just(0), st.integers(5, 60))] * 3), min_size=4, max_size=4))
def test_where_the_quick_way_ends_the_whole_way_would_hide_nothing(
    quarters: list[tuple[int, int, int]],
) -> None:
    """The quick way looks for a small cell; the room, given the same cells, suppresses none when there is none."""
    counts = gather(table(*lay(quarters)[0]))
    made = protect(problem_of(counts), minimum=5, width=3)
    if not counts.small(5):
        assert choose(counts, RULES).hidden == frozenset()
        assert not made.hidden.any()
        assert not made.audit.findings
    else:
        assert made.small.any() or any(not isinstance(name, Key) for name in counts.small(5))


def test_the_library_finds_what_the_reader_finds() -> None:
    """The room's own attack on the whole problem agrees: a hidden count keeps its width, whoever asks."""
    rows, _ = lay([(9, 8, 3), (7, 6, 5), (3, 9, 9), (12, 2, 11)])
    counts: Counts = gather(table(*rows))
    hidden = choose(counts, RULES).hidden
    problem = problem_of(counts)
    flags = np.array([name in hidden for name in problem.names])
    found = attack(problem, flags, minimum=5, told=False)
    wide = dict(zip(found.names, found.width, strict=True))
    small = [
        name for name in counts.small(5) if isinstance(name, Key) and counts.cells[name].place == "printed"
    ]
    assert small
    for name in small:
        assert wide[name] >= 3


def verdicts(made: Guarded) -> list[str]:
    return list(made.audit.frame["verdict"])


def test_what_an_earlier_release_printed_stays_known() -> None:
    quarters = [("marac_cases", "", quarter, n) for quarter, n in zip(QUARTERS, (20, 30, 7, 3), strict=True)]
    rows: list[Line] = [("marac_cases", "", YEAR, 60.0), *quarters]
    # the earlier release printed the third quarter: now another number has to go
    before = {("marac_cases", "", *QUARTERS[2]): 7.0}
    values = shown(*rows, links=Links(previous=before))
    assert values[4] == SUPPRESSED
    assert SUPPRESSED in values[:3]
    # a quarter that is in the earlier release only counts just the same
    before = {("marac_cases", "", *QUARTERS[2]): 7.0, ("marac_cases", "", *QUARTERS[1]): 30.0}
    values = shown(rows[0], rows[1], rows[4], links=Links(previous=before))
    assert values[2] == SUPPRESSED
    assert SUPPRESSED in values[:2]
    # a revised number is another number: nothing is known of the one from the other
    before = {("marac_cases", "", *QUARTERS[3]): 9.0}
    assert shown(*rows, links=Links(previous=before)) == [60, 20, 30, SUPPRESSED, SUPPRESSED]


def test_what_an_earlier_release_gave_away_is_said_and_not_counted_as_ours() -> None:
    small = ("marac_cases", "", *QUARTERS[3])
    made = guard(table(("marac_cases", "", QUARTERS[3], 3)), RULES, Links(previous={small: 3.0}))
    assert list(made.returns.frame["value"]) == [SUPPRESSED]
    assert "previous release already tells 1 count" in made.warnings[0]
    assert any("previous release already tells" in text for text in verdicts(made))
    gone = guard(table(("marac_cases", "", YEAR, 60)), RULES, Links(previous={small: 3.0}))
    assert "previous release already tells 1 count" in gone.warnings[0]
    hidden = guard(table(("marac_cases", "", QUARTERS[3], 3)), RULES, Links(previous={small: None}))
    assert not hidden.warnings


def test_a_number_that_bounds_a_count_and_must_be_shown_is_reported() -> None:
    # two places there are: those in use are 0 to 2, whatever is hidden
    rows = (("places_available", "", YEAR, 2), ("places_in_use", "", YEAR, 1))
    made = guard(table(*rows), RULES)
    assert list(made.returns.frame["value"]) == [2, SUPPRESSED]
    assert "1 suppressed figure can be worked out more closely" in made.warnings[0]


def test_a_run_without_small_counts_does_not_load_the_solver() -> None:
    """In a process of its own: the gate imports the suppression room only when it has something to protect."""
    code = (
        "import sys, datetime as dt, pandas as pd\n"
        "from needs_assessment.disclosure.gate import guard\n"
        "from needs_assessment.disclosure.protection import Rules\n"
        "day = dt.date(2025, 3, 31)\n"
        "row = ('marac_cases', '', dt.date(2024, 4, 1), day, 60.0, True, '', True)\n"
        "names = ['measure', 'accommodation_type', 'period_start', 'period_end', 'value', 'protected', 'part_of', 'flow']\n"
        "for value in (60.0, 3.0):\n"
        "    guard(pd.DataFrame([(*row[:4], value, *row[5:])], columns=names), Rules())\n"
        "    print('needs_assessment.disclosure.suppression' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.split() == ["False", "True"], done.stderr

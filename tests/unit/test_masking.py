"""Small counts in a long table: what is hidden with them, and that no one can solve one from what is shown."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from needs_assessment.publish.masking import KEY, mask_small
from needs_assessment.publish.tables import SUPPRESSED

YEAR = (dt.date(2024, 4, 1), dt.date(2025, 3, 31))
QUARTERS = (
    (dt.date(2024, 4, 1), dt.date(2024, 6, 30)),
    (dt.date(2024, 7, 1), dt.date(2024, 9, 30)),
    (dt.date(2024, 10, 1), dt.date(2024, 12, 31)),
    (dt.date(2025, 1, 1), dt.date(2025, 3, 31)),
)
Line = tuple[str, str, tuple[dt.date, dt.date], float, str]
MINIMUM = 5


def table(*rows: Line, unprotected: tuple[str, ...] = ()) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (measure, kind, *period, float(value), measure not in unprotected, part_of)
            for measure, kind, period, value, part_of in rows
        ],
        columns=[*KEY, "value", "protected", "part_of"],
    )


def shown(frame: pd.DataFrame) -> list[object]:
    return mask_small(frame, MINIMUM)["value"].tolist()


def test_small_counts_and_nothing_else() -> None:
    rows = [("cases", "", QUARTERS[0], value, "") for value in (0, 1, 4, 5, 60)]
    for row, wanted in zip(rows, (0, SUPPRESSED, SUPPRESSED, 5, 60), strict=True):
        assert shown(table(row)) == [wanted]
    assert shown(table(("posts", "", YEAR, 3, ""), unprotected=("posts",))) == [3]
    assert np.isnan(shown(table(("cases", "", YEAR, np.nan, "")))[0])


def test_a_part_takes_its_siblings_and_a_whole_its_parts() -> None:
    # 100 = 60 + 38 + 2: either of the large ones alone would give the small one away
    rows = table(
        ("referrals", "", YEAR, 100, ""),
        ("accepted", "", YEAR, 60, "referrals"),
        ("other", "", YEAR, 38, "referrals"),
        ("capacity", "", YEAR, 2, "referrals"),
    )
    assert shown(rows) == [100, SUPPRESSED, SUPPRESSED, SUPPRESSED]
    small = table(("ended", "", YEAR, 3, ""), ("stay", "", YEAR, 90, "ended"), unprotected=("stay",))
    assert shown(small) == [SUPPRESSED, SUPPRESSED], "a mean over three households goes with them"


def test_a_small_remainder_is_a_small_count() -> None:
    # 54 cases of which 52 are repeats are two first cases
    rows = table(("cases", "", YEAR, 54, ""), ("repeats", "", YEAR, 52, "cases"))
    assert shown(rows) == [54, SUPPRESSED]
    # women, men and children are 97 of 100: three are in a row that is not given
    rows = table(
        ("people", "", YEAR, 100, ""),
        *((name, "", YEAR, value, "people") for name, value in (("w", 50), ("m", 7), ("c", 40), ("d", 30))),
    )
    assert shown(rows) == [100, *[SUPPRESSED] * 4]
    exact = table(("cases", "", YEAR, 54, ""), ("repeats", "", YEAR, 54, "cases"))
    assert shown(exact) == [54, 54]


def test_types_are_hidden_together() -> None:
    rows = table(
        ("households", "refuge", YEAR, 40, ""),
        ("households", "dispersed", YEAR, 3, ""),
        ("places", "refuge", YEAR, 12, ""),
        ("places", "dispersed", YEAR, 3, ""),
        unprotected=("places",),
    )
    assert shown(rows) == [SUPPRESSED, SUPPRESSED, 12, 3]


def test_periods_that_share_days_are_hidden_together() -> None:
    rows = table(
        ("cases", "", YEAR, 60, ""),
        *(("cases", "", quarter, value, "") for quarter, value in zip(QUARTERS, (20, 30, 7, 3), strict=True)),
    )
    assert shown(rows) == [SUPPRESSED, 20, 30, 7, SUPPRESSED], "the year would give the last quarter away"
    # nine months of 58 in a year of 60 leave two for the last quarter
    nine = (QUARTERS[0][0], QUARTERS[2][1])
    assert shown(table(("cases", "", YEAR, 60, ""), ("cases", "", nine, 58, ""))) == [SUPPRESSED] * 2
    # three quarters do the same together
    rows = table(
        ("cases", "", YEAR, 60, ""),
        *(("cases", "", quarter, value, "") for quarter, value in zip(QUARTERS, (20, 30, 8), strict=False)),
    )
    assert shown(rows) == [SUPPRESSED] * 4
    other = table(("cases", "", YEAR, 60, ""), ("referrals", "", QUARTERS[0], 3, ""))
    assert shown(other) == [60, SUPPRESSED]


def test_what_is_asked_of_the_frame() -> None:
    with pytest.raises(ValueError, match="missing columns: part_of"):
        mask_small(table(("cases", "", YEAR, 60, "")).drop(columns="part_of"), 5)
    with pytest.raises(ValueError, match="minimum"):
        mask_small(table(("cases", "", YEAR, 60, "")), 0)
    empty = table(("cases", "", YEAR, 60, "")).iloc[:0]
    assert mask_small(empty, 5).empty


COUNTS = st.integers(0, 30)
QUARTER = st.tuples(COUNTS, COUNTS, COUNTS)


@given(st.lists(QUARTER, min_size=4, max_size=4), st.sets(st.integers(0, 14)), st.randoms())
def test_no_small_count_can_be_solved(
    quarters: list[tuple[int, int, int]], left_out: set[int], order: random.Random
) -> None:
    """An attacker with a linear programme: all sums over time and over parts are known to hold, numbers are not negative.

    Three atoms a quarter (part a, part b, neither). Rows: the whole, a and b, of each quarter and of the year.
    """
    rows: list[Line] = []
    sums: list[np.ndarray] = []
    for at, period in enumerate((*QUARTERS, YEAR)):
        inside = range(4) if period == YEAR else [at]
        for measure, atoms in (("whole", (0, 1, 2)), ("a", (0,)), ("b", (1,))):
            vector = np.zeros(12)
            for quarter, atom in itertools.product(inside, atoms):
                vector[quarter * 3 + atom] = 1
            value = float(vector @ np.array(quarters).ravel())
            rows.append((measure, "", period, value, "" if measure == "whole" else "whole"))
            sums.append(vector)
    kept = [at for at in range(15) if at not in left_out] or [0]
    order.shuffle(kept)
    frame = table(*(rows[at] for at in kept))
    masked = mask_small(frame, MINIMUM)
    vectors = np.array([sums[at] for at in kept])
    values = frame["value"].to_numpy()
    open_rows = np.array([cell != SUPPRESSED for cell in masked["value"]])
    assert (masked["value"][open_rows] == frame["value"][open_rows]).all()
    small = (values > 0) & (values < MINIMUM)
    assert not (small & open_rows).any()
    equal = {"A_eq": vectors[open_rows], "b_eq": values[open_rows]} if open_rows.any() else {}
    for row in np.flatnonzero(small):
        ends = [
            linprog(sign * vectors[row], **equal, bounds=(0, 1000), method="highs").fun for sign in (1, -1)
        ]
        assert -ends[1] - ends[0] >= 1 - 1e-6, "the attacker knows it to less than one person"


@given(st.lists(QUARTER, min_size=4, max_size=4), st.randoms())
def test_order_and_repetition_change_nothing(
    quarters: list[tuple[int, int, int]], order: random.Random
) -> None:
    rows: list[Line] = [
        (measure, kind, period, quarter[place], "" if measure == "a" else "a")
        for period, quarter in zip(QUARTERS, quarters, strict=True)
        for place, (measure, kind) in enumerate((("a", ""), ("b", ""), ("a", "refuge")))
    ]
    masked = mask_small(table(*rows), MINIMUM)
    again = mask_small(masked, MINIMUM)
    assert again["value"].tolist() == masked["value"].tolist()
    places = list(range(len(rows)))
    order.shuffle(places)
    moved = mask_small(table(*(rows[at] for at in places)), MINIMUM)
    assert moved["value"].tolist() == [masked["value"][at] for at in places]

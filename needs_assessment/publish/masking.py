"""Small local counts hidden in a long table of returns, with every number from which one could be solved.

A stand-in that hides too much rather than too little; the suppression room finds the fewest. Secret are: a count of
people from 1 to minimum − 1; every part of a secret whole, and every part of a whole of which one part is secret; parts
that leave a small remainder of their whole; all types of accommodation of a measure and period of which one is secret, as
their total is published elsewhere; a longer period of which the shorter ones inside leave a small remainder. Hidden are
the secret rows and every row of the same measure and type whose period shares a day with one of them. So no number that
is shown covers a secret one in time, and none is the sum of a secret one and numbers that are shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from needs_assessment.publish.tables import SUPPRESSED

KEY = ["measure", "accommodation_type", "period_start", "period_end"]
COLUMNS = [*KEY, "value", "protected", "part_of"]
MOST_PARTS = 12  # above it remainders of single parts and of all together stand for all sums


def mask_small(frame: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The frame with small counts, and what would give them away, replaced by the marker ``[c]``.

    frame: one row a figure with the columns measure, accommodation_type ('' for all), period_start, period_end (dates),
    value, protected (counts people) and part_of (the measure it is a part of, or ''); other columns are kept, and must
    hold nothing worked out from values. minimum: the smallest count that may be shown. Zero is shown, a blank stays
    blank. Rows in another order are masked alike. Raises ValueError for a missing
    column or a minimum below 1.
    """
    missing = [column for column in COLUMNS if column not in frame]
    if missing or minimum < 1:
        raise ValueError(f"missing columns: {', '.join(missing)}" if missing else "a minimum is 1 or more")
    rows = frame.reset_index(drop=True)
    marked = np.array([isinstance(value, str) for value in rows["value"]], dtype=bool)
    values = pd.to_numeric(rows["value"].where(~marked), errors="coerce").to_numpy(dtype=float)
    protected = rows["protected"].to_numpy(dtype=bool)
    secret = protected & (values > 0) & (values < minimum)
    parts, types, times = _parts(rows), _types(rows), _times(rows)
    for whole, inside in times.inside:
        if protected[whole] and _leaves_little_in_time(rows, values, secret, whole, inside, minimum):
            secret[whole] = True
    for whole, members in parts:
        counts = [at for at in members if protected[at] and not marked[at]]
        if _leaves_little(values[whole], values[counts], minimum):
            secret[counts] = True
    while True:
        before = secret.copy()
        for whole, members in parts:
            counts = [at for at in members if protected[at]]
            if secret[whole]:
                secret[members] = True
            elif secret[counts].any():
                secret[counts] = True
        for members in types:
            if secret[members].any():
                secret[members] = True
        if (secret == before).all():
            break
    hidden = marked | secret
    for one, other in times.overlapping:
        if secret[one] or secret[other]:
            hidden[one] = hidden[other] = True
    hidden &= ~np.isnan(values) | marked
    masked = rows["value"].astype("object")
    masked[hidden] = SUPPRESSED
    return frame.assign(value=masked.to_numpy())


def _parts(rows: pd.DataFrame) -> list[tuple[int, list[int]]]:
    """Each whole with its parts of the same type and period."""
    places = {key: at for at, key in enumerate(rows[KEY].itertuples(index=False, name=None))}
    found: dict[int, list[int]] = {}
    for at, (key, whole) in enumerate(zip(places, rows["part_of"], strict=True)):
        held = places.get((whole, *key[1:])) if whole else None
        if held is not None:
            found.setdefault(held, []).append(at)
    return list(found.items())


def _types(rows: pd.DataFrame) -> list[list[int]]:
    typed = rows[rows["accommodation_type"] != ""]
    groups = typed.groupby(["measure", "period_start", "period_end"], sort=False).indices.values()
    places = typed.index.to_numpy()
    protected = rows["protected"].to_numpy(dtype=bool)
    return [list(places[group]) for group in groups if protected[places[group]].all()]


class _Times:
    """Rows of one measure and type whose periods share days: pairs, and each longer period with those inside it."""

    def __init__(self) -> None:
        self.overlapping: list[tuple[int, int]] = []
        self.inside: list[tuple[int, list[int]]] = []


def _times(rows: pd.DataFrame) -> _Times:
    times = _Times()
    starts, ends = rows["period_start"].tolist(), rows["period_end"].tolist()
    for group in rows.groupby(["measure", "accommodation_type"], sort=False).indices.values():
        held: dict[int, list[int]] = {}
        for one, other in itertools.combinations(group, 2):
            if starts[one] <= ends[other] and starts[other] <= ends[one]:
                times.overlapping.append((int(one), int(other)))
            for outer, inner in ((one, other), (other, one)):
                if starts[outer] <= starts[inner] and ends[inner] <= ends[outer]:
                    held.setdefault(int(outer), []).append(int(inner))
        times.inside.extend(held.items())
    return times


def _leaves_little(whole: float, parts: np.ndarray, minimum: int) -> bool:
    """Whether the whole less some of its parts is a small count."""
    known = [float(part) for part in parts if not np.isnan(part)]
    return any(0 < whole - sum(chosen) < minimum for chosen in _choices(known))


def _leaves_little_in_time(
    rows: pd.DataFrame,
    values: np.ndarray,
    secret: np.ndarray,
    whole: int,
    inside: Sequence[int],
    minimum: int,
) -> bool:
    """Whether the rest of a longer period is a small count that no row of its own protects already."""
    starts, ends = rows["period_start"], rows["period_end"]
    known = [at for at in inside if not np.isnan(values[at])]
    for chosen in _choices(known):
        ordered = sorted(chosen, key=lambda at: starts[at])
        apart = all(ends[one] < starts[other] for one, other in itertools.pairwise(ordered))
        if not apart or not 0 < values[whole] - sum(values[at] for at in chosen) < minimum:
            continue
        own = [at for at in inside if secret[at]]
        if not any(all(ends[at] < starts[one] or ends[one] < starts[at] for one in chosen) for at in own):
            return True
    return False


def _choices(items: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    """Every choice of one or more items; of many items only single ones and all of them."""
    if len(items) > MOST_PARTS:
        return (*((item,) for item in items), tuple(items))
    return itertools.chain.from_iterable(
        itertools.combinations(items, size) for size in range(1, len(items) + 1)
    )

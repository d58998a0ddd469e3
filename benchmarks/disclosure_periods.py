"""Small counts that periods give away: a reader of its own attacks what the gate prints of planted returns.

    python benchmarks/disclosure_periods.py [split 200] [mixed 200] [overlapping 100] [chains 50]

Referrals are planted month by month in kinds that exclude each other (accepted, declined for lack of capacity, declined
otherwise, neither), by type of accommodation, and stated over quarters, halves, years and stretches that overlap. The reader
knows what is printed, that no month's count is below nought, and which measures are made of which kinds: nothing of the
library's equations. Some results show totals over types. What it may not learn are the counts of 1 to 4 among those stated,
and among all runs of months, measures and rests, those that it could solve for if everything were printed. None may be left
fewer numbers than the rule says.
"""

from __future__ import annotations

import datetime as dt
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.decision import Links
from needs_assessment.disclosure.gate import guard
from needs_assessment.disclosure.protection import Rules
from needs_assessment.disclosure.published_table import SUPPRESSED

MONTHS = 12
# accepted, declined for lack of capacity, declined otherwise, neither
KINDS = 4
MADE_OF = {
    "referrals": (0, 1, 2, 3),
    "referrals_accepted": (0,),
    "referrals_declined": (1, 2),
    "referrals_declined_capacity": (1,),
    "referrals_declined_other": (2,),
}
RESTS = (("referrals", "referrals_accepted"), ("referrals_declined", "referrals_declined_capacity"),
         ("referrals", "referrals_declined"))  # fmt: skip
TYPES = ("refuge", "dispersed")
WHOLE_PERIODS = [(0, 12), (0, 6), (6, 12), *((at, at + 3) for at in range(0, 12, 3))]
ALL_PERIODS = list(itertools.combinations(range(MONTHS + 1), 2))
COVERS = (
    [(0, 12)],
    [(0, 6), (6, 12)],
    [(0, 9), (9, 12)],
    [(0, 3), (3, 6), (6, 9), (9, 12)],
    [(0, 8), (4, 12), (4, 8)],
    [(0, 4), (0, 9), (4, 12)],
)
Line = tuple[str, str, int, int]


@dataclass(frozen=True)
class Planted:
    """Returns, results, and the sums of unknowns that they are: one row of ``sums`` for each, a column a month, type and kind."""

    frame: pd.DataFrame
    sums: np.ndarray
    types: tuple[str, ...]
    values: np.ndarray
    links: Links


def day_of(month: int) -> dt.date:
    return dt.date(2024 + (3 + month) // 12, (3 + month) % 12 + 1, 1)


def sum_of(types: Sequence[str], measure: str, kind: str, first: int, stop: int) -> np.ndarray:
    held = np.zeros((MONTHS, len(types), KINDS))
    places = range(len(types)) if not kind else [types.index(kind)]
    held[np.ix_(range(first, stop), places, MADE_OF[measure])] = 1.0
    return held.ravel()


def table_of(lines: Sequence[tuple[str, str, dt.date, dt.date, float]]) -> pd.DataFrame:
    rows = []
    for name, kind, start, end, value in lines:
        facts = RETURN_MEASURES[name]
        rows.append((name, kind, start, end, float(value), facts.protected, facts.part_of, facts.flow))
    columns = ["measure", "accommodation_type", "period_start", "period_end", "value"]
    return pd.DataFrame(rows, columns=[*columns, "protected", "part_of", "flow"])


def plant_split(rng: np.random.Generator) -> Planted:
    """A whole, and a part with a small rest, each over other periods of the year: both tell the year, and so the rest."""
    whole, part = RESTS[rng.integers(len(RESTS))]
    level = np.full(KINDS, 0.2)
    level[MADE_OF[part][0]] = rng.choice([2.0, 8.0])
    truth = rng.poisson(level, size=(MONTHS, 1, KINDS)).ravel()
    chosen: dict[Line, np.ndarray] = {}
    for name, at in zip((whole, part), rng.choice(len(COVERS), size=2, replace=False), strict=True):
        for first, stop in COVERS[at]:
            chosen[name, "", first, stop] = sum_of(("",), name, "", first, stop)
    return planted_of(chosen, truth, ("",))


def plant(rng: np.random.Generator, periods: Sequence[tuple[int, int]], figures: int) -> Planted:
    """Up to some figures, each of a measure, type and period drawn at random; some months and kinds are rare."""
    types = TYPES if rng.random() < 0.5 else ("",)
    months = rng.choice([0.3, 1.0, 3.0], size=MONTHS) if rng.random() < 0.5 else np.ones(MONTHS)
    level = np.outer(months, rng.choice([0.03, 0.1, 0.3, 6.0], size=KINDS))
    truth = rng.poisson(level[:, None, :], size=(MONTHS, len(types), KINDS)).ravel()
    measures = rng.choice(list(MADE_OF), size=int(rng.integers(1, 4)), replace=False)
    regular = len(periods) == len(WHOLE_PERIODS)
    chosen: dict[Line, np.ndarray] = {}
    for _ in range(figures):
        span = periods[rng.integers(len(periods))]
        measure, kind = str(rng.choice(measures)), str(rng.choice(types))
        # of quarters and halves, mostly all of the year's
        spans = [one for one in periods if one[1] - one[0] == span[1] - span[0]] if regular else [span]
        for first, stop in spans if rng.random() < 0.7 else [span]:
            chosen[measure, kind, first, stop] = sum_of(types, measure, kind, first, stop)
    return planted_of(chosen, truth, types, totals=len(types) > 1 and rng.random() < 0.7)


def planted_of(
    chosen: dict[Line, np.ndarray], truth: np.ndarray, types: tuple[str, ...], *, totals: bool = False
) -> Planted:
    """The figures of some lines. totals: results show what the types of a measure that are stated of a period add up to."""
    lines = [
        (name, kind, day_of(first), day_of(stop) - dt.timedelta(days=1), vector @ truth)
        for (name, kind, first, stop), vector in chosen.items()
    ]
    sums, values, rests = list(chosen.values()), [line[-1] for line in lines], {}
    if totals:
        for name, start, end in sorted({(line[0], line[2], line[3]) for line in lines}):
            mine = [at for at, line in enumerate(lines) if (line[0], line[2], line[3]) == (name, start, end)]
            rests[f"total {len(rests)}", "all", "all"] = [(name, "", start, end)]
            sums.append(np.sum([sums[at] for at in mine], axis=0))
            values.append(sum(values[at] for at in mine))
    return Planted(table_of(lines), np.array(sums), types, np.array(values), Links(rests))


def ends(sums: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """The least and greatest value of a sum of unknowns that are never below nought and make the sums that are known."""
    found = []
    for sign in (1, -1):
        made = linprog(
            sign * wanted,
            A_eq=sums if len(sums) else None,
            b_eq=values if len(sums) else None,
            bounds=(0, 10_000),
        )
        if made.status != 0:
            raise AssertionError(f"the reader's programme ended with {made.message}")
        found.append(sign * made.fun)
    return found[0], found[1]


def secrets(planted: Planted) -> Iterator[tuple[str, np.ndarray]]:
    """Small counts that are stated, and those that everything stated would tell."""
    sums, values = planted.sums, planted.values
    rank = np.linalg.matrix_rank(sums)
    for row in np.flatnonzero((values > 0) & (values < 5)):
        yield f"figure {row}", sums[row]
    for (first, stop), kind in itertools.product(ALL_PERIODS, sorted({*planted.types, ""})):
        for names in [*((name,) for name in MADE_OF), *RESTS]:
            wanted = sum_of(planted.types, names[0], kind, first, stop)
            for less in names[1:]:
                wanted = wanted - sum_of(planted.types, less, kind, first, stop)
            if np.linalg.matrix_rank(np.vstack([sums, wanted])) > rank:
                continue
            told = float(np.linalg.lstsq(sums.T, wanted, rcond=None)[0] @ values)
            if 0.5 < told < 4.5:
                yield f"{' less '.join(names)} {kind} {first}-{stop}", wanted


def attack(planted: Planted, rules: Rules) -> tuple[list[tuple[str, float]], int, int]:
    """The small counts that can be worked out too closely with their ranges, how many there are, and figures hidden."""
    made = guard(planted.frame, rules, planted.links)
    shown = [cell != SUPPRESSED for cell in made.returns.frame["value"]]
    printed = np.array([*shown, *(name not in made.hidden for name in planted.links.rests_on)])
    found, count = [], 0
    for name, wanted in secrets(planted):
        count += 1
        low, high = ends(planted.sums[printed], planted.values[printed], wanted)
        if np.floor(high + 1e-6) - np.ceil(low - 1e-6) < rules.width - 1e-6:
            found.append((name, high - low))
    return found, count, int((~printed).sum())


def attack_chain(
    planted: Planted, rules: Rules, rng: np.random.Generator
) -> tuple[list[tuple[str, float]], int, int]:
    """The same of four releases, each of some of the figures and each knowing what those before it printed."""
    known = np.zeros(len(planted.frame), dtype=bool)
    releases: list[tuple[dict[tuple[object, ...], float | None], float]] = []
    for _ in range(4):
        rows = np.flatnonzero(rng.random(len(planted.frame)) < 0.6)
        frame = planted.frame.iloc[rows].reset_index(drop=True)
        masked = guard(frame, rules, Links(releases=tuple(releases))).returns.frame["value"]
        shown = np.array([cell != SUPPRESSED for cell in masked], dtype=bool)
        known[rows[shown]] = True
        keys = frame[["measure", "accommodation_type", "period_start", "period_end"]].itertuples(
            index=False, name=None
        )
        printed = {
            key: float(cell) if told else None for key, cell, told in zip(keys, masked, shown, strict=True)
        }
        releases.append((printed, 1.0))
    found, count = [], 0
    for name, wanted in secrets(planted):
        count += 1
        low, high = ends(planted.sums[known], planted.values[known], wanted)
        if np.floor(high + 1e-6) - np.ceil(low - 1e-6) < rules.width - 1e-6:
            found.append((name, high - low))
    return found, count, int((~known).sum())


def files(kind: str, number: int) -> Iterator[Planted]:
    for at in range(number):
        rng = np.random.default_rng([at, len(kind)])
        if kind == "split":
            yield plant_split(rng)
            continue
        periods = WHOLE_PERIODS if kind in ("mixed", "chains") else ALL_PERIODS
        yield plant(rng, periods, int(rng.integers(3, 12)))


def main(args: Sequence[str]) -> int:
    wanted = dict(zip(args[::2], map(int, args[1::2]), strict=True)) or {
        "split": 200,
        "mixed": 200,
        "overlapping": 100,
    }
    bad = 0
    for kind, number in wanted.items():
        begun = time.process_time()
        small, close, solved, hidden, figures, spent = 0, 0, 0, 0, 0, 0.0
        for at, planted in enumerate(files(kind, number)):
            if kind == "chains":
                plain = replace(
                    planted,
                    sums=planted.sums[: len(planted.frame)],
                    values=planted.values[: len(planted.frame)],
                )
                found, count, gone = attack_chain(plain, Rules(), np.random.default_rng(at))
            else:
                found, count, gone = attack(planted, Rules())
            small, close, hidden = small + count, close + len(found), hidden + gone
            solved += sum(width < 1e-6 for _, width in found)
            figures += len(planted.frame)
            if found:
                print(f"  {kind} {at}: {found}", flush=True)
        spent = time.process_time() - begun
        print(
            f"{kind}: {number} files, {figures} figures, {small} small counts, {solved} solved for, {close} with fewer "
            f"values than the rule, {hidden} figures hidden, {spent:.0f} s of processor",
            flush=True,
        )
        bad += close
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

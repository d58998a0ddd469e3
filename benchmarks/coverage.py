"""How often do the 95% intervals of ward and authority hold the truth? A known truth, simulated and estimated.

    python benchmarks/coverage.py [--replications 1000] [--draws 1000] [--seed 2021]

writes ``docs/coverage.md`` and ``benchmarks/coverage.csv``. One replication is one authority, with the population that
ships for it and everything else drawn afresh, exactly as the model states:

* the true national rates, by sex and by age, differ from the published ones by survey error, and the judgements about
  age from their central values;
* the authority differs from the nation by φ, its wards from each other by θ (lognormal, or gamma of the same coefficient
  of variation), benchmarked within the authority;
* the observed events of a ward are Poisson around a constant share of its true victims, whatever the ward.

The library sees the published rate, the population and, in method ``local``, the events; its own functions estimate.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))

from benchmarks.coverage_page import AUTHORITY_EFFECT, KEY, WARD_EFFECT, write_page  # noqa: E402
from benchmarks.national import National  # noqa: E402
from needs_assessment.estimate.composition import benchmark_authority  # noqa: E402
from needs_assessment.estimate.draws import Draws  # noqa: E402
from needs_assessment.estimate.local_evidence import (  # noqa: E402
    draw_relative_risk,
    expected_events,
    posterior_mean,
    spread_posterior,
)
from needs_assessment.estimate.prevalence import WardModel, expected  # noqa: E402
from needs_assessment.inputs.load import SEXES  # noqa: E402

Array = NDArray[np.float64]
AREAS = ("E06000056", "E10000031")
SPREADS = (0.0, 0.1, 0.2, 0.3)
EVENTS = (10, 100, 1000)
EFFECTS = ("lognormal", "gamma")
LEAST_EVENTS = 100  # from which the targets of method ``local`` apply


@dataclass(frozen=True)
class Truth:
    """What is so: wards' expected victims before φ and θ, the authority's factor, the wards' factors θ."""

    base: Array
    authority: float
    effect: Array

    @property
    def victims(self) -> Array:
        tilted = self.base * self.effect
        return self.authority * self.base.sum() * tilted / tilted.sum()


class Replication:
    """One simulated authority and what the library draws for it."""

    def __init__(self, national: National, seed: int, number: int, draws: int) -> None:
        self.national = national
        self.persons = national.inputs.persons.adults
        self.adults = sum(self.persons[sex].sum(axis=1) for sex in SEXES)
        self.codes = national.inputs.wards["ward_code"].tolist()
        self.member = np.zeros(len(self.codes), dtype=np.intp)
        self.rng = np.random.default_rng([seed, len(self.codes), number])
        self.draws = Draws(draws, int(self.rng.integers(2**62)))
        self.authority_sd = national.figure(AUTHORITY_EFFECT)
        # what is true, and what the survey then publishes
        self.true_rates, published = national.nature(self.rng)
        central, drawn = national.rates(self.draws, published)
        self.central, self.base = expected(self.persons, central), expected(self.persons, drawn)
        self.normals = self.draws.normals([f"ward effect {code}" for code in self.codes])
        spread = np.full(draws, self.authority_sd)
        effect = self.draws.mean_one(self.draws.normal("authority effect"), spread)[None]
        self.model = WardModel(self.member, self.normals, np.asarray(effect), np.zeros(draws), spread)
        self.totals = effect * self.base.sum(axis=0)
        self.shape = self.rng.standard_normal(len(self.codes))

    def truths(self) -> Iterator[tuple[str, float, Truth]]:
        """The truth under each kind of ward effect and each spread; without spread both kinds are one."""
        base = expected(self.persons, self.true_rates)
        authority = float(np.exp(self.authority_sd * self.rng.standard_normal() - self.authority_sd**2 / 2))
        for spread in SPREADS:
            for effects in EFFECTS:
                if spread == 0:
                    effect = np.ones(len(base))
                elif effects == "lognormal":
                    effect = np.exp(spread * self.shape - spread**2 / 2)
                else:
                    variance = np.expm1(spread**2)
                    effect = self.rng.gamma(1 / variance, variance, len(base))
                if spread > 0 or effects == EFFECTS[0]:
                    yield effects, spread, Truth(base, authority, effect)

    def age_sex(self, spread: Array) -> tuple[Array, Array, Array]:
        """Low and high by ward, and of the authority, with the ward effect the register gives."""
        effect = self.draws.mean_one(self.normals, spread).astype(np.float32)
        model = replace(self.model, ward_effect=effect, ward_spread=spread)
        low, high = model.spread_over_wards(self.totals, self.base).interval()
        return low, high, np.concatenate(model.scaled_interval(self.totals))

    def local(self, events: Array, scale: float) -> tuple[Array, Array, Array, Array, Array]:
        """Central victims and their limits by ward, and the limits of the ward's share relative to its expected one."""
        predicted = expected_events(events, self.central, self.member)
        spread = spread_posterior(events, predicted, scale)
        central = benchmark_authority(posterior_mean(events, predicted, spread), self.central, self.member)
        risk = draw_relative_risk(events, predicted, spread, self.rng, draws=self.draws.count)
        model = replace(self.model, ward_effect=risk)
        drawn = model.spread_over_wards(self.totals, self.base).values
        limits = model.scaled_interval(drawn, self.member)
        shares = drawn * (self.base.sum(axis=0) / (self.totals * self.base))
        return self.central * central, *limits, *np.quantile(shares, (0.025, 0.975), axis=1)


def measure(national: National, seed: int, number: int, draws: int) -> Iterator[dict[str, object]]:
    """One replication: one record a truth and method."""
    run = Replication(national, seed, number, draws)
    low_sd, sd, high_sd = national.range(WARD_EFFECT)
    registered = run.age_sex(run.draws.range(WARD_EFFECT, sd, low_sd, high_sd))
    known = {spread: run.age_sex(np.full(draws, spread)) for spread in SPREADS}
    for effects, spread, truth in run.truths():
        victims, whole = truth.victims, truth.victims.sum()
        key = {"wards": len(victims), "effects": effects, "spread": spread}
        common = {"squared_error": _mean_square((run.central - victims) / run.adults)}
        for method, (low, high, authority) in (("age_sex", known[spread]), ("age_sex_range", registered)):
            yield {
                **key,
                **common,
                "method": method,
                "events": 0,
                "ward": _held(victims, low, high),
                "authority": float(authority[0] <= whole <= authority[1]),
                "width": float(np.mean((high - low) / run.central)),
            }
        share = truth.effect / (truth.base @ truth.effect / truth.base.sum())
        for events in EVENTS:
            observed = run.rng.poisson(events * len(victims) * victims / whole).astype(float)
            central, low, high, share_low, share_high = run.local(observed, high_sd)
            yield {
                **key,
                "method": "local",
                "events": events,
                "ward": _held(victims, low, high),
                "share": _held(share, share_low, share_high),
                "squared_error": _mean_square((central - victims) / run.adults),
                "width": float(np.mean((high - low) / run.central)),
            }


def _held(truth: Array, low: Array, high: Array) -> float:
    return float(np.mean((low <= truth) & (truth <= high)))


def _mean_square(error: Array) -> float:
    return float(np.mean(error**2))


def run_all(replications: int, draws: int, seed: int, *, areas: tuple[str, ...] = AREAS) -> pd.DataFrame:
    """One row a truth and method: coverage with its standard error over replications, and error relative to age_sex."""
    records: list[dict[str, object]] = []
    for area in areas:
        national = National(area)
        for number in range(replications):
            records += measure(national, seed, number, draws)
    grouped = pd.DataFrame(records).groupby([*KEY, "method", "events"], sort=False)
    table = grouped[["ward", "authority", "share", "squared_error", "width"]].mean()
    table["ward_error"] = grouped["ward"].std(ddof=1) / np.sqrt(replications)
    table = table.reset_index()
    base = table.loc[table["method"] == "age_sex", [*KEY, "squared_error"]]
    own = table[KEY].merge(base, on=KEY, how="left", validate="many_to_one")["squared_error"]
    table["mse_ratio"] = table["squared_error"] / own
    table["verdict"] = [verdict(row) for row in table.to_dict("records")]
    return table


def verdict(row: dict[str, float]) -> str:
    """``met`` or ``missed`` where a target applies to the row, blank where it is only reported."""
    if row["method"] == "age_sex":
        good = 0.93 <= row["ward"] <= 0.97 and 0.93 <= row["authority"] <= 0.97
    elif row["method"] == "local" and row["events"] >= LEAST_EVENTS and row["spread"] > 0:
        good = 0.92 <= row["ward"] <= 0.97 and row["mse_ratio"] < 1
    elif row["method"] == "local" and row["events"] >= LEAST_EVENTS:
        good = row["ward"] >= 0.93 and row["mse_ratio"] <= 1.25
    else:
        return ""
    return "met" if good else "missed"


def main() -> None:
    """Simulate, write the page and the table; exit code 1 where a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2021)
    settings = parser.parse_args()
    start = time.perf_counter()
    table = run_all(settings.replications, settings.draws, settings.seed).round(6)
    page = write_page(table, National(AREAS[0]), settings, LEAST_EVENTS)
    (ROOT / "docs" / "coverage.md").write_text(page, encoding="utf-8")
    table.to_csv(ROOT / "benchmarks" / "coverage.csv", index=False, lineterminator="\n")
    print(page)
    print(f"{time.perf_counter() - start:.0f} s")
    if (table["verdict"] == "missed").any():
        raise SystemExit("a target is missed")


if __name__ == "__main__":
    main()

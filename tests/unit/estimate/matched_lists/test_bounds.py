"""Overlaps of lists: published results, hand-worked counts, a naive second implementation, and known populations."""

from __future__ import annotations

import importlib.util
from itertools import combinations, product
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import gammaln

from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.matched_lists.bounds import (
    NoEstimate,
    all_models,
    chapman,
    log_linear,
    union_bounds,
    union_draws,
)
from needs_assessment.estimate.matched_lists.loglinear import hierarchical_models

ROOT = Path(__file__).resolve().parents[4]
# HIV notifications on four lists, 1,896 people seen (Abeni et al. 1994); reference/cases.md
ABENI = {
    "0001": 205, "0010": 621, "0011": 11, "0100": 545, "0101": 10, "0110": 35, "0111": 3, "1000": 403,
    "1001": 6, "1010": 20, "1011": 0, "1100": 33, "1101": 1, "1110": 3, "1111": 0,
}  # fmt: skip
ALL_PAIRS = list(combinations("ABCD", 2))


def frame(counts: dict[str, int]) -> pd.DataFrame:
    names = "ABCDE"[: len(next(iter(counts)))]
    rows = [{**dict(zip(names, map(int, word), strict=True)), "count": n} for word, n in counts.items()]
    return pd.DataFrame(rows)


# --- totals only


def test_bounds_with_totals_only() -> None:
    assert union_bounds([120, 45, 80]) == (120, 245)
    assert union_bounds([0]) == (0, 0)
    for wrong in ([], [1, float("nan")], [-1, 2]):
        with pytest.raises(ValueError, match="lists"):
            union_bounds(wrong)


def test_draws_fill_the_bounds_evenly() -> None:
    drawn = union_draws([120, 45, 80], Draws(10_000, 1).uniform("union"))
    assert drawn.min() >= 120
    assert drawn.max() <= 245
    assert np.quantile(drawn, [0.25, 0.5, 0.75]) == pytest.approx([151.25, 182.5, 213.75], abs=0.1)


# --- two lists


def test_chapman_of_the_reference_case() -> None:
    found = chapman(50, 40, 10)
    assert found.population == pytest.approx(189.09, abs=0.005)  # 51 x 41 / 11 - 1
    assert found.variance == pytest.approx(51 * 41 * 40 * 30 / (11**2 * 12))
    assert found.seen == 80
    assert 80 < found.low < found.population < found.high


def test_chapman_without_overlap_and_with_full_overlap() -> None:
    apart = chapman(30, 20, 0)
    assert np.isfinite(apart.population)
    assert apart.high > 10 * apart.low / 2
    inside = chapman(30, 30, 30)
    assert inside.low == 30 == inside.population
    assert inside.high > 30
    with pytest.raises(ValueError, match="both"):
        chapman(30, 20, 21)


# --- log-linear models


@pytest.mark.parametrize(
    ("interactions", "population"),
    [((), 11_124.6), ([("A", "B")], 12_318.5), ([(0, 1)], 12_318.5), (ALL_PAIRS, 23_443.5)],
)
def test_four_lists_of_the_reference_case(interactions: list[tuple[str, str]], population: float) -> None:
    found = log_linear(frame(ABENI), interactions)
    assert found.seen == 1896
    assert found.population == pytest.approx(population, abs=0.1)
    assert found.population == found.seen + found.unseen
    assert found.low < found.population < found.high


def test_two_independent_lists_are_petersens_estimate() -> None:
    assert log_linear(frame({"10": 40, "01": 30, "11": 10})).population == pytest.approx(50 * 40 / 10)


def test_all_pairs_of_three_lists_have_a_closed_form() -> None:
    counts = {"001": 31, "010": 42, "100": 57, "011": 6, "101": 9, "110": 12, "111": 4}
    found = log_linear(frame(counts), [("A", "B"), ("A", "C"), ("B", "C")])
    # no three-way interaction: the odds ratio of A and B is the same on list C and off it
    assert found.unseen == pytest.approx(31 * 42 * 57 * 4 / (6 * 9 * 12))
    assert found.deviance == pytest.approx(0, abs=1e-9)
    assert found.degrees_of_freedom == 0


def naive(counts: dict[str, int], interactions: list[tuple[int, ...]]) -> tuple[float, float, float]:
    """(unseen, aic, deviance) by a general minimiser on the Poisson likelihood, history by history."""
    words = [tuple(map(int, word)) for word in counts]
    terms = [(), *((at,) for at in range(len(words[0]))), *interactions]
    n = np.array(list(counts.values()), dtype=float)

    def minus(theta: np.ndarray) -> tuple[float, np.ndarray]:
        rows = np.array([[float(all(word[at] for at in term)) for term in terms] for word in words])
        means = np.exp(rows @ theta)
        return float((means - n * (rows @ theta) + gammaln(n + 1)).sum()), rows.T @ (means - n)

    found = minimize(
        minus, np.zeros(len(terms)), jac=True, method="BFGS", options={"gtol": 1e-10, "maxiter": 5000}
    )
    saturated = float((n - n * np.log(np.maximum(n, 1)) + gammaln(n + 1)).sum())
    return float(np.exp(found.x[0])), 2 * len(terms) + 2 * found.fun, 2 * (found.fun - saturated)


@pytest.mark.parametrize("interactions", [[], [(0, 2)], [(0, 1), (1, 2)]])
def test_estimates_equal_a_naive_fit(interactions: list[tuple[int, ...]]) -> None:
    counts = {"001": 31, "010": 42, "100": 57, "011": 6, "101": 9, "110": 12, "111": 0}
    found = log_linear(frame(counts), interactions)
    unseen, aic, deviance = naive(counts, interactions)
    assert found.unseen == pytest.approx(unseen, rel=1e-5)
    assert found.aic == pytest.approx(aic, abs=1e-6)
    assert found.deviance == pytest.approx(deviance, abs=1e-6)
    assert found.bic == pytest.approx(aic + found.parameters * (np.log(157) - 2), abs=1e-6)


def test_profile_limits_lie_where_the_likelihood_has_fallen_by_1_92() -> None:
    """Independent lists: p_j = n_j / N is at its best for any N, so the profile is known in closed form."""
    counts = {"001": 31, "010": 42, "100": 57, "011": 6, "101": 9, "110": 12, "111": 2}
    found = log_linear(frame(counts))
    on = np.array([sum(n for word, n in counts.items() if word[at] == "1") for at in range(3)], dtype=float)
    seen = float(sum(counts.values()))

    def height(size: float) -> float:
        off = size - on
        return float(
            gammaln(size + 1)
            - gammaln(size - seen + 1)
            + (on * np.log(on / size) + off * np.log(off / size)).sum()
        )

    sizes = np.linspace(seen + 1, 5 * seen, 20_001)
    top = max(map(height, sizes))
    inside = [size for size in sizes if 2 * (top - height(size)) <= 3.841459]
    assert found.low == pytest.approx(inside[0], abs=0.05)
    assert found.high == pytest.approx(inside[-1], abs=0.05)


def test_lists_in_another_order_and_rows_split_change_nothing() -> None:
    plain = log_linear(frame(ABENI), [("A", "B")])
    shuffled = frame(ABENI).sample(frac=1, random_state=1)[["C", "count", "A", "D", "B"]]
    halves = pd.concat([shuffled.assign(count=shuffled["count"] // 2),
                        shuffled.assign(count=shuffled["count"] - shuffled["count"] // 2)])  # fmt: skip
    for other in (shuffled, halves, frame(ABENI)[lambda f: f["count"] > 0]):
        found = log_linear(other, [("B", "A")])
        assert found.population == pytest.approx(plain.population, rel=1e-9)
        assert (found.low, found.high) == pytest.approx((plain.low, plain.high), rel=1e-6)


def test_ten_times_the_people_is_ten_times_the_population_and_a_narrower_interval() -> None:
    plain, more = log_linear(frame(ABENI)), log_linear(frame({word: 10 * n for word, n in ABENI.items()}))
    assert more.population == pytest.approx(10 * plain.population, rel=1e-9)
    assert (more.high - more.low) / more.population < 0.5 * (plain.high - plain.low) / plain.population


# --- what is refused


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda f: f.drop(columns="count"), "count"),
        (lambda f: f.assign(A=2), "0 or 1"),
        (lambda f: pd.concat([f, pd.DataFrame([dict.fromkeys("ABCD", 0) | {"count": 9}])]), "on no list"),
        (lambda f: f.assign(count=f["count"] + 0.5), "whole number"),
        (lambda f: f.assign(count=f["count"].where(f["count"] != 11)), "whole number"),
        (lambda f: f[["A", "count"]], "1 lists"),
        (lambda f: f[f["D"] == 0], "nobody is on the list D"),
    ],
)
def test_a_frame_of_another_shape_is_refused(change, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        log_linear(change(frame(ABENI)))


@pytest.mark.parametrize(
    ("interactions", "match"),
    [
        ([("A", "X")], "unknown"),
        ([(0, 9)], "unknown"),
        (["AB"], "tuple"),
        ([("A", "B", "C", "D")], "identifiable"),
    ],
)
def test_an_impossible_interaction_is_refused(interactions, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        log_linear(frame(ABENI), interactions)


def test_an_empty_overlap_is_named() -> None:
    counts = {"001": 31, "010": 42, "100": 57, "011": 6, "101": 9, "110": 0, "111": 0}
    assert log_linear(frame(counts)).population > 145
    with pytest.raises(NoEstimate, match="lists A and B together"):
        log_linear(frame(counts), [("A", "B")])


def test_an_estimate_that_runs_away_without_an_empty_margin_is_found() -> None:
    """Every pair overlaps, but only through all three lists: the number on no list runs to infinity."""
    counts = {"001": 31, "010": 42, "100": 57, "011": 0, "101": 0, "110": 0, "111": 4}
    with pytest.raises(NoEstimate, match="without end"):
        log_linear(frame(counts), list(combinations("ABC", 2)))


# --- all models


def test_the_hierarchical_models_are_those_closed_downwards() -> None:
    """By brute force over all sets of interactions of three lists, and by number over four and five."""
    pairs = [0b011, 0b101, 0b110]
    brute = {frozenset({1, 2, 4, *chosen}) for n in range(4) for chosen in combinations(pairs, n)}
    assert set(hierarchical_models(3)) == brute
    closed = 0
    higher = [0b0011, 0b0101, 0b1001, 0b0110, 0b1010, 0b1100, 0b0111, 0b1011, 0b1101, 0b1110]
    for chosen in product((0, 1), repeat=len(higher)):
        model = {term for term, here in zip(higher, chosen, strict=True) if here}
        closed += all(
            part in model
            for term in model
            if term.bit_count() == 3
            for part in higher
            if part.bit_count() == 2 and part & term == part
        )
    assert closed == 113 == len(set(hierarchical_models(4)))
    assert len(set(hierarchical_models(5))) == 6893


@pytest.fixture(scope="module")
def spread():
    return all_models(frame(ABENI))


def test_all_models_of_the_reference_case(spread) -> None:
    assert len(spread.models) + len(spread.left_out) == 114
    reasons = dict(spread.left_out)
    assert "identifiable" in reasons["[A:B:C:D]"]
    assert reasons["[A:C:D]"] == "nobody is on the lists A and C and D together"
    table = spread.frame().set_index("model")
    single = log_linear(frame(ABENI), ALL_PAIRS)
    row = table.loc["[A:B] [A:C] [B:C] [A:D] [B:D] [C:D]"]
    assert row["population"] == pytest.approx(23_443.5, abs=0.1)
    assert (row["low"], row["high"], row["aic"]) == pytest.approx(
        (single.low, single.high, single.aic), rel=1e-6
    )
    assert table["aic_weight"].sum() == pytest.approx(1)
    assert table["bic_weight"].sum() == pytest.approx(1)
    assert table["aic"].is_monotonic_increasing
    assert spread.lowest < spread.population < spread.highest
    # the models that fit about as well differ by a factor of four: that is the uncertainty
    assert spread.highest > 4 * spread.lowest


def test_draws_follow_the_averaged_interval(spread) -> None:
    draws = Draws(40_000, 3)
    drawn = spread.draws(draws.uniform("model"), draws.normal("profile"))
    assert drawn.min() > spread.seen
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([spread.low, spread.high], rel=0.02)


def test_draws_of_a_single_supported_model_follow_its_profile() -> None:
    counts = {"001": 3100, "010": 4200, "100": 5700, "011": 600, "101": 900, "110": 1200, "111": 400}
    found = all_models(frame(counts))
    assert len(found.frame().dropna()) == 1
    model = found.models[0]
    assert (found.population, found.low, found.high) == pytest.approx(
        (model.population, model.low, model.high), rel=1e-4
    )


def test_sparse_lists_keep_the_models_that_can_be_fitted() -> None:
    counts = {"001": 31, "010": 42, "100": 57, "011": 6, "101": 9, "110": 0, "111": 0}
    found = all_models(frame(counts), criterion="bic")
    assert {model.name for model in found.models} == {"independent", "[A:C]", "[B:C]"}
    reasons = dict(found.left_out)
    assert all("A and B" in reasons[name] for name in reasons if "A:B]" in name)
    # off list C nobody is on both A and B: by hand 57 x 42 / 0 on no list
    assert "without end" in reasons["[A:C] [B:C]"]
    with pytest.raises(ValueError, match="criterion"):
        all_models(frame(counts), criterion="cic")
    with pytest.raises(ValueError, match="two lists"):
        all_models(frame({"10": 40, "01": 30, "11": 10}))


# --- known populations


@pytest.fixture(scope="module")
def benchmark_of_coverage() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "overlap_coverage", ROOT / "benchmarks" / "overlap_coverage.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", [0, 2, 4])
def test_profile_intervals_hold_a_known_population(benchmark_of_coverage: ModuleType, case: int) -> None:
    """A quick version of the benchmark: with 250 populations the share is within three standard errors of 95%."""
    share, _, without = benchmark_of_coverage.coverage(benchmark_of_coverage.CASES[case], 250)
    assert without == 0
    assert share == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 250))

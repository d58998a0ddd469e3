"""The simulation agrees with the formula and the balance equations, repeats, and refuses what makes no sense."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from benchmarks.models.household_sizes import nested_shares
from benchmarks.models.simulation import Distribution, nested_use, simulate_loss
from needs_assessment.errors import EnvironmentFault
from needs_assessment.estimate.queueing import erlang_b


@pytest.mark.parametrize(
    ("distribution", "variation"), [("exponential", None), ("lognormal", 1.2), ("fixed", None)]
)
@pytest.mark.parametrize(("units", "load"), [(10, 5.0), (39, 33.0)])
def test_simulation_agrees_with_the_formula(
    distribution: Distribution, variation: float | None, units: int, load: float
) -> None:
    """10 batches of 20 years; the share turned away depends on the stay through its mean alone."""
    pytest.importorskip("simpy")
    found = simulate_loss(
        [units],
        [load * 365 / 140],
        [140.0],
        np.random.default_rng(2021),
        distribution=distribution,
        variation=variation,
        batches=10,
        batch_years=20,
        warm_up_years=4,
    )
    assert 0 < found.standard_error < 0.01
    assert found.share == pytest.approx(erlang_b(units, load), abs=3 * found.standard_error)
    assert found.share_by_class[0] == found.share


def test_simulation_of_sizes_agrees_with_the_balance_equations() -> None:
    pytest.importorskip("simpy")
    loads, units = np.array([23.0, 10.0]), [24, 18]
    found = simulate_loss(
        units,
        loads * 365 / 140,
        [140.0, 140.0],
        np.random.default_rng(7),
        distribution="exponential",
        batches=10,
        batch_years=40,
        warm_up_years=4,
        may_use=nested_use(2),
    )
    difference = np.abs(found.share_by_class - nested_shares(units, loads.tolist()))
    assert np.all(difference < 3 * found.standard_error_by_class)


def test_simulation_repeats_and_refuses() -> None:
    pytest.importorskip("simpy")

    def run(units=(3, 0), arrivals=(9.0, 5.0), stays=(100.0, 50.0), **other):
        settings = {
            "distribution": "exponential",
            "batches": 4,
            "batch_years": 5.0,
            "warm_up_years": 1.0,
            **other,
        }
        return simulate_loss(units, arrivals, stays, np.random.default_rng(3), **settings)

    assert run().share == run().share
    assert run().share_by_class[1] == 1  # no unit of its kind
    nobody = run(arrivals=(0.0, 0.0))
    assert nobody.arrivals == 0
    assert np.isnan(nobody.share)
    for wrong in (
        {"units": (2.5, 1)},
        {"arrivals": (1.0,)},
        {"stays": (np.nan, 1.0)},
        {"batches": 1},
        {"may_use": [(0,), (2,)]},
        {"distribution": "lognormal"},
        {"distribution": "weibull"},
    ):
        with pytest.raises(ValueError, match=r".+"):
            run(**wrong)


def test_without_simpy_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *arguments: object, **named: object) -> object:
        if name == "simpy":
            raise ModuleNotFoundError(name)
        return real(name, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(EnvironmentFault, match="simpy"):
        simulate_loss(
            [1],
            [1.0],
            [1.0],
            np.random.default_rng(1),
            distribution="fixed",
            batches=2,
            batch_years=1,
            warm_up_years=0,
        )

"""The cross-boundary ledger: it closes, it is balanced unless told otherwise, and it moves the places required."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from needs_assessment.estimate.accommodation.ledger import (
    ledger_from_returns,
    ledger_from_share,
    ledger_places,
)
from needs_assessment.registers.registers import load_registers


def test_balanced_by_default(data: Path) -> None:
    """86 households seek refuge; 65% cross: 55.9 leave, 30.1 stay, 55.9 arrive, and 86 want a place here."""
    share = load_registers(data).figure("bowstead_crossing_refuge") / 100
    found = ledger_from_share(86, share)
    assert found.balanced
    assert (found.leavers, found.stayers, found.arrivals) == pytest.approx((55.9, 30.1, 55.9))
    assert found.demand == pytest.approx(86)
    assert found.arrivals == found.leavers
    places = ledger_places(found, 140, 0.05)
    assert places.required == places.for_residents
    # 30.1 × 140 / 365 = 11.5 Erlang: 17 places if the boundary were closed, 39 with those who come
    assert (places.required, places.for_stayers) == (39, 17)


def test_by_type_and_by_draw(data: Path) -> None:
    registers = load_registers(data)
    crossing = (
        np.array([[registers.figure(f"bowstead_crossing_{name}")] for name in ("refuge", "other")]) / 100
    )
    seeking = np.random.default_rng(1).uniform(10, 90, (2, 40))
    found = ledger_from_share(seeking, crossing)
    np.testing.assert_allclose(found.stayers / seeking, np.broadcast_to(1 - crossing, (2, 40)))
    assert ledger_places(found, 140, 0.05).required.shape == (2, 40)


def test_more_arrivals_than_leavers() -> None:
    found = ledger_from_share(86, 0.65, arrivals=80)
    assert not found.balanced
    assert found.arrivals - found.leavers == pytest.approx(24.1)
    assert found.demand == pytest.approx(110.1)
    places = ledger_places(found, 140, 0.05)
    assert places.for_residents == 39
    assert places.required > places.for_residents


def test_local_returns() -> None:
    """100 seek a place here, 60 of them from elsewhere; 25 residents were placed elsewhere."""
    found = ledger_from_returns(100, 60, 25)
    assert (found.stayers, found.arrivals, found.leavers) == (40, 60, 25)
    assert (found.residents_seeking, found.demand) == (65, 100)


def test_missing_stays_missing() -> None:
    assert np.isnan(ledger_from_share(np.nan, 0.65).demand)
    assert np.isnan(ledger_from_returns(100, 60, np.nan).residents_seeking)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        ledger_from_share(86, 65)
    with pytest.raises(ValueError, match="negative"):
        ledger_from_share(-1, 0.5)
    with pytest.raises(ValueError, match="negative"):
        ledger_from_share(86, 0.5, arrivals=-2)
    with pytest.raises(ValueError, match="from elsewhere"):
        ledger_from_returns(10, 11, 0)
    with pytest.raises(ValueError, match="leavers"):
        ledger_from_returns(10, 1, np.inf)

"""Many authorities in blocks against the model of one authority at a time."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.models import many_wards
from benchmarks.models.many_wards import summarise_wards
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.intervals import percentiles
from needs_assessment.estimate.prevalence import WardModel, expected

CHANCES = (0.025, 0.5, 0.975)


@pytest.mark.parametrize("block", [1, 7, 64])
def test_equals_one_authority_at_a_time(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_wards, "BLOCK_WARDS", block)
    rng = np.random.default_rng(1)
    # three authorities of different sizes in mixed order, and a ward where nobody lives
    authority = np.array([2, 0, 1, 0, 0, 2, 1, 0, 0])
    wards, draws = len(authority), Draws(400, 9)
    persons = {sex: rng.uniform(50, 900, (wards, 4)) for sex in "FM"}
    for sex in "FM":
        persons[sex][3] = 0
    rates = {sex: rng.uniform(0.02, 0.2, (4, 400)) for sex in "FM"}
    names = [f"ward {number}" for number in range(wards)]
    areas = [f"authority {number}" for number in range(3)]
    ward_sd, authority_sd = rng.uniform(0.1, 0.4, 400), rng.uniform(0.05, 0.25, 400)
    found = summarise_wards(persons, rates, authority, draws, names, areas, ward_sd, authority_sd, CHANCES)
    for place in range(3):
        held = np.flatnonzero(authority == place)
        effect = draws.mean_one(draws.normals([areas[place]]), authority_sd)
        model = WardModel(
            np.zeros(len(held), dtype=np.intp),
            draws.mean_one(draws.normals([names[ward] for ward in held]), ward_sd).astype(np.float32),
            np.asarray(effect, dtype=float),
            ward_sd,
            authority_sd,
        )
        own = {sex: persons[sex][held] for sex in "FM"}
        base = expected(own, rates)
        totals = model.authority_effect * model.sum_members(base)
        parts = {"all": None, **{sex: own[sex] @ rates[sex] for sex in "FM"}}
        for name, part in parts.items():
            values = model.spread_over_wards(totals, base, part).values
            reference = np.stack(percentiles(values, CHANCES), axis=1)
            np.testing.assert_allclose(found[name][held], reference, rtol=2e-5)


def test_an_authority_where_nobody_lives_has_no_victims() -> None:
    persons, rates = {"F": np.zeros((2, 1))}, {"F": np.full((1, 50), 0.1)}
    spread = np.full(50, 0.2)
    found = summarise_wards(
        persons, rates, np.zeros(2, dtype=int), Draws(50, 1), ["a", "b"], ["c"], spread, spread
    )
    np.testing.assert_array_equal(found["all"], np.zeros((2, 3)))

"""Capacity beside the cascade: IDVA and MARAC administration posts needed, in post, and the gap; whole area only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from needs_assessment.estimate.capacity import fte_gap, fte_needed
from needs_assessment.estimate.prevalence import interval
from needs_assessment.inputs.returns.local_figures import LocalFigure, annual_figure, keys_of, state_figure
from needs_assessment.results import Provenance
from needs_assessment.steps.context import EFFECT_IDS, Run
from needs_assessment.steps.tier_amounts import LOCAL, RATIO

Array = NDArray[np.float64]
NO_POSTS = "not known: no local return of posts"


def add_capacity(run: Run) -> None:
    """Full-time equivalents of IDVAs and of MARAC administration: needed, in post, and the gap; whole area only."""
    ratio = run.figure(RATIO) / 10_000
    cases, drawn = float(run.women.central.sum()) * ratio, run.women.totals.sum(axis=0) * ratio
    for kind, volume, posts, local in (
        ("idva", "idva_referrals_per_fte", "idva_posts", "idva_referrals"),
        ("marac_admin", "marac_cases_per_admin", "marac_admin_posts", "marac_cases"),
    ):
        each = run.figure(volume)
        expected = Provenance(
            "modelled",
            "expected cases ÷ cases for each full-time post",
            (*run.sources(RATIO, volume), *run.inputs.population.source_ids),
            (RATIO, volume, *EFFECT_IDS),
            f"high-risk cases expected, repeats included, at {each:g} a year for each full-time post",
            frozenset(),
        )
        figure = annual_figure(run.inputs.returns, local)
        in_post = state_figure(run.inputs.returns, posts)
        _add_posts(run, kind, "expected_cases", cases, drawn, each, expected, in_post)
        if figure is not None:
            returned = Provenance(
                "mixed",
                "local return ÷ volume for each full-time post",
                (*run.sources(volume), figure.source_id),
                (volume,),
                figure.describe(),
                keys_of([figure]),
            )
            _add_posts(run, kind, "local_return", figure.value, None, each, returned, in_post)
        _add_in_post(run, kind, in_post)


def _add_posts(
    run: Run,
    kind: str,
    route: str,
    volume: float,
    drawn: Array | None,
    each: float,
    provenance: Provenance,
    in_post: LocalFigure | None,
) -> None:
    """Posts needed by one route and the gap; the route by expected cases is the headline and stands first."""
    builder, area = run.builder, [run.tree.authority]
    held = in_post.value if in_post is not None else np.nan
    needed = float(fte_needed(volume, each))
    limits = (None, None) if drawn is None else _limits(run, np.asarray(fte_needed(drawn, each)))
    gap = replace(provenance, basis="mixed", method="needed less in post", note=NO_POSTS)
    if in_post is not None:
        sources = (*provenance.source_ids, in_post.source_id)
        gap = replace(gap, source_ids=sources, note=f"{provenance.note}; {in_post.describe()}")
    headline = (("all", "all"),) if route == "expected_cases" else ()
    for breakdown, category in (*headline, ("route", route)):
        labels = {"breakdown": breakdown, "category": category}
        builder.add(f"{kind}_fte_needed", area, needed, *limits, provenance=provenance, **labels)
        ends = [None if end is None or in_post is None else fte_gap(end, held) for end in limits]
        builder.add(f"{kind}_fte_gap", area, fte_gap(needed, held), *ends, provenance=gap, **labels)


def _add_in_post(run: Run, kind: str, figure: LocalFigure | None) -> None:
    provenance = (
        Provenance("observed", LOCAL, note=NO_POSTS)
        if figure is None
        else Provenance("observed", LOCAL, (figure.source_id,), (), figure.describe(), frozenset())
    )
    value = None if figure is None else figure.value
    run.builder.add(f"{kind}_fte_in_post", [run.tree.authority], value, provenance=provenance)


def _limits(run: Run, drawn: Array) -> tuple[float, float]:
    model = run.model
    alone = len(run.tree.members.areas) == 1
    low, high = model.scaled_interval(drawn[None]) if alone else interval(drawn[None])
    return float(low[0]), float(high[0])

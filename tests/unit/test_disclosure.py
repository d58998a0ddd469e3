"""The gate: what a small local count takes with it, and what passes."""

from __future__ import annotations

import pandas as pd
import pytest

from needs_assessment.publish.disclosure import (
    MET,
    SUPPRESSION_NOTE,
    UNMET,
    is_protected,
    publish_table,
    release,
)
from needs_assessment.publish.tables import SUPPRESSED, TableColumn
from needs_assessment.results import AreaRow, Provenance, Results, ResultsBuilder

AREA, WARDS = (
    AreaRow("E06000056", "Somewhere", "authority"),
    [AreaRow(f"E0500000{n}", f"W{n}", "ward") for n in (1, 2)],
)
TIERS = ("need_safe_accommodation", "met_safe_accommodation", "unmet_safe_accommodation")


def _results() -> Results:
    builder = ResultsBuilder()
    for tier, value in zip(TIERS, (100.0, 60.0, 40.0), strict=True):
        for areas, share in (([AREA], 1.0), (WARDS, 0.5)):
            builder.add(
                tier, areas, value * share, value / 2, value * 2, provenance=Provenance("mixed", "test")
            )
    builder.add("residents", [AREA], 2.0, provenance=Provenance("observed", "census"))
    return builder.build()


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({}, set()),
        ({MET: 60}, set()),
        ({MET: 0}, set()),
        ({MET: 5}, set()),
        # need is national and published: unmet = need - met would give the count away
        ({MET: 3}, {"met_safe_accommodation", "unmet_safe_accommodation"}),
        # met is national and published: need = met + unmet would give the count away
        ({UNMET: 4}, {"unmet_safe_accommodation", "need_safe_accommodation"}),
        ({MET: 60, UNMET: 4}, {"unmet_safe_accommodation", "need_safe_accommodation"}),
        ({MET: 1, UNMET: 40}, {"met_safe_accommodation", "need_safe_accommodation"}),
        ({MET: 1, UNMET: 2}, set(TIERS)),
    ],
)
def test_a_small_count_takes_what_it_could_be_solved_from(counts: dict[str, float], hidden: set[str]) -> None:
    safe = release(_results(), counts, 5)
    assert set(safe.suppressed_measures) == hidden
    for tier in TIERS:
        rows = safe.frame[safe.frame["measure"] == tier]
        for column in ("value", "low", "high"):
            assert (rows[column] == SUPPRESSED).all() == (tier in hidden)
        if tier in hidden:
            assert set(rows["note"]) == {SUPPRESSION_NOTE}
    assert safe.row("residents")["value"] == 2.0


def test_no_pair_of_published_rows_gives_a_hidden_count() -> None:
    """The attacker of the simple case: every linear relation between the three tiers has two unknowns or none."""
    for counts in ({MET: 3}, {UNMET: 4}, {MET: 60, UNMET: 4}, {MET: 1, UNMET: 40}, {MET: 1, UNMET: 2}):
        safe = release(_results(), counts, 5)
        assert len(safe.suppressed_measures) != 1


@pytest.mark.parametrize(("count", "expected"), [(None, False), (0, False), (1, True), (4, True), (5, False)])
def test_protected_counts(count: float | None, expected: bool) -> None:
    assert is_protected(count, 5) is expected


def test_a_table_of_words_in_a_number_column_is_refused() -> None:
    columns = [TableColumn("label", "Label"), TableColumn("value", "Value", kind="number")]
    with pytest.raises(ValueError, match="not a number"):
        publish_table("t", "T", columns, pd.DataFrame({"label": ["a"], "value": ["many"]}))
    with pytest.raises(ValueError, match="lacks the columns"):
        publish_table("t", "T", columns, pd.DataFrame({"label": ["a"]}))


def test_a_suppressed_cell_is_explained_under_its_table() -> None:
    columns = [TableColumn("label", "Label"), TableColumn("value", "Value", kind="number")]
    frame = pd.DataFrame({"label": ["a", "b"], "value": pd.Series([SUPPRESSED, 3.0], dtype="object")})
    table = publish_table("t", "T", columns, frame)
    assert table.display()["Value"].tolist() == ["[c]", "3"]
    assert any("[c]" in note for note in table.notes)

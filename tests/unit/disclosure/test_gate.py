"""The gate: what is hidden is hidden everywhere, and what passes."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from needs_assessment.disclosure.gate import SUPPRESSION_NOTE, publish_table, release, release_file
from needs_assessment.disclosure.published_table import SUPPRESSED, TableColumn
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


def test_what_is_hidden_is_hidden_at_every_level_and_says_no_more_than_that() -> None:
    results = _results()
    hidden = {("met_safe_accommodation", "all", "all"), ("unmet_safe_accommodation", "all", "all")}
    safe = release(results, hidden, 5)
    assert safe.suppressed_measures == ("met_safe_accommodation", "unmet_safe_accommodation")
    for tier in TIERS:
        rows = safe.frame[safe.frame["measure"] == tier]
        gone = (tier, "all", "all") in hidden
        for column in ("value", "low", "high"):
            assert (rows[column] == SUPPRESSED).all() == gone
        assert (rows["note"] == SUPPRESSION_NOTE).all() == gone
    assert safe.row("residents")["value"] == 2.0
    assert "[c]" not in release(results, (), 5).frame["value"].tolist()
    assert not (results.frame["value"] == SUPPRESSED).any(), "the results themselves are as they were"


def test_what_is_not_known_stays_blank_with_its_reason() -> None:
    builder = ResultsBuilder()
    builder.add("places_available", [AREA], None, provenance=Provenance("observed", "test", note="not known"))
    safe = release(builder.build(), {("places_available", "all", "all")}, 5)
    row = safe.row("places_available")
    assert math.isnan(row["value"])
    assert row["note"] == "not known"


def test_only_known_files_with_known_columns_are_written() -> None:
    assert release_file("inputs/rates.csv", pd.DataFrame({"rate": [0.1]})).name == "inputs/rates.csv"
    with pytest.raises(ValueError, match="not a file that may be written"):
        release_file("local_returns.csv", pd.DataFrame())
    with pytest.raises(ValueError, match="no column period_start"):
        release_file("inputs_used.csv", pd.DataFrame({"input": ["a"], "period_start": ["b"]}))


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

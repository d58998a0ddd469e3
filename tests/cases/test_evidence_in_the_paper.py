"""A run with and without evidence: the tables, the paper's sections, the checklist of both areas, the map of demands."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from needs_assessment import Assessment, Scenario, assess
from needs_assessment.api import outputs as outputs_of
from needs_assessment.report.paper import build_paper
from needs_assessment.report.writers.document import Heading, TableBlock, numbered
from needs_assessment.runs.check import review

DAY = dt.date(2025, 6, 30)
HEADER = "theme,kind_of_source,statement,date,source,cleared_by,consent\n"
BARRIER = (
    'barriers,survey,"Waiting lists, and no interpreter, put people off.",2025-03-31,'
    "Survey of residents,domestic abuse lead,yes\n"
)
MONITORING = (
    "monitoring,service_data,Measures are read each quarter.,2025-03-31,Board report,domestic abuse lead,yes\n"
    "progression,service_data,Outcomes are recorded at closure.,2015-03-31,Board report,domestic abuse lead,yes\n"
)
RETURNS = (
    "measure,accommodation_type,unit,value,period_start,period_end,source\n"
    "places_available,refuge,family places,20,2025-03-31,2025-03-31,Contracts\n"
    "households_supported,,households,210,2024-04-01,2025-03-31,Annual return\n"
)
ACCOMMODATION = ("refuge", "specialist", "dispersed", "sanctuary", "second_stage", "other")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    folder = tmp_path_factory.mktemp("given")
    (folder / "evidence.csv").write_text(HEADER + BARRIER + MONITORING, encoding="utf-8")
    (folder / "returns.csv").write_text(RETURNS, encoding="utf-8")
    return assess(
        Scenario(
            as_of=DAY,
            draws=200,
            evidence=str(folder / "evidence.csv"),
            services=str(folder / "returns.csv"),
        )
    )


@pytest.fixture(scope="module")
def warwickshire() -> Assessment:
    return assess(Scenario(area=("E10000031",), as_of=DAY, draws=200))


def status(assessment: Assessment) -> dict[str, tuple[str, str]]:
    """Status and detail of each item by name."""
    items = assessment.inputs.evidence.checklist["item"]
    frame = outputs_of(assessment).table("statutory_checklist").frame
    return dict(zip(items, zip(frame["here"], frame["detail"], strict=True), strict=True))


def test_the_checklist_follows_what_was_given(given: Assessment) -> None:
    found = status(given)
    assert found["need_households"][0] == "Present"
    assert found["need_counted"] == (
        "Partial",
        "Here: households supported. Not here: households not supported.",
    )
    assert found["need_places"][0] == "Present"
    assert found["need_barriers"] == (
        "Partial",
        "Here: barriers to support. Not here: survivors' voice; unmet need.",
    )
    assert found["monitor"] == (
        "Partial",
        "Here: monitoring and review. STALE or part of a year: progression.",
    )
    assert found["type_refuge"] == ("Present", "Here: places required; places there are.")
    assert {found[f"type_{kind}"][0] for kind in ACCOMMODATION[1:]} == {"MISSING"}
    assert found["all_victims"][0] == "Partial"
    assert found["strategy"] == ("The authority's own act", "Not something a number can show")


def test_old_supply_makes_an_item_partial(warwickshire: Assessment) -> None:
    """The 24 units of 2021-22 are 3 years and 91 days old on 30 June 2025."""
    found = status(warwickshire)
    assert found["type_refuge"] == (
        "Partial",
        "Here: places required. STALE or part of a year: places there are.",
    )
    assert found["need_places"][0] == "Partial"
    assert "STALE or part of a year: family places available" in found["need_places"][1]
    assert found["need_barriers"][0] == "MISSING"


def test_statements_stand_in_the_table_as_given_with_kind_and_age(given: Assessment) -> None:
    table = outputs_of(given).table("evidence")
    assert table.display().iloc[0].tolist() == [
        *("Barriers to support", "Waiting lists, and no interpreter, put people off.", "Survey"),
        *("Survey of residents", "31 Mar 2025", "0.2 years", "", ""),
    ]
    assert any("not checked" in note for note in table.notes)
    assert (
        outputs_of(given).statements["evidence"][0].startswith("The council gave 3 statements, on 3 of the ")
    )
    used = outputs_of(given).inputs_used.frame.set_index("input")
    assert used.loc["evidence", ["file", "rows_used"]].tolist() == ["evidence file 1", 3]
    # of a council's own file nobody without the key can try contents
    assert re.fullmatch("hmac-sha256:[0-9a-f]{64}", used.loc["evidence", "sha256"])
    assert "evidence_file" in set(outputs_of(given).table("sources").frame["id"])


def test_results_do_not_depend_on_statements(given: Assessment, tmp_path: Path) -> None:
    (tmp_path / "returns.csv").write_text(RETURNS, encoding="utf-8")
    without = assess(Scenario(as_of=DAY, draws=200, services=str(tmp_path / "returns.csv")))
    assert without.results.frame.equals(given.results.frame)


def test_the_sections_stand_where_a_board_looks_for_them(given: Assessment, warwickshire: Assessment) -> None:
    for assessment, statements in ((given, True), (warwickshire, False)):
        blocks = build_paper(assessment, outputs_of(assessment)).blocks
        headings = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
        order = [
            "From victims to unmet need",
            "Barriers, survivors' voice and perpetrator provision",
            "Safe accommodation",
            "Statutory checklist",
            "What is not known, and what to obtain",
        ]
        assert [text for text in headings if text in order] == order
        tables = [block.table for block, _ in numbered(blocks) if isinstance(block, TableBlock)]
        assert ("evidence" in {table.name for table in tables}) is statements
        parts = [table for table in tables if table.name == "statutory_checklist"]
        items = assessment.inputs.evidence.checklist
        assert sum(len(table.frame) for table in parts) == len(items)
        assert len(parts[1].frame) == (items["rule"] == "own_act").sum()
        assert parts[1].title.endswith("not something a number can show")


def test_check_says_which_themes_are_missing(tmp_path: Path) -> None:
    path = tmp_path / "evidence.csv"
    path.write_text(HEADER + BARRIER, encoding="utf-8")
    lines = list(review(Scenario(as_of=DAY, evidence=str(path))))
    at = lines.index("Evidence: evidence file 1, 1 statement")
    assert lines[at + 1].startswith("  No statement on ")
    assert "Survivors' voice; Perpetrator provision" in lines[at + 1]
    assert "Barriers to support" not in lines[at + 1]
    assert lines[at + 2].startswith("Statutory checklist: Of ")


def test_the_map_of_demands_is_current(root: Path, given: Assessment) -> None:
    """Every theme has a row, and every table and section it names is in a run."""
    page = (root / "docs" / "strategy_map.md").read_text(encoding="utf-8")
    rows = [line.strip("| \n").split(" | ") for line in page.splitlines() if line.startswith("| ")][2:]
    outputs = outputs_of(given)
    themes = given.inputs.evidence.themes
    assert set(themes["title"]) <= {row[0] for row in rows}
    headings = {block.text for block in build_paper(given, outputs).blocks if isinstance(block, Heading)}
    for asked, tables, sections in rows:
        named = re.findall(r"`(\w+)`", tables)
        assert named, asked
        assert set(named) <= set(outputs.tables), asked
        assert set(sections.split("; ")) <= headings, asked
    for names in themes["tables"]:
        assert set(names.split()) <= set(outputs.tables), names

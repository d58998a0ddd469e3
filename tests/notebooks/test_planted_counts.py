"""Small counts planted in a council's return: hidden in every format of a run, and out of reach of a reader's arithmetic."""

from __future__ import annotations

import csv
import datetime as dt
import html
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from needs_assessment import Assessment, Scenario, assess
from needs_assessment.disclosure.counts import Key, gather
from needs_assessment.disclosure.protection import problem_of
from needs_assessment.disclosure.suppression import attack
from needs_assessment.report.outputs import guard_returns
from tests.finished_runs import DAY
from tests.notebooks import planted
from tests.notebooks.conftest import Command
from tests.shared import shared_folder

SUPPRESSED = "[c]"
WIDTH = 3.0
SMALL = {planted.name_of(m, kind, period) for m, kind, _, value, period in planted.ROWS if value < 5}
REGISTERED = (
    *("sa_households_ended_share", "refuge_declined_capacity", "attempts_per_household"),
    *("idva_referrals_per_fte", "marac_cases_per_admin"),
)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, data: Path) -> tuple[Path, Path]:
    """The services file, and a boundary file of squares so that the map and the GeoPackage are made too."""

    def make(folder: Path) -> None:
        population = pd.read_csv(data / "areas" / "E06000056" / "population.csv", dtype="str")
        codes = sorted(population["ward_code"].unique())
        squares = gpd.GeoDataFrame(
            {"WD22CD": codes},
            geometry=[
                box(500_000 + 1_000 * at, 230_000, 501_000 + 1_000 * at, 231_000) for at in range(len(codes))
            ],
            crs=27700,
        )
        squares.to_file(folder / "wards.gpkg", engine="pyogrio")
        planted.write_services(folder / "returns.csv")

    folder = shared_folder(tmp_path_factory, "planted_given", make)
    return folder / "returns.csv", folder / "wards.gpkg"


@pytest.fixture(scope="module")
def run(command: Command, given: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    services, boundaries = given

    def make(folder: Path) -> None:
        done = command(
            *("run", "--services", str(services), "--boundaries", str(boundaries), "--output", str(folder)),
            *("--draws", "200", "--set", "run=x", "--set", DAY),
            drawn=True,
        )
        assert done.returncode == 0, done.stderr
        assert "Highs" not in done.stdout

    return shared_folder(tmp_path_factory, "planted_run", make) / "E06000056" / "x"


@pytest.fixture(scope="module")
def truth(given: tuple[Path, Path]) -> Assessment:
    """The same assessment before the gate."""
    services, boundaries = given
    day = dt.date.fromisoformat(DAY.partition("=")[2])
    return assess(Scenario(services=str(services), boundaries=str(boundaries), draws=200, as_of=day))


def printed_returns(folder: Path) -> dict[str, float | None]:
    """What the table of local returns prints of each row of the file, None where it is suppressed."""
    with (folder / "tables" / "local_returns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for measure, kind, _, value, (start, end) in planted.ROWS:
        days = [dt.date.fromisoformat(day) for day in dict.fromkeys((start, end))]
        period = " to ".join(f"{day.day} {day:%b %Y}" for day in days)
        same = [
            row
            for row in rows
            if row["Period"].removesuffix(" (part of a year)") == period
            and row["What was counted"] == label(measure, kind)
        ]
        assert len(same) == 1, (measure, kind, period)
        figure = planted.number(same[0]["Figure"])
        assert figure == value if figure is not None else same[0]["Figure"] == SUPPRESSED
        found[planted.name_of(measure, kind, (start, end))] = figure
    return found


def label(measure: str, kind: str) -> str:
    from needs_assessment.catalogue.returns import RETURN_MEASURES

    words = RETURN_MEASURES[measure].meaning
    return words[:1].upper() + words[1:] + (f": {kind}" if kind else "")


def hidden_values(folder: Path, truth: Assessment) -> pd.DataFrame:
    """Every result that the run suppressed, with its true value."""
    keys = ["area_level", "area_code", "measure", "breakdown", "category"]
    shown = pd.read_csv(folder / "results.csv", dtype="str", keep_default_na=False)
    joined = shown.merge(
        truth.results.frame[[*keys, "value"]], on=keys, suffixes=("", "_true"), validate="one_to_one"
    )
    return joined[joined["value"] == SUPPRESSED]


def test_every_planted_count_is_marked_and_no_modelled_figure_is(run: Path, truth: Assessment) -> None:
    printed = printed_returns(run)
    assert all(printed[name] is None for name in SMALL)
    assert sum(value is None for value in printed.values()) > len(SMALL), (
        "something protects the quarter of 3"
    )
    hidden = hidden_values(run, truth)
    assert set(hidden["measure"]) >= {"met_safe_accommodation", "unmet_safe_accommodation", "need_move_on"}
    assert set(hidden["measure"]) >= {"idva_fte_needed", "places_required_queueing", "met_told_police"}
    assert (hidden[hidden["measure"] == "met_safe_accommodation"]["area_level"] == "ward").sum() == 31
    for column in ("low", "high"):
        assert (hidden[column] == SUPPRESSED).all()
    assert hidden["note"].nunique() == 1
    assert not re.search(r"\d", hidden["note"].iloc[0])
    visible = {
        "victims_last_year",
        "need_safe_accommodation",
        "need_idva",
        "places_required_standard",
        "gap_standard",
    }
    assert not visible & set(hidden["measure"])
    dispersed = hidden[(hidden["breakdown"] == "accommodation_type") & (hidden["category"] == "dispersed")]
    assert dispersed.empty, "dispersed accommodation rests on no small count"


def test_every_format_holds_the_marker_in_the_planted_cells(run: Path) -> None:
    tables = planted.rows_by_format(run)
    wanted = {
        *("tables/local_returns.csv", "tables.xlsx", "commissioning_paper.docx"),
        *("commissioning_paper.html", "needs_assessment.html", "needs_assessment.ipynb"),
    }
    for name in wanted:
        for words in planted.LABELS.values():
            rows = [row for row in tables[name] if words in row and "1 Apr 2025 to 31 Mar 2026" in row]
            assert rows, (name, words)
            for row in rows:
                assert row[row.index("1 Apr 2025 to 31 Mar 2026") + 1] == SUPPRESSED, (name, row)
        if name == "tables/local_returns.csv":
            continue
        for words in ("Victims known to the police", "Met need for safe accommodation"):
            rows = [row for row in tables[name] if words in row]
            assert rows, (name, words)
            for row in rows:
                at = row.index(words) + 1
                assert row[at : at + 3] == [SUPPRESSED] * 3, (name, row)
    rates = [row for row in tables["tables/repeat_rates.csv"] if "MARAC cases" in row[0] and "2026" in row[1]]
    assert [row[2] for row in rates] == [SUPPRESSED]


def test_no_text_of_any_format_says_a_suppressed_number(run: Path, truth: Assessment) -> None:
    """Unrounded results, and the counts of four digits that protect others, are strings that stand nowhere by chance."""
    printed = printed_returns(run)
    secret: set[str] = set()
    for measure, kind, _, value, period in planted.ROWS:
        if printed[planted.name_of(measure, kind, period)] is None:
            secret |= planted.printed_forms(float(value))
    for value in hidden_values(run, truth)["value_true"]:
        secret |= planted.printed_forms(float(value))
    secret = {text for text in secret if len(text) > 4}
    assert len(secret) > 200
    names = []
    for name, text in planted.texts(run):
        names.append(name)
        numbers = set(re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", text))
        numbers |= set(re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text))
        assert not numbers & secret, (name, numbers & secret)
        assert "0.243%" not in text, f"{name}: a note of the return is printed"
    for ending in (".json", ".svg", ".txt", ".ipynb", ".html", "docProps/core.xml", "wards.gpkg/wards"):
        assert any(name.endswith(ending) for name in names), ending


def test_sentences_say_that_a_number_is_suppressed(run: Path) -> None:
    found = dict(planted.texts(run))
    page = html.unescape(re.sub(r"<[^>]+>", "", found["commissioning_paper.html"]))
    said = "A number of households suppressed to protect people's confidentiality"
    for rest in ("are supported in it.", "cannot be."):
        assert f"{said} {rest}" in page
    alts = [text for name, text in found.items() if name.startswith("figures/") and name.endswith(".txt")]
    assert any("suppressed" in text for text in alts)


def test_no_reader_can_calculate_a_planted_count(run: Path, truth: Assessment) -> None:
    registers = {name: truth.inputs.registers.figure(name) for name in REGISTERED}
    frame = pd.read_csv(run / "results.csv", dtype="str", keep_default_na=False)
    facts = [*planted.facts_of_returns(printed_returns(run)), *planted.facts_of_results(frame, registers)]
    found = planted.solved(facts, SMALL)
    for name, (low, high) in found.items():
        assert high - low >= WIDTH, f"{name}: {low} to {high}"


def test_the_same_reader_finds_them_all_without_the_gate(truth: Assessment) -> None:
    """The reader above is worth something: from results and large counts alone, before the gate, nothing is safe."""
    registers = {name: truth.inputs.registers.figure(name) for name in REGISTERED}
    large = {
        planted.name_of(measure, kind, period): float(value) if value >= 5 else None
        for measure, kind, _, value, period in planted.ROWS
    }
    facts = [*planted.facts_of_returns(large), *planted.facts_of_results(truth.results.frame, registers)]
    found = planted.solved(facts, SMALL)
    pinned = {name for name, (low, high) in found.items() if high - low < 0.01}
    # a Marac repeat rate is no result: its count is in the table of returns only
    assert pinned == {name for name in SMALL if not name.startswith("marac_repeat")}


def test_the_librarys_own_attack_agrees(run: Path, truth: Assessment) -> None:
    guarded, held = guard_returns(truth), truth.dependence
    returns = truth.inputs.returns.described()
    counts = gather(returns, exact=frozenset(Key(*key) for keys in held.rests_on.values() for key in keys))
    problem = problem_of(counts)
    hidden = {
        Key(row["measure"], row["accommodation_type"], row["period_start"], row["period_end"])
        for row in guarded.returns.frame.to_dict("records")
        if row["value"] == SUPPRESSED
    }
    flags = np.array([name in hidden for name in problem.names])
    # totals over types that no row states are printed by results, and hidden with them
    gone = guarded.hidden
    for name in problem.names:
        users = [key for key, keys in held.rests_on.items() if name in {Key(*key) for key in keys}]
        flags[problem.positions[name]] |= bool(users) and set(users) <= set(gone)
    found = attack(problem, flags, minimum=5, told=False)
    small = problem.small(5)[found.cells]
    assert small.sum() >= len(SMALL)
    assert (found.width[small] >= WIDTH).all()


def test_the_audit_says_what_was_suppressed_and_not_how_small(run: Path) -> None:
    with (run / "disclosure_audit.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    of_returns = [row for row in rows if row["table"] == "local_returns"]
    printed = printed_returns(run)
    assert len(of_returns) == sum(value is None for value in printed.values())
    assert len({(row["verdict"], row["width"]) for row in of_returns}) == 1
    assert {row["measure"] for row in rows if row["table"] == "results"} >= {"met_safe_accommodation"}
    readme = (run / "README.txt").read_text(encoding="utf-8")
    assert "disclosure_audit.csv" in readme


def test_a_run_without_small_counts_says_so(bedfordshire_run: Path) -> None:
    audit = pd.read_csv(bedfordshire_run / "disclosure_audit.csv")
    assert len(audit) == 1
    assert audit["verdict"][0].startswith("nothing was suppressed")
    assert SUPPRESSED not in (bedfordshire_run / "results.csv").read_text(encoding="utf-8")


def test_a_previous_run_is_known_to_the_reader(
    run: Path, given: tuple[Path, Path], command: Command, tmp_path: Path
) -> None:
    """The next year's return revises nothing and adds a quarter: the numbers printed before are printed again."""
    services, _ = given
    done = command(
        *("run", "--services", str(services), "--output", str(tmp_path), "--draws", "200", "--no-paper"),
        *("--set", "run=y", "--set", DAY, "--set", f"previous={run}"),
    )
    assert done.returncode == 0, done.stderr
    again = tmp_path / "E06000056" / "y"
    before, after = printed_returns(run), printed_returns(again)
    known = {name: value if value is not None else after[name] for name, value in before.items()}
    assert all(known[name] is None for name in SMALL)
    found = planted.solved(planted.facts_of_returns(known), SMALL)
    assert all(high - low >= WIDTH for low, high in found.values())


def test_a_previous_folder_that_is_none_is_refused(command: Command, tmp_path: Path, run: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = command("check", "--set", f"previous={tmp_path / 'empty'}")
    assert done.returncode == 3
    assert "empty/manifest.json" in done.stderr
    assert "Traceback" not in done.stderr
    done = command("check", "--area", "E10000031", "--set", f"previous={run}")
    assert done.returncode == 3
    assert "another area" in done.stderr

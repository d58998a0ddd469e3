"""A realistic paper for the format tests: ward tables, pictures drawn on the spot, bullets, warnings.

The figures here are made up for the tests; none of them is a result.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.writers.document import (
    Block,
    Bullets,
    Document,
    FigureBlock,
    Heading,
    PageBreak,
    Paragraph,
    TableBlock,
)
from tests.finished_runs import DAY, FEW_DRAWS, finished_run
from tests.shared import shared_folder

DATE = "2026-03-31"
RETURNS = """\
measure,unit,value,period_start,period_end,source
households_not_supported,households,3,2025-04-01,2026-03-31,annual return
places_available,family places,27,2026-03-31,2026-03-31,commissioning record
police_incidents,incidents,3417,2025-04-01,2026-03-31,force return
"""
MORE_RETURNS = """\
households_not_supported,households,57,2025-04-01,2026-03-31,annual return
places_available,family places,27,2026-03-31,2026-03-31,commissioning record
unit_cost_revenue,GBP per family place per year,9400,2025-04-01,2026-03-31,contract monitoring
community_idva_clients,people,210,2025-04-01,2026-03-31,providers' returns
health_idva_clients,people,90,2025-04-01,2026-03-31,providers' returns
"""
EVIDENCE = """\
theme,kind_of_source,statement,date,source,cleared_by,consent
barriers,survey,"Waiting lists, and no interpreter, put people off.",2026-03-31,Survey of residents,domestic abuse lead,yes
barriers,interviews,People in villages cannot get there.,2026-01-31,Interviews,domestic abuse lead,yes
monitoring,service_data,Measures are read each quarter.,2015-03-31,Board report,domestic abuse lead,yes
"""
GROWTH = 0.011  # a year, of everyone, in the projection of the run with everything
STRANGE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+44",
    "-1",
    "@SUM(A1)",
    "{=SUM(A1)}",
    "{{ 7 * 7 }} {% raw %}",
    '\\write18{ls} $x^2$ #panic("no") *bold* _it_ `raw` <label> @ref // comment',
    "Emoji 🏳️‍🌈👩‍👧 ward",
    "🙂",
    "حي السلام",
    "\u202eright to left\u202c \u200fmark",
    "中文区",
    "[click](http://example.org) $$note$$",
    "https://example.org/ward",
    "Bell\x07 null\x00 tab\t line\nbreak",
    "W" * 200,
    "Long ward name " * 14,
    'St Mary\'s & "All Saints"',
    " ",
)


@dataclass(frozen=True)
class DrawnFigure:
    """Has what report/figure.py's Figure has."""

    name: str
    title: str
    alt: str
    source: str
    png: bytes
    svg: str
    width_px: int
    height_px: int
    note: str = ""


def figure(name: str = "bars", *, tall: bool = False) -> DrawnFigure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    size = (7.0, 9.5) if tall else (7.0, 3.8)
    drawn = Figure(figsize=size, dpi=150, layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    axes.barh([f"Ward {place}" for place in range(20 if tall else 6)], np.arange(20 if tall else 6) + 1)
    axes.set_xlabel("Victims in the last year")
    png, svg = io.BytesIO(), io.StringIO()
    drawn.savefig(png, format="png", metadata={"Software": None})
    drawn.savefig(svg, format="svg", metadata={"Date": None})
    return DrawnFigure(
        name=name,
        title="Need is spread over every ward, and no ward stands far above the rest",
        alt="Bar chart: six wards in order; the largest has about six times the victims of the smallest.",
        source="Office for National Statistics, mid-2022 population estimates",
        png=png.getvalue(),
        svg=svg.getvalue(),
        width_px=round(size[0] * 150),
        height_px=round(size[1] * 150),
        note="Modelled: national rates applied to the ward's population.",
    )


def ward_table(wards: int = 31, *, name: str = "wards", names: tuple[str, ...] = ()) -> PublishedTable:
    rng = np.random.default_rng(7)
    parts = (
        "Ampthill",
        "Biggleswade East",
        "Leighton-Linslade North",
        "Houghton Regis West and Thorn",
        "Stotfold",
    )
    ward_names = [*names, *(f"{parts[place % 5]} {place}" for place in range(wards - len(names)))]
    people = rng.integers(4_000, 14_000, wards).astype(float)
    victims = people * 0.064
    met: list[object] = [float(value) for value in rng.integers(0, 30, wards)]
    met[1], met[3] = "[c]", float("nan")
    frame = pd.DataFrame(
        {
            "ward": ward_names,
            "code": [f"E0500{place:04d}" for place in range(wards)],
            "residents": people,
            "victims": victims,
            "low": victims * 0.7,
            "high": victims * 1.4,
            "prevalence": np.full(wards, 0.0794),
            "met": pd.Series(met, dtype=object),
        }
    )
    columns = (
        TableColumn("ward", "Ward"),
        TableColumn("code", "Ward code"),
        TableColumn("residents", "Residents aged 16 and over", "people", "number", 1),
        TableColumn("victims", "Victims in the last year", "people", "number", 10),
        TableColumn("low", "Low", "people", "number", 10),
        TableColumn("high", "High", "people", "number", 10),
        TableColumn("prevalence", "Prevalence", "% of residents aged 16 and over", "percent"),
        TableColumn("met", "Households supported", "households", "number", 1),
    )
    return PublishedTable(
        name=name,
        title=f"Estimated victims in the last year, {wards} wards",
        columns=columns,
        frame=frame,
        notes=("Modelled estimates. Low and high are the ends of a 95% interval.",),
        source="Contains National Statistics data © Crown copyright and database right 2024",
    )


def answers_table() -> PublishedTable:
    frame = pd.DataFrame(
        {
            "answer": ["Standard: one family place per 10,000 people", "Queueing", "Turned away"],
            "places": [31.0, 39.0, 34.2],
            "available": [float("nan")] * 3,
            "why": ["Counts people, not need.", "Keeps the share turned away at 5%.", "Adds those refused."],
        }
    )
    columns = (
        TableColumn("answer", "Answer"),
        TableColumn("places", "Places required", "family places", "number", 0.1),
        TableColumn("available", "Places available", "family places", "number", 1),
        TableColumn("why", "Why it differs"),
    )
    return PublishedTable(
        "answers", "Four answers to how many places", columns, frame, ("No supply figure.",), ""
    )


def paper(wards: int = 31, *, names: tuple[str, ...] = (), contents: bool = True) -> Document:
    blocks: tuple[Block, ...] = (
        Heading(1, "Summary for the board"),
        Paragraph("About 19,400 people aged 16 and over were victims in the last year.", "lead"),
        Paragraph("The figures are modelled from national rates and the local population. " * 6),
        Paragraph("There is no published figure for places available.", "warning"),
        Bullets(
            ("31 family places are required by the standard.", "The gap is not known. " * 9, "See the notes.")
        ),
        Heading(2, "How many places"),
        TableBlock(answers_table()),
        Paragraph("The four answers differ because they count different things."),
        Heading(1, "Need by ward"),
        Paragraph("Each ward's figure is uncertain; the order of wards means little."),
        FigureBlock(figure()),  # type: ignore[arg-type]
        Heading(2, "The table"),
        TableBlock(ward_table(wards, names=names)),
        Paragraph("What the table cannot show.", "note"),
        PageBreak(),
        Heading(1, "A tall picture"),
        Paragraph("The map follows."),
        FigureBlock(figure("map", tall=True)),  # type: ignore[arg-type]
        Heading(1, "Sources"),
        *(
            Paragraph(f"Source {place}: a publication with a long title and its date." * 2)
            for place in range(12)
        ),
        TableBlock(answers_table()),
        *(Paragraph(name) for name in names if name.strip()),
    )
    return Document(
        title="Domestic abuse needs assessment: Central Bedfordshire",
        subtitle="Part 4 of the Domestic Abuse Act 2021",
        author="Community Safety Partnership",
        date=DATE,
        blocks=blocks,
        contents=contents,
    )


@pytest.fixture(scope="session")
def samples() -> SimpleNamespace:
    """Everything above, for the tests of each format."""
    return SimpleNamespace(
        DATE=DATE,
        STRANGE=STRANGE,
        figure=figure,
        ward_table=ward_table,
        answers_table=answers_table,
        paper=paper,
    )


def _run(folder: Path, **choices: object) -> Path:
    """The folder of a whole run with few draws: the real papers, notebook, tables and results."""
    from needs_assessment.runs.run import run_scenario
    from needs_assessment.scenario import Scenario

    given = {
        "draws": int(FEW_DRAWS),
        "as_of": DAY.removeprefix("as_of="),
        "run": "first",
        "output": str(folder),
        **choices,
    }
    return run_scenario(Scenario.build(given, "test"), progress=False).folder


@pytest.fixture(scope="session")
def bedfordshire(tmp_path_factory) -> Path:
    """A run of the default area from national figures alone."""
    return finished_run(tmp_path_factory, "E06000056")


@pytest.fixture(scope="session")
def warwickshire(tmp_path_factory) -> Path:
    """A run of the county: 103 wards, a published figure of supply."""
    return finished_run(tmp_path_factory, "E10000031")


@pytest.fixture(scope="session")
def with_returns(tmp_path_factory) -> Path:
    """A run with the council's own returns, one of them a count too small to be published."""

    def make(folder: Path) -> None:
        (folder / "returns.csv").write_text(RETURNS, encoding="utf-8")
        _run(folder, services=str(folder / "returns.csv"))

    return shared_folder(tmp_path_factory, "documents_returns", make) / "E06000056" / "first"


@pytest.fixture(scope="session")
def with_everything(tmp_path_factory, data: Path) -> Path:
    """A second run, beside the first: returns, matched lists, evidence, a projection and the bundled scenarios."""

    def make(folder: Path) -> None:
        _run_with_everything(folder, data)

    return shared_folder(tmp_path_factory, "documents_everything", make) / "E06000056" / "second"


def _run_with_everything(folder: Path, data: Path) -> None:
    from tests.list_files import ABENI, overlap_rows, write_overlaps

    (folder / "returns.csv").write_text(RETURNS.splitlines()[0] + "\n" + MORE_RETURNS, encoding="utf-8")
    (folder / "evidence.csv").write_text(EVIDENCE, encoding="utf-8")
    write_overlaps(folder / "overlaps.csv", overlap_rows(ABENI))
    ages = ["sex", "age_from", "age_to"]
    now = (
        pd.read_csv(data / "areas" / "E06000056" / "population.csv")
        .groupby(ages, dropna=False)["persons"]
        .sum()
    )
    ahead = {year: now * (1 + GROWTH) ** (year - 2022) for year in range(2023, 2036)}
    pd.concat(ahead, names=["year"]).round().reset_index().astype({"age_to": "Int64"}).to_csv(
        folder / "projection.csv", index=False
    )
    files = {name: str(folder / f"{name}.csv") for name in ("evidence", "overlaps", "projection")}
    before = _run(
        folder,
        as_of="2026-06-30",
        paper=False,
        assumptions={"refuge_stay_days": 120, "turn_away_target": 0.04},
    )
    _run(
        folder,
        **files,
        services=str(folder / "returns.csv"),
        previous=str(before),
        scenarios="bundled",
        run="second",
    )

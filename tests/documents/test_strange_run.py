"""A whole run with ward names meant to break things: in every file they are text, and nothing they say is done."""

from __future__ import annotations

import html
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from lxml import html as html_parser

from needs_assessment.csv_text import plain_text
from needs_assessment.runs.run import run_scenario
from needs_assessment.scenario import Scenario

NAMES = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "{{ 7 * 7 }} {% raw %}",
    '\\write18{ls} $x^2$ #panic("no")',
    "Emoji 🏳️‍🌈 ward",
    "\u202eright to left\u202c mark",
    "W" * 200,
    'St Mary\'s & "All Saints"',
)
MAPS = ("ward_map.svg", "uncertainty_map.svg", "top_fifth_map.svg")


@pytest.fixture(scope="module")
def folder(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    geopandas = pytest.importorskip("geopandas")
    shapely = pytest.importorskip("shapely")
    given = tmp_path_factory.mktemp("strange")
    people = pd.read_csv(data / "areas" / "E06000056" / "population.csv", dtype="str", keep_default_na=False)
    # the names of registered wards are the register's, so these wards have codes that no register knows
    known = sorted(people["ward_code"].unique())
    new = {code: f"E0599{number:04d}" for number, code in enumerate(known)}
    people["ward_code"] = people["ward_code"].map(new)
    people = people.assign(authority_code="E06000056", authority_name="Central Bedfordshire")
    codes = sorted(new.values())
    renamed = dict(zip(codes, NAMES, strict=False))
    people["ward_name"] = people["ward_code"].map(renamed).fillna(people["ward_name"])
    people.to_csv(given / "population.csv", index=False)
    squares = [
        shapely.box(500_000 + 4_000 * (place % 6), 230_000 + 4_000 * (place // 6), 504_000 + 4_000 * (place % 6),
                    234_000 + 4_000 * (place // 6))
        for place in range(len(codes))
    ]  # fmt: skip
    names = people.drop_duplicates("ward_code").set_index("ward_code")["ward_name"].reindex(codes)
    frame = {"WD23CD": codes, "WD23NM": list(names)}
    geopandas.GeoDataFrame(frame, geometry=squares, crs="EPSG:27700").to_file(given / "wards.gpkg")
    chosen = Scenario(
        population=str(given / "population.csv"),
        boundaries=str(given / "wards.gpkg"),
        draws=100,
        output=str(given / "out"),
        run="first",
        as_of="2026-11-22",  # type: ignore[arg-type]
    )
    return run_scenario(chosen, progress=False).folder


def _on_one_line(name: str) -> str:
    return " ".join(name.split())


def test_results_geopackage_and_workbook_hold_the_names_as_given(folder: Path) -> None:
    import geopandas

    results = pd.read_csv(folder / "results.csv", keep_default_na=False)
    assert set(NAMES) <= set(results["area_name"].map(plain_text))
    assert set(NAMES) <= set(geopandas.read_file(folder / "wards.gpkg")["ward_name"])
    sheet = openpyxl.load_workbook(folder / "tables.xlsx")["wards"]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    for name in NAMES:
        assert cells[name].data_type == "s"


def test_pictures_hold_the_names_as_text(folder: Path) -> None:
    for picture in (folder / "figures").glob("*.svg"):
        tree = etree.parse(str(picture))
        tags = {etree.QName(element).localname for element in tree.iter(etree.Element)}
        assert not tags & {"script", "foreignObject", "iframe"}
        assert not [
            key for element in tree.iter(etree.Element) for key in element.attrib if key.startswith("on")
        ]
    drawn = etree.parse(str(folder / "figures" / "ward_estimates.svg"))
    shown = " ".join("".join(element.itertext()) for element in drawn.iter("{*}text"))
    assert "<script>alert(1)</script>" in shown
    assert "{{ 7 * 7 }}" in shown
    for name in MAPS:
        assert (folder / "figures" / name).is_file()


@pytest.mark.parametrize("page", ["commissioning_paper.html", "needs_assessment.html"])
def test_pages_say_the_names_and_run_nothing(folder: Path, page: str) -> None:
    text = (folder / page).read_text(encoding="utf-8")
    tree = html_parser.fromstring(text.encode())
    assert not tree.xpath("//script | //iframe | //object | //base")
    assert "<script>alert" not in text
    said = _on_one_line(tree.text_content())
    for name in NAMES:
        assert _on_one_line(name) in said, name
    assert " 49 " not in [cell.text_content() for cell in tree.xpath("//td | //th")]


def test_the_notebook_keeps_the_names_escaped(folder: Path) -> None:
    book = json.loads((folder / "needs_assessment.ipynb").read_text(encoding="utf-8"))
    shown = "".join(
        part
        for cell in book["cells"]
        for output in cell.get("outputs", [])
        for part in output.get("data", {}).get("text/html", [])
    )
    assert html.escape(NAMES[0]) in shown
    assert "<script>alert" not in shown


def test_word_and_pdf_hold_the_names(folder: Path) -> None:
    import docx

    opened = docx.Document(str(folder / "commissioning_paper.docx"))
    cells = {cell.text for table in opened.tables for cell in table._cells}
    assert set(NAMES) <= cells
    assert (folder / "commissioning_paper.pdf").stat().st_size > 10_000

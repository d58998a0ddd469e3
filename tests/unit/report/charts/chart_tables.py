"""Published tables to draw, made up from the bundled ward lists, and what their drawings are checked with."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.charts.canvas import Sheet

CENTRAL_BEDFORDSHIRE, WARWICKSHIRE = "E06000056", "E10000031"
STRANGE = (
    "<script>alert(1)</script> & 'Co' \"Ltd\"",
    "$\\frac{1}{2}$ $unclosed",
    "=cmd|'/C calc'!A0",
    "{{ 7 * 7 }} \\write18{ls}",
    "Tŷ Gwyn 🏠 ward",
    "دائرة الشمال",
    "\u202eright to left\u202c and \x07bell\x00\uffff",
    "Z" * 200,
    "Saint Someone with a Name that Goes On " * 5,
    "_underscore first",
    "",
    "Z̴̡̛͚̺̥̜͔̖a̴̢̛̖l̶̢̛g̷o̸",
)

NUMBER = {"unit": "people", "kind": "number", "round_to": 10}
VALUE = (
    TableColumn("value", "Victims in the last year", **NUMBER),
    TableColumn("low", "Low", **NUMBER),
    TableColumn("high", "High", **NUMBER),
)


def points(data: Path, area: str) -> pd.DataFrame:
    """The wards of a bundled area with their points."""
    return pd.read_csv(data / "areas" / area / "ward_points.csv", dtype={"ward_code": "str"})


def published(name: str, columns: tuple[TableColumn, ...], frame: pd.DataFrame) -> PublishedTable:
    keys = [column.key for column in columns]
    return PublishedTable(name, "A table", columns, frame[keys].reset_index(drop=True), (), "Source: a test")


def ward_table(names: list[str], districts: list[str] | None = None, seed: int = 1) -> PublishedTable:
    """Made-up estimates for wards of these names."""
    value = np.random.default_rng(seed).uniform(150, 1200, len(names))
    frame = pd.DataFrame({"ward_name": names, "value": value, "low": value * 0.7, "high": value * 1.4})
    columns = (TableColumn("ward_name", "Ward"), *VALUE)
    if districts is not None:
        frame["district"] = districts
        columns = (*columns, TableColumn("district", "District"))
    return published("ward_estimates", columns, frame)


def map_table(codes: list[str], names: list[str], seed: int = 1) -> PublishedTable:
    """Made-up rates and counts for a map."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "ward_code": codes,
            "ward_name": names,
            "rate": random.uniform(60, 95, len(codes)),
            "count": random.uniform(150, 1200, len(codes)),
        }
    )
    columns = (
        TableColumn("ward_code", "Ward code"),
        TableColumn("ward_name", "Ward"),
        TableColumn("rate", "Victims per 1,000 residents aged 16 and over", kind="number", round_to=0.1),
        TableColumn("count", "Victims", **NUMBER),
    )
    return published("ward_map", columns, frame)


def replaced(table: PublishedTable, row: int, cells: dict[str, object]) -> PublishedTable:
    """``table`` with other cells in one row."""
    frame = table.frame.astype("object").copy()
    for key, cell in cells.items():
        frame.loc[row, key] = cell
    return PublishedTable(table.name, table.title, table.columns, frame, table.notes, table.source)


def overlapping_texts(sheet: Sheet) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes share more than a hair's breadth, and texts that leave the page."""
    canvas = FigureCanvasAgg(sheet.figure)
    canvas.draw()
    undrawn = {
        id(label)
        for axes in sheet.figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.majorTicks
        if not axes.axison or tick not in axis._update_ticks()  # beyond the end of its axis
        for label in (tick.label1, tick.label2)
    }
    undrawn |= {
        id(axis.label) for axes in sheet.figure.axes if not axes.axison for axis in (axes.xaxis, axes.yaxis)
    }
    boxes = [
        (text.get_text(), text.get_window_extent(canvas.get_renderer()))
        for text in sheet.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in undrawn
    ]
    page = sheet.figure.bbox
    cut = [
        (text, "the edge of the page")
        for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1
    ]
    hair = 1.5  # pixels of 1/200 inch
    pairs = [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > hair and min(a.y1, b.y1) - max(a.y0, b.y0) > hair
    ]
    return cut + pairs


def svg_texts(svg: str) -> list[str]:
    """Every text of an SVG as a reader's program sees it; fails where the SVG is not well-formed."""
    root = ET.fromstring(svg)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def svg_elements(svg: str) -> set[str]:
    return {re.sub(r"\{.*\}", "", node.tag) for node in ET.fromstring(svg).iter()}

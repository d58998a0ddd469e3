"""Charts: what is drawn, what is not, what is said, and that nothing runs into anything else."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.charts import ages, bars
from needs_assessment.report.charts import wards as wardchart
from needs_assessment.report.charts.canvas import Ruler, drawing, plain
from needs_assessment.report.charts.values import read
from needs_assessment.report.figure import Figure
from tests.unit.report.charts.chart_tables import (
    CENTRAL_BEDFORDSHIRE,
    STRANGE,
    VALUE,
    WARWICKSHIRE,
    overlapping_texts,
    points,
    published,
    replaced,
    svg_elements,
    svg_texts,
    ward_table,
)

SAID = {"title": "Every ward has victims", "source": "Source: a test"}
BANDS = ("16-19", "20-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")


def age_table() -> PublishedTable:
    frame = pd.DataFrame(
        [
            (band, sex, 100 * (i + 2), 70 * (i + 2), 140 * (i + 2))
            for sex in ("Women", "Men")
            for i, band in enumerate(BANDS)
        ],
        columns=["age_band", "sex", "value", "low", "high"],
    )
    return published("age_sex", (TableColumn("age_band", "Age"), TableColumn("sex", "Sex"), *VALUE), frame)


def need_table(unmet: float = 148.0) -> PublishedTable:
    frame = pd.DataFrame(
        [
            ("Need for safe accommodation", 252 + unmet, 200.0, 500.0),
            ("Met need: households supported", 252.0, 230.0, 270.0),
            ("Unmet need", unmet, unmet - 40, unmet + 50),
        ],
        columns=["label", "value", "low", "high"],
    )
    columns = tuple(TableColumn(c.key, c.heading, "households", "number", 1) for c in VALUE)
    return published("need", (TableColumn("label", "Part"), *columns), frame)


def places_table(available: object = np.nan) -> PublishedTable:
    frame = pd.DataFrame(
        [
            ("Required by the standard", 31.0, "required"),
            ("Available", available, "available"),
            ("If it had the national average", 22.9, "national average"),
        ],
        columns=["label", "value", "kind"],
    )
    columns = (
        TableColumn("label", "Answer"),
        TableColumn("value", "Family places", kind="number", round_to=0.1),
        TableColumn("kind", "Kind"),
    )
    return published("places", columns, frame)


def names_of(data: Path, area: str) -> list[str]:
    return list(points(data, area)["ward_name"])


def all_charts() -> list[Figure]:
    return [
        *bars.ward_estimates(ward_table(["North", "South", "East"]), **SAID),
        bars.age_sex(age_table(), **SAID),
        bars.need_bar(need_table(), **SAID),
        bars.places(places_table(), **SAID),
    ]


def test_every_chart_has_two_pictures_of_one_shape_and_its_words() -> None:
    for figure in all_charts():
        with Image.open(io.BytesIO(figure.png)) as picture:
            assert picture.size == (figure.width_px, figure.height_px)
            assert picture.text["Description"] == figure.alt
        assert figure.title == SAID["title"]
        assert figure.source == SAID["source"]
        # the caption holds the title and the source: they are in the files' properties, not in the picture
        assert not any(SAID["title"] in text or SAID["source"] in text for text in svg_texts(figure.svg))
        assert f"<title>{SAID['title']}</title>" in figure.svg
        assert "<desc>" in figure.svg


def test_the_same_table_gives_the_same_bytes() -> None:
    for one, other in zip(all_charts(), all_charts(), strict=True):
        assert one.png == other.png
        assert one.svg == other.svg


def test_charts_can_be_drawn_in_threads_and_leave_no_trace() -> None:
    plain_one = bars.need_bar(need_table(), **SAID)
    before = plt.get_fignums()
    made: list[Figure] = []
    with mpl.rc_context({"font.size": 31, "font.family": ["monospace"], "text.usetex": True}):
        settings = dict(mpl.rcParams)
        threads = [
            threading.Thread(target=lambda: made.append(bars.need_bar(need_table(), **SAID)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == before
    assert [one.png == plain_one.png and one.svg == plain_one.svg for one in made] == [True] * 4


@pytest.mark.parametrize("area", [CENTRAL_BEDFORDSHIRE, WARWICKSHIRE])
def test_no_texts_overlap_and_every_ward_is_drawn_once(data: Path, area: str) -> None:
    wards = points(data, area)
    districts = (
        [""] * len(wards) if len(wards) < 40 else [f"District {place // 21}" for place in range(len(wards))]
    )
    table = ward_table(list(wards["ward_name"]), districts)
    columns = wardchart._Columns(wardchart._distinct_names(table), *(read(table, c.key) for c in VALUE))
    pages = wardchart._pages(table, columns)
    assert sorted(row for *_, page in pages for row in page) == list(range(len(wards)))
    for *_, page in pages:
        assert len(page) <= wardchart.MOST_WARDS
        with drawing():
            sheet, _ = wardchart._draw_page(columns, page, "95% interval")
            assert overlapping_texts(sheet) == []
            assert sheet.height < 9.7


@pytest.mark.parametrize("wards", [1, 40, 41, 103, 205])
def test_many_wards_without_districts_share_pages_evenly(wards: int) -> None:
    figures = bars.ward_estimates(ward_table([f"Ward {number}" for number in range(wards)]), **SAID)
    drawn = [text for one in figures for text in svg_texts(one.svg) if text.startswith("Ward ")]
    assert sorted(drawn) == sorted(f"Ward {number}" for number in range(wards))
    assert len(figures) == -(-wards // wardchart.MOST_WARDS)
    assert len({one.name for one in figures}) == len(figures)
    if wards == 103:
        assert figures[0].title == "Every ward has victims: wards 1 to 35 of 103"


def test_wards_of_two_districts_that_share_a_name_are_told_apart() -> None:
    figure = bars.ward_estimates(ward_table(["Abbey", "Abbey", "Bede"], ["North", "South", "North"]), **SAID)[
        0
    ]
    assert {"Abbey (North)", "Abbey (South)", "Bede"} <= set(svg_texts(figure.svg))


def test_bars_and_points_do_not_run_into_each_other() -> None:
    long = need_table()
    for row in range(3):
        long = replaced(long, row, {"label": "Households with " + "several children and long names " * 5})
    with drawing():
        assert overlapping_texts(ages._draw_age_sex(age_table(), "95% interval")[0]) == []
    for table in (need_table(), need_table(-60.0), long):
        value, low, high = (read(table, key) for key in ("value", "low", "high"))
        texts = [bars.estimate_text(value, low, high, row) for row in range(3)]
        with drawing():
            sheet = bars._draw_bars(
                list(table.frame["label"]),
                value,
                interval=(low, high),
                colours=["#12436D"] * 3,
                texts=texts,
                notes=[],
            )
            assert overlapping_texts(sheet) == []


def test_alternative_texts_hold_the_numbers() -> None:
    table = replaced(
        ward_table(["North", "South", "East"]), 0, {"value": 2004.0, "low": 1500.0, "high": 2500.0}
    )
    wards = bars.ward_estimates(table, **SAID)[0]
    assert "Highest: North, 2,000 (1,500 to 2,500)." in wards.alt
    assert "3 wards" in wards.alt
    age = bars.age_sex(age_table(), **SAID)
    assert "Women: highest at 75+, 900 (630 to 1,260); lowest at 16-19, 200 (140 to 280)." in age.alt
    need = bars.need_bar(need_table(), **SAID)
    assert "Unmet need: 148 (108 to 198)." in need.alt
    assert "Required by the standard: 31.0." in bars.places(places_table(), **SAID).alt


def test_a_figure_in_a_notebook_keeps_its_alternative_text() -> None:
    table = replaced(need_table(), 0, {"label": '"Need" <b>for</b> & all'})
    shown = bars.need_bar(table, **SAID)._repr_html_()
    assert 'alt="Bar chart of ' in shown
    assert "&quot;Need&quot; &lt;b&gt;for&lt;/b&gt; &amp; all" in shown
    assert "<b>" not in shown
    assert shown.count(SAID["source"]) == 1
    assert 'src="data:image/png;base64,' in shown


def test_places_not_known_are_a_labelled_gap() -> None:
    figure = bars.places(places_table(), **SAID)
    assert bars.NOT_KNOWN in svg_texts(figure.svg)
    assert f"Available: {bars.NOT_KNOWN}." in figure.alt
    known = bars.places(places_table(24.0), **SAID)
    assert bars.NOT_KNOWN not in known.svg
    assert "24.0" in svg_texts(known.svg)


@pytest.mark.parametrize(("cell", "said"), [("[c]", "suppressed"), (np.nan, "not available")])
def test_a_cell_without_a_number_is_said_and_not_drawn_as_zero(cell: object, said: str) -> None:
    cells = {"value": cell, "low": cell, "high": cell}
    empty = bars.ward_estimates(replaced(ward_table(["North", "South", "East"]), 1, cells), **SAID)[0]
    assert svg_texts(empty.svg).count(said) == 1
    assert "does not mean zero" in empty.alt
    assert "Lowest: South" not in empty.alt
    value = read(replaced(need_table(), 1, cells), "value")
    assert not value.shown[1]
    assert np.isnan(value.values[1])
    drawn_zero = bars.need_bar(replaced(need_table(), 1, {"value": 0.0, "low": 0.0, "high": 9.0}), **SAID)
    not_drawn = bars.need_bar(replaced(need_table(), 1, cells), **SAID)
    assert said in svg_texts(not_drawn.svg)
    assert said not in svg_texts(drawn_zero.svg)
    age = bars.age_sex(replaced(age_table(), 3, cells), **SAID)
    assert said in age.alt


@pytest.mark.parametrize("cell", ["[c]", np.nan])
def test_a_chart_without_any_number_still_stands(cell: object) -> None:
    for make, table in (
        (bars.ward_estimates, ward_table(["North", "South"])),
        (bars.age_sex, age_table()),
        (bars.need_bar, need_table()),
        (bars.places, places_table()),
    ):
        empty = table
        for row in range(len(table.frame)):
            cells = {key: cell for key in ("value", "low", "high") if key in table.frame}
            empty = replaced(empty, row, cells)
        figures = make(empty, **SAID)  # type: ignore[operator]
        assert figures


def test_a_chart_says_no_more_than_the_printed_table() -> None:
    """Two tables that print the same give the same picture: no unrounded number can be read from positions."""
    table = ward_table(["North", "South", "East"])
    exact = table.frame[["value", "low", "high"]].to_numpy()
    close = table
    for row in range(3):
        cells = dict(zip(("value", "low", "high"), np.round(exact[row] / 10) * 10, strict=True))
        close = replaced(close, row, cells)
    one, other = (bars.ward_estimates(each, **SAID)[0] for each in (table, close))
    assert one.svg == other.svg
    assert one.png == other.png


def test_percentages_are_read_as_printed() -> None:
    column = TableColumn("value", "Prevalence", kind="percent")
    reading = read(published("t", (column,), pd.DataFrame({"value": [0.0825, 0.0799]})), "value")
    assert list(reading.values) == [8.2, 8.0]
    assert reading.text(1) == "8.0%"


def test_strange_names_are_plain_text_in_both_pictures() -> None:
    figure = bars.ward_estimates(ward_table(list(STRANGE)), **SAID)[0]
    texts = svg_texts(figure.svg)
    assert "<script>alert(1)</script> & 'Co' \"Ltd\"" in texts
    assert "$\\frac{1}{2}$ $unclosed" in texts
    assert "{{ 7 * 7 }} \\write18{ls}" in texts
    assert "Tŷ Gwyn 🏠 ward" in texts
    assert "script" not in svg_elements(figure.svg)
    assert any(text.startswith("ZZZ") and text.endswith("…") for text in texts)
    assert not any(sign in figure.svg for sign in "\u202e\u0007\uffff")
    table = ward_table(list(STRANGE))
    columns = wardchart._Columns(list(STRANGE), *(read(table, c.key) for c in VALUE))
    with drawing():
        sheet, _ = wardchart._draw_page(columns, list(range(len(STRANGE))), "95% interval")
        assert overlapping_texts(sheet) == []
    labels = replaced(need_table(), 1, {"label": STRANGE[0] + STRANGE[1] + STRANGE[7]})
    assert "script" not in svg_elements(bars.need_bar(labels, **SAID).svg)


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: bars.need_bar(places_table(), **SAID), "no column low"),
        (lambda: bars.places(replaced(places_table(), 0, {"kind": "rumoured"}), **SAID), "kind rumoured"),
        (lambda: bars.age_sex(replaced(age_table(), 0, {"sex": "F"}), **SAID), "sex F"),
        (lambda: bars.age_sex(replaced(age_table(), 0, {"age_band": "75+"}), **SAID), "twice"),
        (lambda: bars.ward_estimates(ward_table([]), **SAID), "no rows"),
        (lambda: bars.need_bar(need_table(), title=" ", source="s"), "no title"),
        (lambda: bars.need_bar(need_table(), title="t", source="s", name="../up"), "name"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(draw: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw()


def test_wrapping_keeps_to_its_room_and_loses_nothing_it_can_keep() -> None:
    ruler = Ruler()
    for name in STRANGE:
        for room in (0.4, 0.9, 2.0):
            for lines in (None, 1, 3):
                made = ruler.wrap(name, room, 7.0, lines=lines)
                assert all(ruler.width(line, 7.0) <= room + 1e-9 for line in made)
                assert lines is None or len(made) <= lines
        whole = "".join(ruler.wrap(name, 9.0, 7.0)).replace(" ", "")
        assert whole.replace("-", "") == plain(name).replace(" ", "").replace("-", "")
    assert ruler.wrap("Welford-on-Avon", 0.5, 7.0) == ["Welford-", "on-Avon"]
    assert ruler.wrap("North - South", 9.0, 7.0) == ["North - South"]
    # a word that is broken and then left out keeps no hyphen of its own
    assert ruler.wrap("Newbold and Brownsover", 0.45, 7.0, lines=3) == ["Newbold", "and", "Brown…"]
    assert ruler.wrap("Brownsover", 0.45, 7.0) == ["Brown-", "sover"]

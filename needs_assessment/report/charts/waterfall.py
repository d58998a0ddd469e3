"""The change of one figure as a waterfall: from the figure before, cause by cause, to the figure now.

The causes are drawn one after the other, but their parts do not depend on that order. The two figures are marks and
not bars, so the axis need not start at zero and small parts can be seen.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from needs_assessment.disclosure.gate import publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn, format_cell
from needs_assessment.estimate.change import Change
from needs_assessment.report.charts.canvas import (
    BODY,
    DARK_BLUE,
    GREY_INK,
    INK,
    ORANGE,
    SEQUENTIAL,
    WIDTH,
    Ruler,
    Sheet,
    drawing,
    finish,
    footer_height,
    footer_lines,
    tick_axis,
)
from needs_assessment.report.charts.values import Reading, listed, read, words
from needs_assessment.report.figure import Figure
from needs_assessment.report.tables.change import INSTEAD, SOURCE
from needs_assessment.results import RESULT_MEASURES

DRAWN = ("victims_last_year", "need_safe_accommodation", "gap_standard")
FIGURE, PART = "figure", "part"
_NOTE = (
    "Bars show changes; the axis need not start at zero. Parts do not depend on the order they are drawn in. Each number is "
    "rounded on its own, so they may not add up exactly."
)


def change_figures(tables: Mapping[str, PublishedTable], change: Change, area: str) -> tuple[Figure, ...]:
    """One waterfall for each main figure that changed and whose parts are shown; none where nothing did."""
    drawn = []
    for name in DRAWN:
        for choice in filter(None, (name, INSTEAD.get(name))):
            found = waterfall_table(tables, change, choice)
            if found is not None:
                table, moved = found
                item = change.headline(choice)
                trend = item is not None and change.is_trend(item)
                title = _finding(table, moved, area) if trend else _no_trend(table, area)
                drawn.append(waterfall(table, title=title, source=SOURCE, name=table.name))
                break
    return tuple(drawn)


def waterfall_table(
    tables: Mapping[str, PublishedTable], change: Change, measure: str
) -> tuple[PublishedTable, float] | None:
    """The row of one headline turned on its side: before, each cause with a part, now; and the change itself.

    None where the headline is not split, or no part shows after rounding.
    """
    named = RESULT_MEASURES[measure]
    for table in tables.values():
        if "change" not in table.frame or "label" not in table.frame:
            continue
        found = table.frame[table.frame["label"] == named.title]
        if found.empty:
            continue
        row = found.iloc[0]
        titles = {cause.id: cause.title for cause in change.causes}
        cells = [row[key] for key in ("before", "change", *titles)]
        if any(isinstance(cell, str) or pd.isna(cell) for cell in cells):
            return None
        number = next(column for column in table.columns if column.key == "change")
        column = TableColumn("value", named.title, named.unit, number.kind, number.round_to)
        rows = [("Before", row["before"], FIGURE)]
        rows += [(titles[cause], row[cause], PART) for cause in titles]
        rows += [("Now", row["after"], FIGURE)]
        turned = publish_table(
            f"change_{measure}",
            table.title,
            [TableColumn("label", "Step"), column, TableColumn("kind", "Kind")],
            pd.DataFrame(rows, columns=["label", "value", "kind"]),
            source=table.source,
        )
        values = read(turned, "value").values
        return (turned, float(row["change"])) if np.any(values[1:-1] != 0) else None
    return None


def _finding(table: PublishedTable, moved: float, area: str) -> str:
    """What the chart shows in a sentence: how far the figure moved, and what moved it most."""
    value, labels = read(table, "value"), words(table, "label")
    step = max(range(1, len(labels) - 1), key=lambda place: abs(value.values[place]))
    amount = format_cell(abs(moved), value.column)
    how = f"{amount} {'more' if moved > 0 else 'fewer'} than before"
    if format_cell(0.0, value.column) == amount:
        how = "the same as before"
    return f"{value.column.heading}, {area}: {how}, moved most by {labels[step].lower()}"


def _no_trend(table: PublishedTable, area: str) -> str:
    heading = read(table, "value").column.heading
    return f"{heading}, {area}: before and now count different things, so the difference is no trend"


def waterfall(table: PublishedTable, *, title: str, source: str, name: str) -> Figure:
    """The waterfall of a table with ``label``, ``value`` and ``kind`` (figure or part), in the order of its rows.

    Raises ValueError for a missing column.
    """
    with drawing():
        value, labels, kinds = read(table, "value"), words(table, "label"), words(table, "kind")
        texts = [
            value.text(place) if kind == FIGURE else signed(value, place) for place, kind in enumerate(kinds)
        ]
        sheet = _draw(labels, value, kinds, texts)
        alt = f"Waterfall chart of {value.axis_label}. " + listed(labels, texts)
        return finish(sheet, name=name, title=title, alt=alt, source=source, drawn_notes=[_NOTE])


def signed(value: Reading, place: int) -> str:
    """ "+150" or "\N{MINUS SIGN}20"; 0 stays 0."""
    number = float(value.values[place])
    sign = "" if number == 0 else "+" if number > 0 else "\N{MINUS SIGN}"
    return f"{sign}{value.number(abs(number))}"


def _draw(labels: list[str], value: Reading, kinds: list[str], texts: list[str]) -> Sheet:
    ruler = Ruler()
    label_room, row, head = 2.1, 0.42, 0.3
    lines = footer_lines([_NOTE], ruler)
    foot = footer_height(lines)
    tall = row * len(labels)
    sheet = Sheet(foot + 0.55 + tall + head)
    text_room = max(ruler.width(text, BODY) for text in texts) + 0.2
    axes = sheet.axes(label_room, foot + 0.55, WIDTH - label_room - text_room - 0.05, tall)
    level = 0.0
    ends = []
    for place, (number, kind) in enumerate(zip(value.values, kinds, strict=True)):
        start = level
        level = float(number) if kind == FIGURE else level + float(number)
        ends.append(level)
        if kind == FIGURE:
            axes.plot([level], [place], marker="D", markersize=8, color=DARK_BLUE, zorder=4)
        elif number:
            rise = number > 0
            axes.barh(
                [place],
                [level - start],
                left=[start],
                height=0.6,
                color=ORANGE if rise else SEQUENTIAL[1],
                hatch=None if rise else "///",
                edgecolor=ORANGE if rise else DARK_BLUE,
                zorder=3,
            )
        if place:
            axes.plot(
                [start, start], [place - 1, place], color=GREY_INK, linewidth=0.8, linestyle=":", zorder=2
            )
    low, high = min(ends), max(ends)
    room = (high - low) * 0.08 or 1.0
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    for place, text in enumerate(texts):
        axes.annotate(
            text,
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            size=BODY,
            color=INK,
            annotation_clip=False,
        )
    wrapped = ["\n".join(ruler.wrap(label, label_room - 0.15, BODY, lines=2)) for label in labels]
    axes.set_yticks(np.arange(len(labels)), wrapped)
    axes.set_xlabel(value.axis_label)
    axes.tick_params(axis="y", length=0)
    tick_axis(axes.xaxis)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    sheet.figure.legend(
        handles=[
            Patch(facecolor=ORANGE, edgecolor=ORANGE, label="More"),
            Patch(facecolor=SEQUENTIAL[1], edgecolor=DARK_BLUE, hatch="///", label="Fewer"),
        ],
        loc="upper left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        borderaxespad=0.2,
    )
    sheet.footer(lines)
    return sheet

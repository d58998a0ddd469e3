"""Estimates by ward as dots with intervals, on as many pages as it takes to read every name."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.canvas import (
    BODY,
    DARK_BLUE,
    GREY_INK,
    SMALL,
    WHISKER,
    WIDTH,
    Ruler,
    Sheet,
    drawing,
    finish,
    footer_height,
    footer_lines,
    tick_axis,
)
from needs_assessment.report.charts.values import (
    Reading,
    estimate_text,
    gap_notes,
    has_column,
    interval_note,
    range_text,
    read,
    words,
)
from needs_assessment.report.figure import Figure

MOST_WARDS = 40  # on one page
_ROW = 0.18  # inches
_NAME_ROOM = 2.6  # inches: the most a name may take


@dataclass(frozen=True)
class _Columns:
    names: list[str]
    value: Reading
    low: Reading
    high: Reading


def ward_estimates(
    table: PublishedTable,
    *,
    title: str,
    source: str,
    name: str = "ward_estimates",
    range_name: str = "95% interval",
) -> tuple[Figure, ...]:
    """Wards in order of their estimate, a dot with its interval and the numbers beside it.

    ``table`` holds ``ward_name``, ``value``, ``low``, ``high`` and may hold ``district``. More than 40 wards go
    on several figures: one a district where districts are known, otherwise (or where a district is larger
    still) in equal parts by rank; all share one scale. Every ward of the table appears, suppressed and missing
    ones at the end without a dot. Raises ValueError for a missing column or a table without rows.
    """
    columns = _Columns(_distinct_names(table), *(read(table, key) for key in ("value", "low", "high")))
    if not columns.names:
        raise ValueError(f"the table {table.name} has no rows to draw")
    pages = _pages(table, columns)
    figures = []
    with drawing():
        for number, (part, where, wards) in enumerate(pages, 1):
            sheet, notes = _draw_page(columns, wards, range_name)
            alone = len(pages) == 1
            figures.append(
                finish(
                    sheet,
                    name=name if alone else f"{name}_{number}",
                    title=title if alone else f"{title}: {part}",
                    alt=_alt(columns, wards, where),
                    source=source,
                    drawn_notes=notes,
                )
            )
    return tuple(figures)


def _distinct_names(table: PublishedTable) -> list[str]:
    """Ward names; one that two districts share gets its district in brackets."""
    names = words(table, "ward_name")
    if not has_column(table, "district"):
        return names
    times = Counter(names)
    return [
        f"{name} ({district})" if times[name] > 1 and district else name
        for name, district in zip(names, words(table, "district"), strict=True)
    ]


def _pages(table: PublishedTable, columns: _Columns) -> list[tuple[str, str, list[int]]]:
    """What each figure is called, the same in a sentence, and the rows on it, highest estimate first."""
    rows = sorted(range(len(columns.names)), key=lambda row: _rank(columns, row))
    groups = {"": rows}
    if len(rows) > MOST_WARDS and has_column(table, "district"):
        districts = words(table, "district")
        groups = {
            one: [row for row in rows if districts[row] == one]
            for one in sorted(set(districts), key=lambda one: (one == "", one))
        }
    pages = []
    for district, wards in groups.items():
        called = district or ("wards without a district" if len(groups) > 1 else "")
        parts = math.ceil(len(wards) / MOST_WARDS)
        for part in np.array_split(np.array(wards), parts):
            ranked = f"wards {wards.index(part[0]) + 1} to {wards.index(part[-1]) + 1} of {len(wards)}"
            label = ", ".join(filter(None, [called, ranked if parts > 1 else ""]))
            where = f" in {label}" if district else f", {label}" if label else ""
            pages.append((label, where, [int(row) for row in part]))
    return pages


def _rank(columns: _Columns, row: int) -> tuple[bool, float, str]:
    shown = bool(columns.value.shown[row])
    return not shown, -columns.value.values[row] if shown else 0.0, columns.names[row]


def _draw_page(columns: _Columns, wards: list[int], range_name: str) -> tuple[Sheet, list[str]]:
    import seaborn as sns  # slow to load

    value, low, high = columns.value, columns.low, columns.high
    ruler = Ruler()
    page = Reading(value.column, value.values[wards], value.suppressed[wards])
    notes = interval_note(low, high, range_name) + gap_notes(page, "ward", "wards")
    lines = footer_lines(notes, ruler)
    foot, tall = footer_height(lines), _ROW * len(wards)
    sheet = Sheet(foot + 0.5 + tall + 0.3)
    numbers = [value.text(row) for row in wards]
    ranges = [range_text(low, high, row) if value.shown[row] else "" for row in wards]
    number_room = max(ruler.width(text, BODY, "bold") for text in [*numbers, "Estimate"]) + 0.1
    range_room = max(ruler.width(text, SMALL) for text in [*ranges, range_name]) + 0.12
    right = WIDTH - number_room - range_room
    names = [ruler.shorten(columns.names[row], _NAME_ROOM, BODY) for row in wards]
    left = max(ruler.width(one, BODY) for one in names) + 0.12
    axes = sheet.axes(left, foot + 0.5, right - left - 0.1, tall)
    position = np.arange(len(wards))
    axes.set_ylim(len(wards) - 0.5, -0.5)
    axes.set_xlim(_scale(columns))
    drawn = page.shown & low.shown[wards] & high.shown[wards]
    ends = np.abs(np.vstack([value.values - low.values, high.values - value.values]))[:, wards]
    axes.errorbar(page.values[drawn], position[drawn], xerr=ends[:, drawn], **{**WHISKER, "capsize": 0})
    sns.scatterplot(
        x=page.values[page.shown],
        y=position[page.shown],
        color=DARK_BLUE,
        s=26,
        linewidth=0,
        zorder=3,
        ax=axes,
    )
    axes.set_yticks(position, names)
    axes.set(xlabel=value.axis_label, ylabel="")
    axes.tick_params(axis="y", length=0)
    tick_axis(axes.xaxis)
    axes.grid(axis="x")
    axes.grid(axis="y", linewidth=0.4)
    axes.spines["left"].set_visible(False)
    top = foot + 0.5 + tall + 0.08
    sheet.text(right + number_room - 0.1, top, "Estimate", size=BODY, weight="bold", ha="right")
    sheet.text(WIDTH - 0.02, top, range_name, size=SMALL, ha="right", color=GREY_INK)
    for place in position:
        height = foot + 0.5 + tall - (place + 0.5) * _ROW
        style = {"ha": "right", "va": "center_baseline"}
        sheet.text(right + number_room - 0.1, height, numbers[place], size=BODY, **style)
        sheet.text(WIDTH - 0.02, height, ranges[place], size=SMALL, color=GREY_INK, **style)
    sheet.footer(lines)
    return sheet, notes


def _scale(columns: _Columns) -> tuple[float, float]:
    """One scale from zero for all pages, so that districts can be compared."""
    reach = np.concatenate([columns.value.values, columns.high.values])
    low = np.concatenate([columns.value.values, columns.low.values])
    top = float(np.nanmax(reach)) if (~np.isnan(reach)).any() else 1.0
    bottom = float(np.nanmin(low)) if (~np.isnan(low)).any() else 0.0
    return min(0.0, bottom), (top * 1.03 if top > 0 else 1.0)


def _alt(columns: _Columns, wards: list[int], where: str) -> str:
    value, low, high = columns.value, columns.low, columns.high
    shown = [row for row in wards if value.shown[row]]
    count = f"{len(wards)} ward{'s' if len(wards) != 1 else ''}"
    parts = [f"Dot chart of {value.axis_label} for {count}{where}, highest first."]
    if shown:
        first, last = shown[0], shown[-1]
        parts.append(f"Highest: {columns.names[first]}, {estimate_text(value, low, high, first)}.")
        parts.append(f"Lowest: {columns.names[last]}, {estimate_text(value, low, high, last)}.")
        if len(shown) > 2:
            middle = float(np.median(value.values[shown]))
            parts.append(f"Half of the wards lie at or above {value.number(middle)}.")
    return " ".join(parts)

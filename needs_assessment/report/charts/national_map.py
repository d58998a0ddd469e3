"""The pictures of a national summary: each area's prevalence with its range, and a map when boundaries are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.canvas import (
    BODY,
    DARK_BLUE,
    GREY_INK,
    INK,
    RULE,
    SMALL,
    TALLEST,
    WIDTH,
    Ruler,
    Sheet,
    drawing,
    finish,
    footer_height,
    footer_lines,
    tick_axis,
)
from needs_assessment.report.charts.map_legend import HEAD, draw_legend, equal_count_classes
from needs_assessment.report.charts.values import Reading, gap_notes, read, words
from needs_assessment.report.figure import Figure

if TYPE_CHECKING:
    import geopandas as gpd

RATE = "prevalence_last_year"
MAP_NOTE = (
    "What this map can and cannot show: it shows modelled prevalence, which follows the ages and sexes of the people who "
    "live in each area. It cannot show which area truly has the higher risk: most ranges overlap."
)
LINE_TALL, GROUP_GAP = 0.052, 0.14  # inches: one area's line, and the room between regions
_FINEST = 0.006


def interval_chart(table: PublishedTable, *, source: str) -> Figure:
    """Every area's estimate and range, in order of the estimate within its region.

    ``table`` is the published table of areas. Areas without an estimate are counted in a line under the chart.
    """
    with drawing():
        rate, low, high = (read(table, RATE + end) for end in ("", "_low", "_high"))
        regions = words(table, "region")
        groups = {
            region: sorted(
                (row for row in range(len(regions)) if regions[row] == region and rate.shown[row]),
                key=lambda row: float(rate.values[row]),
            )
            for region in sorted(set(regions))
        }
        groups = {region: rows for region, rows in groups.items() if rows}
        notes = [
            "Each line is one area's 95% interval, the dot its estimate; within a region areas stand in the order of their "
            "estimates, which is no ranking.",
            *gap_notes(rate, "area", "areas"),
        ]
        sheet = _draw_intervals(groups, rate, low, high, notes)
        alt = "Dots with ranges: prevalence in the last year by area, grouped by region. " + " ".join(
            f"{region}: {len(rows)} area{'s' if len(rows) != 1 else ''}, from {rate.text(rows[0])} to {rate.text(rows[-1])}."
            for region, rows in groups.items()
        )
        return finish(
            sheet,
            name="areas_by_region",
            title=_finding(rate, low, high),
            alt=alt,
            source=source,
            drawn_notes=notes,
        )


def _finding(rate: Reading, low: Reading, high: Reading) -> str:
    shown = rate.shown & low.shown & high.shown
    if shown.sum() < 2:
        return "Prevalence in the last year, with its range"
    middle = float(np.median(rate.values[shown]))
    holding = int(((low.values <= middle) & (middle <= high.values))[shown].sum())
    if holding == int(shown.sum()):
        return f"Every area's range holds the middle of all estimates, {rate.number(middle)}"
    return f"The ranges of {holding} of {int(shown.sum())} areas hold the middle of all estimates, {rate.number(middle)}"


def _draw_intervals(
    groups: dict[str, list[int]], rate: Reading, low: Reading, high: Reading, notes: list[str]
) -> Sheet:
    lines = footer_lines(notes, Ruler())
    foot = footer_height(lines) + 0.45
    areas = sum(len(rows) for rows in groups.values())
    room = TALLEST - foot - 0.2
    pitch = min(LINE_TALL * 3, (room - GROUP_GAP * len(groups)) / max(areas, 1))
    tall = max(0.6, pitch * areas + GROUP_GAP * len(groups))
    sheet = Sheet(foot + tall + 0.1)
    left = 1.75
    axes = sheet.axes(left, foot, WIDTH - left - 0.1, tall)
    at = 0.0
    for region, rows in groups.items():
        at += GROUP_GAP / 2
        top = at
        for row in rows:
            at += pitch
            middle = at - pitch / 2
            if low.shown[row] and high.shown[row]:
                axes.plot([low.values[row], high.values[row]], [middle, middle], color=RULE, linewidth=1.1)
            axes.plot([rate.values[row]], [middle], "o", color=DARK_BLUE, markersize=2.0)
        sheet.text(
            left - 0.1,
            foot + tall - (top + at) / 2,
            region,
            size=SMALL,
            ha="right",
            va="center",
            color=INK,
        )
        at += GROUP_GAP / 2
        axes.axhline(at, color=RULE, linewidth=0.4)
    axes.set_ylim(tall, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(left=0)
    tick_axis(axes.xaxis)
    axes.grid(axis="x")
    axes.set_xlabel(rate.axis_label, size=BODY)
    sheet.footer(lines)
    return sheet


def areas_map(
    table: PublishedTable, geometry: gpd.GeoDataFrame, *, source: str, attribution: str = ""
) -> Figure:
    """The areas of ``geometry`` (area_code, geometry in British National Grid) shaded by prevalence."""
    with drawing():
        codes = words(table, "area_code")
        rate = read(table, RATE)
        place = {code: row for row, code in enumerate(codes)}
        held = [place[code] for code in geometry["area_code"]]
        shown = Reading(rate.column, rate.values[held], rate.suppressed[held])
        classes = equal_count_classes(shown)
        notes = [MAP_NOTE, *gap_notes(shown, "area", "areas", "shaded"), attribution]
        lines = footer_lines(notes, Ruler())
        foot = footer_height(lines)
        west, south, east, north = geometry.total_bounds
        tall = min(TALLEST - HEAD - foot, WIDTH * (north - south) / (east - west))
        inches = tall / (north - south)
        left = (WIDTH - (east - west) * inches) / 2
        page = geometry.geometry.affine_transform(
            [inches, 0, 0, inches, left - west * inches, -south * inches]
        )
        page = page.simplify_coverage(_FINEST)
        sheet = Sheet(foot + 0.05 + tall + HEAD)
        axes = sheet.axes(0, foot + 0.05, WIDTH, tall)
        axes.set_axis_off()
        page.plot(
            ax=axes,
            color=[classes.colour(row) for row in range(len(held))],
            edgecolor=GREY_INK,
            linewidth=0.25,
            aspect=None,
        )
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(0, tall)
        draw_legend(sheet, shown, classes)
        sheet.footer(lines)
        known = [row for row in range(len(held)) if shown.shown[row]]
        names = words(table, "area_name")
        title, alt = "No area has an estimate", f"Map of {len(held)} areas shaded by {rate.axis_label}."
        if known:
            least, most = (pick(known, key=lambda row: float(shown.values[row])) for pick in (min, max))
            title = f"Modelled prevalence runs from {shown.text(least)} to {shown.text(most)} between areas"
            alt += f" Lowest: {names[held[least]]}, {shown.text(least)}. Highest: {names[held[most]]}, {shown.text(most)}."
        return finish(
            sheet,
            name="areas_map",
            title=title,
            alt=alt,
            source=source,
            drawn_notes=[note for note in notes if note],
        )

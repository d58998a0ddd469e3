"""What both ward maps share: legend, alternative text, and the line on what they can and cannot show."""

from __future__ import annotations

from matplotlib.patches import Patch

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.canvas import BODY, GREY_INK, NOT_SHOWN, RULE, Sheet
from needs_assessment.report.charts.mapclasses import Classes
from needs_assessment.report.charts.values import Reading, read, words

CAN_AND_CANNOT = (
    "What this map can and cannot show: it shows where the modelled numbers are, which mostly follow how "
    "many people live in each ward, their ages and their sex. It cannot show which ward truly has the higher "
    "risk, and it says nothing about where services are."
)
HOW_SURE_CAN_AND_CANNOT = (
    "What this map can and cannot show: it shows how far each ward's number may lie above or below its estimate, as the "
    "survey's error and the unknown differences between places make it. Wards of one shade are equally unsure. It "
    "does not show where abuse is more common, and it says nothing about where services are."
)
HEAD = 0.62  # inches above a map, for the legend


def draw_legend(sheet: Sheet, rate: Reading, classes: Classes) -> None:
    """The classes with their ranges in one row at the top of the page, clear of the map."""
    sheet.text(0.05, sheet.height - 0.08, rate.axis_label, size=BODY, weight="bold", va="top")
    patches = [
        Patch(facecolor=colour, edgecolor=GREY_INK, linewidth=0.4, label=label)
        for colour, label in zip(classes.colours, classes.labels, strict=True)
    ]
    if not rate.shown.all():
        patches.append(Patch(facecolor=NOT_SHOWN, edgecolor=RULE, hatch="////", label="not shown"))
    sheet.figure.legend(
        handles=patches,
        loc="upper left",
        bbox_to_anchor=(0, 1 - 0.24 / sheet.height),
        ncols=len(patches),
        borderaxespad=0.2,
        columnspacing=1.4,
        handlelength=1.6,
        handleheight=1.1,
    )


def describe(table: PublishedTable) -> str:
    """What a map of ``table`` shows, with its highest and lowest ward."""
    names, rate, count = words(table, "ward_name"), read(table, "rate"), read(table, "count")
    shown = [row for row in range(len(names)) if rate.shown[row]]
    parts = [f"{lower_first(rate.axis_label)} for {len(names)} ward{'s' if len(names) != 1 else ''}."]
    if shown:
        top, least = (
            max(shown, key=lambda row: rate.values[row]),
            min(shown, key=lambda row: rate.values[row]),
        )
        if rate.text(top) == rate.text(least):
            parts.append(f"Every ward shown: {rate.text(top)}.")
        else:
            parts.append(
                f"Highest: {names[top]}, {rate.text(top)}. Lowest: {names[least]}, {rate.text(least)}."
            )
    counted = [row for row in range(len(names)) if count.shown[row]]
    if counted and count.column.heading != rate.column.heading:
        most, fewest = (
            max(counted, key=lambda row: count.values[row]),
            min(counted, key=lambda row: count.values[row]),
        )
        parts.append(
            f"{count.axis_label}: from {count.text(fewest)} in {names[fewest]} "
            f"to {count.text(most)} in {names[most]}."
        )
    return " ".join(parts)


def lower_first(label: str) -> str:
    """A heading within a sentence; one that begins with a capitalised abbreviation stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]

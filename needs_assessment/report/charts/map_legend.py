"""What both ward maps share: legend, alternative text, and the line on what they can and cannot show.

The colour classes of a ward map, and whether a word can be read on them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Patch

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.canvas import BODY, GREY_INK, INK, NOT_SHOWN, RULE, SEQUENTIAL, Sheet
from needs_assessment.report.charts.values import Reading, read, words

MOST_CLASSES = len(SEQUENTIAL)
_WARDS_A_CLASS = 3  # fewer wards than this in a class say more about the cuts than about the wards


@dataclass(frozen=True)
class Classes:
    """Wards in classes by rate: ``of`` holds each row's class from 0 (lowest), -1 where no rate is shown."""

    of: np.ndarray
    labels: tuple[str, ...]
    colours: tuple[str, ...]

    def colour(self, row: int) -> str:
        """The fill of a row's ward."""
        return NOT_SHOWN if self.of[row] < 0 else self.colours[self.of[row]]


def equal_count_classes(rate: Reading, most: int = MOST_CLASSES) -> Classes:
    """At most ``most`` classes with about as many wards each; equal printed rates are never parted.

    A label is the lowest and the highest printed rate of its class, so it holds of the wards on the map.
    """
    shown = rate.values[rate.shown]
    number = max(1, min(most, len(np.unique(shown)), len(shown) // _WARDS_A_CLASS))
    cuts = np.unique(np.quantile(shown, np.arange(1, number) / number)) if number > 1 else np.array([])
    cut = np.where(rate.shown, np.searchsorted(cuts, rate.values, side="right"), -1)
    used = np.unique(cut[cut >= 0])  # ties can leave a class empty
    of = np.where(cut >= 0, np.searchsorted(used, cut), -1)
    labels = []
    for one in range(len(used)):
        inside = rate.values[of == one]
        ends = dict.fromkeys([rate.number(float(inside.min())), rate.number(float(inside.max()))])
        labels.append(" to ".join(ends))
    steps = np.linspace(0, len(SEQUENTIAL) - 1, max(2, len(used))).round().astype(int)[: len(used)]
    return Classes(of, tuple(labels), tuple(SEQUENTIAL[step] for step in steps))


def text_colour(background: str) -> str:
    """Near-black or white, whichever reads better on ``background``."""
    return max((INK, "#FFFFFF"), key=lambda colour: contrast(colour, background))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours written ``#RRGGBB``, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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

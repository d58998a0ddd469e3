"""The chart of the cascade: one bar a row with its interval, national and local told apart by hatch and in words.

Drawn from one published table in one unit; people and households have a chart each.
"""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Patch

from needs_assessment.disclosure.published_table import PublishedTable
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
    whiskers,
)
from needs_assessment.report.charts.values import (
    Reading,
    estimate_text,
    gap_notes,
    interval_note,
    listed,
    read,
    words,
)
from needs_assessment.report.figure import Figure

# by where the figure is from: colour and hatch
LOOKS = {
    "National figures, modelled": (SEQUENTIAL[0], "///"),
    "Local return": (ORANGE, ""),
    "Local return and national figures": (ORANGE, "xxx"),
}
NOT_KNOWN = "Not known"
_ROW, _LABEL_ROOM, _FOOT = 0.42, 2.25, 0.55
_GAP = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": GREY_INK, "linestyle": "--"}


def cascade_bars(
    table: PublishedTable, *, title: str, source: str, name: str = "cascade", range_name: str = "95% interval"
) -> Figure:
    """One bar a row in the order of the table, on one scale from zero; a negative value is drawn left of it.

    ``table`` holds ``label``, ``value``, ``low``, ``high`` and ``origin``. A figure that is not known stays as a labelled
    gap and is never a zero. Raises ValueError for a missing column or an origin of another name.
    """
    with drawing():
        value, low, high = (read(table, key) for key in ("value", "low", "high"))
        labels, origins = words(table, "label"), words(table, "origin")
        unknown = sorted(set(origins) - {*LOOKS, NOT_KNOWN})
        if unknown:
            raise ValueError(f"the table {table.name} has origin {', '.join(unknown)}")
        texts = [_text(value, low, high, place) for place in range(len(labels))]
        notes = interval_note(low, high, range_name) + gap_notes(value, "bar", "bars")
        sheet = _draw(labels, origins, value, (low, high), texts, notes)
        said = [
            f"{text}, {origin.lower()}" if shown else text
            for text, origin, shown in zip(texts, origins, value.shown, strict=True)
        ]
        alt = f"Bar chart of {value.axis_label}. " + listed(labels, said)
        return finish(sheet, name=name, title=title, alt=alt, source=source, drawn_notes=notes)


def _text(value: Reading, low: Reading, high: Reading, place: int) -> str:
    if value.missing[place]:
        return "not known"
    exact = low.shown[place] and high.shown[place] and low.values[place] == high.values[place]
    return value.text(place) if exact else estimate_text(value, low, high, place)


def _draw(
    labels: list[str],
    origins: list[str],
    value: Reading,
    interval: tuple[Reading, Reading],
    texts: list[str],
    notes: list[str],
) -> Sheet:
    ruler = Ruler()
    low, high = interval
    legend = [origin for origin in LOOKS if origin in origins]
    lines = footer_lines(notes, ruler)
    foot, head = footer_height(lines) + _FOOT, 0.08 + 0.2 * len(legend)
    tall = _ROW * max(1, len(labels))
    sheet = Sheet(foot + tall + head)
    room = max((ruler.width(text, BODY) for text in texts), default=0.0) + 0.2
    axes = sheet.axes(_LABEL_ROOM, foot, WIDTH - _LABEL_ROOM - room - 0.05, tall)
    position = np.arange(len(labels))
    lengths = np.nan_to_num(value.values)
    drawn = value.shown & low.shown & high.shown
    reach = np.where(drawn, np.fmax(lengths, np.nan_to_num(high.values)), lengths)
    for place in position[value.shown]:
        colour, hatch = LOOKS[origins[place]]
        axes.barh(
            place,
            lengths[place],
            height=0.62,
            color=colour,
            hatch=hatch,
            edgecolor=DARK_BLUE if hatch else colour,
            zorder=2,
        )
    ends = np.abs(np.vstack([value.values - low.values, high.values - value.values]))
    whiskers(axes, value.values[drawn], position[drawn], xerr=ends[:, drawn], zorder=3)
    farthest = float(max(reach.max(initial=0.0), 0.0))
    nearest = float(min(np.where(drawn, np.nan_to_num(low.values), lengths).min(initial=0.0), 0.0))
    span = (farthest - nearest) or 1.0
    axes.set_xlim(nearest - (0.02 * span if nearest < 0 else 0.0), farthest + 0.02 * span)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    for place, text in enumerate(texts):
        shown = bool(value.shown[place])
        axes.annotate(
            text,
            (max(float(reach[place]), 0.0), place),
            xytext=(5 if shown else 8, 0),
            textcoords="offset points",
            va="center",
            size=BODY,
            style="normal" if shown else "italic",
            color=INK if shown else GREY_INK,
            annotation_clip=False,
            bbox=None if shown else {**_GAP},
        )
    wrapped = ["\n".join(ruler.wrap(label, _LABEL_ROOM - 0.15, BODY, lines=2)) for label in labels]
    axes.set_yticks(position, wrapped)
    axes.set_xlabel(value.axis_label)
    axes.tick_params(axis="y", length=0)
    tick_axis(axes.xaxis)
    axes.grid(axis="x")
    axes.axvline(0, color=INK, linewidth=0.8, zorder=4)
    axes.spines["left"].set_visible(False)
    if legend:
        _add_legend(sheet, legend)
    sheet.footer(lines)
    return sheet


def _add_legend(sheet: Sheet, origins: list[str]) -> None:
    handles = [
        Patch(
            facecolor=LOOKS[origin][0],
            edgecolor=DARK_BLUE if LOOKS[origin][1] else LOOKS[origin][0],
            hatch=LOOKS[origin][1],
            label=origin,
        )
        for origin in origins
    ]
    sheet.figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, 1), borderaxespad=0.2, labelspacing=0.35
    )

"""The charts of a needs assessment, each drawn from one published table.

A cell that is suppressed or not available is not drawn, and a line under the chart says so.
"""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Patch

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.ages import age_sex
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
    has_column,
    interval_note,
    listed,
    read,
    words,
)
from needs_assessment.report.charts.wards import ward_estimates
from needs_assessment.report.figure import Figure

__all__ = ["age_sex", "need_bar", "places", "ward_estimates"]

KINDS = {
    "required": ("Required", DARK_BLUE, ""),
    "available": ("Available: local return", ORANGE, "\\\\\\"),
    "national average": ("Modelled: if it had the national average", SEQUENTIAL[0], "///"),
}
NOT_KNOWN = "not known: no local return"
_GAP = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": GREY_INK, "linestyle": "--"}


def need_bar(
    table: PublishedTable, *, title: str, source: str, name: str = "need", range_name: str = "95% interval"
) -> Figure:
    """One bar a row with its interval, on one scale, so that need can be seen as met plus unmet need.

    ``table`` holds ``label``, ``value``, ``low``, ``high``; a negative value is drawn left of zero,
    never cut. Raises ValueError for a missing column.
    """
    with drawing():
        value, low, high = (read(table, key) for key in ("value", "low", "high"))
        labels = words(table, "label")
        colours = [DARK_BLUE] * len(labels)
        texts = [estimate_text(value, low, high, i) for i in range(len(labels))]
        notes = interval_note(low, high, range_name) + gap_notes(value, "bar", "bars")
        sheet = _draw_bars(labels, value, interval=(low, high), colours=colours, texts=texts, notes=notes)
        alt = f"Bar chart of {value.axis_label}. " + listed(labels, texts)
        return finish(sheet, name=name, title=title, alt=alt, source=source, drawn_notes=notes)


def places(
    table: PublishedTable, *, title: str, source: str, name: str = "places", range_name: str = "95% interval"
) -> Figure:
    """Places required against places available and what the national average would give.

    ``table`` holds ``label``, ``value``, ``kind`` ('required', 'available' or 'national average') and may
    hold ``low`` and ``high``. A missing 'available' stays as a labelled gap. Raises ValueError for a missing
    column or another kind.
    """
    with drawing():
        value, labels, kinds = read(table, "value"), words(table, "label"), words(table, "kind")
        unknown = sorted(set(kinds) - set(KINDS))
        if unknown:
            raise ValueError(
                f"the table {table.name} has kind {', '.join(unknown)}; expected {', '.join(KINDS)}"
            )
        interval = None
        if has_column(table, "low") and has_column(table, "high"):
            interval = (read(table, "low"), read(table, "high"))
        texts = []
        for i, kind in enumerate(kinds):
            whole = value.text(i) if interval is None else estimate_text(value, *interval, i)
            texts.append(NOT_KNOWN if value.missing[i] and kind == "available" else whole)
        notes = [] if interval is None else interval_note(*interval, range_name)
        notes += gap_notes(value, "bar", "bars")
        sheet = _draw_bars(
            labels,
            value,
            interval=interval,
            colours=[KINDS[kind][1] for kind in kinds],
            texts=texts,
            notes=notes,
            kinds=kinds,
        )
        alt = f"Bar chart of {value.axis_label}. " + listed(labels, texts)
        return finish(sheet, name=name, title=title, alt=alt, source=source, drawn_notes=notes)


def _draw_bars(
    labels: list[str],
    value: Reading,
    *,
    interval: tuple[Reading, Reading] | None,
    colours: list[str],
    texts: list[str],
    notes: list[str],
    kinds: list[str] | None = None,
) -> Sheet:
    """Horizontal bars in the order of the table, each with its number written at its end."""
    ruler = Ruler()
    label_room, row = 2.1, 0.46
    wrapped = [ruler.wrap(label, label_room - 0.15, BODY, lines=3) for label in labels]
    legend = [kind for kind in KINDS if kinds is not None and kind in kinds]
    lines = footer_lines(notes, ruler)
    foot, head = footer_height(lines), 0.08 + 0.2 * len(legend)
    tall = row * max(1, len(labels))
    sheet = Sheet(foot + 0.55 + tall + head)
    written = [ruler.width(text, BODY) for text, shown in zip(texts, value.shown, strict=True) if shown]
    text_room = max(written, default=0.0) + 0.15
    axes = sheet.axes(label_room, foot + 0.55, WIDTH - label_room - text_room - 0.05, tall)
    position = np.arange(len(labels))
    bars = axes.barh(position, np.nan_to_num(value.values), height=0.62, color=colours, zorder=2)
    reach = np.nan_to_num(value.values)
    if interval is not None:
        low, high = interval
        drawn = value.shown & low.shown & high.shown
        ends = np.abs(np.vstack([value.values - low.values, high.values - value.values]))
        whiskers(axes, value.values[drawn], position[drawn], xerr=ends[:, drawn], zorder=3)
        reach = np.where(drawn, np.fmax(reach, high.values), reach)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    farthest = float(max(reach.max(initial=0.0), 0.0))
    if farthest == 0.0 and not (value.values < 0).any():
        farthest = 1.0
    axes.set_xlim(right=farthest * 1.02)
    for i, bar in enumerate(bars):
        if not value.shown[i]:
            bar.remove()
        elif kinds is not None and KINDS[kinds[i]][2]:
            bar.set(hatch=KINDS[kinds[i]][2], edgecolor=DARK_BLUE)
        axes.annotate(
            texts[i],
            (max(float(reach[i]), 0.0), i),
            xytext=(5 if value.shown[i] else 8, 0),
            textcoords="offset points",
            va="center",
            size=BODY,
            style="normal" if value.shown[i] else "italic",
            color=INK if value.shown[i] else GREY_INK,
            annotation_clip=False,
            bbox=None if value.shown[i] else {**_GAP},
        )
    axes.set_yticks(position, ["\n".join(lines_) for lines_ in wrapped])
    axes.set_xlabel(value.axis_label)
    axes.tick_params(axis="y", length=0)
    tick_axis(axes.xaxis)
    axes.grid(axis="x")
    axes.axvline(0, color=INK, linewidth=0.8, zorder=4)
    axes.spines["left"].set_visible(False)
    if legend:
        sheet.figure.legend(
            handles=[
                Patch(
                    facecolor=KINDS[kind][1],
                    edgecolor=DARK_BLUE if KINDS[kind][2] else KINDS[kind][1],
                    hatch=KINDS[kind][2],
                    label=KINDS[kind][0],
                )
                for kind in legend
            ],
            loc="upper left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
            labelspacing=0.35,
        )
    sheet.footer(lines)
    return sheet

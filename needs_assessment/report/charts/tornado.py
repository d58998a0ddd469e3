"""The tornado: how far a figure moves as each input goes alone from one end of its range to the other."""

from __future__ import annotations

import numpy as np

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.canvas import (
    BODY,
    DARK_BLUE,
    INK,
    ORANGE,
    SMALL,
    WIDTH,
    Ruler,
    Sheet,
    drawing,
    finish,
    footer_height,
    footer_lines,
    tick_axis,
)
from needs_assessment.report.charts.values import read, words
from needs_assessment.report.figure import Figure

MOST_ROWS = 12
ROW, LABELS, HEAD = 0.52, 2.5, 0.3
ENDS = (("Input at the lower end of its range", DARK_BLUE), ("at the upper end", ORANGE))


def tornado(table: PublishedTable, *, title: str, source: str, unit: str, name: str = "tornado") -> Figure:
    """One row an input, widest first: a bar from the central figure to the figure at each end of the input.

    table: ``label``, ``low``, ``high``, ``unit`` (the input's ends, in words), ``at_low``, ``at_central``, ``at_high``.
    The two ends are told apart by colour, by hatching and by the words at the bar. Raises ValueError for a missing column.
    """
    with drawing():
        at = {key: read(table, key) for key in ("at_low", "at_central", "at_high")}
        labels = words(table, "label")
        spans = [
            _span(*ends) for ends in zip(*(words(table, key) for key in ("low", "high", "unit")), strict=True)
        ]
        count = min(len(labels), MOST_ROWS)
        notes = [
            f"The line is the figure with every input at its central value: {at['at_central'].text(0)} {unit}."
        ]
        if len(labels) > count:
            notes.append(f"The {count} inputs that move it most; the table has all {len(labels)}.")
        ruler = Ruler()
        lines = footer_lines(notes, ruler)
        foot = footer_height(lines)
        tall = ROW * max(1, count)
        sheet = Sheet(foot + 0.55 + tall + HEAD)
        axes = sheet.axes(LABELS, foot + 0.55, WIDTH - LABELS - 0.15, tall)
        centre = float(at["at_central"].values[0])
        place = np.arange(count)
        for key, (_, colour), hatch in zip(("at_low", "at_high"), ENDS, ("", "///"), strict=True):
            axes.barh(
                place,
                at[key].values[:count] - centre,
                left=centre,
                height=0.5,
                color=colour,
                edgecolor="white" if hatch else colour,
                hatch=hatch,
                linewidth=0,
                zorder=2,
            )
        reach = np.concatenate([at["at_low"].values[:count], at["at_high"].values[:count], [centre]])
        span = max(float(np.nanmax(reach) - np.nanmin(reach)), 1e-9)
        axes.set_xlim(float(np.nanmin(reach)) - 0.14 * span, float(np.nanmax(reach)) + 0.14 * span)
        axes.set_ylim(count - 0.5, -0.5)
        for i in range(count):
            for key in ("at_low", "at_high"):
                value = float(at[key].values[i])
                if np.isnan(value):
                    continue
                right = value > centre or (value == centre and key == "at_high")
                axes.annotate(
                    at[key].text(i),
                    (value, i),
                    xytext=(3 if right else -3, 0),
                    textcoords="offset points",
                    va="center",
                    ha="left" if right else "right",
                    size=SMALL,
                    color=INK,
                )
        axes.axvline(centre, color=INK, linewidth=0.9, zorder=3)
        axes.set_yticks(place, [_row_label(ruler, labels[i], spans[i]) for i in range(count)])
        axes.tick_params(axis="y", length=0, labelsize=SMALL)
        axes.set_xlabel(unit[:1].upper() + unit[1:])
        tick_axis(axes.xaxis)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        _legend(sheet)
        sheet.footer(lines)
        told = "; ".join(
            f"{labels[i]}, {spans[i]}: {at['at_low'].text(i)} to {at['at_high'].text(i)}"
            for i in range(count)
        )
        alt = f"Bar chart of {unit} as each input moves alone from the lower to the upper end of its range. {told}."
        return finish(sheet, name=name, title=title, alt=alt, source=source, drawn_notes=notes)


def _span(low: str, high: str, unit: str) -> str:
    """ "118 to 148 days"."""
    return " ".join(filter(None, [low if low == high else f"{low} to {high}", unit]))


def _row_label(ruler: Ruler, label: str, span: str) -> str:
    room = LABELS - 0.15
    return "\n".join([*ruler.wrap(label, room, SMALL, lines=2), ruler.shorten(span, room, SMALL)])


def _legend(sheet: Sheet) -> None:
    from matplotlib.patches import Patch

    sheet.figure.legend(
        handles=[
            Patch(
                facecolor=colour,
                edgecolor="white" if place else colour,
                hatch="///" if place else "",
                label=said,
            )
            for place, (said, colour) in enumerate(ENDS)
        ],
        loc="upper left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
        ncols=2,
        fontsize=BODY,
    )

"""Victims or prevalence by age band, women beside men."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.canvas import (
    BODY,
    DARK_BLUE,
    ORANGE,
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
from needs_assessment.report.charts.values import estimate_text, gap_notes, interval_note, read, words
from needs_assessment.report.figure import Figure

# colour and hatch: for some eyes the two colours are nearly of one lightness
SEXES = {"Women": (DARK_BLUE, ""), "Men": (ORANGE, "\\\\\\")}


def age_sex(
    table: PublishedTable, *, title: str, source: str, name: str = "age_sex", range_name: str = "95% interval"
) -> Figure:
    """Bars with intervals by age band, women beside men.

    ``table`` holds ``age_band``, ``sex`` ('Women' or 'Men'), ``value``, ``low``, ``high``; bands are drawn in
    the order of the table. Raises ValueError for a missing column, another sex or a repeated band.
    """
    with drawing():
        sheet, notes = _draw_age_sex(table, range_name)
        return finish(
            sheet, name=name, title=title, alt=_age_sex_alt(table), source=source, drawn_notes=notes
        )


def _draw_age_sex(table: PublishedTable, range_name: str) -> tuple[Sheet, list[str]]:
    import seaborn as sns  # slow to load

    value, low, high = (read(table, key) for key in ("value", "low", "high"))
    cells = pd.DataFrame(
        {"age_band": words(table, "age_band"), "sex": words(table, "sex"), "value": value.values}
    )
    unknown = sorted(set(cells["sex"]) - set(SEXES))
    if unknown:
        raise ValueError(f"the table {table.name} has sex {', '.join(unknown)}; expected Women or Men")
    if cells.duplicated(["age_band", "sex"]).any():
        raise ValueError(f"the table {table.name} has an age band twice for one sex")
    bands = list(dict.fromkeys(cells["age_band"]))
    place = cells["age_band"].map({band: place for place, band in enumerate(bands)})
    ruler = Ruler()
    notes = interval_note(low, high, range_name) + gap_notes(value, "bar", "bars")
    lines = footer_lines(notes, ruler)
    foot = footer_height(lines)
    sheet = Sheet(3.2 + foot)
    axes = sheet.axes(0.75, foot + 0.55, WIDTH - 0.85, 2.15)
    sexes = [sex for sex in SEXES if (cells["sex"] == sex).any()]
    sns.barplot(
        x=place,
        y=cells["value"],
        hue=cells["sex"],
        hue_order=sexes,
        palette=[SEXES[sex][0] for sex in sexes],
        order=range(len(bands)),
        errorbar=None,
        saturation=1,
        width=0.8,
        legend=False,
        ax=axes,
    )
    for sex, bars in zip(sexes, axes.containers, strict=True):
        for bar in bars:
            bar.set(hatch=SEXES[sex][1], edgecolor=DARK_BLUE if SEXES[sex][1] else SEXES[sex][0], linewidth=0)
    step = 0.8 / len(sexes)
    offset = cells["sex"].map({sex: (i - (len(sexes) - 1) / 2) * step for i, sex in enumerate(sexes)})
    drawn = value.shown & low.shown & high.shown
    ends = np.abs(np.vstack([value.values - low.values, high.values - value.values]))
    whiskers(axes, (place + offset)[drawn], value.values[drawn], yerr=ends[:, drawn])
    axes.set_xticks(
        range(len(bands)), [ruler.shorten(band, (WIDTH - 0.9) / len(bands), BODY) for band in bands]
    )
    axes.set_xlabel("Age in years")
    axes.set_ylabel("")
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.tick_params(axis="x", length=0)
    tick_axis(axes.yaxis)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    sheet.text(0.1, sheet.height - 0.1, value.axis_label, size=BODY, va="top")
    sheet.figure.legend(
        handles=[
            Patch(facecolor=SEXES[sex][0], edgecolor=DARK_BLUE, linewidth=0, hatch=SEXES[sex][1], label=sex)
            for sex in sexes
        ],
        loc="upper right",
        bbox_to_anchor=(1, 1),
        ncols=len(sexes),
        borderaxespad=0.2,
    )
    sheet.footer(lines)
    return sheet, notes


def _age_sex_alt(table: PublishedTable) -> str:
    value, low, high = (read(table, key) for key in ("value", "low", "high"))
    bands, sex = words(table, "age_band"), words(table, "sex")
    parts = [f"Bar chart of {value.axis_label} by age band for women and men."]
    for one in SEXES:
        places = [i for i in range(len(bands)) if sex[i] == one and value.shown[i]]
        if places:
            top = max(places, key=lambda i: value.values[i])
            least = min(places, key=lambda i: value.values[i])
            parts.append(
                f"{one}: highest at {bands[top]}, {estimate_text(value, low, high, top)}; "
                f"lowest at {bands[least]}, {estimate_text(value, low, high, least)}."
            )
    return " ".join(parts)

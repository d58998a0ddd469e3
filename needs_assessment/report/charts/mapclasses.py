"""The colour classes of a ward map, and whether a word can be read on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from needs_assessment.report.charts.canvas import INK, NOT_SHOWN, SEQUENTIAL
from needs_assessment.report.charts.values import Reading

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

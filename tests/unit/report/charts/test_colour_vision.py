"""The palettes without colour: in greyscale, and as people see them whose eyes lack one kind of cone.

Matrices: Machado, Oliveira and Fernandes (2009), A physiologically-based model for simulation of color vision deficiency,
IEEE Transactions on Visualization and Computer Graphics 15(6), table 1 at severity 1.0; they act on linear RGB.
Contrast: WCAG 2.2, relative luminance; 3 to 1 is what it asks of graphical objects that colour alone tells apart.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from needs_assessment.report.charts import ages, bars, cascade
from needs_assessment.report.charts.canvas import NOT_SHOWN, SEQUENTIAL

SIMULATED = {
    "as printed in colour": np.eye(3),
    # every channel becomes the luminance: what a black-and-white printer makes of it
    "greyscale": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
NEIGHBOURS = 1.4  # least contrast of neighbouring classes of a map, whose range is written in the legend too
SERIES = 3.0  # least contrast of two series that nothing but their fill tells apart
SEEN_BY = pytest.mark.parametrize("matrix", SIMULATED.values(), ids=SIMULATED)


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour: str, matrix: np.ndarray) -> float:
    seen = np.clip(matrix @ linear(colour), 0.0, 1.0)
    return float(seen @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str, matrix: np.ndarray) -> float:
    dark, light = sorted((luminance(one, matrix), luminance(other, matrix)))
    return (light + 0.05) / (dark + 0.05)


def test_the_simulation_does_what_it_says() -> None:
    """White stays white for everyone; red and green of one luminance part for most eyes and meet in greyscale."""
    for matrix in SIMULATED.values():
        assert matrix @ np.ones(3) == pytest.approx(np.ones(3), abs=0.001)
    assert contrast("#000000", "#FFFFFF", np.eye(3)) == pytest.approx(21.0)
    red, green = linear("#C00000"), linear("#006F00")
    assert np.abs(red - green).max() > 0.3
    unlike = SIMULATED["deuteranopia"] @ red - SIMULATED["deuteranopia"] @ green
    assert np.abs(unlike).max() < np.abs(red - green).max() / 2


@SEEN_BY
def test_classes_of_a_map_grow_darker_in_steps_that_can_be_seen(matrix: np.ndarray) -> None:
    shades = [luminance(colour, matrix) for colour in SEQUENTIAL]
    assert shades == sorted(shades, reverse=True)
    for lighter, darker in itertools.pairwise(SEQUENTIAL):
        assert contrast(lighter, darker, matrix) >= NEIGHBOURS


@SEEN_BY
def test_a_ward_that_is_not_shown_is_lighter_than_every_class(matrix: np.ndarray) -> None:
    """It is hatched as well, as tests of the maps check."""
    assert luminance(NOT_SHOWN, matrix) > max(luminance(colour, matrix) for colour in SEQUENTIAL)


@SEEN_BY
@pytest.mark.parametrize(
    "looks",
    [
        {name: look[1:] for name, look in bars.KINDS.items()},
        cascade.LOOKS,
        ages.SEXES,
    ],
    ids=["places", "cascade", "women and men"],
)
def test_series_differ_by_fill_or_by_hatch(looks: dict[str, tuple[str, str]], matrix: np.ndarray) -> None:
    for (one, hatch), (other, other_hatch) in itertools.combinations(looks.values(), 2):
        assert hatch != other_hatch or contrast(one, other, matrix) >= SERIES

"""Names and numbers on a ward map: which ward bears its name, which a number, and where each label stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from needs_assessment.report.charts.canvas import Ruler, plain

SIZE = 6.5  # points
LINE_PITCH = 1.2 * SIZE / 72  # inches
_PAD = 0.012  # inches around a label
_FARTHEST = 300  # rings of 0.03 inches: beyond any page
_TURNS = 20  # directions tried around a ward whose own ground is taken


@dataclass(frozen=True)
class Label:
    """One label: lines of text, its centre, and the ward's own point, in inches on the page."""

    ward: int
    lines: tuple[str, ...]
    at: tuple[float, float]
    point: tuple[float, float]
    inside: bool  # wholly on its own ward, so it needs no ground of its own

    @property
    def moved(self) -> bool:
        return self.at != self.point


def place_labels(
    names: Sequence[str], wards: Sequence[shapely.Geometry], ruler: Ruler, *, numbered: bool = True
) -> tuple[list[Label], list[tuple[int, int]]]:
    """Labels that never overlap, and the key: (number, ward), numbered in the order of the names.

    ``wards`` are polygons in inches on the page. A name is written where it fits inside its ward; the other
    wards get a number (unless ``numbered`` is false), beside the ward with a line to it where its own ground
    is taken.
    """
    points = [_inner_point(ward) for ward in wards]
    labels: list[Label] = []
    boxes: list[shapely.Geometry] = []
    unnamed = []
    for ward, shape in enumerate(wards):
        lines = _name_that_fits(names[ward], shape, points[ward], ruler)
        if lines is None:
            unnamed.append(ward)
            continue
        labels.append(Label(ward, lines, points[ward], points[ward], True))
        boxes.append(_box(points[ward], *_size(lines, ruler)))
    if not numbered:
        return labels, []
    order = sorted(unnamed, key=lambda ward: (plain(names[ward]).casefold(), ward))
    numbers = {ward: number for number, ward in enumerate(order, 1)}
    # the wards with most ground first: their numbers stay at home, the crowded ones then find room around
    edges = shapely.box(*shapely.total_bounds(np.array(wards)))
    for ward in sorted(unnamed, key=lambda ward: (-shapely.area(wards[ward]), ward)):
        text = (str(numbers[ward]),)
        size = _size(text, ruler)
        taken = shapely.STRtree(boxes)
        at = _free_place(points[ward], size, taken, edges)
        box = _box(at, *size)
        boxes.append(box)
        inside = at == points[ward] and bool(shapely.contains(wards[ward], box))
        labels.append(Label(ward, text, at, points[ward], inside))
    return labels, [(numbers[ward], ward) for ward in order]


def _inner_point(ward: shapely.Geometry) -> tuple[float, float]:
    """The middle of the widest part of the ward's largest piece."""
    pieces = shapely.get_parts(ward)
    largest = pieces[int(np.argmax(shapely.area(pieces)))]
    spoke = shapely.maximum_inscribed_circle(largest, tolerance=0.01)
    x, y = shapely.get_coordinates(spoke)[0]
    return float(x), float(y)


def _name_that_fits(
    name: str, ward: shapely.Geometry, point: tuple[float, float], ruler: Ruler
) -> tuple[str, ...] | None:
    """The whole name in one to three lines that lie inside the ward, or None."""
    words = plain(name).split(" ")
    for count in range(1, min(3, len(words)) + 1):
        lines = _balanced(words, count, ruler)
        if shapely.contains(ward, _box(point, *_size(lines, ruler))):
            return lines
    return None


def _balanced(words: list[str], count: int, ruler: Ruler) -> tuple[str, ...]:
    """``words`` in ``count`` lines, the widest as narrow as it can be."""
    if count == 1:
        return (" ".join(words),)
    ways = []
    for first in range(1, len(words) - count + 2):
        lines = (" ".join(words[:first]), *_balanced(words[first:], count - 1, ruler))
        ways.append((max(ruler.width(line, SIZE) for line in lines), lines))
    return min(ways)[1]


def _size(lines: tuple[str, ...], ruler: Ruler) -> tuple[float, float]:
    width = max(ruler.width(line, SIZE) for line in lines)
    return width + 2 * _PAD, len(lines) * LINE_PITCH + 2 * _PAD


def _box(centre: tuple[float, float], width: float, height: float) -> shapely.Geometry:
    x, y = centre
    return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _free_place(
    point: tuple[float, float], size: tuple[float, float], taken: shapely.STRtree, edges: shapely.Geometry
) -> tuple[float, float]:
    """The nearest place where a label of ``size`` touches no other: at ``point``, or on rings around it.

    It stays within the ``edges`` of the map as long as there is room there.
    """
    ring = 0
    while True:
        radius = 0.03 * ring
        for turn in range(_TURNS if ring else 1):
            angle = 2 * math.pi * turn / _TURNS
            at = (point[0] + radius * math.cos(angle), point[1] + radius * math.sin(angle)) if ring else point
            box = _box(at, *size)
            if ring and ring < _FARTHEST and not shapely.contains(edges, box):
                continue
            if len(taken.query(box, predicate="intersects")) == 0:
                return at
        ring += 1

"""Suppression of small counts in linked tables, and the reader's attack on the result. Pure: no files, no frames."""

from __future__ import annotations

from needs_assessment.disclosure.suppression.attack import Ranges, attack
from needs_assessment.disclosure.suppression.axes import Axis, flat, tree
from needs_assessment.disclosure.suppression.build import Number, Relation, Table, build
from needs_assessment.disclosure.suppression.cells import CHOOSE, HIDDEN, SHOWN, WITHHELD, Problem
from needs_assessment.disclosure.suppression.protect import Audit, Finding, Protection, protect
from needs_assessment.disclosure.suppression.releases import Release

__all__ = [
    "CHOOSE",
    "HIDDEN",
    "SHOWN",
    "WITHHELD",
    "Audit",
    "Axis",
    "Finding",
    "Number",
    "Problem",
    "Protection",
    "Ranges",
    "Relation",
    "Release",
    "Table",
    "attack",
    "build",
    "flat",
    "protect",
    "tree",
]

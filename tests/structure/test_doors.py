"""Every text that can be printed has a door: columns of words say how they are screened, and so does every choice."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from needs_assessment import inputs
from needs_assessment.errors import NeedsAssessmentError
from needs_assessment.scenario import PATH_FIELDS, Scenario
from needs_assessment.tables.cells import Screen
from needs_assessment.tables.validation import TableSchema

HOSTILE = "Mrs Smith, MK45 2ZZ"
# identifiers as a person would hide a name in one: a pattern that lets them in is no screen
DISGUISED = ("mrs_smith", "mrs-smith", "Mrs Smith", "mk45_2zz")


def schemas() -> Iterator[TableSchema]:
    """Every schema that a module of the room ``inputs`` makes."""
    seen: dict[int, TableSchema] = {}
    for module in pkgutil.walk_packages(inputs.__path__, f"{inputs.__name__}."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, TableSchema):
                seen[id(thing)] = thing
    yield from seen.values()


def forgotten(schema: TableSchema) -> list[str]:
    """Columns of words of a table that a user gives which nothing holds against what may be printed."""
    return [
        column.name
        for column in schema.columns
        if schema.origin == "given"
        and column.kind == "text"
        and column.allowed is None
        and column.screen is None
        and any(column.pattern is None or re.fullmatch(column.pattern, text) for text in DISGUISED)
    ]


@pytest.mark.parametrize("schema", list(schemas()), ids=lambda schema: schema.name)
def test_every_column_of_words_has_a_screen(schema: TableSchema) -> None:
    assert forgotten(schema) == []


def test_a_forgotten_column_is_seen() -> None:
    from needs_assessment.tables.schemas.columns import identifier, text

    table = TableSchema("x", "X", (text("words", "Words"), identifier("name", "Name")))
    assert forgotten(table) == ["words", "name"]
    assert set(get_args(Screen)) == {"sentence", "name", "label", "heading", "list"}


@pytest.mark.parametrize("field", Scenario.model_fields)
def test_no_choice_lets_a_hostile_text_out(field: str) -> None:
    """A choice refuses it, or what outputs say of the scenario does not hold it, and no message repeats it."""
    tries: list[Any] = [HOSTILE, [HOSTILE], {HOSTILE: 1}, f"x#{HOSTILE}", f"/a/{HOSTILE}.csv"]
    for given in tries:
        try:
            said = str(Scenario.build({field: given}, "--set").local_only())
        except NeedsAssessmentError as error:
            said = error.report()
        # an area's code and an id of a register are held against their registers before anything is written
        if field in ("area", "assumptions"):
            continue
        assert "Smith" not in said, given
        assert "2ZZ" not in said, given


def test_paths_are_called_by_what_they_are() -> None:
    for field in (*PATH_FIELDS, "rates"):
        said = Scenario.build({field: "/somewhere/Featherstone.csv"}, "test").local_only()[field]
        assert "Featherstone" not in said
        assert said

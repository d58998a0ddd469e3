"""What a choice of a run may be, in words, and the refusal of those that cannot be used: all of them at once."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from needs_assessment.errors import InputError, UsageError
from needs_assessment.printable_text import SENTENCE, may_be_shown, quoted

_LONGEST = 80
# what a text choice is, where its type alone does not say it
TEXTS = {
    "rates": "the name of a rate set or of a file, in quotation marks",
    "output": "the name of a folder, in quotation marks",
    "previous": "the folder of an earlier run, in quotation marks",
    "scenarios": 'a file or folder of scenarios, or "bundled", in quotation marks',
    "run": "a name of at most 80 letters of a to z, digits, dots, hyphens and underscores, "
    "with a letter or digit in it, no dot at either end, and not the name of a device such as CON",
}
# texts that are printed: why one is refused is told in the words of its check, and never with the text
PRINTED = ("help_lines", "contact_role")
FILE = "the name of a file, in quotation marks"
AREA = 'authorities by code or by name, such as "E06000056" or "Central Bedfordshire", at least one and none blank'
FIGURES = "a table of registered figures, such as {refuge_stay_days = 120}"
FIGURE = "write a number, or {value = …, low = …, high = …}, each a finite number"
DATE = "a date written as 2026-03-31, or blank for today"


class RefusedText(ValueError):
    """A text that would be printed and must not be; its words say why, and what was given is not repeated."""


def refusal(
    error: ValidationError,
    model: type[BaseModel],
    choices: Mapping[str, Any],
    origin_of: Callable[[str], str],
) -> UsageError | InputError:
    """The error to raise for choices that cannot be used, one line a choice.

    choices: what was given; origin_of: where a choice was made, by its name. An area that no register knows, and nothing
    else, is an input refused (InputError).
    """
    faults = error.errors(include_url=False)
    if len(faults) == 1 and isinstance(only := _raised(faults[0]), InputError):
        return only
    said: dict[str, str] = {}
    for fault in faults:
        # what several choices say together is told of the printed texts
        name = str(fault["loc"][0]) if fault["loc"] else PRINTED[0]
        if name not in model.model_fields:
            said[name] = no_such_choice(name, model)
            continue
        where = ".".join(str(part) for part in fault["loc"][:2]) if name == "assumptions" else name
        raised = _raised(fault)
        if isinstance(raised, RefusedText) or (isinstance(raised, ValueError) and name in PRINTED):
            said.setdefault(where, f"{where} cannot be used: {raised}")
            continue
        allowed = (
            f"{raised.message} {raised.expected}"
            if isinstance(raised, InputError)
            else _allowed(model, fault)
        )
        found = choices[name]
        if where != name:
            found = found[fault["loc"][1]]
        said.setdefault(where, f"{where} = {shown(found)} cannot be used; expected: {allowed}")
    return _refused(said, choices, model, origin_of)


def refuse_names(
    names: Collection[str], model: type[BaseModel], origin_of: Callable[[str], str]
) -> UsageError:
    """The error to raise for names that are no choice."""
    return _refused({name: no_such_choice(name, model) for name in names}, names, model, origin_of)


def no_such_choice(name: str, model: type[BaseModel]) -> str:
    """A name that is no choice, with the nearest one."""
    near = difflib.get_close_matches(name, model.model_fields, n=1)
    return f"there is no choice called {quoted(_short(name))}" + (
        f"; did you mean '{near[0]}'?" if near else ""
    )


def expected(name: str, field: FieldInfo) -> str:
    """What a choice may be, from its type and its bounds."""
    kind = field.annotation
    if get_origin(kind) is Literal:
        words = [str(word) for word in get_args(kind)]
        return ", ".join(words[:-1]) + f" or {words[-1]}"
    if kind is bool:
        return "true or false"
    if kind is int:
        bounds = {type(part).__name__: part for part in field.metadata}
        least = bounds["Ge"].ge
        most = bounds["Le"].le if "Le" in bounds else bounds["Lt"].lt - 1
        return f"a whole number from {least:,} to {most:,}"
    if kind is dt.date:
        return DATE
    if name == "area":
        return AREA
    if name == "assumptions":
        return FIGURES
    return TEXTS.get(name, FILE)


def shown(value: object) -> str:
    """A value as a person would have written it, cut where it is long."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        text = type(value).__name__
    return may_be_shown(_short(text), SENTENCE)


def _allowed(model: type[BaseModel], fault: Mapping[str, Any]) -> str:
    name = str(fault["loc"][0])
    if name == "assumptions" and len(fault["loc"]) > 1:
        return FIGURE
    return expected(name, model.model_fields[name])


def _refused(
    said: Mapping[str, str],
    given: Collection[str],
    model: type[BaseModel],
    origin_of: Callable[[str], str],
) -> UsageError:
    # a figure within a choice is of that choice; a name with a dot that was given as it stands is its own
    names = {where: where if where in given else where.partition(".")[0] for where in said}
    if len(said) == 1:
        ((where, text),) = said.items()
        field = model.model_fields.get(names[where])
        action = (
            f"{names[where]} is {field.description}"
            if field
            else "the choices are: " + ", ".join(model.model_fields)
        )
        return UsageError(f"{origin_of(names[where])}: {text}", action=action)
    lines = [f"  {origin_of(names[where])}: {text}" for where, text in said.items()]
    return UsageError(
        "\n".join([f"{len(said)} choices cannot be used:", *lines]),
        action="correct them all; the choices are: " + ", ".join(model.model_fields),
    )


def _raised(fault: Mapping[str, Any]) -> object:
    return fault.get("ctx", {}).get("error")


def _short(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"

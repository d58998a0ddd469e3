"""A command that is printed for a person bears the name under which the program was called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from needs_assessment.cli import app
from needs_assessment.command_name import NAME, VARIABLE, command_name
from tests.structure.test_architecture import MODULES, PACKAGE, module_name

group = get_command(app)
assert isinstance(group, TyperGroup)
COMMANDS = sorted(group.commands)
# the name followed by one of its commands or by an option, or standing where an f-string goes on with one
ADVICE = re.compile(rf"(?:needs[-_]assessment|assess\.py) +(?:(?:{'|'.join(COMMANDS)})\b|-{{1,2}}\w|$)")
# texts of files, which name the tool and are the same however it was called
OF_FILES = {("needs_assessment.batch.summary", "needs-assessment batch")}


# assess.py's own part: only it has these commands, and they are told to who has just started it
OF_THE_START = ("needs_assessment.bootstrap.",)


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text of a module but its docstrings, with its line."""
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def fixed_commands(module: str, source: str) -> list[str]:
    """Commands written out in a module's texts, which would be wrong where the program has another name."""
    return [
        f"{module} line {line}: {text!r}"
        for line, text in literals(ast.parse(source))
        if ADVICE.search(text) and (module, text) not in OF_FILES and not module.startswith(OF_THE_START)
    ]


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_no_module_writes_the_commands_name(path: Path) -> None:
    assert not fixed_commands(module_name(path), path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "say('needs-assessment run --scenario x')",
        "say(f'needs-assessment fetch {area}')",
        "say('start python assess.py check')",
        "say(f'needs-assessment {name}')",
        "say('python -m needs_assessment --help')",
    ],
)
def test_a_fixed_command_is_seen(source: str) -> None:
    assert fixed_commands("needs_assessment.x", source)


def test_the_exceptions_are_still_there() -> None:
    for module, text in OF_FILES:
        path = PACKAGE.parent / Path(*module.split(".")).with_suffix(".py")
        assert text in path.read_text(encoding="utf-8")


def test_the_name_is_as_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert command_name() == NAME == "needs-assessment"
    monkeypatch.setenv(VARIABLE, " py assess.py ")
    assert command_name() == "py assess.py"
    assert command_name("run", "--help") == "py assess.py run --help"


@pytest.mark.parametrize("typed", ["", "  ", "a\nb", "\x1b[31m", "x" * 201])
def test_a_name_that_cannot_be_one_is_not_printed(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, typed)
    assert command_name() == NAME

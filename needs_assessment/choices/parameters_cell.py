"""The parameters cell of a notebook: which names it assigns, and which of a kernel's variables are therefore choices.

A kernel remembers every variable it was ever given. What counts is the newest run of the parameters cell, which IPython
keeps in ``In`` with the source of every other cell: a name that was mistyped and then corrected does not count any more,
and no variable of another cell ever does. Why it is told so: ``docs/decisions/0032-notebooks-in-jupyterlab.md``.
"""

from __future__ import annotations

import ast
import datetime as dt
import os
import symtable
import warnings
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

# the first line of the parameters cell of every notebook of the project, and of the cell that papermill adds below it
MARK = "# Choices"
INJECTED = "# Parameters"
SIMPLE = (str, int, float, bool, list, tuple, dict, set, dt.date, os.PathLike, type(None))


def assigned_names(source: str) -> list[str]:
    """Names that a cell assigns at its top level, in order of the alphabet; neither imports nor definitions.

    Raises SyntaxError where the cell is not Python.
    """
    with warnings.catch_warnings():
        # of the cell's own backslashes: whoever runs the cell has been warned already
        warnings.simplefilter("ignore")
        table = symtable.symtable(source, "<cell>", "exec")
    return sorted(
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() and not symbol.is_imported() and not symbol.is_namespace()
    )


def given_parameters(names: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """The choices among a notebook's variables, and what was meant for one: a mistyped name is there, to be refused.

    names: the notebook's variables with IPython's ``In``; known: the names of all choices. Without a parameters cell in
    ``In`` (a script, or a process that keeps no history) every simple variable counts.
    """
    cells = _cells_since_parameters(_history(names), known)
    if cells is None:
        wanted = {name for name in names if name not in ("In", "Out")}
    else:
        wanted = {
            name
            for cell in cells
            for name in assigned_names(cell)
            if name in known or _is_of_parameters(cell, known)
        }
    return {
        name: os.fspath(value) if isinstance(value, os.PathLike) else value
        for name, value in names.items()
        if name in wanted
        and not name.startswith("_")
        and (isinstance(value, SIMPLE) or (cells is not None and name in known))
    }


def in_kernel(names: Mapping[str, Any]) -> bool:
    """Whether the variables are those of a notebook whose cells are remembered, not of a script."""
    return bool(_history(names))


def found_file(name: Any, project: Path) -> Any:
    """A file's name as it is where it lies in the notebook's own folder, else below the project if it lies there.

    ``#`` and what stands behind it choose a part of a workbook. What is no name of a file is returned as it is.
    """
    if not isinstance(name, str) or not name:
        return name
    file, mark, part = name.partition("#")
    try:
        elsewhere = not Path(file).exists() and (project / file).exists()
    except OSError:
        return name
    return f"{project / file}{mark}{part}" if elsewhere else name


def _history(names: Mapping[str, Any]) -> list[str]:
    """Sources of all cells run so far, the running one last; those that are not Python never ran."""
    given = names.get("In")
    cells = given[1:] if isinstance(given, list) else []
    return [cell for cell in cells if isinstance(cell, str) and _is_python(cell)]


def _is_python(cell: str) -> bool:
    try:
        assigned_names(cell)
    except (SyntaxError, ValueError):
        return False
    return True


def _cells_since_parameters(history: Sequence[str], known: Collection[str]) -> list[str] | None:
    """The newest run of the parameters cell and every cell after it; None when there is no such cell.

    Where somebody has taken its first line away it is the newest cell that sets at least half as many choices as any.
    """
    marked = [place for place, cell in enumerate(history) if _begins(cell, MARK)]
    if not marked:
        sets = [
            len(set(assigned_names(cell)) & set(known)) if _only_sets_choices(cell, known) else 0
            for cell in history
        ]
        marked = [place for place, number in enumerate(sets) if number and number * 2 >= max(sets)]
    return list(history[marked[-1] :]) if marked else None


def _is_of_parameters(cell: str, known: Collection[str]) -> bool:
    """Whether every name of the cell is meant as a choice: the parameters cell, papermill's, or a part split off."""
    return _begins(cell, MARK) or _begins(cell, INJECTED) or _only_sets_choices(cell, known)


def _begins(cell: str, words: str) -> bool:
    return cell.lstrip().casefold().startswith(words.casefold())


def _only_sets_choices(cell: str, known: Collection[str]) -> bool:
    names = assigned_names(cell)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = ast.parse(cell).body
    only = all(isinstance(statement, ast.Assign | ast.AnnAssign) for statement in body)
    return bool(names) and only and 2 * len(set(names) & set(known)) >= len(names)

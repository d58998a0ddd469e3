"""The files that a council keeps in ``data/local/``, and what each looks like from its first row."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.layouts import fits, recognise
from needs_assessment.tables.columns import as_columns
from needs_assessment.tables.files import read_strings
from needs_assessment.tables.schemas import CHARACTERISTICS, SERVICES

COLUMNS = ("file", "looks_like", "ward_vintage")
_MAPS = (".gpkg", ".geojson", ".shp", ".fgb", ".gml", ".kml", ".zip")


def list_local(folder: Path) -> pd.DataFrame:
    """One row a file: its name below ``folder``, what it looks like, the year of the wards where its columns say it.

    Only the header of a CSV is looked at and no cell is ever shown; a workbook is named and not opened.
    """
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    rows = [(path.relative_to(folder).as_posix(), *_looks_like(path)) for path in found]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def _looks_like(path: Path) -> tuple[str, str]:
    ending = path.suffix.lower()
    if ending in _MAPS:
        return "boundaries", ""
    if ending == ".toml":
        return "scenario or register", ""
    if ending != ".csv":
        return "not looked into", ""
    try:
        layout = recognise(as_columns(read_strings(path, match=fits, echo=False)))
    except InputError:
        return _other(path), ""
    return "population", layout.vintage


def _other(path: Path) -> str:
    for name, schema in (("services", SERVICES), ("characteristics", CHARACTERISTICS)):
        needed = [column.name for column in schema.columns if column.required]
        try:
            header = read_strings(path, expected=needed, echo=False).header
        except InputError:
            continue
        if set(needed) <= set(header):
            return name
    return "something else"

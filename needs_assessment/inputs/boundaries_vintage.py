"""Why a map does not fit a population: which wards differ, and the lookup that would bring the two together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.best_fit import WHERE
from needs_assessment.inputs.population.layouts import meaning_of
from needs_assessment.inputs.population.wards import listed

_SHOWN = 80  # a whole district's wards


def other_wards(
    path: Path, table: Any, column: str, vintage: str, wards: pd.DataFrame, ward_vintage: str
) -> InputError:
    """The refusal of a map that lacks wards of the population: they are listed by authority, with the map's own there.

    table: the map's attributes; column: its ward codes; vintage: the year that column states, or 'unknown'.
    """
    codes = table[column].map(lambda value: value.strip().upper() if isinstance(value, str) else "")
    absent = wards[~wards["ward_code"].isin(set(codes))]
    new = _new_wards(table, column, codes, wards)
    stated = f"the column states {vintage}" if vintage != "unknown" else "the column states no year"
    year = "" if vintage == "unknown" else f" ({vintage})"
    own = "the year of the population's wards" if ward_vintage == "unknown" else ward_vintage
    return InputError(
        f"The boundary file has no polygon for {len(absent)} of the population's {len(wards)} wards: "
        f"{_by_authority(absent, wards)}."
        + (
            f" In their place it has {len(new)} that the population lacks: {listed(new, _SHOWN)}."
            if new
            else ""
        ),
        file=path.name,
        column=column,
        found=(
            "wards of another year or a part of the area" if len(absent) < len(wards) else "none of the wards"
        )
        + f"; {stated}"
        + (f", the population's are of {ward_vintage}" if ward_vintage != "unknown" else ""),
        expected="a polygon for every ward of the population: the same ward codes, which change when wards are redrawn",
        action=f"get the boundaries of {own}; or give a population by LSOA with --population and the best-fit lookup from "
        f"LSOA to Ward{year} with --lookup, from {WHERE}",
    )


def _by_authority(absent: pd.DataFrame, wards: pd.DataFrame) -> str:
    if "authority_name" not in wards or wards["authority_name"].nunique() < 2:
        return listed(_named(absent), _SHOWN)
    parts = []
    for name, rows in absent.groupby("authority_name", sort=True):
        whole = int((wards["authority_name"] == name).sum())
        parts.append(f"{name}, {len(rows)} of {whole}: {listed(_named(rows), _SHOWN)}")
    return "; ".join(parts)


def _named(wards: pd.DataFrame) -> dict[str, str]:
    return dict(zip(wards["ward_code"], wards["ward_name"], strict=True))


def _new_wards(table: Any, column: str, codes: pd.Series, wards: pd.DataFrame) -> dict[str, str]:
    """The map's wards in the population's authorities that the population lacks, where the map says authorities."""
    meanings = {str(name): meaning_of(str(name)).name for name in table.columns}
    authority = next((name for name, meaning in meanings.items() if meaning == "authority_code"), None)
    if authority is None or "authority_code" not in wards:
        return {}
    inside = table[authority].isin(set(wards["authority_code"])) & ~codes.isin(set(wards["ward_code"]))
    label = next((name for name, meaning in meanings.items() if meaning == "ward_name"), column)
    return dict(zip(codes[inside], table.loc[inside, label].astype("str"), strict=True))

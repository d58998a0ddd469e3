"""The kept page of the coverage table."""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from benchmarks.national import National

WARD_EFFECT, AUTHORITY_EFFECT = "ward_effect_sd", "authority_effect_sd"
KEY = ["wards", "effects", "spread"]

PAGE = """# How often the intervals hold the truth

Written by `python benchmarks/coverage.py`; do not edit. {replications:,} replications for each of {areas}, {draws:,} draws
each, seed {seed}; numpy {numpy}. All columns: `benchmarks/coverage.csv`.

Each replication is one authority of known truth. The national rates that are published, by sex and by age, differ from
the true ones by survey error; the authority differs from the nation (spread {authority_sd:g}); its wards differ from each
other by the true spread of the row, lognormal or gamma; observed events are Poisson around a constant share of each
ward's true victims. The library's own functions then estimate from the published rates, the population and the events.
*Holds* is the share of wards (or authorities) whose 95% interval holds the truth, in per cent, with its standard error
over replications. *Error* is the mean squared error of a ward's prevalence divided by that of `age_sex`.

{summary}

## `age_sex`: the register's spreads equal the truth

Target: 93 to 97 for wards and for the authority. The last column is what a run gives, where the ward spread is not known
and drawn over its registered range ({low_sd:g} to {high_sd:g}, most plausibly {sd:g}): wider than needed where wards
differ less than that, too narrow where they differ more. Only a local series can tell which.

{age_sex}

## `local`: the ward spread is not known

Target where {least} or more events are expected in the average ward: holds 92 to 97 and error below 1 where the true
spread is 0.1 or more; holds at least 93 and error at most 1.25 where it is 0. Fewer events are reported beside it.
*Relative risk holds* is the same for the ward's risk relative to its authority, which the events are about: stricter,
because the common error of survey and authority is left out, and therefore without a target. Where wards do not differ
every interval holds 1, so it is 100 and no fault. *Width* is that of the interval, as a share of the central value.

The simulation takes the model at its word. It does not show what happens where recording differs between wards, or where
the same people are counted again and again: then `local` is surer than it should be.

{local}
"""


def write_page(table: pd.DataFrame, national: National, settings: argparse.Namespace, least: int) -> str:
    """The kept table as a page."""
    low_sd, sd, high_sd = national.range(WARD_EFFECT)
    own, ranged = (table[table["method"] == method] for method in ("age_sex", "age_sex_range"))
    both = own.merge(ranged[[*KEY, "ward"]], on=KEY, suffixes=("", "_range"), validate="one_to_one")
    head = ["wards", "ward effects", "true spread"]
    known = [
        [*_key(row), _percent(row["ward"], row["ward_error"]), f"{row['authority']:.1%}"[:-1], row["verdict"],
         f"{row['ward_range']:.1%}"[:-1]]
        for row in both.to_dict("records")
    ]  # fmt: skip
    local = [
        [*_key(row), f"{row['events']:,}", _percent(row["ward"], row["ward_error"]), f"{row['mse_ratio']:.2f}",
         row["verdict"] or "reported", f"{row['share']:.1%}"[:-1], f"{row['width']:.2f}"]
        for row in table[table["method"] == "local"].to_dict("records")
    ]  # fmt: skip
    missed = int((table["verdict"] == "missed").sum())
    judged = int((table["verdict"] != "").sum())
    return PAGE.format(
        replications=settings.replications,
        draws=settings.draws,
        seed=settings.seed,
        numpy=np.__version__,
        areas=" and ".join(f"{count} wards" for count in dict.fromkeys(table["wards"])),
        authority_sd=national.figure(AUTHORITY_EFFECT),
        low_sd=low_sd,
        sd=sd,
        high_sd=high_sd,
        least=least,
        summary=f"**{judged - missed} of {judged} targets met.**",
        age_sex=_table(
            [*head, "wards hold", "authority holds", "target", "wards hold, spread from its range"], known
        ),
        local=_table(
            [*head, "events a ward", "wards hold", "error", "target", "relative risk holds", "width"], local
        ),
    )


def _key(row: dict[str, object]) -> list[str]:
    return [str(row["wards"]), str(row["effects"]) if row["spread"] else "none", f"{row['spread']:g}"]


def _percent(share: float, error: float) -> str:
    return f"{100 * share:.1f} ± {100 * error:.1f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

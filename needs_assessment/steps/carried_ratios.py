"""Which published ratios are carried over, and how they are found in the register of rates.

Each characteristic takes its ratios from one edition, measure, sex and range of ages, so that no ratio mixes two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from needs_assessment.arrays import Array
from needs_assessment.inputs.population.characteristics import TENURE
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.results import Provenance
from needs_assessment.steps.context import Run, survey_provenance

RATIO_SD, RESIDUAL_SPREAD, RESIDUAL_LIMIT = "carried_ratio_sd", "residual_risk_spread", "residual_risk_limit"
BASES = {
    "F": ("effective_base_f",),
    "M": ("effective_base_m",),
    "P": ("effective_base_f", "effective_base_m"),
}
SEX_WORDS = {"F": "women", "M": "men", "P": "people"}
MEASURE_WORDS = {LAST_YEAR: "domestic abuse", "partner_abuse_last_year": "partner abuse"}


@dataclass(frozen=True)
class Edition:
    """The one edition, measure, sex and ages whose ratios are carried over for a characteristic."""

    rate_set: str
    measure: str
    sex: str
    age_from: int
    age_to: int

    @property
    def who(self) -> str:
        return f"{MEASURE_WORDS.get(self.measure, self.measure)}, {SEX_WORDS[self.sex]} aged {self.age_from} to {self.age_to}"


@dataclass(frozen=True)
class Grouping:
    """Which published group stands for which categories of residents: label -> (categories, group of the register)."""

    edition: Edition
    groups: dict[str, tuple[tuple[str, ...], str]]


def _same(names: dict[str, str]) -> dict[str, tuple[tuple[str, ...], str]]:
    return {category: ((category,), group) for category, group in names.items()}


SOCIAL = ("Social rented: Other social rented", "Social rented: Rents from council or Local Authority")
GROUPINGS = {
    "disability": Grouping(
        Edition("csew-2020", LAST_YEAR, "P", 16, 59),
        _same(
            {
                "Disabled under the Equality Act": "disabled",
                "Not disabled under the Equality Act": "not disabled",
            }
        ),
    ),
    "ethnic_group": Grouping(
        Edition("csew-2019", LAST_YEAR, "P", 16, 74),
        _same(
            {
                "White": "ethnicity: White",
                "Mixed or Multiple ethnic groups": "ethnicity: Mixed",
                "Asian, Asian British or Asian Welsh": "ethnicity: Asian",
            }
        ),
    ),
    TENURE: Grouping(
        Edition("csew-2015-17", "partner_abuse_last_year", "F", 16, 59),
        {"Social rented (women)": (SOCIAL, "tenure: social renter")},
    ),
}
TYPES = {
    "any_non_sexual": "non_sexual_domestic_abuse_last_year",
    "partner_non_sexual": "non_sexual_partner_abuse_last_year",
    "family_non_sexual": "non_sexual_family_abuse_last_year",
    "non_physical": "non_physical_abuse_last_year",
    "threats_or_force": "threats_or_force_last_year",
    "stalking": "domestic_stalking_last_year",
    "sexual_assault": "domestic_sexual_assault_last_year",
}
TYPES_EDITION = Edition("csew-2018", LAST_YEAR, "P", 16, 59)


@dataclass(frozen=True)
class Published:
    """One printed rate, a proportion; low, high and base are NaN where not printed."""

    rate: float
    low: float
    high: float
    base: float
    edition: str
    question_set: str
    source_id: str


def find_rate(run: Run, edition: Edition, measure: str, sex: str, group: str) -> Published | None:
    """The printed rate of a group in an edition, or None where the register has none."""
    key = (edition.rate_set, measure, sex, edition.age_from, edition.age_to, group)
    row = run.inputs.characteristics.printed_rates.get(key)
    if row is None:
        return None
    return Published(
        rate=float(row["rate"]) / 100,
        low=float(row["low"]) / 100,
        high=float(row["high"]) / 100,
        base=float(row["effective_base"]),
        edition=str(row["edition"]),
        question_set=str(row["question_set"]),
        source_id=str(row["source_id"]),
    )


def survey_only(run: Run) -> bool:
    """Whether the ranges hold the survey's error and nothing else."""
    return run.inputs.scenario.intervals == "survey_only"


def carried_spread(run: Run) -> Array:
    """Draws of the log-scale spread of a ratio carried over, shape [draw]; none where ranges are survey error only."""
    return np.zeros(run.draws.count) if survey_only(run) else run.drawn(RATIO_SD)


def carried_provenance(
    run: Run, method: str, sources: Sequence[str], assumptions: Sequence[str], note: str
) -> Provenance:
    """Where a figure with a carried-over ratio comes from: the ratio's sources and those of this run's level."""
    level = survey_provenance(run, LAST_YEAR, run.inputs.scenario.method)
    return Provenance(
        "modelled",
        method,
        (*sources, *level.source_ids),
        (*assumptions, *level.assumption_ids),
        "; ".join(filter(None, [note, level.note])),
    )

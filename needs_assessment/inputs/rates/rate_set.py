"""A set of national rates: its ages, its rates by measure and sex, and its extension to everyone aged 16 and over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from needs_assessment.errors import InputError

LAST_YEAR = "domestic_abuse_last_year"
SINCE_16 = "domestic_abuse_since_16"
OWN_FILE = "rates_file"
Band = tuple[int, int | None]
BANDS: tuple[Band, ...] = (
    (16, 19),
    (20, 24),
    (25, 34),
    (35, 44),
    (45, 54),
    (55, 59),
    (60, 74),
    (75, None),
)


@dataclass(frozen=True)
class Rate:
    """One published rate for all people of a sex in the survey's ages, as a proportion."""

    value: float
    low: float | None
    high: float | None
    effective_base: float | None
    published_count: float | None
    source_id: str
    status: str
    base: float | None = None


@dataclass(frozen=True)
class RateSet:
    """One edition's rates: ``rates[(measure, sex)]`` with sex P (everyone), F or M.

    age_from and age_to stay the survey's own ages, also where the rates are applied to more (``extend_scope``).
    """

    name: str
    edition: str
    question_set: str
    age_from: int
    age_to: int | None
    rates: Mapping[tuple[str, str], Rate]
    file: str
    sha256: str
    extended_from: str = ""
    notes: tuple[str, ...] = ()

    @property
    def ages(self) -> str:
        """The ages the rates are applied to, in words, and the survey's own where those are fewer."""
        extended = f", extended from {self.extended_from}" if self.extended_from else ""
        return self.ages_applied + extended

    @property
    def ages_applied(self) -> str:
        """The ages the rates are applied to, in words."""
        return (
            f"aged {self.age_from} and over"
            if self.age_to is None or self.extended_from
            else f"aged {self.age_from} to {self.age_to}"
        )

    @property
    def scope_note(self) -> str:
        """What a figure made with these rates has to say of its ages; blank for 16 and over."""
        if self.extended_from:
            return f"extended from {self.extended_from} to {self.age_from} and over: a choice of this run"
        return "" if (self.age_from, self.age_to) == (16, None) else f"people {self.ages}"

    @property
    def survey_bands(self) -> tuple[Band, ...]:
        """The age bands inside the survey's own ages: what the age pattern is calibrated over."""
        return tuple(
            band
            for band in BANDS
            if band[0] >= self.age_from
            and (self.age_to is None or (band[1] is not None and band[1] <= self.age_to))
        )

    @property
    def bands(self) -> tuple[Band, ...]:
        """The age bands the rates are applied to."""
        return BANDS if self.extended_from else self.survey_bands

    def find(self, measure: str, sex: str) -> Rate | None:
        return self.rates.get((measure, sex))

    def need(self, measure: str, sex: str) -> Rate:
        """The rate, or InputError saying what the set lacks and what would do instead."""
        rate = self.find(measure, sex)
        if rate is None:
            raise InputError(
                f"Rate set '{self.name}' holds no printed rate of {measure.replace('_', ' ')} for sex {sex}.",
                file=self.file,
                expected="a rate in per cent for that measure and sex, all ages of the survey together",
                action="choose another rate set with --rates, or another --method (crude needs sex P; sex and "
                "age_sex need F and M)",
            )
        return rate


def extend_scope(rate_set: RateSet) -> RateSet:
    """The same rates applied to everyone aged 16 and over: a choice that ``scope_note`` puts beside every figure.

    The age pattern stays calibrated over the survey's own ages and is then carried to the older bands; a set of 16 and
    over comes back as it is. Raises InputError where the survey starts above 16: nothing says how to go younger.
    """
    if rate_set.age_from != BANDS[0][0]:
        raise InputError(
            f"The rates of '{rate_set.name}' cannot be extended to people aged 16 and over.",
            file=rate_set.file,
            found=f"people {rate_set.ages}",
            expected="a survey of people aged 16 and over, 16 to 74 or 16 to 59",
            action="choose another rate set, or leave extend_to_16_and_over off",
        )
    if rate_set.extended_from or rate_set.age_to is None:
        return rate_set
    return replace(rate_set, extended_from=f"people {rate_set.ages}")

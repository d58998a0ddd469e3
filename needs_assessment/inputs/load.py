"""Everything one run reads, validated and frozen: nothing is calculated here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.arrays import Array
from needs_assessment.inputs.alternatives import Alternative, load_alternatives
from needs_assessment.inputs.areas.bundled import ward_points
from needs_assessment.inputs.areas.geography import Area, resolve_area, with_names
from needs_assessment.inputs.file_names import without_file_names
from needs_assessment.inputs.population.area_vintage import settle_area
from needs_assessment.inputs.population.characteristics import Characteristics, load_characteristics
from needs_assessment.inputs.population.plausibility import judge_population
from needs_assessment.inputs.population.population import (
    Population,
    band_persons,
    load_england,
    load_population,
)
from needs_assessment.inputs.population.projection import Projection, load_projection
from needs_assessment.inputs.previous_release import Previous, load_previous, unread
from needs_assessment.inputs.rates.rates import (
    BANDS,
    AgePattern,
    RateSet,
    extend_scope,
    load_age_pattern,
    load_rate_set,
)
from needs_assessment.inputs.returns.evidence import Evidence, load_evidence
from needs_assessment.inputs.returns.local_figures import LocalFigure, used_figures
from needs_assessment.inputs.returns.matched_lists import Overlaps, load_overlaps
from needs_assessment.inputs.returns.returns import LocalReturns, load_services
from needs_assessment.inputs.returns.ward_series import WardSeries, load_ward_series
from needs_assessment.inputs.word_template import WordTemplate, load_word_template
from needs_assessment.progress import report
from needs_assessment.registers.choices import with_choices
from needs_assessment.registers.provenance import noted_beside
from needs_assessment.registers.registers import Registers, load_registers
from needs_assessment.scenario import Scenario
from needs_assessment.tables.files import file_sha256

if TYPE_CHECKING:
    import geopandas as gpd

SEXES = ("F", "M")
ALL_AGES = (0, None)
# the published ages of the survey of children: under 11, and 11 to 17
CHILD_BANDS = ((0, 10), (11, 17))


@dataclass(frozen=True)
class Persons:
    """Residents as arrays, wards in code order.

    adults[sex] has shape [ward, band] over ``rates.BANDS``; children [ward, 2] over ``CHILD_BANDS``, both sexes;
    residents [ward], all ages.
    """

    adults: Mapping[str, Array]
    children: Array
    residents: Array


@dataclass(frozen=True)
class Inputs:
    """The frozen bundle of one run's inputs."""

    scenario: Scenario
    area: Area
    wards: pd.DataFrame
    population: Population
    persons: Persons
    england: Persons
    rates: RateSet
    pattern: AgePattern
    registers: Registers
    returns: LocalReturns
    boundaries: gpd.GeoDataFrame | None
    boundaries_sha256: str
    points: pd.DataFrame | None
    characteristics: Characteristics
    ward_series: WardSeries | None
    evidence: Evidence
    notes: tuple[str, ...]
    overlaps: Overlaps = field(default_factory=Overlaps)
    projection: Projection | None = None
    persons_to_come: Mapping[int, Persons] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    template: WordTemplate | None = None
    previous: Previous | None = None

    def local_figures(self) -> list[LocalFigure]:
        """The local figures the estimate rests on."""
        return used_figures(self.returns)

    def stale_figures(self) -> list[LocalFigure]:
        return [figure for figure in self.local_figures() if figure.stale]

    def has_local(self, measure: str) -> bool:
        return any(figure.measure == measure for figure in self.local_figures())


@dataclass(frozen=True)
class Kept:
    """What the folder of an earlier run keeps of its inputs, in place of files and registers of today."""

    population: Population
    rates: RateSet
    registers: Registers


def load_inputs(scenario: Scenario, data: Path, kept: Kept | None = None) -> Inputs:
    """Read and check every input of a scenario; raises InputError with the place of the first fault.

    kept: the population, rates and registered figures of an earlier run, used as they were.
    """
    registers = kept.registers if kept else load_registers(data)
    # what an earlier run was given stands in its own registers already
    alternatives = () if kept else load_alternatives(scenario, registers)
    if scenario.assumptions and kept is None:
        registers = with_choices(registers, scenario.assumptions, "assumptions of this run")
    given = bool(scenario.population) or kept is not None
    area = resolve_area(scenario.area, data, any_authority=given)
    report("Reading the rates")
    rates = kept.rates if kept else load_rate_set(scenario.rates, data)
    if scenario.extend_to_16_and_over:
        rates = extend_scope(rates)
    pattern = load_age_pattern(data, registers)
    report("Reading the population")
    population = (
        kept.population
        if kept
        else load_population(area, path=_path(scenario.population), lookup=_path(scenario.lookup), data=data)
    )
    profile = load_england(data)
    if kept is None:
        doubts = judge_population(population.frame, population.file, profile, registers, data)
        population = replace(population, doubts=doubts)
    held = population.area or settle_area(area, set(population.frame["authority_code"]), data)[0]
    area = with_names(held, population.frame)
    persons, notes = _arrays(population.frame, profile)
    england, _ = _arrays(
        profile.assign(
            ward_code="E92000001",
            age_from=profile["age"],
            age_to=profile["age"].astype("Int64").where(profile["age"] < profile["age"].max()),
        ),
        profile,
    )
    wards = (
        population.frame[["ward_code", "ward_name", "authority_code", "authority_name"]]
        .drop_duplicates("ward_code")
        .sort_values("ward_code")
        .reset_index(drop=True)
    )
    report("Reading the local returns")
    returns = load_services(
        _path(scenario.services),
        area,
        data,
        registers,
        scenario.as_of,
        ward_names=wards["ward_name"].tolist(),
    )
    evidence = load_evidence(
        _path(scenario.evidence),
        area,
        data,
        registers,
        scenario.as_of,
        ward_names=wards["ward_name"].tolist(),
    )
    overlaps = load_overlaps(
        _path(scenario.overlaps), returns, scenario.as_of, registers.figure("stale_after_years")
    )
    projection = None
    if scenario.projection:
        projection = load_projection(
            Path(scenario.projection),
            area,
            population.estimate_date,
            scenario.as_of.year,
            scenario.horizon_years,
        )
    previous = load_previous(Path(scenario.previous), area.code) if scenario.previous else None
    boundaries, seen = None, []
    if scenario.boundaries:
        # geopandas is heavy: only a run with boundaries pays for it here
        from needs_assessment.inputs.boundaries import load_boundaries

        report("Reading the boundaries")
        boundaries = load_boundaries(Path(scenario.boundaries), wards, population.ward_vintage)
        seen = list(boundaries.attrs.get("notes", ()))
        noted = noted_beside(Path(scenario.boundaries), boundaries.attrs["sha256"], data)
        boundaries.attrs["source_ids"] = noted.source_ids
    inputs = Inputs(
        scenario=scenario,
        area=area,
        wards=wards,
        population=population,
        persons=persons,
        england=england,
        rates=rates,
        pattern=pattern,
        registers=registers,
        returns=returns,
        boundaries=boundaries,
        boundaries_sha256=file_sha256(Path(scenario.boundaries)) if scenario.boundaries else "",
        points=ward_points(wards, data),
        characteristics=load_characteristics(
            wards, data, path=_path(scenario.characteristics), ward_vintage=population.ward_vintage
        ),
        ward_series=_series(scenario, wards, registers),
        evidence=evidence,
        notes=(
            *population.notes,
            *rates.notes,
            *notes,
            *returns.notes,
            *overlaps.notes,
            *evidence.notes,
            *seen,
            *unread(previous),
        ),
        overlaps=overlaps,
        projection=projection,
        persons_to_come=_to_come(projection, profile),
        alternatives=alternatives,
        template=load_word_template(Path(scenario.template)) if scenario.template else None,
        previous=previous,
    )
    return without_file_names(inputs)


def _to_come(projection: Projection | None, profile: pd.DataFrame) -> dict[int, Persons]:
    """Residents by year of the strategy, one row a member in place of wards."""
    if projection is None:
        return {}
    return {
        year: _arrays(projection.frame[projection.frame["year"] == year], profile)[0]
        for year in projection.years
    }


def _series(scenario: Scenario, wards: pd.DataFrame, registers: Registers) -> WardSeries | None:
    path = _path(scenario.ward_series)
    return (
        None if path is None else load_ward_series(path, wards, int(registers.figure("disclosure_minimum")))
    )


def _path(name: str) -> Path | None:
    return Path(name) if name else None


def _arrays(frame: pd.DataFrame, profile: pd.DataFrame) -> tuple[Persons, list[str]]:
    bands = (*BANDS, *CHILD_BANDS)
    by_band, notes = band_persons(frame, bands, profile)
    adults = {sex: by_band[sex][:, : len(BANDS)] for sex in SEXES}
    children = by_band["F"][:, len(BANDS) :] + by_band["M"][:, len(BANDS) :]
    residents = frame.groupby("ward_code", sort=True)["persons"].sum().to_numpy(dtype=float)
    return Persons(adults, children, residents), notes

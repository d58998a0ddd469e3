"""What is asked of the services about one area: its wards, small areas, residents, boundaries and Census tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from needs_assessment.errors import InputError
from needs_assessment.fetch.arcgis import Feature, features
from needs_assessment.fetch.nomis import VALUE, Row, observations
from needs_assessment.fetch.register import Bases, OnlineRegister, Topic, Wards
from needs_assessment.fetch.service import Asker
from needs_assessment.fetch.store import Answer, Store
from needs_assessment.fetch.tables import SmallArea, Ward, checked_code

_PERSONS = ("GEOGRAPHY_CODE", "GEOGRAPHY_NAME", "DATE_NAME", "GENDER", "GENDER_NAME", "C_AGE", "C_AGE_NAME")


@dataclass
class Questions:
    """The questions about the authorities of one area, for the wards of one year; each is asked once."""

    register: OnlineRegister
    bases: Bases
    store: Store
    year: str
    layers: Wards
    authorities: Sequence[str]
    geography: Asker = field(init=False)
    nomis: Asker = field(init=False)

    def __post_init__(self) -> None:
        self.geography = Asker(self.register, self.bases, self.store, "geography", "json")
        self.nomis = Asker(self.register, self.bases, self.store, "nomis", "csv")

    def used(self) -> list[Answer]:
        """Every answer that was read so far, once each, in order of address."""
        return sorted(
            {answer.url: answer for asker in (self.geography, self.nomis) for answer in asker.used}.values(),
            key=lambda answer: answer.url,
        )

    @property
    def names(self) -> dict[str, str]:
        """How the fields of a ward and of an authority are called in layers of this year."""
        short = self.year[2:]
        return {
            "ward_code": f"WD{short}CD",
            "ward_name": f"WD{short}NM",
            "authority_code": f"LAD{short}CD",
            "authority_name": f"LAD{short}NM",
        }

    @cached_property
    def wards(self) -> list[Ward]:
        """Every ward of the area, in order of code. Raises InputError for an authority without wards in that year."""
        named = tuple(self.names.values())
        found = features(
            self.geography,
            self.layers.list,
            self.names["authority_code"],
            list(self.authorities),
            named,
            self.names["ward_code"],
        )
        wards = [Ward(checked_code(row[named[0]]), *(row[name] for name in named[1:])) for row, _ in found]
        absent = sorted(set(self.authorities) - {ward.authority_code for ward in wards})
        if absent:
            raise InputError(
                f"The geography service lists no wards of {self.year} for {', '.join(absent)}.",
                found=", ".join(absent),
                expected=f"authorities that existed in {self.year}",
                action="authorities are reorganised and recoded: ask for the code it has now, or choose an older --wards",
            )
        return wards

    @cached_property
    def small_areas(self) -> list[SmallArea]:
        """Every small area (LSOA of 2021) of the area with its ward by best fit, in order of code."""
        return self._lookup(self.layers.lookup_lsoa, "LSOA21CD", "LSOA21NM")

    @cached_property
    def output_areas(self) -> list[SmallArea]:
        """Every output area of 2021 with its ward by best fit; output areas have no names."""
        return self._lookup(self.layers.lookup_oa, "OA21CD", "")

    def _lookup(self, layer: str, code: str, name: str) -> list[SmallArea]:
        ward, authority = self.names["ward_code"], self.names["authority_code"]
        fields = tuple(part for part in (code, name, ward, authority) if part)
        found = features(self.geography, layer, authority, list(self.authorities), fields, code)
        known = {ward.code for ward in self.wards}
        areas = [SmallArea(checked_code(row[code]), row[name] if name else "", row[ward]) for row, _ in found]
        strange = sorted({area.ward for area in areas} - known)
        if strange or not areas:
            raise InputError(
                f"The best-fit lookup {layer} and the list of wards {self.layers.list} do not belong together.",
                found=", ".join(strange[:5]) or "no small areas",
                expected=f"wards of {self.year} only",
                action="correct the two names in a copy of data/services_online.toml, given with --register",
            )
        return areas

    def without_small_areas(self) -> list[Ward]:
        """Wards to which the best fit brings no small area: nothing can be added up for them."""
        reached = {area.ward for area in self.small_areas}
        return [ward for ward in self.wards if ward.code not in reached]

    def ward_shapes(self) -> list[Feature]:
        """One feature for each ward, with its shape."""
        code = self.names["ward_code"]
        return features(
            self.geography,
            self.layers.boundaries,
            code,
            [ward.code for ward in self.wards],
            (code, self.names["ward_name"]),
            code,
            shapes=True,
        )

    def authority_shapes(self) -> list[Feature]:
        """One feature for each lowest-tier authority, with its shape."""
        code = self.names["authority_code"]
        return features(
            self.geography,
            self.layers.authority_boundaries,
            code,
            list(self.authorities),
            (code, self.names["authority_name"]),
            code,
            shapes=True,
        )

    def residents_by_ward(self) -> list[Row]:
        """Estimates for the wards of each authority; empty where Nomis has none for wards of this year."""
        if not self.layers.population_geography:
            return []
        rows: list[Row] = []
        for authority in self.authorities:
            rows += self._residents(f"{authority}{self.layers.population_geography}", None)
        return rows

    def residents_by_small_area(self) -> list[Row]:
        """Estimates for every small area of the best-fit lookup."""
        return self._residents("", [area.code for area in self.small_areas])

    def _residents(self, geography: str, areas: list[str] | None) -> list[Row]:
        table = self.register.population
        query = {
            "date": table.date,
            "gender": ",".join(sorted((table.females, table.males))),
            "c_age": table.ages,
            "measures": table.measures,
        }
        return observations(
            self.nomis,
            table.dataset,
            query if areas is not None else {"geography": geography, **query},
            (*_PERSONS, VALUE),
            ("GEOGRAPHY_CODE", "GENDER", "C_AGE"),
            areas=areas,
        )

    def census(self, topic: Topic) -> list[Row]:
        """Counts of one Census table for every small area of the best-fit lookup."""
        census = self.register.census
        column = topic.dimension.upper()
        return observations(
            self.nomis,
            topic.dataset,
            {"date": census.date, topic.dimension: topic.categories, "measures": census.measures},
            ("GEOGRAPHY_CODE", column, f"{column}_NAME", VALUE),
            ("GEOGRAPHY_CODE", column),
            areas=[area.code for area in self.small_areas],
        )

"""Residents counted by place, sex and age band: what every layout of a population file comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.layouts import Band

KEY = ("ward_code", "sex", "age_from")
COLUMNS = (
    "ward_code",
    "ward_name",
    "authority_code",
    "authority_name",
    "sex",
    "age_from",
    "age_to",
    "persons",
)
LEVEL_NAMES = {
    "ward": "wards",
    "lsoa": "lower-layer small areas (LSOA)",
    "oa": "output areas (OA)",
    "msoa": "middle-layer areas (MSOA)",
}


@dataclass(frozen=True)
class Tally:
    """Residents of the places of one file.

    level: 'ward', 'lsoa', 'oa' or 'msoa'; codes, names, authority_codes, authority_names: [place] ('' where not said),
    codes in order; bands: in order, the last one open; persons: whole people, shape [place, sex (F, M), band]; year: of
    the places' boundaries, or 'unknown'; notes: what a reader must know.
    """

    level: str
    year: str
    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    authority_codes: NDArray[np.object_]
    authority_names: NDArray[np.object_]
    bands: tuple[Band, ...]
    persons: NDArray[np.int64]
    file: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.codes)

    def chosen(self, places: NDArray[np.bool_] | NDArray[np.intp]) -> Tally:
        """The same for some of the places."""
        return replace(
            self,
            codes=self.codes[places],
            names=self.names[places],
            authority_codes=self.authority_codes[places],
            authority_names=self.authority_names[places],
            persons=self.persons[places],
        )

    def frame(self) -> pd.DataFrame:
        """The canonical table: one row a ward, sex and band, in their order. Raises InputError for no residents."""
        if not self.persons.sum():
            raise InputError(
                "The area has no residents in the file.",
                file=self.file,
                found=0,
                expected="a population above 0",
            )
        each, bands = 2 * len(self.bands), len(self.bands)
        lows = np.array([low for low, _ in self.bands], dtype=np.int64)
        highs = pd.array([high for _, high in self.bands], dtype="Int64")
        places = np.repeat(np.arange(len(self)), each)

        def text(values: NDArray[np.object_]) -> pd.Series:
            return pd.Series(values, dtype="str").take(places).reset_index(drop=True)

        return pd.DataFrame(
            {
                "ward_code": text(self.codes),
                "ward_name": text(self.names),
                "authority_code": text(self.authority_codes),
                "authority_name": text(self.authority_names),
                "sex": pd.Series(["F", "M"], dtype="str")
                .take(np.tile(np.repeat([0, 1], bands), len(self)))
                .reset_index(drop=True),
                "age_from": np.tile(lows, 2 * len(self)),
                "age_to": highs.take(np.tile(np.arange(bands), 2 * len(self))),
                "persons": self.persons.reshape(-1),
            },
            columns=list(COLUMNS),
        )

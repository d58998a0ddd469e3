"""Every ward of a published population file, for the one table that every run reads."""

from __future__ import annotations

from pathlib import Path

from needs_assessment.inputs.areas.bundled import known_wards
from needs_assessment.inputs.areas.geography import Area
from needs_assessment.inputs.population.area_vintage import names_filled
from needs_assessment.inputs.population.best_fit import bring_to_wards, needs_lookup
from needs_assessment.inputs.population.file import read_population
from needs_assessment.inputs.population.lookups import read_lookup
from needs_assessment.inputs.population.population import OWN_FILE, Population, screen_names
from needs_assessment.inputs.population.wards import authorities_of_known


def import_population(path: Path, *, lookup: Path | None = None, data: Path) -> Population:
    """Every ward of a population file in any layout that is read; small areas through a best-fit lookup.

    Raises InputError as ``load_population`` does, and for wards whose authority nothing says.
    """
    read = None if lookup is None else read_lookup(lookup)
    held = read_population(path, None, data, by_lookup=read is not None)
    tally = held.tally
    if read is not None:
        tally = bring_to_wards(tally, read, None)
    elif tally.level != "ward":
        raise needs_lookup(tally)
    elif not held.has_authorities:
        tally = authorities_of_known(tally, known_wards(data))
    frame = names_filled(tally, data).frame()
    screen_names(held, read, frame, data)
    codes = tuple(sorted(set(tally.authority_codes)))
    area = Area("+".join(codes), "every authority of the file", (), codes, "partnership")
    return Population(
        frame,
        held.date,
        tally.year,
        (OWN_FILE,),
        tally.file,
        held.sha256,
        (*held.notes, *tally.notes),
        area,
    )

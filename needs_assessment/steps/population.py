"""Population rows: residents of all ages, and aged 16 and over by sex."""

from __future__ import annotations

from needs_assessment.inputs.load import SEXES
from needs_assessment.results import Provenance
from needs_assessment.steps.area_tree import ENGLAND, add_counts
from needs_assessment.steps.context import Run


def add_population(run: Run) -> None:
    """Residents of all ages, and aged 16 and over by sex."""
    inputs = run.inputs
    provenance = Provenance("observed", "population estimate as published", inputs.population.source_ids)
    england = Provenance(
        "observed", "population estimate as published", run.sources("england_residents_2020"), note="mid-2020"
    )
    adults = {sex: inputs.persons.adults[sex].sum(axis=1) for sex in SEXES}
    add_counts(run.builder, run.tree, "residents", inputs.persons.residents, provenance=provenance)
    run.builder.add("residents", [ENGLAND], inputs.england.residents, provenance=england)
    for category, count in (("all", adults["F"] + adults["M"]), *adults.items()):
        labels = {"breakdown": "all" if category == "all" else "sex", "category": category}
        add_counts(run.builder, run.tree, "residents_16_and_over", count, provenance=provenance, **labels)
        whole = sum(inputs.england.adults[sex].sum() for sex in (SEXES if category == "all" else (category,)))
        run.builder.add("residents_16_and_over", [ENGLAND], whole, provenance=england, **labels)

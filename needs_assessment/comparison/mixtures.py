"""What differs between two runs, and the inputs of a run that takes some of it from one and the rest from the other.

Headlines are figures of the whole area. Methods that keep the authority's total move need between its wards only, so
wards are put together before anything is evaluated; only composition with the benchmark of England needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from needs_assessment.arrays import Array
from needs_assessment.comparison.sides import Side
from needs_assessment.estimate.change import Cause, recomposed, same_mix
from needs_assessment.inputs.load import Inputs, Persons
from needs_assessment.inputs.rates.rates import BANDS, RateSet, extend_scope
from needs_assessment.registers.registers import Assumption
from needs_assessment.scenario import PATH_FIELDS, Scenario
from needs_assessment.steps.area_tree import build_tree

SIZE, MIX, WARDS = "population_size", "age_sex_mix", "ward_boundaries"
RATES, DEFINITION, METHOD = "rate_edition", "definition", "method"
LOCAL, ASSUMPTIONS = "local_returns", "assumptions"
RATES_AND_METHOD = "rates_and_method"
LIBRARY = "library"
TITLES = {
    SIZE: "Population size",
    MIX: "Age and sex mix",
    RATES: "Edition of the rates",
    DEFINITION: "Definition (survey questions)",
    WARDS: "Ward boundaries",
    METHOD: "Method",
    RATES_AND_METHOD: "Rates and method together",
    LOCAL: "Local returns",
    ASSUMPTIONS: "Registered figures and judgements",
    LIBRARY: "The tool and its registers",
}
# Which cause each choice of a scenario belongs to; "" where no headline rests on it.
CAUSE_OF_CHOICE = {
    "area": "",
    "population": SIZE,
    "lookup": SIZE,
    "boundaries": "",
    "services": LOCAL,
    "overlaps": LOCAL,
    "evidence": "",
    "rates": RATES,
    "method": METHOD,
    "characteristics": METHOD,
    "ward_series": "",  # moves need between wards only
    "horizon_years": "",
    "projection": "",
    "scenarios": "",
    "assumptions": "",  # set figures stand among the registered figures of a run
    "benchmark": METHOD,
    "intervals": METHOD,
    "extend_to_16_and_over": METHOD,
    "draws": METHOD,  # a median of the draws depends on how many there are
    "seed": "",
    "as_of": "",
    "previous": "",
    "template": "",
    "help_lines": "",
    "help_lines_public": "",
    "contact_role": "",
    "output": "",
    "run": "",
    "paper": "",
    "accept_met_above_need": "",
}
METHOD_CHOICES = ("method", "benchmark", "intervals", "extend_to_16_and_over", "draws")
CHOICE_WORDS = {"method": "how rates are applied", "draws": "number of draws"}
METHOD_FIGURE = "composition_share"  # λ, the share of a one-way contrast that is carried over


class Mixtures:
    """The causes that differ between two runs, and the inputs of any mixture of them."""

    def __init__(self, before: Side, after: Side) -> None:
        self._sides = (before, after)
        self.by_ward = any(_needs_wards(side.inputs.scenario) for side in self._sides)
        codes = [list(side.inputs.wards["ward_code"]) for side in self._sides]
        self._new_wards = codes[0] != codes[1]
        self._cells = [_cells(side.inputs, self.by_ward) for side in self._sides]
        self._figures = _known_figures(before.assumptions, after.assumptions)
        self.causes = tuple(self._differences(codes))

    @property
    def evaluated(self) -> tuple[str, ...]:
        """The causes that a mixture can take from either run: not local returns whose files are not at hand."""
        skip = {WARDS} if not self.by_ward else set()
        if any(side.missing for side in self._sides):
            skip.add(LOCAL)
        return tuple(cause.id for cause in self.causes if cause.id not in skip)

    def inputs(self, chosen: frozenset[str]) -> Inputs:
        """The inputs with the causes in ``chosen`` as in the second run and all others as in the first."""
        if RATES_AND_METHOD in chosen:
            chosen = chosen | {RATES, DEFINITION, METHOD}
        changed = {cause.id for cause in self.causes}

        def at(*names: str) -> int:
            """Which run a part comes from; what does not differ comes from the second throughout."""
            found = [name for name in names if name in changed]
            return 1 if not found or found[0] in chosen else 0

        scenario = _of_method(self._sides[at(METHOD)].inputs.scenario, self.by_ward)
        spread = at(WARDS)
        inputs = self._sides[spread].inputs
        if not self._new_wards:
            # one set of wards: what is known of their residents otherwise goes with the method
            inputs = replace(inputs, characteristics=self._sides[at(METHOD)].inputs.characteristics)
        wards = inputs.wards if self.by_ward else _members(inputs)
        rates = replace(self._sides[at(DEFINITION, RATES)].inputs.rates, extended_from="")
        registers = inputs.registers
        figures = {
            name: pair[at(METHOD if name == METHOD_FIGURE else ASSUMPTIONS)]
            for name, pair in self._figures.items()
        }
        return replace(
            inputs,
            scenario=scenario,
            wards=wards,
            persons=_persons(self._population(at(SIZE), at(MIX, SIZE), spread)),
            rates=extend_scope(rates) if scenario.extend_to_16_and_over else rates,
            registers=replace(registers, assumptions=MappingProxyType({**registers.assumptions, **figures})),
            returns=self._sides[at(LOCAL)].inputs.returns,
            overlaps=self._sides[at(LOCAL)].inputs.overlaps,
            boundaries=None,
            ward_series=None,
        )

    def _population(self, size: int, mix: int, spread: int) -> Array:
        wanted = {size, mix, spread} if self.by_ward and self._new_wards else {size, mix}
        if len(wanted) == 1:
            return self._cells[size]
        total = float(self._cells[size][:, 0].sum())
        if self.by_ward and self._new_wards:
            return recomposed(total, self._cells[mix], self._cells[spread])
        return np.asarray(self._cells[mix] * (total / self._cells[mix][:, 0].sum()))

    def _differences(self, codes: list[list[str]]) -> list[Cause]:
        before, after = self._sides
        found = [
            (SIZE, self._size()),
            (MIX, self._mix()),
            _rates(before.inputs.rates, after.inputs.rates),
            (WARDS, _wards(before.inputs, after.inputs, codes) if self._new_wards else ""),
            (METHOD, self._method()),
            (LOCAL, _local(before, after)),
            (ASSUMPTIONS, self._assumptions()),
        ]
        return [Cause(name, TITLES[name], words) for name, words in found if words]

    def _size(self) -> str:
        one, other = (cells[:, 0].sum() for cells in self._cells)
        return "" if one == other else f"{one:,.0f} residents, now {other:,.0f}"

    def _mix(self) -> str:
        one, other = self._cells
        if self.by_ward and self._new_wards:
            one, other = one.sum(axis=0, keepdims=True), other.sum(axis=0, keepdims=True)
        if same_mix(one, other):
            return ""
        adults = [_adults(cells) / cells[:, 0].sum() for cells in self._cells]
        return f"{adults[0]:.1%} of residents aged 16 and over, now {adults[1]:.1%}, and the ages and sexes among them"

    def _method(self) -> str:
        scenarios = [side.inputs.scenario for side in self._sides]
        words = [
            f"{CHOICE_WORDS.get(name, name.replace('_', ' '))}: {getattr(scenarios[0], name)}, now {getattr(scenarios[1], name)}"
            for name in METHOD_CHOICES
            if getattr(scenarios[0], name) != getattr(scenarios[1], name)
        ]
        if METHOD_FIGURE in self._figures and _differ(self._figures[METHOD_FIGURE]):
            words.append(_figure_words(self._figures[METHOD_FIGURE]))
        if self.by_ward and not self._new_wards:
            held = [side.inputs.characteristics.files for side in self._sides]
            words += ["the table of residents by characteristic"] if held[0] != held[1] else []
        return "; ".join(words)

    def _assumptions(self) -> str:
        pairs = [pair for name, pair in self._figures.items() if name != METHOD_FIGURE and _differ(pair)]
        return "; ".join(_figure_words(pair) for pair in pairs)


def _needs_wards(scenario: Scenario) -> bool:
    return scenario.method == "composition" and scenario.benchmark == "england"


def _of_method(scenario: Scenario, by_ward: bool) -> Scenario:
    """The choices of a method without its files; methods that keep the authority's total have that of age and sex."""
    blank: dict[str, object] = dict.fromkeys(PATH_FIELDS, "")
    if scenario.method == "local" or (scenario.method == "composition" and not _needs_wards(scenario)):
        blank["method"] = "age_sex"
    return scenario.model_copy(update=blank)


def _cells(inputs: Inputs, by_ward: bool) -> Array:
    """Residents of all ages, women, men by ``BANDS``, then children: by ward, or by member of the area."""
    persons = inputs.persons
    cells = np.column_stack(
        [persons.residents, persons.adults["F"], persons.adults["M"], persons.children]
    ).astype(float)
    return cells if by_ward else build_tree(inputs).members.total(cells)


def _persons(cells: Array) -> Persons:
    count = len(BANDS)
    adults = {"F": cells[:, 1 : 1 + count], "M": cells[:, 1 + count : 1 + 2 * count]}
    return Persons(adults, cells[:, 1 + 2 * count :], cells[:, 0])


def _adults(cells: Array) -> float:
    return float(cells[:, 1 : 1 + 2 * len(BANDS)].sum())


def _members(inputs: Inputs) -> pd.DataFrame:
    """Each member of the area as one ward: what headlines need."""
    members = inputs.area.members
    return pd.DataFrame(
        {
            "ward_code": [member.code for member in members],
            "ward_name": [member.name for member in members],
            "authority_code": [member.authorities[0] for member in members],
            "authority_name": [member.name for member in members],
        }
    )


def _rates(before: RateSet, after: RateSet) -> tuple[str, str]:
    told = [
        f"{rates.name} ({rates.edition}, {rates.question_set} questions, people {replace(rates, extended_from='').ages})"
        for rates in (before, after)
    ]
    words = f"{told[0]}, now {told[1]}"
    facts = [(rates.question_set, rates.age_from, rates.age_to) for rates in (before, after)]
    if facts[0] != facts[1]:
        return (
            DEFINITION,
            f"{words}; the edition changed with the definition and cannot be told apart from it",
        )
    same = before.name == after.name and _levels(before) == _levels(after)
    return RATES, "" if same else words


def _levels(rates: RateSet) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        key: (rate.value, rate.low, rate.high, rate.effective_base, rate.base)
        for key, rate in rates.rates.items()
    }


def _wards(before: Inputs, after: Inputs, codes: list[list[str]]) -> str:
    alone = [len(set(one) - set(other)) for one, other in (codes, codes[::-1])]
    return (
        f"wards of {before.population.ward_vintage} ({len(codes[0])}), now of {after.population.ward_vintage} "
        f"({len(codes[1])}); {alone[0]} only before, {alone[1]} only now"
    )


def _local(before: Side, after: Side) -> str:
    words = []
    for name in (name for name, cause in CAUSE_OF_CHOICE.items() if cause == LOCAL):
        held = [side.files.get(name, "") for side in (before, after)]
        if held[0] != held[1]:
            told = ["none" if not one else "given" for one in held]
            words.append(f"{name}: " + ("another file" if all(held) else f"{told[0]}, now {told[1]}"))
    return "; ".join(words)


def _known_figures(
    before: Mapping[str, Assumption], after: Mapping[str, Assumption]
) -> dict[str, tuple[Assumption, Assumption]]:
    """The registered figures of both runs by id; one that a single run rests on is the same in every mixture."""
    names = list(dict.fromkeys([*before, *after]))
    return {name: (before.get(name) or after[name], after.get(name) or before[name]) for name in names}


def _differ(pair: tuple[Assumption, Assumption]) -> bool:
    one, other = ((item.value, item.low, item.high) for item in pair)
    return one != other


def _figure_words(pair: tuple[Assumption, Assumption]) -> str:
    one, other = (_told(item) for item in pair)
    return f"{pair[1].label}: {one}, now {other}"


def _told(item: Assumption) -> str:
    value = "blank" if item.value is None else f"{item.value:,.10g}"
    return (
        value if item.low is None or item.high is None else f"{value} ({item.low:,.10g} to {item.high:,.10g})"
    )

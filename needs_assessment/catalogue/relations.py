"""What anyone can know of how local counts hold together, beside what each is a part of: ``data/measures/relations.csv``.

A row is not a rule for returns: nothing is refused for its sake. It is what disclosure control has to reckon with.

- divided: the parts that count nobody twice (``DIVIDED_INTO``) are all that there is;
- united: nobody is on none of the lists that are its parts, so that it is no more than their sum;
- within: the measure is never more than the other over the same days;
- tells: the measure is the cost of one of what the other counts;
- pays: money that is spent on it, of one type of accommodation, by that cost.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from needs_assessment.catalogue.returns import DIVIDED_INTO, RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.resources import data_dir

ALONE, OF_TWO = ("divided", "united"), ("within", "tells", "pays")
COLUMNS = ["measure", "relation", "other", "type", "reason"]


class Relation(NamedTuple):
    """One row of the register."""

    measure: str
    relation: str
    other: str
    type: str
    reason: str


def read_relations(path: Path) -> tuple[Relation, ...]:
    """The register of relations. Raises InputError for a row that cannot be used."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if reader.fieldnames != COLUMNS:
        raise _fault(path, 1, "", ", ".join(reader.fieldnames or ()), ", ".join(COLUMNS))
    found = []
    for number, row in enumerate(rows, start=2):
        if set(row) != set(COLUMNS) or None in row.values():
            raise _fault(path, number, "", "more or fewer cells", f"{len(COLUMNS)} cells, one a column")
        relation = Relation(**row)
        known, words = set(RETURN_MEASURES), "a measure of measures/returns.csv"
        if relation.measure not in known:
            raise _fault(path, number, "measure", relation.measure, words)
        if relation.relation not in (*ALONE, *OF_TWO):
            raise _fault(path, number, "relation", relation.relation, ", ".join((*ALONE, *OF_TWO)))
        if (relation.relation in OF_TWO) != (relation.other in known) or relation.other == relation.measure:
            raise _fault(
                path, number, "other", relation.other, words if relation.relation in OF_TWO else "blank"
            )
        if relation.relation == "divided" and relation.measure not in DIVIDED_INTO:
            raise _fault(path, number, "measure", relation.measure, ", ".join(DIVIDED_INTO))
        if not relation.reason:
            raise _fault(path, number, "reason", "a blank cell", "a sentence")
        found.append(relation)
    return tuple(found)


def _fault(path: Path, row: int, column: str, found: str, expected: str) -> InputError:
    return InputError(
        "The register of relations cannot be used.",
        file=f"data/measures/{path.name}",
        row=row,
        column=column,
        found=found,
        expected=expected,
        action="correct the row, or install the package again if you did not change it",
    )


RELATIONS = read_relations(data_dir() / "measures" / "relations.csv")
# measures whose parts are all that there is; the lists of measures that are no more than their sum; wholes of steps; counts
DIVIDED = frozenset(row.measure for row in RELATIONS if row.relation == "divided")
UNITED = {
    row.measure: tuple(name for name, facts in RETURN_MEASURES.items() if facts.part_of == row.measure)
    for row in RELATIONS
    if row.relation == "united"
}
WITHIN = {
    row.measure: tuple(
        one.other for one in RELATIONS if (one.measure, one.relation) == (row.measure, "within")
    )
    for row in RELATIONS
    if row.relation == "within"
}
# what a cost is the cost of; what is paid by a cost, with its type of accommodation
TELLS = {row.measure: row.other for row in RELATIONS if row.relation == "tells"}
PAID = {
    price: tuple((row.measure, row.type) for row in RELATIONS if (row.relation, row.other) == ("pays", price))
    for price in TELLS
}

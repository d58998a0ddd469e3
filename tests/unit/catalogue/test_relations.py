"""The register of relations: read as it stands, and refused by row and column where it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from needs_assessment.catalogue.relations import (
    DIVIDED,
    PAID,
    RELATIONS,
    TELLS,
    UNITED,
    WITHIN,
    read_relations,
)
from needs_assessment.catalogue.returns import DIVIDED_INTO, RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.resources import data_dir

REGISTER = data_dir() / "measures" / "relations.csv"


def test_relations_of_today() -> None:
    assert set(DIVIDED) <= set(DIVIDED_INTO)
    assert "referrals" not in DIVIDED, "referrals may be neither accepted nor declined yet"
    assert UNITED["idva_clients"] == (
        *("community_idva_clients", "health_idva_clients", "court_idva_clients", "other_idva_clients"),
    )
    assert WITHIN["perpetrator_programme_starts"] == ("perpetrator_programme_referrals",)
    assert TELLS == {"unit_cost_sanctuary": "sanctuary_installations"}
    assert PAID == {
        "unit_cost_sanctuary": (("spend_revenue", "sanctuary"), ("spend_capital", "sanctuary")),
    }
    people = [row.measure for row in RELATIONS if row.relation not in ("tells", "pays")]
    assert all(RETURN_MEASURES[name].protected for name in people)


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "found"),
    [
        ("measure,relation,", "measure,link,", 1, "", "measure, link, other, type, reason"),
        ("referrals_declined,divided", "declined,divided", 2, "measure", "declined"),
        ("referrals_declined,divided", "referrals_declined,split", 2, "relation", "split"),
        ("referrals_declined,divided,,", "referrals_declined,divided,referrals,", 2, "other", "referrals"),
        ("referrals_declined,divided", "marac_cases,divided", 2, "measure", "marac_cases"),
        ("within,idva_referrals", "within,", 8, "other", ""),
        ("within,idva_referrals", "within,idva_clients", 8, "other", "idva_clients"),
        ("there is no third", "there, is no third", 2, "", "more or fewer cells"),
    ],
)
def test_a_row_that_cannot_be_used(
    tmp_path: Path, old: str, new: str, row: int, column: str, found: str
) -> None:
    text = REGISTER.read_text(encoding="utf-8").replace('"', "")
    assert old in text
    path = tmp_path / "relations.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if column or row > 1:
        path.write_text(REGISTER.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    if found == "more or fewer cells":
        path.write_text(REGISTER.read_text(encoding="utf-8") + "a,b\n", encoding="utf-8")
        row = 2 + len(RELATIONS)
    with pytest.raises(InputError) as caught:
        read_relations(path)
    assert (caught.value.row, caught.value.column or "", caught.value.found) == (row, column, found)


def test_a_row_without_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "relations.csv"
    path.write_text("measure,relation,other,type,reason\nidva_clients,united,,,\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_relations(path)
    assert caught.value.column == "reason"

"""The registers of measures: read as they stand, and refused by row and column where they cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from needs_assessment.catalogue.results import RESULT_MEASURES, read_results
from needs_assessment.catalogue.returns import RETURN_MEASURES, read_returns
from needs_assessment.catalogue.tiers import ANSWERS, PARTS, TIERS
from needs_assessment.errors import InputError
from needs_assessment.resources import data_dir

RETURNS = data_dir() / "measures" / "returns.csv"
ROW = "posts,full-time equivalents,posts of a kind,state,Police,no,no,no,none,,,,no"


def changed(folder: Path, old: str, new: str) -> Path:
    text = RETURNS.read_text(encoding="utf-8")
    assert old in text
    path = folder / "returns.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_row_says_what_a_measure_is(tmp_path: Path) -> None:
    path = tmp_path / "returns.csv"
    heading = RETURNS.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{heading}\n{ROW}\n", encoding="utf-8")
    posts = read_returns(path)["posts"]
    assert (posts.unit, posts.meaning, posts.agency) == ("full-time equivalents", "posts of a kind", "Police")
    assert not any((posts.flow, posts.supply, posts.typed, posts.whole, posts.occupied, posts.protected))
    cells = ROW.replace("full-time equivalents", "cases").replace("state", "period").replace("none", "sum")
    path.write_text(f"{heading}\n{cells.replace(',no', ',yes')}\n", encoding="utf-8")
    cases = read_returns(path)["posts"]
    assert all((cases.flow, cases.supply, cases.typed, cases.whole, cases.occupied, cases.protected))


def test_known_rows_mean_what_they_did() -> None:
    placements = RETURN_MEASURES["bed_and_breakfast_households"]
    assert (placements.supply, placements.typed, placements.protected) == (True, False, True)
    assert RETURN_MEASURES["refuge_places"].same_as == ("places_available", "refuge")
    assert RETURN_MEASURES["largest_household"].total == "max"
    assert not RETURN_MEASURES["largest_household"].protected
    assert RETURN_MEASURES["places_in_use"].protected  # a place in use is a household
    assert RETURN_MEASURES["households_waiting"].covers == "a date, or a share"
    assert RETURN_MEASURES["police_incidents"].covers == "a period"


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "found"),
    [
        ("measure,unit,", "measure,units,", 1, "", "measure, units, meaning"),
        ("places_available,family places,", "places_available,,", 2, "unit", "a blank cell"),
        ("single_places_available,", "places_available,", 3, "measure", "places_available"),
        (
            "state,Safe accommodation: places,yes",
            "stand,Safe accommodation: places,yes",
            2,
            "covers",
            "stand",
        ),
        ("yes,yes,yes,sum,", "yes,yes,yes,mean,", 2, "total", "mean"),
        ("yes,yes,yes,sum,", "yes,true,yes,sum,", 2, "by_type", "true"),
        ("yes,yes,yes,sum,,,,no", "yes,yes,yes,sum,,,,no,more", 2, "", "more or fewer cells"),
        ("yes,yes,yes,sum,,,,no", "yes,yes,yes,sum,,,no", 2, "", "more or fewer cells"),
        ("yes,yes,yes,sum,,,,no", "yes,yes,yes,sum,nothing,,,no", 2, "part_of", "nothing"),
        ("yes,yes,yes,sum,,,,no", "yes,yes,yes,sum,,nothing,,no", 2, "same_as", "nothing"),
    ],
)
def test_what_cannot_be_used_is_refused_by_row_and_column(
    tmp_path: Path, old: str, new: str, row: int, column: str, found: str
) -> None:
    with pytest.raises(InputError, match="register of measures") as fault:
        read_returns(changed(tmp_path, old, new))
    assert (fault.value.row, fault.value.column) == (row, column)
    assert str(fault.value.found).startswith(found)
    assert fault.value.file == "data/measures/returns.csv"


def test_results_hold_each_answer_and_each_part_of_each_tier() -> None:
    for name in ("places_required_", "gap_", "gap_if_national_average_", "probability_of_gap_"):
        titles = [RESULT_MEASURES[f"{name}{answer}"].title for answer in ANSWERS]
        assert [title.endswith(of.words) for title, of in zip(titles, ANSWERS.values(), strict=True)] == [
            True
        ] * 4
    for name, tier in TIERS.items():
        assert [RESULT_MEASURES[f"{part}_{name}"].unit for part in PARTS] == [tier.unit] * 3
    assert not [one for one in RESULT_MEASURES.values() if "<" in "".join(one)]
    assert list(RESULT_MEASURES) == [one.id for one in RESULT_MEASURES.values()]


def test_a_register_of_results_with_other_headings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("measure,name,unit,meaning\n", encoding="utf-8")
    with pytest.raises(InputError, match="register of measures"):
        read_results(path)

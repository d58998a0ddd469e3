"""Tables of characteristics: matched by ward code, complete or refused, never filled with zero."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.characteristics import Characteristics, load_characteristics

HEAD = "ward_code,ward_name,characteristic,category,unit,count\n"


def wards_of(data: Path, *areas: str) -> pd.DataFrame:
    tables = [pd.read_csv(data / "areas" / area / "population.csv", dtype=str) for area in areas]
    wards = pd.concat(tables)[["ward_code", "ward_name"]].drop_duplicates("ward_code")
    return wards.sort_values("ward_code").reset_index(drop=True)


def test_bundled_tables_match_the_bundled_populations(data: Path) -> None:
    held = load_characteristics(wards_of(data, "E06000056"), data, ward_vintage="2023")
    assert sorted(held.topics) == ["deprivation_2025", "disability", "ethnic_group", "tenure"]
    assert (held.missing, held.notes, held.own_file) == ("", (), False)
    disability = held.topics["disability"]
    assert disability.counts.shape == (31, 2)
    # Ampthill: 1,861 of 14,117 residents
    assert disability.shares(["Disabled under the Equality Act"])[0] == pytest.approx(1861 / 14_117)
    assert disability.england_share(["Disabled under the Equality Act"]) == pytest.approx(
        9_774_486 / 56_490_046
    )
    assert held.topics["tenure"].unit == "households"
    assert "imd_2025" not in disability.source_ids
    assert "imd_2025" in held.topics["deprivation_2025"].source_ids
    assert held.period == "21 March 2021"


def test_a_fifth_without_a_row_is_nobody_there(data: Path) -> None:
    topic = load_characteristics(wards_of(data, "E06000056"), data).topics["deprivation_2025"]
    assert topic.counts[0].tolist() == [0, 0, 1676, 3291, 9150]


def test_a_partnership_takes_both_tables_and_a_part_takes_its_wards(data: Path) -> None:
    both = wards_of(data, "E06000056", "E10000031")
    held = load_characteristics(both, data)
    assert held.topics["ethnic_group"].counts.shape == (134, 5)
    assert len(held.files) == 2
    part = load_characteristics(both.iloc[40:50], data)
    assert part.topics["ethnic_group"].counts.tolist() == held.topics["ethnic_group"].counts[40:50].tolist()


def test_one_unknown_ward_leaves_the_area_without(data: Path) -> None:
    wards = wards_of(data, "E06000056")
    wards.loc[len(wards)] = ["E05099999", "A new ward"]
    held = load_characteristics(wards, data)
    assert not held.topics
    assert "1 of the area's 32 wards" in held.missing
    assert len(held.rates) > 50


def test_another_vintage_of_the_same_codes_is_said(data: Path) -> None:
    held = load_characteristics(wards_of(data, "E06000056"), data, ward_vintage="2025")
    assert held.topics
    assert "wards of 2023, the population for wards of 2025" in held.notes[0]


def own(
    tmp_path: Path, data: Path, body: str, wards: tuple[str, ...] = ("E05000001", "E05000002")
) -> Characteristics:
    path = tmp_path / "own.csv"
    path.write_text(HEAD + body, encoding="utf-8")
    return load_characteristics(pd.DataFrame({"ward_code": list(wards)}), data, path=path)


def both(topic: str, unit: str, **counts: int) -> str:
    return "".join(
        f"E0500000{ward},Ward {ward},{topic},{category.replace('_', ' ')},{unit},{count}\n"
        for ward in (1, 2)
        for category, count in counts.items()
    )


def test_own_file(tmp_path: Path, data: Path) -> None:
    body = both(
        "disability", "people", Disabled_under_the_Equality_Act=20, Not_disabled_under_the_Equality_Act=80
    )
    body += both("religion", "people", Any=60, None_stated=40) + "E05000003,Other,religion,Any,people,1\n"
    held = own(tmp_path, data, body)
    assert held.own_file
    assert held.topics["religion"].england is None
    assert held.topics["disability"].england is not None
    assert "1 wards outside the area" in held.notes[0]
    assert all(topic.source_ids == ("characteristics_file",) for topic in held.topics.values())


def test_order_of_rows_changes_nothing(tmp_path: Path, data: Path) -> None:
    body = both("religion", "people", Any=60, Neither=40)
    lines = body.splitlines(keepends=True)
    first = own(tmp_path, data, body).topics["religion"]
    second = own(tmp_path, data, "".join(reversed(lines))).topics["religion"]
    assert first.categories == second.categories
    assert first.counts.tolist() == second.counts.tolist()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (both("disability", "people", Yes=1, No=9), "England's table does not have"),
        (both("tenure", "people", Owned=5), "households"),
        (both("sex", "people", F=5, M=5), "cannot be called"),
        (
            both("religion", "people", Any=5) + "E05000001,Ward 1,religion,Neither,people,2\n",
            "no count for a ward",
        ),
        (both("religion", "people", Any=5) + both("religion", "households", Other=5), "mixes units"),
        (both("religion", "people", Any=0), "counts no one"),
        ("E05000001,Ward 1,religion,Any,people,2\n", "lacks wards"),
        (both("religion", "people", Any=5).replace("Ward 2", "MK45 9ZZ"), "looks like a postcode"),
        (both("religion", "people", Any=5).replace(",5\n", ",\n"), "'count' is empty"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, data: Path, body: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        own(tmp_path, data, body)
    assert caught.value.exit_code == 3
    assert "MK45" not in caught.value.report()


def test_a_personal_column_is_refused(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("ward_code,date_of_birth,count\nE05000001,1990-01-01,1\n", encoding="utf-8")
    with pytest.raises(InputError, match="personal data"):
        load_characteristics(pd.DataFrame({"ward_code": ["E05000001"]}), data, path=path)

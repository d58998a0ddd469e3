"""Whatever is done to a population file, it gives the right residents or an InputError, and nothing else."""

from __future__ import annotations

import csv
import io
import tempfile
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import Area, resolve_area
from needs_assessment.inputs.population.population import (
    Population,
    band_persons,
    load_england,
    load_population,
)

AREA = "E06000055"
LOOSE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
Rows = list[list[str]]


@pytest.fixture(scope="module")
def area(data: Path) -> Area:
    return resolve_area([AREA], data)


def read(content: bytes, area: Area, data: Path) -> Population:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(content)
        return load_population(area, path=path, data=data)


def encode(rows: Rows, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rows, dict[tuple[str, str, int], int]]:
    """A valid table in the wide or the long layout, with the residents it stands for."""
    count = draw(st.integers(1, 3))
    names = draw(
        st.lists(st.text("Aå'&<=,\";\n -", min_size=1, max_size=12).filter(str.strip), min_size=3, max_size=3)
    )
    seed = draw(st.integers(0, 50))
    wards = [(f"E0500000{number}", names[number]) for number in range(count)]
    held = {
        (code, sex, age): (seed * (age + 1) + 7 * number + len(sex)) % 90 + (1 if sex == "M" else 0)
        for number, (code, _) in enumerate(wards)
        for sex in "FM"
        for age in range(91)
    }
    if draw(st.booleans()):
        ages = [(sex, age) for sex in "FM" for age in range(91)]
        rows = [["wd23cd", "wd23nm", "lad23cd", "lad23nm", *(f"{sex}{age}" for sex, age in ages)]]
        rows += [[c, n, AREA, "Bedford", *(str(held[c, sex, age]) for sex, age in ages)] for c, n in wards]
    else:
        rows = [["ward_code", "ward_name", "authority_code", "authority_name", "sex", "age", "persons"]]
        name = dict(wards)
        rows += [[c, name[c], AREA, "Bedford", sex, str(age), str(n)] for (c, sex, age), n in held.items()]
    body = draw(st.randoms(use_true_random=False))
    data_rows = rows[1:]
    body.shuffle(data_rows)
    order = list(range(len(rows[0])))
    body.shuffle(order)
    return [[row[position] for position in order] for row in [rows[0], *data_rows]], held


def residents(population: Population) -> dict[tuple[str, str, int], int]:
    frame = population.frame
    keys = zip(frame["ward_code"], frame["sex"], frame["age_from"], strict=True)
    return dict(zip(keys, frame["persons"], strict=True))


@LOOSE
@given(table=tables(), delimiter=st.sampled_from(",;\t"))
def test_any_order_of_rows_and_columns_gives_the_residents(
    table: tuple[Rows, dict[tuple[str, str, int], int]], delimiter: str, area: Area, data: Path
) -> None:
    rows, held = table
    assert residents(read(encode(rows, delimiter), area, data)) == held


CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "-1", "1.5", "nan", "1e3", "0", "91", "90+", "F", "Total", "E05000001", "E06000055", "٣"]
    ),
    st.text(max_size=8),
    st.integers(-5, 10**12).map(str),
)


@LOOSE
@given(table=tables(), cell=CELLS, where=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
def test_one_changed_cell_is_read_or_refused(
    table: tuple[Rows, dict[tuple[str, str, int], int]],
    cell: str,
    where: tuple[int, int],
    area: Area,
    data: Path,
) -> None:
    rows, held = table
    row, column = where[0] % len(rows), where[1] % len(rows[0])
    old, rows[row][column] = rows[row][column], cell
    try:
        found = residents(read(encode(rows), area, data))
    except InputError:
        return
    different = {key for key in held if found.get(key) != held[key]}
    # what is read after a change is the same residents, or a single cell that was given another count
    assert found.keys() == held.keys()
    assert len(different) <= 1
    if different:
        assert old.isdigit()
        assert found[different.pop()] == int(cell.strip().replace(",", ""))


@LOOSE
@given(table=tables(), drop=st.sets(st.integers(1, 10**6), min_size=1, max_size=3))
def test_dropped_rows_of_a_long_table_are_noticed(
    table: tuple[Rows, dict[tuple[str, str, int], int]], drop: set[int], area: Area, data: Path
) -> None:
    rows, _ = table
    if "persons" not in rows[0]:
        return
    gone = {1 + number % (len(rows) - 1) for number in drop}
    with pytest.raises(InputError):
        read(encode([row for number, row in enumerate(rows) if number not in gone]), area, data)


@LOOSE
@given(table=tables(), cut=st.floats(0.01, 0.99), junk=st.binary(max_size=6))
def test_a_file_cut_short_never_loses_people_in_silence(
    table: tuple[Rows, dict[tuple[str, str, int], int]], cut: float, junk: bytes, area: Area, data: Path
) -> None:
    rows, held = table
    content = encode(rows)
    kept = content[: int(len(content) * cut)]
    try:
        found = residents(read(kept + junk, area, data))
    except InputError:
        return
    # only a wide table cut between two wards can still be whole: the wards it holds are then untouched
    if kept.endswith(b"\n") and not junk.strip():
        assert found.items() <= held.items()


@LOOSE
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(content: bytes, area: Area, data: Path) -> None:
    with pytest.raises(InputError):
        read(content, area, data)
    with pytest.raises(InputError):
        read(b"PK\x03\x04" + content, area, data)


@LOOSE
@given(text=st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_refused_in_words(text: str, area: Area, data: Path) -> None:
    with pytest.raises(InputError):
        read(text.encode(), area, data)


@LOOSE
@given(
    cuts=st.sets(st.integers(1, 90), max_size=8),
    wanted=st.sets(st.integers(1, 89), max_size=6),
    factor=st.integers(2, 5),
)
def test_bands_keep_everyone_and_scale(cuts: set[int], wanted: set[int], factor: int, data: Path) -> None:
    england = load_england(data)
    edges = [0, *sorted(cuts)]
    bands = [(low, high - 1) for low, high in pairwise(edges)]
    frame = pd.DataFrame(
        [
            {
                "ward_code": ward,
                "sex": sex,
                "age_from": low,
                "age_to": high,
                "persons": 11 + low + 5 * len(sex),
            }
            for ward in ("E05000002", "E05000001")
            for sex in "FM"
            for low, high in [*bands, (edges[-1], None)]
        ]
    ).astype({"age_to": "Int64"})
    tops = [0, *sorted(wanted)]
    targets = [*((low, high - 1) for low, high in pairwise(tops)), (tops[-1], None)]
    counts, notes = band_persons(frame, targets, england)
    more, _ = band_persons(frame.assign(persons=frame["persons"] * factor), targets, england)
    for sex in "FM":
        total = frame[frame["sex"] == sex].groupby("ward_code")["persons"].sum().to_numpy()
        assert counts[sex].sum(axis=1) == pytest.approx(total, rel=1e-12)
        assert more[sex] == pytest.approx(factor * counts[sex], rel=1e-12)
        assert (counts[sex] >= 0).all()
    assert bool(notes) == (not wanted <= cuts)

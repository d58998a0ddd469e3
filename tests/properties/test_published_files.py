"""Thousands of damaged population files: each gives the residents as they are, or an InputError, and nothing else.

More examples than the project's usual: set NEEDS_ASSESSMENT_EXAMPLES for a longer search.
"""

from __future__ import annotations

import csv
import io
import os
import random
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import Area, resolve_area
from needs_assessment.inputs.population.population import load_population

AREA = "E06000055"
BANDS = [(0, 15), (16, 64), (65, None)]
MANY = settings(
    max_examples=int(os.environ.get("NEEDS_ASSESSMENT_EXAMPLES", "150")),
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
Rows = list[list[str]]
Held = dict[tuple[str, str, int], int]


@pytest.fixture(scope="module")
def area(data: Path) -> Area:
    return resolve_area([AREA], data)


class Maker:
    """A small truth and the published layouts that it is written in."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.wards = [
            (f"E050000{n:02d}", name) for n, name in enumerate(("Abbey", "St John's, & Vale", "Été"))
        ]
        self.wards = self.wards[: self.random.randint(1, 3)]
        self.held: Held = {
            (code, sex, low): self.random.choice([0, 7, 48, 312, 1204])
            for code, _ in self.wards
            for sex in "FM"
            for low, _ in BANDS
        }
        first = next(iter(self.held))
        self.held[first] += 1  # somebody lives there

    def total(self, code: str, sexes: str, low: int | None = None) -> int:
        return sum(
            count for (ward, sex, start), count in self.held.items()
            if ward == code and sex in sexes and low in (None, start)
        )  # fmt: skip

    @staticmethod
    def age(low: int, high: int | None, style: int) -> str:
        if high is None:
            return (f"{low}+", f"Aged {low} and over", f"Age {low} years and over")[style]
        return (f"{low}-{high}", f"Aged {low} to {high}", f"Age {low} to {high} years")[style]

    def wide(self) -> Rows:
        style = self.random.randint(0, 2)
        cells = [(sex, low, high) for sex in "FM" for low, high in BANDS]
        head = ["WD23CD", "WD23NM", "LAD23CD", "LAD23NM", "All persons"]
        rows = [
            [
                *head,
                *(
                    f"{'Females' if sex == 'F' else 'Males'} {self.age(low, high, style)}"
                    for sex, low, high in cells
                ),
            ]
        ]
        for code, name in self.wards:
            counts = [self.held[code, sex, low] for sex, low, _ in cells]
            rows.append([code, name, AREA, "Bedford", str(sum(counts)), *map(str, counts)])
        return rows

    def long(self) -> Rows:
        style = self.random.randint(0, 2)
        rows = [
            [
                "DATE_NAME",
                "GEOGRAPHY_NAME",
                "GEOGRAPHY_CODE",
                "GENDER_NAME",
                "C_AGE_NAME",
                "MEASURES_NAME",
                "OBS_VALUE",
            ]
        ]
        for code, name in self.wards:
            for sex, sexes in (("Female", "F"), ("Male", "M"), ("Total", "FM")):
                for low, high in BANDS:
                    count = self.total(code, sexes, low)
                    rows.append(["2022", name, code, sex, self.age(low, high, style), "Value", str(count)])
                rows.append(["2022", name, code, sex, "All Ages", "Value", str(self.total(code, sexes))])
        return rows

    def tidy(self) -> Rows:
        rows = [
            [
                "ward_code",
                "ward_name",
                "authority_code",
                "authority_name",
                "sex",
                "age_from",
                "age_to",
                "persons",
            ]
        ]
        for code, name in self.wards:
            for sex in "FM":
                for low, high in BANDS:
                    end = "" if high is None else str(high)
                    rows.append(
                        [code, name, AREA, "Bedford", sex, str(low), end, str(self.held[code, sex, low])]
                    )
        return rows

    def saved_as_floats(self, rows: Rows) -> Rows:
        """As a program saves whole numbers beside blanks; with a column that says the date, and the number of rows."""
        date = self.random.choice(("2022-06-30", "30/06/2022", "Mid-2022", "2022.0"))
        body = [[f"{cell}.0" if cell.isdigit() else cell for cell in row] for row in rows[1:]]
        if "DATE_NAME" in rows[0]:
            return [[*rows[0], "RECORD_COUNT"], *([*row, f"{len(body)}.0"] for row in body)]
        return [[*rows[0], "period"], *([*row, date] for row in body)]

    def rows(self) -> Rows:
        rows = self.random.choice((self.wide, self.long, self.tidy))()
        if self.random.random() < 0.3:
            rows = self.saved_as_floats(rows)
        body = rows[1:]
        self.random.shuffle(body)
        order = list(range(len(rows[0])))
        self.random.shuffle(order)
        return [[row[place] for place in order] for row in (rows[0], *body)]


def numbered(rows: Rows, maker: Maker) -> Rows:
    """Row numbers in a first column without a name, now and then."""
    if maker.random.random() < 0.8:
        return rows
    return [["", *rows[0]], *([str(place), *row] for place, row in enumerate(rows[1:]))]


def as_csv(rows: Rows, maker: Maker) -> bytes:
    rows = numbered(rows, maker)
    text = io.StringIO()
    quoting = maker.random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    end = maker.random.choice(("\r\n", "\n"))
    csv.writer(text, delimiter=maker.random.choice(",;\t"), quoting=quoting, lineterminator=end).writerows(
        rows
    )
    above = maker.random.choice(("", "Population estimates, mid-2022\n\n"))
    below = maker.random.choice(
        (
            "",
            "\nSource: Office for National Statistics\n",
            "\nWards as at May 2023\n",
            "Some counts were swapped.\n",
        )
    )
    return (above + text.getvalue() + below).encode(
        maker.random.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16"))
    )


def as_xlsx(rows: Rows, maker: Maker) -> bytes:
    rows = numbered(rows, maker)
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append([int(cell) if cell.isdigit() and maker.random.random() < 0.9 else cell for cell in row])  # type: ignore[union-attr]
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_parquet(rows: Rows, maker: Maker) -> bytes:
    frame = pd.DataFrame(rows[1:], columns=rows[0], dtype="str")
    for column in frame:
        if frame[column].str.fullmatch(r"\d+").all() and maker.random.random() < 0.5:
            frame[column] = frame[column].astype("int64")
    content = io.BytesIO()
    frame.to_parquet(content, write_page_checksum=True)
    return content.getvalue()


WRITERS: tuple[Callable[[Rows, Maker], bytes], ...] = (as_csv, as_csv, as_csv, as_xlsx, as_parquet)


def read(content: bytes, area: Area, data: Path) -> Held:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.dat"
        path.write_bytes(content)
        frame = load_population(area, path=path, data=data).frame
    keys = zip(frame["ward_code"], frame["sex"], frame["age_from"].astype(int), strict=True)
    return dict(zip(keys, frame["persons"].astype(int), strict=True))


@MANY
@given(seed=st.integers(0, 10**9))
def test_every_layout_format_and_encoding_gives_the_residents(seed: int, area: Area, data: Path) -> None:
    maker = Maker(seed)
    content = maker.random.choice(WRITERS)(maker.rows(), maker)
    assert read(content, area, data) == maker.held


JUNK = ["", " ", "-", "*", "..", "[c]", "c", "!", "x", "nan", "1e3", "12.5", "-3", "9" * 12, "9" * 30, "Total", "Persons",
        "E05000001", "E01000001", "E06000056", "2021", "90+", "0-15", "F", "٣", "=1+1", '"', "1,204", "0012"]  # fmt: skip


def damage(rows: Rows, rng: random.Random) -> Rows:
    """One to three faults of the kinds that hands and programs make."""
    for _ in range(rng.randint(1, 3)):
        kind = rng.randint(0, 8)
        row = rng.randrange(1, len(rows)) if len(rows) > 1 else 0
        column = rng.randrange(len(rows[0]))
        if kind == 0:
            rows[row][column] = rng.choice(JUNK)
        elif kind == 1:
            rows.insert(rng.randint(1, len(rows)), list(rows[row]))
        elif kind == 2 and len(rows) > 2:
            del rows[row]
        elif kind == 3:
            rows[0][column] = rng.choice([*JUNK, "F0", "Females", "WD20CD", "LSOA21CD", "sex", "age"])
        elif kind == 4:
            rows = [[cell for place, cell in enumerate(line) if place != column] for line in rows]
            if not rows[0]:
                return [["x"]]
        elif kind == 5:
            rows[row] = rows[row][: rng.randint(0, len(rows[row]))]
            rows[row] += [""] * (len(rows[0]) - len(rows[row]))
        elif kind == 6:
            other = rng.randrange(len(rows[0]))
            rows[row][column], rows[row][other] = rows[row][other], rows[row][column]
        elif kind == 7:
            rows.insert(rng.randint(0, len(rows)), [rng.choice(JUNK) for _ in rows[0]])
        else:
            gone = rows[row][0]
            rows = [rows[0], *(line for line in rows[1:] if line[0] != gone)]
    return rows


def different(found: Held, maker: Maker) -> set[tuple[str, str, int]]:
    return {key for key, count in found.items() if maker.held.get(key) != count}


@MANY
@given(seed=st.integers(0, 10**9))
def test_damaged_tables_are_read_right_or_refused(seed: int, area: Area, data: Path) -> None:
    maker = Maker(seed)
    clean = maker.rows()
    changed = damage([list(row) for row in clean], maker.random)
    try:
        found = read(maker.random.choice(WRITERS[2:4])(changed, maker), area, data)
    except InputError:
        return
    except UnicodeEncodeError:
        return  # what the encoding cannot write never became a file
    # whole wards, and no count that no cell of the file states; a fault changes two counts at most, a header's more
    assert len(found) == len({ward for ward, _, _ in found}) * 2 * len({low for _, _, low in found})
    stated = {
        re.sub(r"\.00?$", "", cell.strip()).replace(",", "").lstrip("0") or "0"
        for row in changed
        for cell in row
    }
    other = different(found, maker)
    assert {str(found[key]) for key in other} <= stated
    assert len(other) <= 6 or changed[0] != clean[0]


@MANY
@given(seed=st.integers(0, 10**9), cut=st.floats(0, 0.999), flips=st.integers(0, 4))
def test_damaged_bytes_are_read_right_or_refused(
    seed: int, cut: float, flips: int, area: Area, data: Path
) -> None:
    maker = Maker(seed)
    writer = maker.random.choice(WRITERS)
    content = bytearray(writer(maker.rows(), maker))
    if flips:
        for _ in range(flips):
            content[maker.random.randrange(len(content))] ^= 1 << maker.random.randint(0, 7)
    else:
        del content[int(len(content) * cut) :]
    try:
        found = read(bytes(content), area, data)
    except InputError:
        return
    if flips and writer is as_csv:
        return  # a flipped digit in plain text is another digit: nothing in the file could tell
    # an archive and a checked page say what they should hold; a file that was cut holds whole wards at most
    assert found == maker.held if flips else found.items() <= maker.held.items()


@MANY
@given(
    content=st.binary(max_size=400),
    head=st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"ward_code,F0,M0\n"]),
)
def test_any_bytes_are_refused_in_words(content: bytes, head: bytes, area: Area, data: Path) -> None:
    with pytest.raises(InputError):
        read(head + content + (b"PAR1" if head == b"PAR1" else b""), area, data)

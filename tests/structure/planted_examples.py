"""Small valid files of every name that an example of the README or of docs/ gives, so that the example can be run.

``plant`` puts those files into a folder that the words of one example name, and no others. A name that nobody planted is an
error of the test: add its content here.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import docx
import pandas as pd
from openpyxl import Workbook

from tests.unit.inputs.rates import test_workbook as survey

ROOT = Path(__file__).resolve().parents[2]
GUIDE, README = ROOT / "docs" / "analyst_guide.md", ROOT / "README.md"
BEDFORD, CENTRAL = "E06000055", "E06000056"
RESIDENTS = ROOT / "data" / "areas" / CENTRAL / "population.csv"
LISTED = ("E07000218", "E07000221")  # areas of their own in the bundled county
SMALL_AREAS = 2  # of each ward
# what is written after these options is made by the command itself
WRITTEN = ("--to", "--output")
# folders of finished runs are named by any word after outputs/AREA
FINISHED = re.compile(rf"(outputs/{CENTRAL}/[\w.-]+)(?:/[\w./-]+)?")  # a run, and what is named inside it

Cell = object
Rows = Iterable[Sequence[Cell]]


def fences(page: Path) -> list[tuple[str, str]]:
    """Language and content of every fenced block of a page."""
    return re.findall(r"^ {0,3}```(\w*)\n(.*?)^ {0,3}```", page.read_text(encoding="utf-8"), re.S | re.M)


def fence(page: Path, language: str, start: str) -> str:
    """The one block of a page that starts so."""
    (found,) = [text for kind, text in fences(page) if kind == language and text.startswith(start)]
    return found


def _csv(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _workbook(sheets: dict[str, Rows]) -> bytes:
    book, content = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(content)
    return content.getvalue()


def _wards() -> pd.DataFrame:
    """Central Bedfordshire as it is bundled: its wards must be complete in any file."""
    return pd.read_csv(RESIDENTS, dtype=str, keep_default_na=False)


def _names() -> list[tuple[str, str]]:
    wards = _wards().drop_duplicates("ward_code")
    return list(zip(wards["ward_code"], wards["ward_name"], strict=True))


def _table(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def _two_authorities() -> bytes:
    """The bundled wards, and two of them again as wards of Bedford."""
    wards = _wards()
    codes = dict(zip(wards["ward_code"].unique()[:2], ("E05014491", "E05014492"), strict=True))
    bedford = wards[wards["ward_code"].isin(codes)].assign(
        ward_code=lambda each: each["ward_code"].map(codes),
        ward_name=lambda each: "Bedford: " + each["ward_name"],
        authority_code=BEDFORD,
        authority_name="Bedford",
    )
    return _table(pd.concat([bedford, wards]))


def _ages() -> list[str]:
    return [f"{sex}{age}" for sex in "FM" for age in range(91)]


def _ward_rows() -> Rows:
    """The ward estimates as the Office for National Statistics publishes a year: a column for each sex and age."""
    head = ["LAD 2023 Code", "LAD 2023 Name", "Ward 2023 Code", "Ward 2023 Name", "Total", *_ages()]
    people = [40 + number % 7 for number in range(len(_ages()))]
    rows: Rows = [
        [CENTRAL, "Central Bedfordshire", code, name, sum(people), *people] for code, name in _names()
    ]
    return [["Mid-2022 Population Estimates for 2023 Wards"], [], [], head, *rows]


def _ward_years(*years: int) -> bytes:
    return _workbook({f"Mid-{year} Ward 2023": _ward_rows() for year in years})


def _nomis() -> bytes:
    head = [
        "DATE",
        "GEOGRAPHY_NAME",
        "GEOGRAPHY_CODE",
        "GENDER_NAME",
        "C_AGE_NAME",
        "MEASURES_NAME",
        "OBS_VALUE",
    ]
    bands = [*(f"Aged {low} to {low + 4} years" for low in range(0, 85, 5)), "Aged 85+"]
    return _csv([
        head,
        *(
            [year, name, code, sex, band, "Value", 200]
            for year in (2021, 2022) for code, name in _names() for sex in ("Male", "Female") for band in bands
        ),
    ])  # fmt: skip


def _small_areas() -> list[tuple[str, str, str]]:
    """Code of a small area, code and name of its ward."""
    return [
        (f"E01{SMALL_AREAS * place + part:06d}", code, name)
        for place, (code, name) in enumerate(_names(), start=1)
        for part in range(SMALL_AREAS)
    ]


def _lsoa() -> Rows:
    people = [20 + number % 5 for number in range(len(_ages()))]
    head = ["LAD 2021 Code", "LAD 2021 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total", *_ages()]
    rows: Rows = [
        [CENTRAL, "Central Bedfordshire", code, f"Central Bedfordshire {code[-3:]}", sum(people), *people]
        for code, _, _ in _small_areas()
    ]
    return [head, *rows]


def _lookup() -> bytes:
    head = ["LSOA21CD", "LSOA21NM", "WD24CD", "WD24NM", "LAD24CD", "LAD24NM"]
    return _csv([head, *(
        [code, f"Central Bedfordshire {code[-3:]}", ward, name, CENTRAL, "Central Bedfordshire"]
        for code, ward, name in _small_areas()
    )])  # fmt: skip


def _rates(low: int, high: str) -> bytes:
    """The rates of the default set under another name, for other ages."""
    known = pd.read_csv(ROOT / "data" / "rates" / "national_rates.csv", dtype=str, keep_default_na=False)
    rows = known[(known["rate_set"] == "csew-2024") & (known["group"] == "all") & (known["age_from"] == "16")]
    return _table(rows.assign(rate_set="ours", age_from=str(low), age_to=high))


def _survey_workbook() -> bytes:
    """The survey's workbook with a table from each set of questions, so that one must be chosen."""
    old = survey.with_title(survey.BY_TYPE, survey.TITLE.replace("new questions", "old questions"))
    tables = {"Cover sheet": survey.COVER, "Table of contents": survey.CONTENTS, "Notes": survey.NOTES}
    return _workbook({**tables, "Table 1": survey.BY_TYPE, "Table 2": old})


def _series() -> bytes:
    return _csv([("ward_code", "count"), *((code, 60 + place) for place, (code, _) in enumerate(_names()))])


def _projection() -> bytes:
    return _csv([
        ("year", "sex", "age_from", "age_to", "persons"),
        *(
            (year, sex, low, high, 50_000 + 500 * (year - 2026))
            for year in range(2026, 2036) for sex in "FM" for low, high in ((0, 15), (16, 64), (65, ""))
        ),
    ])  # fmt: skip


def _word() -> bytes:
    """A Word template: a document whose main part says that it is one."""
    import zipfile

    document, packed = io.BytesIO(), io.BytesIO()
    ours = docx.Document()
    ours.sections[0].header.paragraphs[0].text = "Anyshire Council"
    ours.save(document)
    with zipfile.ZipFile(document) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"document.main+xml", b"template.main+xml"))
    return packed.getvalue()


def _returns() -> bytes:
    return fence(README, "csv", "measure,").encode()


def _returns_workbook() -> bytes:
    return _workbook({"Returns": csv.reader(io.StringIO(_returns().decode()))})


FILES: dict[str, Callable[[], bytes]] = {
    "my_returns.csv": _returns,
    "my_returns.xlsx": _returns_workbook,
    "returns_2026.xlsx": _returns_workbook,
    "my_wards.csv": _two_authorities,
    "mid_2024_wards.xlsx": lambda: _ward_years(2024),
    "sapewards.xlsx": lambda: _ward_years(2021, 2022),
    "nomis.csv": _nomis,
    "lsoa.xlsx": lambda: _workbook({"Mid-2022 LSOA 2021": _lsoa()}),
    "LSOA21_WD24_LAD24.csv": _lookup,
    "my_rates.csv": lambda: _rates(16, ""),
    "my_rates_16_to_59.csv": lambda: _rates(16, "59"),
    "prevalence_tables.xlsx": _survey_workbook,
    "incidents_by_ward.csv": _series,
    "data/local/projection.csv": _projection,
    "our_report.dotx": _word,
    "next_year.toml": lambda: fence(GUIDE, "toml", "area =").encode(),
    "my_list.csv": lambda: "\n".join(LISTED).encode(),
    **{f"returns/{code}.csv": _returns for code in LISTED},
}
NAME = re.compile(r"[\w{}/-]+\.(?:csv|xlsx|toml|dotx|docx|parquet|gpkg|geojson|shp)\b")


def plant(folder: Path, text: str, finished: Callable[[], Path]) -> None:
    """Put into ``folder`` what the words of ``text`` name; ``finished`` gives the folder of a finished run."""
    waiting = [text]
    while waiting:
        here = waiting.pop()
        for run in FINISHED.findall(here):
            if not (folder / run).exists():
                shutil.copytree(finished(), folder / run)
        for name in NAME.findall(FINISHED.sub("", here)):
            for each in [name.replace("{area}", code) for code in LISTED] if "{area}" in name else [name]:
                target = folder / each
                if target.exists():
                    continue
                if each not in FILES:
                    raise LookupError(
                        f"no file is planted for {each!r}; add its content to {Path(__file__).name}"
                    )
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(FILES[each]())
                if target.suffix == ".toml":
                    waiting.append(target.read_text(encoding="utf-8"))

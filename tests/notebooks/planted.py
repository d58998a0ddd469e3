"""A services file with small counts planted in it, a reader of every format of a run, and a reader who calculates."""

from __future__ import annotations

import csv
import html.parser
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linprog

YEAR = ("2025-04-01", "2026-03-31")
QUARTERS = (
    ("2025-04-01", "2025-06-30"),
    ("2025-07-01", "2025-09-30"),
    ("2025-10-01", "2025-12-31"),
    ("2026-01-01", "2026-03-31"),
)
HEADER = ["measure", "accommodation_type", "unit", "value", "period_start", "period_end", "source", "note"]
# measure, type, unit, value, period: the small ones are those below 5
ROWS = [
    ("households_supported", "", "households", 3, YEAR),
    ("marac_cases", "", "cases", 1237, YEAR),
    ("marac_repeat_cases", "", "cases", 2, YEAR),
    ("police_incidents", "", "incidents", 3119, YEAR),
    ("police_repeat_incidents", "", "incidents", 4, YEAR),
    ("idva_referrals", "", "referrals", 1, YEAR),
    ("referrals", "refuge", "referrals", 317, YEAR),
    ("referrals_accepted", "refuge", "referrals", 2, YEAR),
    ("referrals", "dispersed", "referrals", 171, YEAR),
    ("referrals_accepted", "dispersed", "referrals", 53, YEAR),
    ("length_of_stay_days", "dispersed", "days", 121, YEAR),
    ("helpline_contacts", "", "contacts", 4141, YEAR),
    *(
        ("helpline_contacts", "", "contacts", n, q)
        for n, q in zip((1013, 2027, 1098, 3), QUARTERS, strict=True)
    ),
    ("places_available", "refuge", "family places", 21, ("2026-03-31", "2026-03-31")),
]
LABELS = {
    "households_supported": "Households supported in safe accommodation",
    "marac_repeat_cases": "Repeat cases heard at Marac",
    "idva_referrals": "Referrals to Idvas",
}


def write_services(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for measure, kind, unit, value, (start, end) in ROWS:
            writer.writerow([measure, kind, unit, value, start, end, "Our return", "0.243% were repeats"])
    return path


# --- every format as tables of cells, and as text


class _Tables(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.open = False

    def handle_data(self, data: str) -> None:
        if self.open:
            self.rows[-1][-1] += data


def html_rows(text: str) -> list[list[str]]:
    reader = _Tables()
    reader.feed(text)
    return reader.rows


def rows_by_format(folder: Path) -> dict[str, list[list[str]]]:
    """Every row of every table, by the file that holds it."""
    import docx
    import openpyxl

    found: dict[str, list[list[str]]] = {}
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.relative_to(folder).as_posix()] = list(csv.reader(file))
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    found["tables.xlsx"] = [
        ["" if cell is None else str(cell) for cell in row]
        for sheet in book.worksheets  # hidden sheets are among them
        for row in sheet.iter_rows(values_only=True)
    ]
    paper = docx.Document(str(folder / "commissioning_paper.docx"))
    found["commissioning_paper.docx"] = [
        [cell.text for cell in row.cells] for table in paper.tables for row in table.rows
    ]
    for name in ("commissioning_paper.html", "needs_assessment.html"):
        found[name] = html_rows((folder / name).read_text(encoding="utf-8"))
    notebook = json.loads((folder / "needs_assessment.ipynb").read_text(encoding="utf-8"))
    outputs = [out for cell in notebook["cells"] for out in cell.get("outputs", [])]
    pages = ["".join(out["data"]["text/html"]) for out in outputs if "text/html" in out.get("data", {})]
    found["needs_assessment.ipynb"] = [row for page in pages for row in html_rows(page)]
    return found


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file as text, packed parts, properties and stored outputs included: (name, text)."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as archive:
                for part in archive.namelist():
                    yield f"{name}/{part}", archive.read(part).decode("utf-8", "replace")
        elif path.suffix == ".pdf":
            if shutil.which("pdftotext"):
                done = subprocess.run(
                    ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True
                )
                yield name, done.stdout.decode("utf-8")
            yield f"{name} (properties)", pdf_properties(path)
        elif path.suffix == ".png":
            yield f"{name} (properties)", png_properties(path)
        elif path.suffix == ".gpkg":
            with sqlite3.connect(path) as held:
                tables = [
                    row[0] for row in held.execute("select name from sqlite_master where type = 'table'")
                ]
                for table in tables:
                    rows = held.execute(f'select * from "{table}"').fetchall()
                    cells = [cell for row in rows for cell in row if not isinstance(cell, bytes)]
                    yield f"{name}/{table}", "\n".join(map(str, cells))
        else:
            yield name, path.read_text(encoding="utf-8")


def pdf_properties(path: Path) -> str:
    import pikepdf

    with pikepdf.open(path) as held:
        said = [str(held.docinfo[key]) for key in held.docinfo.keys()]  # noqa: SIM118
        metadata = held.Root.get("/Metadata")
        return "\n".join([*said, metadata.read_bytes().decode("utf-8") if metadata is not None else ""])


def png_properties(path: Path) -> str:
    from PIL import Image

    with Image.open(path) as picture:
        return "\n".join(f"{key}: {value}" for key, value in picture.info.items())


def printed_forms(value: float) -> set[str]:
    """How a number may stand in a text: as it is, with separators, to some decimals where it has any."""
    if float(value).is_integer():
        return {f"{value:.0f}", f"{value:,.0f}", f"{value:.1f}"} if value >= 1000 else set()
    return {repr(float(value)), f"{value:.6f}", f"{value:.10g}", f"{value:.8g}"}


# --- a reader who calculates, without anything of the library: linear programmes over what is printed


@dataclass(frozen=True)
class Fact:
    """Σ factor · count = value, as one printed number tells it."""

    factors: Mapping[str, float]
    value: float


def number(text: object) -> float | None:
    """A printed cell as a number; None where it is suppressed or not available."""
    found = str(text).replace(",", "").rstrip("%")
    return float(found) if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", found) else None


def name_of(measure: str, kind: str, period: tuple[str, str]) -> str:
    return f"{measure} {kind} {period[0]} {period[1]}"


def facts_of_returns(values: Mapping[str, float | None]) -> list[Fact]:
    """The counts that are printed themselves, and the sums that always hold between counts."""
    found = [Fact({name: 1.0}, value) for name, value in values.items() if value is not None]
    year = name_of("helpline_contacts", "", YEAR)
    quarters = {name_of("helpline_contacts", "", quarter): -1.0 for quarter in QUARTERS}
    found.append(Fact({year: 1.0, **quarters}, 0.0))
    return found


def facts_of_results(frame: pd.DataFrame, registers: Mapping[str, float]) -> list[Fact]:
    """What each result tells of the counts behind it, wherever it and what it is made with are printed."""
    rows = {
        (row.area_level, row.area_code, row.measure, row.breakdown, row.category): number(row.value)
        for row in frame.itertuples()
    }
    areas = frame[["area_level", "area_code"]].drop_duplicates().itertuples(index=False, name=None)
    supported, incidents, repeats = (
        name_of(name, "", YEAR)
        for name in ("households_supported", "police_incidents", "police_repeat_incidents")
    )
    whole = next(
        rows[key] for key in rows if key[0] == "authority" and key[2:] == ("victims_last_year", "all", "all")
    )
    found = []

    def tell(factors: Mapping[str, float], value: float | None) -> None:
        if value is not None:
            found.append(Fact(factors, value))

    def less(one: float | None, other: float | None) -> float | None:
        return None if one is None or other is None else one - other

    for level, code in areas:
        if level == "england":
            continue

        def get(measure: str, breakdown: str = "all", category: str = "all") -> float | None:
            return rows.get((level, code, measure, breakdown, category))  # noqa: B023

        victims = get("victims_last_year")
        assert victims is not None
        assert whole is not None
        share = victims / whole
        tell({supported: share}, get("met_safe_accommodation"))
        tell({supported: share}, less(get("need_safe_accommodation"), get("unmet_safe_accommodation")))
        tell({supported: share * registers["sa_households_ended_share"] / 100}, get("need_move_on"))
        police = {incidents: share, repeats: -share}
        tell(police, get("met_told_police"))
        tell(police, less(get("need_told_police"), get("unmet_told_police")))
        if level != "authority":
            continue
        referred, accepted = (name_of(name, "refuge", YEAR) for name in ("referrals", "referrals_accepted"))
        declined = registers["refuge_declined_capacity"] / 100 / registers["attempts_per_household"]
        tell({accepted: 1 - declined, referred: declined}, get("households_seeking_refuge"))
        referrals = name_of("idva_referrals", "", YEAR)
        tell(
            {referrals: 1 / registers["idva_referrals_per_fte"]},
            get("idva_fte_needed", "route", "local_return"),
        )
        cases = name_of("marac_cases", "", YEAR)
        tell(
            {cases: 1 / registers["marac_cases_per_admin"]},
            get("marac_admin_fte_needed", "route", "local_return"),
        )
    return found


def solved(facts: Iterable[Fact], wanted: Iterable[str]) -> dict[str, tuple[float, float]]:
    """(least, greatest) of each count that fits all facts; counts are not negative, parts no more than their whole."""
    told = list(facts)
    names = sorted({name for fact in told for name in fact.factors} | set(wanted))
    place = {name: at for at, name in enumerate(names)}
    matrix = np.zeros((len(told), len(names)))
    for row, fact in enumerate(told):
        for name, factor in fact.factors.items():
            matrix[row, place[name]] += factor
    parts = [
        (place[part], place[part.replace(measure, whole)])
        for measure, whole in (
            ("marac_repeat_cases", "marac_cases"),
            ("police_repeat_incidents", "police_incidents"),
            ("referrals_accepted", "referrals"),
        )
        for part in names
        if part.startswith(measure) and part.replace(measure, whole) in place
    ]
    limits = np.zeros((len(parts), len(names)))
    for row, (part, whole) in enumerate(parts):
        limits[row, part], limits[row, whole] = 1.0, -1.0
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-12)
    found = {}
    for name in wanted:
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(names))
            goal[place[name]] = sign
            answer = linprog(
                goal,
                A_eq=matrix / scale[:, None],
                b_eq=np.array([fact.value for fact in told]) / scale,
                A_ub=limits if len(limits) else None,
                b_ub=np.zeros(len(limits)) if len(limits) else None,
                bounds=(0, 10_000),
                method="highs",
            )
            assert answer.success, answer.message
            ends.append(sign * answer.fun)
        found[name] = (ends[0], ends[1])
    return found

"""An evidence file through the whole command: statements leave as text in every format, or the run refuses unseen."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.finished_runs import DAY
from tests.notebooks.conftest import Command
from tests.shared import shared_folder

STATEMENTS = (
    "<script>alert('evidence')</script> & <b>bold</b>",
    "=cmd|' /C calc'!A0",
    "@(A1) is what the sheet said",
    "-1+1 is how a formula begins",
    "{{ 7 * 7 }} {% raw %} ${HOME}",
    '\\write18{ls} $x^2$ #panic("no") *bold* _it_ `raw` <label> // comment @',
    "Emoji 🏳️‍🌈 and 👩‍👧 in a sentence",
    "\u202eright to left\u202c and \u200fmark",
    "W" * 200,
    "Long words again and again " * 14,
    'Quotes "here", and\nsecond line; 50% said "yes"',
)
FORMULAS = STATEMENTS[1:4]
THEMES = ("barriers", "survivors_voice", "perpetrator_provision")


def plain(text: str) -> str:
    """Without what a line break or a row of blanks does to a text."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def folder(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(place: Path) -> None:
        with (place / "evidence.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["theme", "kind_of_source", "statement", "date", "source", "note", "cleared_by", "consent"]
            )
            for number, text in enumerate(STATEMENTS):
                writer.writerow(
                    [
                        THEMES[number % 3],
                        "survey",
                        text,
                        "2026-01-31",
                        "Survey <of> residents",
                        "",
                        "domestic abuse lead",
                        "yes",
                    ]
                )
        done = command(
            *("run", "--output", str(place), "--set", DAY, "--set", "run=first", "--draws", "200"),
            *("--set", f"evidence={place / 'evidence.csv'}"),
        )
        assert done.returncode == 0, done.stderr

    return shared_folder(tmp_path_factory, "evidence", make) / "E06000056" / "first"


def test_the_file_is_named_and_fingerprinted_and_not_copied(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (held,) = [entry for entry in manifest["inputs"] if entry["input"] == "evidence"]
    assert (held["file"], held["rows_used"]) == ("evidence file 1", len(STATEMENTS))
    assert manifest["scenario"]["evidence"] == "evidence file 1"
    assert not (folder / "inputs" / "evidence.csv").exists()
    assert {"tables/evidence.csv", "tables/evidence_themes.csv", "tables/statutory_checklist.csv"} <= set(
        manifest["outputs"]
    )


def test_csv_keeps_every_statement_and_no_formula(folder: Path) -> None:
    with (folder / "tables" / "evidence.csv").open(encoding="utf-8", newline="") as file:
        cells = {row["Statement"] for row in csv.DictReader(file)}
    assert cells == {f"'{text}" if text in FORMULAS else text.strip() for text in STATEMENTS}


def test_the_workbook_holds_text(folder: Path) -> None:
    cells = [
        cell
        for sheet in openpyxl.load_workbook(folder / "tables.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {plain(text) for text in STATEMENTS} <= {
        plain(cell.value) for cell in cells if isinstance(cell.value, str)
    }


def test_word_holds_text(folder: Path) -> None:
    document = docx.Document(str(folder / "commissioning_paper.docx"))
    cells = {plain(cell.text) for table in document.tables for row in table.rows for cell in row.cells}
    assert {plain(text) for text in STATEMENTS} <= cells


@pytest.mark.parametrize("name", ["commissioning_paper.html", "needs_assessment.html"])
def test_html_holds_text(folder: Path, name: str) -> None:
    page = (folder / name).read_text(encoding="utf-8")
    assert "<script>alert('evidence')" not in page
    assert "<b>bold</b>" not in page
    seen = plain(html.unescape(re.sub(r"<[^>]+>", " ", page)))
    for text in STATEMENTS:
        assert plain(text) in seen, text


def test_the_notebook_holds_text(folder: Path) -> None:
    notebook = json.loads((folder / "needs_assessment.ipynb").read_text(encoding="utf-8"))
    shown = [
        "".join(output["data"]["text/html"])
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    assert any("&lt;script&gt;alert(" in text for text in shown)
    assert not any("<script>alert('evidence')" in text for text in shown)


def test_pdf_holds_text(folder: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed, so the words of a PDF cannot be read back")
    file = str(folder / "commissioning_paper.pdf")
    words = subprocess.run(
        ["pdftotext", "-raw", file, "-"], capture_output=True, check=True, text=True, encoding="utf-8"
    ).stdout
    letters = re.sub(r"[\s\u200b\u00ad]", "", words)
    for text in STATEMENTS[:6]:
        assert re.sub(r"\s", "", text) in letters, text


@pytest.mark.parametrize(
    "secret", ["Mrs Featherstone waited", "Rose House has no ramp", "3 women were turned away"]
)
def test_a_refused_statement_is_not_repeated_and_nothing_is_written(
    command: Command, tmp_path: Path, secret: str
) -> None:
    file = tmp_path / "evidence.csv"
    file.write_text(
        "theme,kind_of_source,statement,date,source,cleared_by,consent\n"
        f"barriers,survey,{secret},2026-01-31,Survey,domestic abuse lead,yes\n",
        encoding="utf-8",
    )
    done = command("run", "--set", f"evidence={file}", "--output", str(tmp_path / "out"))
    assert done.returncode == 3
    assert "row 2, column statement" in done.stderr
    assert "Traceback" not in done.stderr
    assert " ".join(secret.split()[:2]) not in done.stderr
    assert not (tmp_path / "out").exists()

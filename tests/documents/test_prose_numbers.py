"""Every number a reader is told outside tables stands in the results or in a register, in all three papers."""

from __future__ import annotations

import csv
import itertools
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.report.writers.document import Document, Paragraph
from needs_assessment.report.writers.pdf import write_pdf
from tests.documents.prose import html_prose, prose_of, tidy
from tests.documents.prose_numbers import HERE, TOKEN, Ledger, altered

RUNS = ("bedfordshire", "warwickshire", "with_returns", "with_everything")
POWER = 0.97  # share of planted wrong numbers that must be caught


@pytest.fixture(scope="module", params=RUNS)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def ledger(folder: Path, data: Path) -> Ledger:
    return Ledger(folder, data)


@pytest.mark.parametrize("ending", ["html", "docx"])
def test_every_number_in_the_prose_is_accounted_for(folder: Path, ledger: Ledger, ending: str) -> None:
    prose = prose_of(folder / f"commissioning_paper.{ending}")
    assert sum(len(TOKEN.findall(text)) for text in prose) > 200
    assert {text: lost for text in prose if (lost := ledger.unaccounted(text))} == {}


def test_every_number_in_the_tagged_pdf_is_accounted_for(bedfordshire: Path, data: Path) -> None:
    prose = prose_of(bedfordshire / "commissioning_paper.pdf")
    ledger = Ledger(bedfordshire, data)
    assert {text: lost for text in prose if (lost := ledger.unaccounted(text))} == {}
    # the other papers are checked by their words: what one says, all say
    said = {text for text in prose if TOKEN.search(text)}
    html = {tidy(text) for text in html_prose(bedfordshire / "commissioning_paper.html")}
    assert {text for text in html if TOKEN.search(text)} - said == {
        text
        for text in html
        if text.endswith("22 November 2026.")  # the footer of the HTML page
    }


def test_a_wrong_number_is_caught(folder: Path, ledger: Ledger) -> None:
    """Each number in turn is made wrong by a tenth. Numbers of tables and figures are the next test's."""
    tried, missed = 0, []
    for text in dict.fromkeys(prose_of(folder / "commissioning_paper.html")):
        for found in TOKEN.finditer(text):
            if re.fullmatch(r"(?:Table|Figure) ", text[: found.start()]):
                continue
            tried += 1
            wrong = text[: found.start()] + altered(found[0]) + text[found.end() :]
            if not ledger.unaccounted(wrong):
                missed.append(wrong)
    assert tried > 150
    assert len(missed) <= (1 - POWER) * tried, missed


def test_numbers_of_one_phrase_about_a_table_belong_together(with_everything: Path, data: Path) -> None:
    """Every number of such a phrase made wrong is caught, and so are any two of them that change places."""
    ledger, tried = Ledger(with_everything, data), 0
    for text in dict.fromkeys(prose_of(with_everything / "commissioning_paper.html")):
        for shape in ledger.tables.shapes:
            for found in re.finditer(shape, text, re.IGNORECASE):
                spans = [found.span(place) for place in range(1, len(found.groups()) + 1)]
                changes = [{span: altered(text[slice(*span)])} for span in spans]
                changes += [
                    {one: text[slice(*other)], other: text[slice(*one)]}
                    for one, other in itertools.combinations(spans, 2)
                    if text[slice(*one)] != text[slice(*other)]
                ]
                for change in changes:
                    wrong = text
                    for (start, end), number in sorted(change.items(), reverse=True):
                        wrong = wrong[:start] + number + wrong[end:]
                    tried += 1
                    assert ledger.unaccounted(wrong), wrong
    assert tried > 150


@pytest.mark.parametrize("kind", ["Table", "Figure"])
def test_tables_and_figures_are_numbered_without_a_gap(folder: Path, kind: str) -> None:
    for ending in ("html", "docx"):
        numbers = [
            int(found[1])
            for text in prose_of(folder / f"commissioning_paper.{ending}")
            if (found := re.match(rf"{kind} (\d+): ", text))
        ]
        once = sorted(set(numbers))
        assert once == list(range(1, len(once) + 1))
        assert len(once) > 5


def test_the_description_of_a_word_table_counts_its_rows_and_columns(bedfordshire: Path) -> None:
    import docx

    for table in docx.Document(str(bedfordshire / "commissioning_paper.docx")).tables:
        described = table._tbl.tblPr.xpath("./w:tblDescription/@w:val")[0]
        assert described.startswith(f"{len(table.rows) - 1} rows and {len(table.columns)} columns;")


def test_a_number_planted_in_a_finished_file_is_caught(
    bedfordshire: Path, data: Path, tmp_path: Path
) -> None:
    ledger = Ledger(bedfordshire, data)
    word = tmp_path / "wrong.docx"
    with (
        zipfile.ZipFile(bedfordshire / "commissioning_paper.docx") as right,
        zipfile.ZipFile(word, "w") as wrong,
    ):
        for name in right.namelist():
            part = right.read(name)
            if name == "word/document.xml":
                assert b"301,501 people" in part
                part = part.replace(b"301,501 people", b"301,510 people")
            wrong.writestr(name, part)
    page = tmp_path / "wrong.html"
    html = (bedfordshire / "commissioning_paper.html").read_text(encoding="utf-8")
    page.write_text(html.replace("301,501 people", "301,510 people"), encoding="utf-8")
    pdf = tmp_path / "wrong.pdf"
    blocks = (Paragraph("301,501 people live here."), Paragraph("301,510 people live here."))
    write_pdf(Document("Population", "", "", "2026-11-22", blocks=blocks), pdf)
    for path in (word, page, pdf):
        lost = list(itertools.chain.from_iterable(map(ledger.unaccounted, prose_of(path))))
        assert lost == ["301,510"]


def test_a_suppressed_count_is_a_marker_and_no_number(with_returns: Path) -> None:
    results = pd.read_csv(with_returns / "results.csv", dtype="str").set_index(
        ["area_level", "measure", "breakdown"]
    )
    assert results.loc[("authority", "unmet_safe_accommodation", "all"), "value"] == "[c]"
    for ending in ("html", "docx"):
        prose = prose_of(with_returns / f"commissioning_paper.{ending}")
        sentences = [part for text in prose for part in re.split(r"(?<=\.) (?=[A-Z])", text)]
        told = [sentence for sentence in sentences if "suppressed to protect" in sentence]
        assert any("cannot be" in sentence for sentence in told)
        for sentence in told:
            assert "not drawn" in sentence or not TOKEN.search(sentence), sentence
    needs = pd.read_csv(with_returns / "tables" / "safe_accommodation_need.csv", dtype="str")
    assert "[c]" in set(needs.iloc[:, 1])


def test_every_kept_number_has_a_reason_and_is_used(
    bedfordshire: Path, warwickshire: Path, with_everything: Path
) -> None:
    runs = (bedfordshire, warwickshire, with_everything)
    said = " ".join(text for run in runs for text in prose_of(run / "commissioning_paper.html"))
    with (HERE / "kept_numbers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert row["reason"].strip()
            assert re.search(row["pattern"], said), row["pattern"]

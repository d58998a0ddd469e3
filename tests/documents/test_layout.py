"""How the finished paper falls on pages, in the PDF and in the Word paper as LibreOffice prints it.

What a reader would call a fault of layout: a heading or caption alone at the foot of a page, a word cut in two, text
beyond the margin or over other text, a page with next to nothing on it, or words that got lost on the way.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as html_parser

XHTML = "{http://www.w3.org/1999/xhtml}"
MARGIN = 2.0 / 2.54 * 72  # points; the papers have margins of 2 cm
SLACK = 3.0  # points that a letter may hang over
FEWEST_LINES = 10  # on a page without a picture, but for the last
WIDTHS_OF_ARIAL = ("Arial", "Liberation Sans", "Arimo", "Nimbus Sans")
FOOTER = re.compile(r"Page \d+ of \d+")

pytestmark = pytest.mark.documents


@dataclass(frozen=True)
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    width: float
    words: list[Word]
    pictures: int

    def lines(self) -> list[str]:
        """The words line by line from the top, the footer left out."""
        rows: list[list[Word]] = []
        for word in sorted(self.words, key=lambda word: (round(word.bottom, 1), word.left)):
            if rows and abs(rows[-1][-1].bottom - word.bottom) < SLACK:
                rows[-1].append(word)
            else:
                rows.append([word])
        said = [" ".join(word.text for word in sorted(row, key=lambda word: word.left)) for row in rows]
        return [line for line in said if not FOOTER.fullmatch(line)]


@pytest.fixture(scope="module", params=["bedfordshire", "warwickshire", "with_everything"])
def folder(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module", params=["pdf", "docx"])
def pages(
    request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Page]:
    if shutil.which("pdftotext") is None or shutil.which("pdfimages") is None:
        pytest.skip("poppler is not installed, so pages cannot be read back")
    path = folder / f"commissioning_paper.{request.param}"
    if request.param == "docx":
        path = _printed(path, tmp_path_factory.mktemp("printed"))
    return read_pages(path)


def _printed(path: Path, folder: Path) -> Path:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed, so the Word paper cannot be printed")
    if not has_widths_of_arial():
        pytest.skip(
            "no font has the widths of Arial, so the Word paper falls on other pages than at a reader's"
        )
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(path),
        ],
        capture_output=True,
        check=True,
        timeout=300,
    )
    return folder / f"{path.stem}.pdf"


def has_widths_of_arial() -> bool:
    """Whether the system finds a font as wide as Arial; one that only stands in for it breaks lines elsewhere."""
    if shutil.which("fc-match") is None:
        return True  # Windows and macOS, which have Arial itself
    found = subprocess.run(
        ["fc-match", "-f", "%{family}", "Arial"], capture_output=True, text=True, check=False
    ).stdout
    return any(name in found for name in WIDTHS_OF_ARIAL)


def read_pages(path: Path) -> list[Page]:
    """Every word of a PDF with its place, and the number of pictures, page by page."""
    listing = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True).stdout
    images = subprocess.run(
        ["pdfimages", "-list", str(path)], capture_output=True, check=True, text=True
    ).stdout
    on_page = Counter(line.split()[0] for line in images.splitlines()[2:])
    page_of = etree.fromstring(listing, etree.XMLParser(recover=True)).iter(f"{XHTML}page")
    return [
        Page(
            float(page.get("width")),
            [
                Word(
                    (word.text or "").replace("\u200b", ""),
                    *(float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax")),
                )
                for word in page.iter(f"{XHTML}word")
            ],
            on_page[str(number)],
        )
        for number, page in enumerate(page_of, start=1)
    ]


def test_no_heading_and_no_caption_is_the_last_line_of_a_page(folder: Path, pages: list[Page]) -> None:
    paper = html_parser.fromstring((folder / "commissioning_paper.html").read_bytes())
    headings = {
        " ".join(heading.text_content().split()) for heading in paper.xpath("//main//*[self::h2 or self::h3]")
    }
    assert len(headings) > 20
    for page in pages:
        last = page.lines()[-1]
        assert last not in headings
        # a caption above a picture has the picture's own page; above a table, at least two rows follow
        assert not re.match(r"Table \d+: ", last)


def test_no_text_leaves_the_page(pages: list[Page]) -> None:
    for page in pages:
        for word in page.words:
            assert word.left >= MARGIN - SLACK, word
            assert word.right <= page.width - MARGIN + SLACK, word


def test_no_word_lies_over_another(pages: list[Page]) -> None:
    for page in pages:
        words = sorted((word for word in page.words if word.text.strip()), key=lambda word: word.top)
        for place, word in enumerate(words):
            for other in words[place + 1 :]:
                if other.top >= word.bottom:
                    break
                across = min(word.right, other.right) - max(word.left, other.left)
                down = min(word.bottom, other.bottom) - max(word.top, other.top)
                assert across < SLACK or down < (word.bottom - word.top) * 0.4, (word, other)


def test_no_page_is_nearly_empty(pages: list[Page]) -> None:
    for page in pages[:-1]:
        assert page.pictures or len(page.lines()) >= FEWEST_LINES, page.lines()
    assert len(pages[-1].lines()) > 1


def test_no_word_of_a_table_is_cut_and_none_is_lost(folder: Path, pages: list[Page]) -> None:
    """Every word the HTML paper holds is on the pages, whole, as often as there; page headers may repeat some."""
    paper = html_parser.fromstring((folder / "commissioning_paper.html").read_bytes())
    for extra in paper.xpath("//nav | //footer | //style | //a[@class='skip']"):
        extra.drop_tree()
    expected = Counter(word for text in paper.find("body").itertext() for word in _split(text))
    found = Counter(word for page in pages for shown in page.words for word in _split(shown.text))
    lost = {word: (count, found[word]) for word, count in expected.items() if found[word] < count}
    assert lost == {}


def _split(text: str) -> list[str]:
    """Words without what may stand at the end of a line: hyphens, dashes and slashes."""
    return [word for word in re.split(r"[\s/\-\u2010-\u2015_]+", text) if word]


def test_a_table_that_goes_on_has_its_headings_again(pages: list[Page]) -> None:
    """Where a page begins in the middle of the table of assumptions, the first line is its headings."""
    begun = [
        place
        for place, page in enumerate(pages)
        if any("Registered figures and judgements used" in line for line in page.lines())
    ]
    assert begun
    ended = [
        place
        for place, page in enumerate(pages)
        if any("A judgement is a figure" in line for line in page.lines())
    ]
    for _, after in pairwise(range(begun[0], ended[0] + 1)):
        assert pages[after].lines()[0].startswith("Figure Value Unit and period")

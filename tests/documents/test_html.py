"""The HTML paper, parsed: it stands alone and its structure is one a screen reader can follow."""

from __future__ import annotations

import base64
import itertools
import re
from pathlib import Path

import pytest
from lxml import html as parser

from needs_assessment.report.writers.document import clean_text
from needs_assessment.report.writers.html import STYLE, write_html


@pytest.fixture(scope="module")
def path(samples, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("html") / "paper.html"
    write_html(samples.paper(40, names=samples.STRANGE), file)
    return file


@pytest.fixture(scope="module")
def page(path):
    return parser.fromstring(path.read_bytes())


def test_language_title_and_character_set(path, page, samples) -> None:
    assert page.get("lang") == "en-GB"
    assert page.findtext(".//title") == samples.paper().title
    assert page.xpath("//meta/@charset") == ["utf-8"]
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_it_stands_alone_and_runs_nothing(path, page) -> None:
    assert page.xpath("//script | //link | //iframe | //object | //form | //base") == []
    assert not [name for name in page.xpath("//@*/..") for key in name.attrib if key.startswith("on")]
    addresses = page.xpath("//@src | //@srcset | //@href")
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in addresses)
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]


def test_one_h1_and_headings_in_order(page, samples) -> None:
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_landmarks_and_a_way_past_the_contents(page) -> None:
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.xpath(f"//body/{landmark}")) == 1
    first = page.find("body")[0]
    assert first.tag == "a"
    assert first.get("href") == "#content"
    assert page.get_element_by_id("content").tag == "main"


def test_every_link_leads_somewhere_and_ids_are_unique(page) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for target in [*(link[1:] for link in page.xpath("//a/@href")), *page.xpath("//@aria-labelledby")]:
        assert target in ids


def test_tables_have_a_caption_and_header_cells(page) -> None:
    tables = page.xpath("//table")
    assert len(tables) == 3
    for number, table in enumerate(tables, start=1):
        assert table.findtext("caption").startswith(f"Table {number}: ")
        assert all(cell.get("scope") == "col" for cell in table.xpath("./thead/tr/th"))
        columns = len(table.xpath("./thead/tr/th"))
        for row in table.xpath("./tbody/tr"):
            assert len(row) == columns
            header = row[0]
            assert header.tag == ("th" if header.text_content().strip() else "td")
            assert header.tag == "td" or header.get("scope") == "row"
    numbers = tables[1].xpath("./tbody/tr[1]/td[contains(@class, 'number')]")
    assert len(numbers) == 6


def test_wide_tables_can_be_reached_and_scrolled_with_the_keyboard(page) -> None:
    for table in page.xpath("//table"):
        around = table.getparent()
        assert (around.get("tabindex"), around.get("role")) == ("0", "region")
        assert around.get("aria-labelledby") == table.find("caption").get("id")


def test_figures_have_alternative_text_a_caption_and_the_picture_inside(page, samples) -> None:
    figures = page.xpath("//figure")
    assert len(figures) == 2
    for number, figure in enumerate(figures, start=1):
        picture = figure.find("img")
        assert picture.get("alt") == samples.figure().alt
        assert figure.find("figcaption").text_content().startswith(f"Figure {number}: ")
        content = base64.b64decode(picture.get("src").split(",")[1])
        assert content.startswith(b"\x89PNG")


def test_a_warning_is_marked_by_a_word(page) -> None:
    assert page.xpath("string(//p[@class='warning'])").startswith("Warning: ")


def test_strange_names_are_only_text(page, path, samples) -> None:
    cells = {row[0].text_content() for row in page.xpath("(//table)[2]/tbody/tr")}
    assert {clean_text(name) for name in samples.STRANGE} <= cells
    assert page.xpath("//*[local-name()='script']") == []
    assert "&lt;script&gt;" in path.read_text(encoding="utf-8")


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_text_colour_contrasts_with_every_background() -> None:
    texts = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", STYLE))
    backgrounds = set(re.findall(r"background: (#[0-9a-f]{6})", STYLE))
    assert texts
    assert backgrounds
    for text in texts:
        for background in backgrounds:
            high, low = sorted((_luminance(text), _luminance(background)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, background)


def test_same_document_same_bytes(samples, tmp_path) -> None:
    for name in ("one.html", "two.html"):
        write_html(samples.paper(), tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()

"""The prose of a finished paper, read back from the real files: everything a reader is told outside table cells.

Paragraphs, bullets, headings, captions, notes, alternative texts and the titles in a file's properties, one string each.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from lxml import etree
from lxml import html as html_parser

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
INVISIBLE = "\u200b\u00ad"


def prose_of(path: Path) -> list[str]:
    """The prose of a paper by the kind of its file."""
    reader = {".docx": word_prose, ".html": html_prose, ".pdf": pdf_prose}[path.suffix]
    return [text for text in (tidy(found) for found in reader(path)) if text]


def tidy(text: str) -> str:
    """``text`` with single spaces and without invisible places to break a word."""
    return re.sub(r"\s+", " ", "".join(letter for letter in text if letter not in INVISIBLE)).strip()


def word_prose(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
        properties = etree.fromstring(archive.read("docProps/core.xml"))
    for paragraph in body.iter(f"{W}p"):
        if not any(parent.tag == f"{W}tc" for parent in paragraph.iterancestors()):
            yield "".join(run.text or "" for run in paragraph.iter(f"{W}t"))
    for picture in body.iter(DRAWING):
        yield picture.get("title", "")
        yield picture.get("descr", "")
    for tag in ("tblCaption", "tblDescription"):
        for element in body.iter(f"{W}{tag}"):
            yield element.get(f"{W}val", "")
    for name in ("title", "subject"):
        yield properties.findtext(f"{DUBLIN_CORE}{name}") or ""


def html_prose(path: Path) -> Iterator[str]:
    page = html_parser.fromstring(path.read_bytes())
    yield page.findtext(".//title") or ""
    for element in page.find("body").iter("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "caption", "img"):
        if element.tag == "img":
            yield element.get("alt", "")
        elif not element.xpath("ancestor::td | ancestor::th"):
            yield element.text_content()


def pdf_prose(path: Path) -> Iterator[str]:
    """From the structure tree, as a screen reader takes it; the tree's text is read by poppler.

    Poppler goes through a whole page for each element on it, and most elements are cells of tables, which are no prose:
    the tables' rows are left out of the copy that it is given.
    """
    if shutil.which("pdfinfo") is None:
        pytest.skip("poppler's pdfinfo is not installed, so the text of a PDF cannot be read by its tags")
    with tempfile.TemporaryDirectory() as folder, pikepdf.open(path) as opened:
        copy = Path(folder, path.name)
        for element in elements(opened.Root.StructTreeRoot.K):
            if element.S == "/Table" and isinstance(element.K, pikepdf.Array):
                element.K = pikepdf.Array([kid for kid in element.K if not _is_row(kid)])
        opened.save(copy)
        done = subprocess.run(
            ["pdfinfo", "-struct-text", "-enc", "UTF-8", str(copy)],
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
    yield from _tagged_text(done.stdout)
    with pikepdf.open(path) as opened:
        yield str(opened.docinfo.get("/Title", ""))
        for element in elements(opened.Root.StructTreeRoot.K):
            yield str(element.get("/Alt", ""))


def _is_row(kid: Any) -> bool:
    return isinstance(kid, pikepdf.Dictionary) and kid.get("/S") in ("/TR", "/THead", "/TBody", "/TFoot")


def _tagged_text(listing: str) -> Iterator[str]:
    """The text of each block of ``pdfinfo -struct-text``, without the cells of tables."""
    tags: list[tuple[int, str]] = []
    piece: list[str] = []
    for line in listing.splitlines():
        depth = len(line) - len(line.lstrip())
        words = line.strip()
        if words.startswith('"') and words.endswith('"'):
            if not any(tag in ("TH", "TD", "Lbl") for _, tag in tags):
                piece.append(words[1:-1])
            continue
        if words.startswith("/"):
            continue
        tag = re.match(r"[A-Za-z0-9]*", words)
        while tags and tags[-1][0] >= depth:
            tags.pop()
        tags.append((depth, tag[0] if tag else ""))
        if "(inline)" not in words and "Span" not in words:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


def elements(node: Any) -> Iterator[pikepdf.Dictionary]:
    """Every structure element below ``node``, in reading order."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from elements(kid)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from elements(node.K)

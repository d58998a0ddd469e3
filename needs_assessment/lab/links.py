"""What a notebook shows when a run or a comparison is written: where it lies, and links to what one opens first."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

RUN_FILES = (
    ("commissioning_paper.docx", "The paper in Word"),
    ("commissioning_paper.pdf", "The paper as PDF"),
    ("commissioning_paper.html", "The paper as a web page"),
    ("tables.xlsx", "The workbook of all tables"),
    ("needs_assessment.html", "This notebook as a web page, without code"),
)
COMPARISON_FILES = (
    ("change.docx", "The paper in Word"),
    ("change.html", "The paper as a web page"),
    ("tables.xlsx", "The workbook of all tables"),
)
# JupyterLab cannot show these: they are saved by the browser and open in their own program
SAVED = (".docx", ".xlsx")


@dataclass(frozen=True)
class Links:
    """Links to files of one folder.

    place: the folder in words; base: the folder as the page that shows the links reaches it, ending in a slash or empty,
    and None where it cannot; files: names and what each is; note: a sentence below, or nothing.
    """

    place: str
    base: str | None
    files: Sequence[tuple[str, str]]
    note: str = ""

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{self._item(name, words)}</li>" for name, words in self.files)
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f"<p>Written to {html.escape(self.place)}</p><ul>{items}</ul>{note}"

    def __repr__(self) -> str:
        lines = [
            f"Written to {self.place}",
            *(f"  {words}: {name}" for name, words in self.files),
            self.note,
        ]
        return "\n".join(line for line in lines if line)

    def _item(self, name: str, words: str) -> str:
        said = f"{html.escape(words)} ({html.escape(name)})"
        if self.base is None:
            return said
        address = html.escape(quote(self.base + name), quote=True)
        saved = " download" if name.endswith(SAVED) else ""
        return f'<a href="{address}"{saved}>{said}</a>'


def links_of(folder: Path, project: Path, files: Sequence[tuple[str, str]], note: str = "") -> Links:
    """Links from the notebook's folder to the files that are in ``folder``; a server shows nothing above the project."""
    whole, top = folder.resolve(), project.resolve()
    there = [(name, words) for name, words in files if (whole / name).is_file()]
    if not whole.is_relative_to(top):
        return Links(str(whole), None, there, note)
    base = Path(os.path.relpath(whole, Path.cwd())).as_posix() + "/"
    return Links(whole.relative_to(top).as_posix(), base, there, note)

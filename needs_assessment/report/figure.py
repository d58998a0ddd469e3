"""One finished picture, with the words that must travel with it; and how work on one is handed to another processor."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")

_SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


class Begin(Protocol):
    """Takes work that may be done elsewhere while this goes on; what it returns asks for the result."""

    def __call__(self, work: Callable[[], T]) -> Callable[[], T]: ...


@dataclass(frozen=True)
class Figure:
    """A picture that may leave the library, drawn from one published table.

    ``name`` is its file name without ending; ``title`` says the finding; ``alt`` says what the picture shows,
    with the numbers that matter; ``source`` and ``note`` belong to the caption and are not in the picture.
    The PNG and the SVG show the same drawing; ``width_px`` and ``height_px`` are the PNG's.

    Raises ValueError where a caption, the alternative text or a safe file name is missing.
    """

    name: str
    title: str
    alt: str
    source: str
    png: bytes
    svg: str
    width_px: int
    height_px: int
    note: str = ""

    def __post_init__(self) -> None:
        if not _SAFE_NAME.fullmatch(self.name):
            raise ValueError(
                f"a figure's name is made of a-z, 0-9, '-' and '_', as its files will be: {self.name!r}"
            )
        for part in ("title", "alt", "source"):
            if not getattr(self, part).strip():
                raise ValueError(f"the figure {self.name} has no {part}")

    def _repr_html_(self) -> str:
        picture = base64.b64encode(self.png).decode("ascii")
        caption = [f"<strong>{html.escape(self.title)}</strong>"]
        caption += [html.escape(text) for text in (self.note, self.source) if text]
        return (
            f'<figure><img alt="{html.escape(self.alt)}" src="data:image/png;base64,{picture}" '
            f'width="{self.width_px // 2}" style="max-width:100%;height:auto">'
            f"<figcaption>{'<br>'.join(caption)}</figcaption></figure>"
        )

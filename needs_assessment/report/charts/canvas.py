"""The drawing board all charts and maps share: style, page, fonts, words that fit, and the finished ``Figure``."""

from __future__ import annotations

import html
import io
import re
import threading
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import matplotlib as mpl
from afcharts.af_colours import get_af_colours
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as MplFigure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from needs_assessment.report.figure import Figure

ELLIPSIS = "…"
_PIECES = re.compile(r"[^-]*-+(?=[^-])|[^-]+-*$|-+$")  # a word, parted after its hyphens
_MOST_MARKS = 2  # combining marks kept on one letter; more would climb into the line above
_UNKNOWN = 1.2  # ems, for a character DejaVu has no glyph for


@lru_cache(maxsize=8192)
def _advance(character: str, weight: str) -> float:
    """How far a character moves the pen, in ems."""
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    if font.get_char_index(ord(character)) == 0:
        return _UNKNOWN
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_SCALE)
    return glyph.horiAdvance / font.units_per_EM


def plain(text: object) -> str:
    """``text`` on one line, without what cannot be drawn or would disturb its neighbours.

    Control and direction characters, unpaired surrogates, non-characters and piles of combining marks go;
    every other character stays as it is, mark-up and dollar signs included.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", " ".join(str(text).split())):
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs") or (ord(character) & 0xFFFE) == 0xFFFE:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


class Ruler:
    """Measures text in inches: the sum of its letters' advances, which is never less than what is drawn.

    Setting each candidate line as matplotlib does takes longer than drawing the whole map.
    """

    def width(self, text: str, size: float, weight: str = "normal") -> float:
        ems = sum(_advance(character, weight) for character in text)
        return ems * size / 72

    def shorten(self, text: object, room: float, size: float, weight: str = "normal") -> str:
        """``text`` on one line of at most ``room`` inches; an ellipsis stands for what was left out."""
        whole = plain(text)
        if self.width(whole, size, weight) <= room:
            return whole
        shortest, longest = 0, len(whole)
        while shortest < longest:
            middle = (shortest + longest + 1) // 2
            if self.width(whole[:middle].rstrip() + ELLIPSIS, size, weight) <= room:
                shortest = middle
            else:
                longest = middle - 1
        return whole[:shortest].rstrip() + ELLIPSIS

    def wrap(self, text: object, room: float, size: float, *, lines: int | None = None) -> list[str]:
        """``text`` in at most ``lines`` lines of at most ``room`` inches, broken at spaces and after hyphens.

        A word longer than a line is broken with a hyphen; what does not fit gives way to an ellipsis.
        """
        pieces = [
            (piece, " " if place == 0 else "")
            for word in plain(text).split(" ")
            for place, piece in enumerate(_PIECES.findall(word))
        ]
        made: list[str] = []
        hyphened = False  # the last line ends with a hyphen that the word does not have
        while pieces and (lines is None or len(made) < lines):
            line = pieces.pop(0)[0]
            hyphened = False
            if self.width(line, size) > room:
                word = line
                line, rest = self._break(word, room, size)
                hyphened = line + rest != word
                pieces.insert(0, (rest, ""))
            else:
                while pieces and self.width(line + pieces[0][1] + pieces[0][0], size) <= room:
                    piece, before = pieces.pop(0)
                    line += before + piece
            made.append(line)
        if pieces:
            left_out = "".join(before + piece for piece, before in pieces)
            last = (
                made[-1].removesuffix("-") if hyphened else made[-1]
            )  # no next line for the word to go on in
            made[-1] = self.shorten(last + left_out, room, size)
        return made or [""]

    def _break(self, word: str, room: float, size: float) -> tuple[str, str]:
        """The first part of a long word that fits with a hyphen, and the rest; neither is empty."""
        length = len(word) - 1
        while length > 1 and self.width(word[:length] + "-", size) > room:
            length -= 1
        length = max(1, length)
        half = len(word) // 2
        if 3 <= half < length and self.width(word[half:], size) <= room:  # no widows of one or two letters
            length = half
        joint = "" if word[length - 1] == "-" else "-"
        return word[:length] + joint, word[length:]


DPI = 200
WIDTH = 6.6  # inches: the text width of an A4 page with 2 cm margins, and a little air
TALLEST = 7.9  # inches: what an A4 portrait page leaves beside a section heading, a paragraph and a caption
SMALL, BODY = 7.5, 8.5  # points

DARK_BLUE, ORANGE = get_af_colours("duo")
# the four lighter blues of the sequential palette: the two darkest can hardly be told apart in print
SEQUENTIAL: tuple[str, ...] = tuple(reversed(get_af_colours("sequential", number_of_colours=5)[1:]))
NOT_SHOWN = get_af_colours("sequential", include_grey=True)[-1]
INK, GREY_INK, RULE = "#1A1A1A", "#505050", "#CCCCCC"

_STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": BODY,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.labelsize": BODY,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": BODY,
    "ytick.labelsize": BODY,
    "legend.frameon": False,
    "legend.fontsize": BODY,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
    "svg.hashsalt": "needs-assessment",
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
}
WHISKER: dict[str, Any] = {"fmt": "none", "ecolor": INK, "elinewidth": 1.1, "capsize": 3, "capthick": 1.1}
_HALO = [withStroke(linewidth=3.2, foreground="white")]  # or a thin line is lost on a dark bar
_LOCK = threading.RLock()


@contextmanager
def drawing() -> Iterator[None]:
    """Hold matplotlib to the house style for one drawing, and hand it back as it was."""
    with _LOCK, mpl.rc_context(), warnings.catch_warnings():
        # a ward name may hold a character DejaVu lacks: a box stands in the PNG, the SVG keeps the character
        warnings.filterwarnings("ignore", message=".*[Gg]lyph.*missing")
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)  # type: ignore[arg-type]
        yield


class Sheet:
    """A page of ``height`` inches to draw on, measured from its lower left corner."""

    def __init__(self, height: float, *, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self.figure = MplFigure(figsize=(width, height), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes whose inner rectangle is given in inches."""
        return self.figure.add_axes(
            (left / self.width, bottom / self.height, width / self.width, height / self.height)
        )

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Plain text at a place given in inches."""
        self.figure.text(x / self.width, y / self.height, text, **style)

    def line(self, x: list[float], y: list[float], **style: Any) -> None:
        """A line through points given in inches."""
        across = [one / self.width for one in x]
        up = [one / self.height for one in y]
        self.figure.add_artist(Line2D(across, up, **style))

    def box(
        self, x: float, y: float, width: float, height: float, *, facecolor: str, hatch: str | None
    ) -> None:
        """A filled rectangle with a white edge, given in inches."""
        patch = Rectangle(
            (x / self.width, y / self.height),
            width / self.width,
            height / self.height,
            facecolor=facecolor,
            edgecolor=RULE if hatch else "white",  # pale, so that a name can be read over the hatching
            hatch=hatch,
            linewidth=1.2,
        )
        self.figure.add_artist(patch)

    def footer(self, lines: list[str]) -> None:
        """The lines under the drawing, upwards from the lower edge."""
        for place, line in enumerate(lines):
            self.text(
                0.05, 0.06 + (len(lines) - 1 - place) * LINE, line, size=SMALL, color=GREY_INK, va="bottom"
            )


LINE = 0.145  # inches from one line of small print to the next


def footer_lines(notes: list[str], ruler: Ruler) -> list[str]:
    """``notes`` broken into lines of the page's width."""
    return [line for note in notes if note for line in ruler.wrap(note, WIDTH - 0.2, SMALL)]


def footer_height(lines: list[str]) -> float:
    return len(lines) * LINE + 0.12 if lines else 0.04


def whiskers(axes: Axes, x: Any, y: Any, **ends: Any) -> None:
    """The thin lines of the intervals, with a white edge so that they are seen on any fill."""
    _, caps, bars = axes.errorbar(x, y, **WHISKER, **ends)
    for line in (*caps, *bars):
        line.set_path_effects(_HALO)


def tick_axis(axis: Axis) -> None:
    """At most about five ticks, with thousands separated."""
    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(lambda tick, _: tick_text(tick))


def tick_text(tick: float) -> str:
    """A number on an axis: thousands separated, no needless decimals."""
    return f"{tick:,.10g}".replace("-", "\N{MINUS SIGN}")


def finish(
    sheet: Sheet, *, name: str, title: str, alt: str, source: str, drawn_notes: list[str], note: str = ""
) -> Figure:
    """Render ``sheet`` once as PNG and once as SVG; the small print under the drawing ends the alt text."""
    title, source = plain(title), plain(source)
    alt = " ".join(plain(text) for text in (alt, *drawn_notes) if text)
    svg = io.StringIO()
    sheet.figure.savefig(
        svg, format="svg", metadata={"Date": None, "Creator": None, "Title": title, "Source": source}
    )
    return Figure(
        name=name,
        title=title,
        alt=alt,
        source=source,
        png=_png(sheet, {"Title": title, "Description": alt, "Source": source}),
        svg=_described(svg.getvalue(), alt),
        width_px=round(sheet.width * DPI),
        height_px=round(sheet.height * DPI),
        note=plain(note),
    )


def _png(sheet: Sheet, words: dict[str, str]) -> bytes:
    """The sheet as a PNG without transparency, which is smaller and sooner packed than matplotlib's own."""
    canvas = FigureCanvasAgg(sheet.figure)
    canvas.draw()
    picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")
    named = PngInfo()
    for key, text in words.items():
        named.add_text(key, text)
    packed = io.BytesIO()
    picture.save(packed, "PNG", pnginfo=named, dpi=(DPI, DPI))
    return packed.getvalue()


def _described(svg: str, alt: str) -> str:
    """The SVG with its alternative text inside, as an image with a description."""
    svg = svg.replace("<svg ", '<svg role="img" ', 1)
    # text stays text: a machine without DejaVu takes Verdana, whose letters are as wide
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    desc = f" <desc>{html.escape(alt, quote=False)}</desc>\n"
    return re.sub(r"</title>\n?", lambda match: match.group(0) + desc, svg, count=1)

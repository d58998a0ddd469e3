"""The encodings that published tables come in: UTF-8, UTF-16 and Windows-1252, told from the bytes themselves."""

from __future__ import annotations

import re

from needs_assessment.errors import InputError
from needs_assessment.tables.grids import SAVE_AS, refuse_markup

_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UTF8_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_CONTROL = bytes(
    [*range(1, 9), 11, 12, *range(14, 32), 127]
)  # what no text holds; a zero byte is no text at all
_CONTROLS = re.compile("[" + "".join(map(chr, _CONTROL)) + "\x80-\x9f]")
_MOST_CONTROLS = 0.01  # of a text's characters: above it the file is no text


def decode(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file and a note on its encoding where that is not UTF-8.

    Windows-1252 is taken only for a file in which nothing is written in UTF-8; a file cut within a character, or mixed
    of both, is refused. Raises InputError for these and for bytes that are no text.
    """
    text, encoding = _utf16(name, content) or _utf8(name, content) or _windows(name, content)
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise _no_text(name, "binary data")
    said = () if encoding == "UTF-8" else (f"{name}: read as {encoding} text.",)
    # the bytes are quicker to look through than the text
    if encoding != "UTF-8" or len(content.translate(None, _CONTROL)) < len(content) or b"\xc2" in content:
        text, notes = _without_controls(name, text)
        said = (*said, *notes)
    refuse_markup(name, text)
    return text, said


def _without_controls(name: str, text: str) -> tuple[str, tuple[str, ...]]:
    """The text with a space for each control character, and a note that says in which rows they were."""
    found = list(_CONTROLS.finditer(text))
    if not found:
        return text, ()
    if len(found) > max(1, _MOST_CONTROLS * len(text)):
        raise _no_text(name, "binary data")
    rows = list(dict.fromkeys(text.count("\n", 0, one.start()) + 1 for one in found))
    shown = ", ".join(map(str, rows[:6])) + (", …" if len(rows) > 6 else "")
    characters = f"{len(found)} control character{'s' if len(found) > 1 else ''}"
    return _CONTROLS.sub(" ", text), (
        f"{name}: {characters} in row{'s' if len(rows) > 1 else ''} {shown} read as a space.",
    )


def _utf16(name: str, content: bytes) -> tuple[str, str] | None:
    head = content[:4000]
    codec = next((codec for mark, codec in _MARKS if content.startswith(mark)), "")
    if not codec:
        # half the bytes of plain text in UTF-16 are zeros, all of them on the same side
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < len(head) // 3 or min(even, odd) > len(head) // 50:
            return None
        codec = "utf-16-be" if even > odd else "utf-16-le"
    try:
        return content.decode(codec), "UTF-16"
    except UnicodeDecodeError as fault:
        raise _no_text(name, "UTF-16 text that is cut short or damaged") from fault


def _utf8(name: str, content: bytes) -> tuple[str, str] | None:
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as fault:
        mixed = content.startswith(b"\xef\xbb\xbf") or _UTF8_PAIR.search(content)
        if mixed or fault.reason == "unexpected end of data":
            before = content[: fault.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            raise InputError(
                "The file's text is damaged: part of it is UTF-8 and part is not.",
                file=name,
                row=before.count(b"\n") + 1,
                found=f"byte 0x{content[fault.start]:02X} at position {fault.start + 1}",
                expected="text in one encoding",
                action="get the file again; " + SAVE_AS,
            ) from fault
    return None


def _windows(name: str, content: bytes) -> tuple[str, str]:
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as fault:
        raise _no_text(name, "bytes that are no text") from fault


def _no_text(name: str, found: str) -> InputError:
    return InputError(
        "The file is not a table.",
        file=name,
        found=found,
        expected="a CSV, XLSX or Parquet file",
        action=SAVE_AS,
    )

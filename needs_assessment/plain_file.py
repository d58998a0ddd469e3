"""The one way to a file that a user names: an ordinary file of bounded size is read whole, anything else is refused.

A named pipe, a device or a file of the system may have no end, or wait for one that never comes, so nothing but an
ordinary file is opened, and none is read further than the length that it states.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from needs_assessment.errors import InputError

MOST_BYTES = 500_000_000
MOST_TEXT = 5_000_000  # of a file of choices, a manifest or a register
_BLOCK = 1_000_000
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_plain(path: Path, *, most: int = MOST_BYTES, expected: str = "") -> bytes:
    """The bytes of an ordinary file of at most ``most`` bytes; expected: what the file should be, in words.

    Raises InputError for a folder, a pipe, a device and a file that is too large or does not end; OSError as the system
    gives it (no such file, no right to read).
    """
    return b"".join(_blocks(path, most, expected))


def digest_plain(path: Path, *, most: int = MOST_BYTES) -> str:
    """SHA-256 of an ordinary file, in hexadecimal. Raises as ``read_plain``."""
    digest = hashlib.sha256()
    for block in _blocks(path, most, ""):
        digest.update(block)
    return digest.hexdigest()


def read_words(path: Path, *, most: int = MOST_TEXT, expected: str = "") -> str:
    """The text of an ordinary file in UTF-8. Raises as ``read_plain``, and UnicodeDecodeError."""
    return read_plain(path, most=most, expected=expected).decode("utf-8")


def is_plain(path: Path) -> bool:
    """Whether the name is that of an ordinary file, also by way of a link."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _blocks(path: Path, most: int, expected: str) -> Iterator[bytes]:
    with suppress(ValueError):  # a name with a zero byte: the opening says so
        _check(path, os.stat(path), most, expected)  # noqa: PTH116 - also where the name is no text
    # a pipe that took the file's place in the meantime is not waited for
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except ValueError:
        raise InputError(
            "The name of a file cannot be used.", found="a zero byte in it", action="check the name"
        ) from None
    with open(descriptor, "rb", buffering=0) as stream:  # noqa: PTH123 - a descriptor has no path
        facts = os.fstat(descriptor)
        _check(path, facts, most, expected)
        left = min(most, facts.st_size + _BLOCK)
        while block := stream.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise _refused(
                    path, "The file does not end where it says.", "more than its own length", expected
                )
            yield block


def _check(path: Path, facts: os.stat_result, most: int, expected: str) -> None:
    if stat.S_ISDIR(facts.st_mode):
        raise _refused(path, "A folder was given where a file is needed.", "a folder", expected)
    for is_kind, words in _KINDS:
        if is_kind(facts.st_mode):
            raise _refused(path, "This is not an ordinary file.", words, expected)
    if facts.st_size > most:
        raise _refused(
            path, "The file is too large.", f"{facts.st_size:,} bytes, the most is {most:,}", expected
        )


def _refused(path: Path, message: str, found: str, expected: str) -> InputError:
    return InputError(
        message,
        file=path.name or str(path),
        found=found,
        expected=expected or "an ordinary file",
        action="give a file that was saved on a disk",
    )

"""The two streams of a command: its result on standard output, all else on standard error.

A reader who leaves (``| head``) ends neither the work nor the program with a traceback. A result that cannot be written
(a full disk) is the computer's fault, exit code 4.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from needs_assessment.errors import EnvironmentFault
from needs_assessment.progress import heard_by, report


def say(text: str) -> None:
    """One piece of the result, on standard output. Raises EnvironmentFault when it cannot be written."""
    stream = sys.stdout
    if stream is None:
        return
    _clear_lines()
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        abandon(stream)
    except OSError as error:
        abandon(stream)
        raise EnvironmentFault(
            f"The answer could not be written to standard output: {error.strerror or error}.",
            action="make room where it is sent to; files and folders that the command wrote are complete",
        ) from error


def say_json(content: Any) -> None:
    """The result as one JSON document, on standard output."""
    say(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def tell(text: str) -> None:
    """A remark or a refusal, on standard error; one that nobody can read is no reason to stop."""
    stream = sys.stderr
    if stream is None:
        return
    _clear_lines()
    try:
        stream.write(text + "\n")
        stream.flush()
    except OSError:
        abandon(stream)


def abandon(stream: TextIO) -> None:
    """From now on what is written to a stream goes nowhere, so that closing it cannot fail either."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def open_streams() -> None:
    """Make the streams fit for use: a closed one leads nowhere, and a letter that one lacks is written as ``?``.

    Without it a file that is opened later would take a closed stream's place, and messages would be written into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def flush_result() -> None:
    """Write out what is left of the result. Raises EnvironmentFault when that fails."""
    with suppress(ValueError):
        if sys.stdout is not None:
            try:
                sys.stdout.flush()
            except BrokenPipeError:
                abandon(sys.stdout)
            except OSError as error:
                abandon(sys.stdout)
                raise EnvironmentFault(
                    f"The answer could not be written to standard output: {error.strerror or error}.",
                    action="make room where it is sent to",
                ) from error


class TerminalLine:
    """One line of a terminal that is written over: what goes on now."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._process = os.getpid()
        self._width = 0

    def show(self, words: str) -> None:
        """Put words in place of those before. A copy of the process shows nothing."""
        if os.getpid() == self._process:
            text = f"{words} …"[: shutil.get_terminal_size().columns - 1]
            self._write("\r" + text.ljust(self._width))
            self._width = len(text)

    def clear(self) -> None:
        """Leave the line empty, for what is printed next."""
        if self._width:
            self._write("\r" + " " * self._width + "\r")
            self._width = 0

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


# lines that are shown now: what is printed must not be written into one
_LINES: list[TerminalLine] = []


def _clear_lines() -> None:
    for line in _LINES:
        line.clear()


def is_watched(stream: TextIO | None) -> bool:
    """Whether a person looks at a stream: a terminal that can write over a line, outside continuous integration."""
    automatic = os.environ.get("CI", "").casefold() not in ("", "0", "false")
    dumb = os.environ.get("TERM", "") == "dumb"
    return stream is not None and stream.isatty() and not automatic and not dumb


@contextmanager
def shown_progress(quiet: bool) -> Iterator[None]:
    """Within the block, a line of standard error says what goes on; nothing when ``quiet`` or when nobody looks."""
    if quiet or not is_watched(sys.stderr):
        with heard_by(None):
            yield
        return
    line = TerminalLine(sys.stderr)
    _LINES.append(line)
    try:
        with heard_by(line.show):
            report("Starting")
            yield
    finally:
        line.clear()
        _LINES.remove(line)

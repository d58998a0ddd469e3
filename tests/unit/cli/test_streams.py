"""The two streams: a result that is whole or refused, progress for eyes only, and never a traceback."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from needs_assessment.cli import streams
from needs_assessment.cli.streams import is_watched, say, shown_progress, tell
from needs_assessment.errors import EnvironmentFault
from needs_assessment.progress import heard_by, report, within

COMMAND = [sys.executable, "-m", "needs_assessment"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Broken(io.StringIO):
    """A stream whose writing fails with one error of the system."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal; a test puts it in place of standard error itself, for pytest changes the streams between its phases."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    return Terminal()


def visible(written: str) -> list[str]:
    """The lines that a terminal shows one after the other, each written over the one before."""
    return [part.rstrip() for part in written.split("\r") if part.strip()]


def test_progress_is_words_on_one_line_that_is_empty_at_the_end(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    with shown_progress(False):
        report("Reading the population")
        report("Drawing")
    assert visible(terminal.getvalue()) == ["Starting …", "Reading the population …", "Drawing …"]
    assert "\n" not in terminal.getvalue()
    # a shorter report covers the longer one before it
    assert "\rDrawing …".ljust(1 + len("Reading the population …")) + "\r" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r" + " " * len("Drawing …") + "\r")


def test_a_long_report_stays_on_the_line(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    with shown_progress(False):
        report("x" * 500)
    assert max(len(part) for part in terminal.getvalue().split("\r")) == 59


def test_what_is_printed_meanwhile_stands_on_a_line_of_its_own(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdout", terminal)
    with shown_progress(False):
        report("Reading")
        say("a result")
        tell("a remark")
    shown = terminal.getvalue()
    assert "\r" + " " * len("Reading …") + "\ra result\na remark\n" in shown
    assert streams._LINES == []


@pytest.mark.parametrize(
    ("change", "watched"),
    [({}, True), ({"CI": "true"}, False), ({"CI": "1"}, False), ({"CI": "false"}, True), ({"CI": ""}, True),
     ({"CI": "0"}, True), ({"TERM": "dumb"}, False)],
)  # fmt: skip
def test_who_watches(
    change: dict[str, str], watched: bool, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    assert is_watched(terminal) is watched
    with shown_progress(False):
        report("Reading")
    assert bool(terminal.getvalue()) is watched


def test_nothing_is_shown_when_quiet_or_in_a_file(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    with shown_progress(True):
        report("Reading")
    assert terminal.getvalue() == ""
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    assert not is_watched(file)
    assert not is_watched(None)
    with shown_progress(False):
        report("Reading")
    assert file.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", None)
    with shown_progress(False):
        report("Reading")
    tell("nobody reads this")


def test_a_quiet_block_hears_nothing_of_what_is_in_it() -> None:
    heard: list[str] = []
    with heard_by(heard.append):
        report("one")
        with shown_progress(True):
            report("two")
        with within("Luton (2 of 5 areas)"):
            report("Reading")
        with heard_by(None), within("Luton"):
            report("three")
        report("four")
    report("five")
    assert heard == ["one", "Luton (2 of 5 areas): beginning", "Luton (2 of 5 areas): Reading", "four"]


def test_a_copy_of_the_process_shows_nothing(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    line = streams.TerminalLine(terminal)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    line.show("Reading")
    assert terminal.getvalue() == ""


def test_a_reader_who_has_left_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, Broken(BrokenPipeError(32, "Broken pipe")))
    say("a result")
    tell("a remark")


def test_a_result_that_cannot_be_written_is_the_computers_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    full: Any = Broken(OSError(28, "No space left on device"))
    monkeypatch.setattr(sys, "stdout", full)
    with pytest.raises(EnvironmentFault, match="standard output: No space left") as refused:
        say("a result")
    assert refused.value.exit_code == 4
    monkeypatch.setattr(sys, "stderr", full)
    tell("a remark")
    monkeypatch.setattr(sys, "stdout", None)
    say("nobody hears this")


@pytest.mark.skipif(os.name == "nt", reason="a shell and /dev/full are needed")
@pytest.mark.parametrize(
    ("shell", "code", "says"),
    [
        ("{c} areas | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}", 0, ""),
        ("{c} --help | head -0 >/dev/null; exit ${{PIPESTATUS[0]}}", 0, ""),
        ("{c} areas >/dev/full", 4, "No space left"),
        ("{c} --help >/dev/full", 4, "No space left"),
        ("{c} run --draws 0 2>/dev/full", 2, ""),
        ("{c} run --draws 0 2>&-", 2, ""),
        ("{c} areas >&-", 0, ""),
        ("{c} areas --quiet >&- 2>&- <&-", 0, ""),
    ],
)
def test_a_shells_streams(shell: str, code: int, says: str, tmp_path: Path) -> None:
    command = " ".join(f"'{word}'" for word in COMMAND)
    done = subprocess.run(
        ["bash", "-c", shell.format(c=command)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert says in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []

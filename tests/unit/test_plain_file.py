"""Only an ordinary file is read, and no further than it says it goes; all else is refused at once and in words."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from needs_assessment.cli import _run
from needs_assessment.errors import InputError
from needs_assessment.plain_file import digest_plain, read_plain, read_words

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.toml")
    return folder / "pipe.toml"


def _socket(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "s"))
    return folder / "s"


ENDLESS = {
    "pipe": _pipe,
    "socket": _socket,
    "zero": lambda folder: Path("/dev/zero"),
    "random": lambda folder: Path("/dev/random"),
    "pagemap": lambda folder: Path("/proc/self/pagemap"),
    "memory": lambda folder: Path("/proc/kcore"),
    "folder": lambda folder: folder,
}


def test_an_ordinary_file_is_read_whole(tmp_path: Path) -> None:
    content = os.urandom(2_500_001)
    (tmp_path / "f").write_bytes(content)
    (tmp_path / "link").symlink_to(tmp_path / "f")
    assert read_plain(tmp_path / "link") == content
    assert digest_plain(tmp_path / "f") == hashlib.sha256(content).hexdigest()
    assert read_plain(tmp_path / "f", most=len(content)) == content
    with pytest.raises(InputError, match="too large") as refused:
        read_plain(tmp_path / "f", most=len(content) - 1)
    assert refused.value.file == "f"


def test_words_are_utf_8(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes("£".encode())
    assert read_words(tmp_path / "f") == "£"
    (tmp_path / "f").write_bytes(b"\xa3")
    with pytest.raises(UnicodeDecodeError):
        read_words(tmp_path / "f")


def test_a_missing_file_is_the_systems_to_say(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_plain(tmp_path / "none")
    with pytest.raises(InputError, match="name"):
        read_plain(Path("a\x00b"))


@unix
@pytest.mark.parametrize("make", ENDLESS.values(), ids=ENDLESS.keys())
@pytest.mark.parametrize("read", [read_plain, digest_plain])
def test_what_has_no_end_is_refused(
    make: Callable[[Path], Path], read: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises((InputError, PermissionError, FileNotFoundError)) as refused:
        read(make(tmp_path))
    if isinstance(refused.value, InputError):
        assert refused.value.exit_code == 3
        assert "\n" in refused.value.report()


@unix
@pytest.mark.parametrize(
    "command",
    [
        ["check", "--scenario", "{}"],
        ["check", "--rates", "{}"],
        ["check", "--template", "{}"],
        ["check", "--boundaries", "{}"],
        *(
            ["check", "--set", f"{name}={{}}"]
            for name in (
                *(
                    "population",
                    "lookup",
                    "services",
                    "overlaps",
                    "evidence",
                    "characteristics",
                    "ward_series",
                ),
                *("projection", "scenarios", "previous"),
            )
        ),
        ["fetch", "E06000056", "--offline", "--register", "{}"],
        ["batch", "--areas", "{}"],
        ["import", "{}", "--to", "to.csv"],
        ["verify", "{}"],
        ["compare", "{}", "{}"],
    ],
    ids=" ".join,
)
def test_no_option_waits_for_a_pipe(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = _pipe(tmp_path).rename(tmp_path / ("map.gpkg" if "--boundaries" in command else "pipe"))
    assert _run([part.replace("{}", str(path)) for part in command]) in (2, 3)
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    "text",
    ["a" + ".a" * 100_000 + " = 1\n", "a = " + "[" * 100_000, "a = " + "{a=" * 100_000, "x" * 6_000_000],
    ids=["dots", "brackets", "tables", "long"],
)
def test_a_ruinous_scenario_file_is_refused_at_once(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    start = time.process_time()
    assert _run(["check", "--scenario", str(tmp_path / "s.toml")]) in (2, 3)
    assert time.process_time() - start < 20
    assert "s.toml" in capsys.readouterr().err

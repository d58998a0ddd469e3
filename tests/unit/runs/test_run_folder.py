"""The folder of a run: whole or absent, and never at the cost of the previous one."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import pytest

from needs_assessment.errors import EnvironmentFault
from needs_assessment.runs.run_folder import LONGEST_RUN, MARK, staged_folder, write_manifest


def _finish(folder: Path, text: str) -> None:
    (folder / "results.csv").write_text(text, encoding="utf-8")
    write_manifest(folder, {"tool": "needs-assessment"})


def _fail(folder: Path, error: type[BaseException]) -> None:
    _finish(folder, "two")
    raise error


def test_nothing_is_left_of_a_failed_first_run(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), staged_folder(tmp_path / "outputs" / "E1", "run") as folder:
        _fail(folder, RuntimeError)
    assert list(tmp_path.iterdir()) == []


def test_a_finished_folder_takes_its_place(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "E1", "run") as folder:
        _finish(folder, "one")
        assert not (tmp_path / "E1" / "run").exists()
    assert (tmp_path / "E1" / "run" / "results.csv").read_text(encoding="utf-8") == "one"
    assert [path.name for path in (tmp_path / "E1").iterdir()] == ["run"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_one_leaves_the_previous_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    with staged_folder(tmp_path, "run") as folder:
        _finish(folder, "one")
    with pytest.raises(error), staged_folder(tmp_path, "run") as folder:
        _fail(folder, error)
    assert (tmp_path / "run" / "results.csv").read_text(encoding="utf-8") == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_swap_cut_off_between_its_renames_is_mended(tmp_path: Path) -> None:
    with staged_folder(tmp_path, "run") as folder:
        _finish(folder, "one")
    (tmp_path / "run").rename(tmp_path / ".run.replaced")
    with pytest.raises(RuntimeError), staged_folder(tmp_path, "run"):
        raise RuntimeError
    assert (tmp_path / "run" / "results.csv").read_text(encoding="utf-8") == "one"


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(EnvironmentFault, match="not a run"), staged_folder(tmp_path, "run"):
        pass


def test_a_parent_that_is_a_file_is_an_environment_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="cannot be written"), staged_folder(tmp_path / "file", "run"):
        pass


@pytest.mark.parametrize(
    ("name", "blamed"), [("outputs/run/tables.xlsx", True), ("home/.ipython", False), ("", True)]
)
def test_the_folder_is_blamed_only_for_what_lies_in_it(tmp_path: Path, name: str, blamed: bool) -> None:
    """An error that names no file, such as a full disk, is the folder's."""
    fault = OSError(28, "No room", str(tmp_path / name)) if name else OSError(28, "No room")
    with pytest.raises(EnvironmentFault if blamed else OSError, match="No room"):  # noqa: SIM117
        with staged_folder(tmp_path / "outputs", "run"):
            raise fault
    assert list(tmp_path.iterdir()) == []


def _half(parent: Path, process: int, *, machine: str | None = None, tool: str = "needs-assessment") -> Path:
    half = parent / f".other.{process}.partial"
    (half / "run").mkdir(parents=True)
    (half / "run" / "results.csv").write_text("half", encoding="utf-8")
    facts = {"tool": tool, "process": process, "machine": platform.node() if machine is None else machine}
    (half / MARK).write_text(json.dumps(facts), encoding="utf-8")
    return half


def _once(parent: Path) -> None:
    with staged_folder(parent, "run") as folder:
        _finish(folder, "one")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no way to ask for a process by its number")
def test_a_half_folder_goes_when_its_process_is_no_more(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive = _half(tmp_path, ended.pid), _half(tmp_path, os.getppid())
    elsewhere, foreign = (
        _half(tmp_path, ended.pid + 1, machine="other"),
        _half(tmp_path, 999_999_999, tool="mine"),
    )
    empty = tmp_path / ".x.1.partial"
    empty.mkdir()
    _once(tmp_path)
    assert not dead.exists()
    assert not empty.exists()
    assert alive.exists()
    assert elsewhere.exists()
    assert foreign.exists()
    os.utime(elsewhere / MARK, (0, time.time() - LONGEST_RUN - 5))
    _once(tmp_path)
    assert not elsewhere.exists()
    assert foreign.exists()


@pytest.mark.parametrize(
    "manifest",
    ["", "{}", "[]", '{"tool": "other", "outputs": {}}', '{"tool": "needs-assessment"}', "[" * 100_000],
)
@pytest.mark.parametrize("name", ["run", ".run.replaced"])
def test_a_folder_that_merely_holds_a_manifest_is_not_replaced(
    tmp_path: Path, manifest: str, name: str
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "manifest.json").write_text(manifest, encoding="utf-8")
    (tmp_path / name / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="not a run"):
        _once(tmp_path)
    assert (tmp_path / name / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["notes.txt", "tables/mine.csv"])
def test_files_that_somebody_put_into_a_run_are_not_lost(tmp_path: Path, name: str) -> None:
    _once(tmp_path)
    mine = tmp_path / "run" / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match=name):
        _once(tmp_path)
    assert mine.read_text(encoding="utf-8") == "mine"


def test_what_a_desktop_leaves_in_a_run_does_not_hinder(tmp_path: Path) -> None:
    _once(tmp_path)
    for name in (".DS_Store", "Thumbs.db", "~$paper.docx"):
        (tmp_path / "run" / name).write_text("x", encoding="utf-8")
    _once(tmp_path)
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["manifest.json", "results.csv"]

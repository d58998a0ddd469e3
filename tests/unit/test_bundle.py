"""The folder of a run: whole or absent, and never at the cost of the previous one."""

from __future__ import annotations

from pathlib import Path

import pytest

from needs_assessment.errors import EnvironmentFault
from needs_assessment.publish.bundle import staged_folder, write_manifest


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

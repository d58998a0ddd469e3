"""Nonsense given to a command, a folder that is no run, a manifest of another form: each is refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.cli import _run
from needs_assessment.errors import InputError, fault_of_the_computer
from needs_assessment.inputs.finished_run import KEPT_FILES, MANIFEST, read_run
from needs_assessment.report.writers.population_table import write_population
from needs_assessment.resources import data_dir
from needs_assessment.runs.run_folder import write_manifest
from needs_assessment.runs.verify import verify_run

NONSENSE = {
    "cut off": '{"outputs": {"results.csv": "00',
    "a list": "[1, 2]",
    "without files": "{}",
    "files as a list": '{"outputs": ["results.csv"]}',
    "brackets without end": "[" * 100_000,
    "bytes": "\udcff",
}


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE)
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(InputError, match="manifest of the run cannot be read") as refused:
        read_run(tmp_path, data_dir())
    assert refused.value.file.endswith(MANIFEST)
    with pytest.raises(InputError, match="manifest of the run cannot be used"):
        verify_run(tmp_path, again=False)


@pytest.mark.parametrize(
    "facts",
    [{}, {"scenario": ["area"]}, {"scenario": 3}, {"scenario": {"no such choice": 1}}, {"scenario": {}}],
)
def test_entries_of_another_form_are_refused(tmp_path: Path, facts: dict[str, object]) -> None:
    for name in KEPT_FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\n1\n", encoding="utf-8")
    write_manifest(tmp_path, {**facts, "area_code": "E06000056"})
    assert json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))["outputs"]
    with pytest.raises(InputError, match="keeps other things"):
        read_run(tmp_path, data_dir())


def test_results_without_a_column_name_it(tmp_path: Path) -> None:
    for name in KEPT_FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("area_code,area_name\n1,2\n", encoding="utf-8")
    write_manifest(tmp_path, {"area_code": "E06000056", "scenario": {}, "population": {}})
    with pytest.raises(InputError, match="column") as refused:
        read_run(tmp_path, data_dir())
    assert refused.value.file == f"{tmp_path.name}/results.csv"
    assert refused.value.column.startswith("area_level, measure")


@pytest.mark.parametrize("arguments", [["verify", "a" * 300], ["compare", "a" * 300, "b"]])
def test_a_name_that_the_system_refuses_ends_in_words(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    # which code depends on whether the system says that there is no such name, or that there can be none
    assert _run(arguments) in (2, 3, 4)
    assert "what to do" in capsys.readouterr().err


def test_what_the_system_refuses_is_told_with_its_name() -> None:
    fault = fault_of_the_computer(PermissionError(13, "Permission denied", "outputs/E06000056"))
    assert fault.exit_code == 4
    assert fault.message == "A file or folder cannot be used: Permission denied (outputs/E06000056)."
    assert "memory" in fault_of_the_computer(MemoryError()).message


@pytest.mark.parametrize("name", ["returns.csv", "returns", "."])
def test_the_fill_in_workbook_needs_the_name_of_one(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(["template", "--to", str(tmp_path / name)]) == 2
    assert "ends in .xlsx" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_fill_in_workbook_that_is_there_is_not_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "returns.xlsx"
    path.write_text("a year's returns")
    assert _run(["template", "--to", str(path)]) == 2
    assert "may be filled in" in capsys.readouterr().err
    assert path.read_text() == "a year's returns"


def test_an_interrupted_import_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        (tmp_path / "wards.csv.part").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_csv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_population(
            tmp_path / "wards.csv", pd.DataFrame({"ward_code": ["E05000001"]}), "mid-2022", "2023"
        )
    assert list(tmp_path.iterdir()) == []

"""``compare`` end to end: two folders, the command, the notebook, and the section of the paper."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.errors import UsageError
from needs_assessment.runs.notebook import Stage, execute, notebook_parameters
from tests.finished_runs import DAY
from tests.notebooks.conftest import Command
from tests.shared import shared_folder

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "compare_runs.ipynb"
HEADER = "measure,accommodation_type,unit,value,period_start,period_end,source\n"
RETURNS = HEADER + (
    "places_available,refuge,family places,24,2026-03-31,2026-03-31,commissioning record\n"
    "households_supported,,households,180,2025-04-01,2026-03-31,annual return\n"
)


@pytest.fixture(scope="session")
def second_run(command: Command, bedfordshire_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same area by another method, with returns, after the first as its previous run."""

    def make(folder: Path) -> None:
        (folder / "returns.csv").write_text(RETURNS, encoding="utf-8")
        done = command(
            "run",
            *("--output", str(folder), "--set", DAY, "--set", "run=second", "--method", "sex"),
            *("--services", str(folder / "returns.csv"), "--set", f"previous={bedfordshire_run}"),
        )
        assert done.returncode == 0, done.stderr

    return shared_folder(tmp_path_factory, "compared", make) / "E06000056" / "second"


@pytest.fixture(scope="session")
def returns(second_run: Path) -> Path:
    return second_run.parents[1] / "returns.csv"


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_command_says_why_and_writes_the_same_folder_each_time(
    command: Command, bedfordshire_run: Path, second_run: Path, returns: Path, tmp_path: Path
) -> None:
    written = []
    for name in ("one", "two"):
        done = command(
            "compare",
            *(
                str(bedfordshire_run),
                str(second_run),
                "--services-b",
                str(returns),
                "--to",
                str(tmp_path / name),
            ),
            drawn=True,
        )
        assert done.returncode == 0, done.stderr
        assert "how rates are applied: age_sex, now sex" in done.stdout
        assert "Victims in the last year (people): 19,300 before, 19,500 now" in done.stdout
        written.append(_files(tmp_path / name / "E06000056" / "first__second"))
    assert written[0] == written[1]
    assert {"change.docx", "change.html", "tables.xlsx", "paragraph.txt", "manifest.json"} <= set(written[0])
    assert "figures/change_victims_last_year.svg" in written[0]
    for name, content in written[0].items():
        assert str(tmp_path).encode() not in content, name


def test_with_the_files_everything_that_both_runs_know_is_split(
    command: Command, bedfordshire_run: Path, second_run: Path, returns: Path, tmp_path: Path
) -> None:
    def households(*files: str) -> pd.DataFrame:
        done = command("compare", str(bedfordshire_run), str(second_run), *files, "--to", str(tmp_path))
        assert done.returncode == 0, done.stderr
        tables = tmp_path / "E06000056" / "first__second" / "tables"
        return pd.read_csv(tables / "change_households.csv", dtype=str).set_index("Figure")

    met = "Met need for safe accommodation"
    assert households().loc[met, "Local returns"] == "[x]"
    assert "own files" in str(households().loc[met, "Note"])
    given = households("--services-b", str(returns))
    assert given.loc[met, "Local returns"] == given.loc[met, "Change"] != "[x]"
    assert given.loc[met, "Method"] == "0"


@pytest.mark.parametrize("name", ["results.csv", "inputs/population.csv", "assumptions_used.csv"])
def test_a_folder_that_was_changed_is_refused_by_file(
    name: str, command: Command, bedfordshire_run: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "first"
    shutil.copytree(bedfordshire_run, copy)
    with (copy / name).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    done = command("compare", str(bedfordshire_run), str(copy))
    assert done.returncode == 3
    assert f"first/{name}" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_compared_is_refused(
    command: Command, bedfordshire_run: Path, warwickshire_run: Path, second_run: Path, tmp_path: Path
) -> None:
    other = command("compare", str(bedfordshire_run), str(warwickshire_run))
    assert (other.returncode, "different areas" in other.stderr) == (3, True)
    nothing = command("compare", str(bedfordshire_run), str(tmp_path))
    assert (nothing.returncode, "not the folder of a finished run" in nothing.stderr) == (2, True)
    stranger = tmp_path / "stranger.csv"
    stranger.write_text(RETURNS.replace("24", "25"), encoding="utf-8")
    for option in ("--services-a", "--services-b", "--file"):
        wrong = command("compare", str(bedfordshire_run), str(second_run), option, str(stranger))
        assert (wrong.returncode, "not the one that" in wrong.stderr) == (3, True)
    # nothing was written beside the runs
    assert not (second_run.parents[1] / "compare").exists()


def test_the_notebook_shows_and_writes_the_comparison(
    bedfordshire_run: Path, second_run: Path, tmp_path: Path
) -> None:
    parameters = {"run_a": str(bedfordshire_run), "run_b": str(second_run), "output": str(tmp_path / "to")}
    stage = Stage(tmp_path, tmp_path)
    executed = execute(NOTEBOOK, parameters, stage, progress=False)
    text = executed.read_text(encoding="utf-8")
    assert "Victims in the last year (people)" in text
    assert (tmp_path / "to" / "E06000056" / "first__second" / "manifest.json").is_file()
    outputs = [
        cell["outputs"]
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "code" and cell["source"]
    ]
    assert sum(bool(output) for output in outputs) >= 6


def test_a_parameter_that_the_notebook_does_not_have_stops_it(tmp_path: Path) -> None:
    from needs_assessment import RunsToCompare

    assert sorted(notebook_parameters(NOTEBOOK)) == sorted(RunsToCompare.__dataclass_fields__)
    with pytest.raises(UsageError, match="run_c"):
        execute(NOTEBOOK, {"run_c": "x"}, Stage(tmp_path, tmp_path), progress=False)
    with pytest.raises(UsageError, match="did you mean 'run_a'"):
        RunsToCompare.from_notebook({"runa": "x"})
    with pytest.raises(UsageError, match="run_a"):
        execute(NOTEBOOK, {}, Stage(tmp_path, tmp_path), progress=False)


def test_the_paper_of_a_run_says_what_changed_since_the_previous_one(second_run: Path) -> None:
    page = (second_run / "commissioning_paper.html").read_text(encoding="utf-8")
    assert "What changed since the last run" in page
    assert "how rates are applied: age_sex, now sex" in page
    assert (second_run / "tables" / "change_people.csv").is_file()
    assert (second_run / "figures" / "change_victims_last_year.png").is_file()
    assert "change_people.csv" in (second_run / "tables" / "csv-metadata.json").read_text(encoding="utf-8")
    sheets = pd.read_excel(second_run / "tables.xlsx", sheet_name=None, header=None, engine="openpyxl")
    assert any("What changed" in str(sheet.iat[0, 0]) for sheet in sheets.values())
    manifest = json.loads((second_run / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["previous"] == "previous release 1"

"""The main job end to end: the command, the notebook, the folder it leaves."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.runs.background import PROCESSES
from tests.finished_runs import CHOICES, DAY, FEW_DRAWS
from tests.notebooks.conftest import Command

ALWAYS = {
    "README.txt",
    "assumptions_used.csv",
    "inputs_used.csv",
    "inputs/population.csv",
    "inputs/rates.csv",
    "manifest.json",
    "needs_assessment.html",
    "needs_assessment.ipynb",
    "results.csv",
    "tables.xlsx",
    "tables/csv-metadata.json",
    "tables/wards.csv",
    "figures/tile_map.png",
    "figures/tile_map.svg",
}
PAPER = {f"commissioning_paper.{ending}" for ending in ("docx", "html", "pdf")}
ROOT = Path(__file__).parents[2]


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in _files(folder) if name.endswith(".csv")}


@pytest.mark.parametrize("name", ["bedfordshire_run", "warwickshire_run"])
def test_the_folder_is_complete_and_the_manifest_fits_it(name: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(name)
    files = _files(folder)
    assert files >= ALWAYS | PAPER
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["outputs"]) == files - {"manifest.json"}
    for file, digest in manifest["outputs"].items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest
    assert manifest["seed"] == 2021
    assert manifest["checks"]
    assert all(check["passed"] for check in manifest["checks"])
    assert (folder / "commissioning_paper.docx").stat().st_size < 5_000_000


def test_results_hold_the_headlines(bedfordshire_run: Path, warwickshire_run: Path) -> None:
    for folder, wards, required in ((bedfordshire_run, 31, 31), (warwickshire_run, 103, 59)):
        frame = pd.read_csv(folder / "results.csv")
        headline = frame[(frame["area_level"] == "authority") & (frame["breakdown"] == "all")].set_index(
            "measure"
        )
        assert headline.loc["places_required_standard", "value"] == required
        rows = frame[(frame["measure"] == "residents") & (frame["breakdown"] == "all")]
        assert (rows["area_level"] == "ward").sum() == wards


def test_nothing_of_the_machine_is_in_any_output(bedfordshire_run: Path) -> None:
    secrets = {str(ROOT), str(Path.home()), str(bedfordshire_run.parents[1]), sys.prefix}
    for path in bedfordshire_run.rglob("*"):
        if not path.is_file():
            continue
        contents = [path.read_bytes()]
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as archive:
                contents = [archive.read(name) for name in archive.namelist()]
        for secret in secrets:
            assert all(secret.encode() not in content for content in contents), (path.name, secret)
    for path in bedfordshire_run.rglob("*.csv"):
        assert not re.search(r"\d\d:\d\d", path.read_text(encoding="utf-8")), path.name


def test_a_second_run_gives_the_same_bytes_but_for_the_notebook(
    bedfordshire_run: Path, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first had as many processes as there are processors."""
    monkeypatch.setenv(PROCESSES, "1")
    done = command("run", "--output", str(tmp_path), *CHOICES, drawn=True)
    assert done.returncode == 0, done.stderr
    again = tmp_path / "E06000056" / "first"
    assert _files(again) == _files(bedfordshire_run)
    for name in _files(again) - {"needs_assessment.ipynb", "manifest.json"}:
        assert (again / name).read_bytes() == (bedfordshire_run / name).read_bytes(), name


def test_without_paper_the_tables_are_the_same(
    bedfordshire_run: Path, command: Command, tmp_path: Path
) -> None:
    done = command("run", "--output", str(tmp_path), *CHOICES, "--no-paper")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "E06000056" / "first"
    assert _files(folder) == _files(bedfordshire_run) - PAPER
    assert _tables(folder) == _tables(bedfordshire_run)


def test_progress_is_not_written_where_nobody_watches(command: Command, tmp_path: Path) -> None:
    done = command("run", "--output", str(tmp_path), "--draws", "200", "--no-paper")
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].startswith("Outputs: ")


def test_run_all_in_a_kernel_of_its_own_gives_the_same_outputs(
    bedfordshire_run: Path, tmp_path: Path
) -> None:
    """What Run All does in JupyterLab: the shipped notebook in an ordinary kernel, from its own folder."""
    script = (
        "import sys, papermill\n"
        "papermill.execute_notebook(sys.argv[1], sys.argv[2], kernel_name='python3', progress_bar=False,\n"
        "    cwd=sys.argv[3], parameters={'output': sys.argv[4], 'run': 'first',\n"
        "    'as_of': '2026-11-22', 'draws': int(sys.argv[5])})\n"
    )
    notebook = ROOT / "notebooks" / "needs_assessment.ipynb"
    arguments = [
        str(notebook),
        str(tmp_path / "ran.ipynb"),
        str(notebook.parent),
        str(tmp_path / "outputs"),
        FEW_DRAWS,
    ]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    folder = tmp_path / "outputs" / "E06000056" / "first"
    assert _files(folder) == _files(bedfordshire_run)
    for name in _files(folder) - {"needs_assessment.ipynb", "manifest.json"}:
        assert (folder / name).read_bytes() == (bedfordshire_run / name).read_bytes(), name


def test_the_executed_notebook_holds_its_outputs_and_says_what_ran(bedfordshire_run: Path) -> None:
    cells = json.loads((bedfordshire_run / "needs_assessment.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] for cell in code if "parameters" not in str(cell["metadata"].get("tags")))
    assert not any(output["output_type"] == "error" for cell in code for output in cell["outputs"])
    assert any("as_of = '2026-11-22'" in "".join(cell["source"]) for cell in code)


def test_the_executed_notebook_ends_with_links_to_every_document_of_its_folder(
    bedfordshire_run: Path,
) -> None:
    cells = json.loads((bedfordshire_run / "needs_assessment.ipynb").read_text(encoding="utf-8"))["cells"]
    shown = "".join(cells[-1]["outputs"][0]["data"]["text/html"])
    linked = re.findall(r'href="([^"]*)"', shown)
    documents = [
        path.name for path in bedfordshire_run.iterdir() if path.suffix in {".docx", ".pdf", ".html"}
    ]
    assert sorted(linked) == sorted([*documents, "tables.xlsx"])
    assert "Written to E06000056/first" in shown
    assert "Path(" not in "".join(cells[-1]["outputs"][0]["data"]["text/plain"])
    assert linked == re.findall(
        r'href="([^"#]*)"', (bedfordshire_run / "needs_assessment.html").read_text(encoding="utf-8")
    )


def test_the_html_of_the_notebook_has_no_code_and_loads_nothing(bedfordshire_run: Path) -> None:
    text = (bedfordshire_run / "needs_assessment.html").read_text(encoding="utf-8")
    assert '<html lang="en-GB">' in text
    assert "from needs_assessment import" not in text
    assert "<script" not in text
    assert not re.search(r"""(?:src|href)=["']https?:""", text)
    pictures = re.findall(r"<img [^>]*>", text)
    assert pictures
    assert all(re.search(r'alt="[^"]{20,}"', picture) for picture in pictures)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "methdo=sex"], "did you mean 'method'"),
        (["--set", "method=guess"], "crude"),
        (["--set", "draws=many"], "draws"),
        (["--set", "nonsense"], "key=value"),
        (["--no-such-option"], "no-such-option"),
        (["--scenario", "absent.toml"], "does not exist"),
    ],
)
def test_what_is_not_a_choice_is_a_usage_error(
    arguments: list[str], words: str, command: Command, tmp_path: Path
) -> None:
    done = command("run", "--output", str(tmp_path / "out"), *arguments)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_unknown_key_in_a_scenario_file_is_a_usage_error(command: Command, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text('method = "sex"\nsed = 3\n', encoding="utf-8")
    done = command("check", "--scenario", str(scenario))
    assert done.returncode == 2
    assert "'sed'" in done.stderr
    scenario.write_text('method = "sex"\nseed = 3\n', encoding="utf-8")
    assert command("check", "--scenario", str(scenario)).returncode == 0


def test_an_unknown_parameter_of_the_notebook_is_refused(tmp_path: Path) -> None:
    """A person who mistypes a name in the parameters cell is told so, in the notebook."""
    from needs_assessment import Scenario, UsageError

    with pytest.raises(UsageError, match="did you mean 'method'"):
        Scenario.from_notebook({"area": ["E06000056"], "metod": "sex", "In": [], "_i": "x"})
    assert Scenario.from_notebook({"area": ["E06000056"], "as_of": "2026-11-22"}).method == "age_sex"


def test_check_writes_nothing(command: Command, tmp_path: Path) -> None:
    done = command("check", "--area", "E10000031", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Warwickshire" in done.stdout
    assert "STALE" in done.stdout
    assert "Nothing was written" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_areas_lists_what_is_bundled(command: Command) -> None:
    done = command("areas")
    assert done.returncode == 0
    assert "E06000056" in done.stdout
    assert "E10000031" in done.stdout


def test_refused_input_leaves_the_previous_run_as_it_was(
    bedfordshire_run: Path, command: Command, tmp_path: Path
) -> None:
    bad = tmp_path / "population.csv"
    bad.write_text("ward_code,ward_name,sex,age,persons\nE05014394,Ampthill,F,0,-3\n", encoding="utf-8")
    before = {name: (bedfordshire_run / name).read_bytes() for name in _files(bedfordshire_run)}
    done = command(
        "run", "--output", str(bedfordshire_run.parents[1]), "--set", "run=first", "--population", str(bad)
    )
    assert done.returncode == 3, done.stderr
    assert "row 2" in done.stderr
    assert "persons" in done.stderr
    assert {name: (bedfordshire_run / name).read_bytes() for name in _files(bedfordshire_run)} == before
    assert [path.name for path in bedfordshire_run.parent.iterdir()] == ["first"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are POSIX's")
def test_an_interrupted_run_leaves_no_half_folder(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "needs_assessment", "run", "--output", str(tmp_path)]
    process = subprocess.Popen(
        arguments,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # a shell starts its background jobs deaf to this signal, and a program inherits that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    for _ in range(600):
        if list(tmp_path.glob("*/.*partial")):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Interrupted: nothing was written." in errors
    assert b"Traceback" not in errors
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_is_not_a_run_is_not_replaced(command: Command, tmp_path: Path) -> None:
    mine = tmp_path / "E06000056" / "first"
    mine.mkdir(parents=True)
    (mine / "letter.txt").write_text("keep me", encoding="utf-8")
    done = command("run", "--output", str(tmp_path), "--set", "run=first", "--draws", "100")
    assert done.returncode == 4
    assert (mine / "letter.txt").read_text(encoding="utf-8") == "keep me"


def test_met_need_above_need_completes_the_folder_and_exits_5(command: Command, tmp_path: Path) -> None:
    returns = tmp_path / "returns.csv"
    returns.write_text(
        "measure,unit,value,period_start,period_end,source\n"
        "households_supported,households,2000,2025-04-01,2026-03-31,annual return\n",
        encoding="utf-8",
    )
    choices = [
        "--output",
        str(tmp_path / "out"),
        "--set",
        "run=first",
        "--set",
        DAY,
        "--services",
        str(returns),
    ]
    done = command("run", *choices, "--draws", "500")
    assert done.returncode == 5, done.stderr
    folder = tmp_path / "out" / "E06000056" / "first"
    frame = pd.read_csv(folder / "results.csv")
    unmet = frame[(frame["measure"] == "unmet_safe_accommodation") & (frame["area_level"] == "authority")]
    assert unmet["value"].item() < 0
    assert "NEGATIVE" in unmet["note"].item()
    assert "above need" in (folder / "commissioning_paper.html").read_text(encoding="utf-8")
    accepted = command("run", *choices, "--draws", "500", "--no-paper", "--set", "accept_met_above_need=true")
    assert accepted.returncode == 0


def test_a_small_local_count_is_suppressed_everywhere(command: Command, tmp_path: Path) -> None:
    returns = tmp_path / "returns.csv"
    returns.write_text(
        "measure,unit,value,period_start,period_end,source\n"
        "households_not_supported,households,3,2025-04-01,2026-03-31,annual return\n",
        encoding="utf-8",
    )
    done = command(
        "run",
        "--output",
        str(tmp_path / "out"),
        "--set",
        "run=first",
        "--services",
        str(returns),
        "--draws",
        "500",
    )
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "out" / "E06000056" / "first"
    frame = pd.read_csv(folder / "results.csv", dtype="str")
    for measure in ("unmet_safe_accommodation", "need_safe_accommodation"):
        assert set(frame.loc[frame["measure"] == measure, "value"]) == {"[c]"}
    assert "[c]" in (folder / "tables" / "safe_accommodation_need.csv").read_text(encoding="utf-8")


def test_local_supply_replaces_the_published_figure(command: Command, tmp_path: Path) -> None:
    returns = tmp_path / "returns.csv"
    returns.write_text(
        "measure,unit,value,period_start,period_end,source\n"
        "places_available,family places,30,2026-03-31,2026-03-31,commissioning record\n",
        encoding="utf-8",
    )
    out = str(tmp_path / "out")
    done = command(
        "run",
        "--no-paper",
        "--output",
        out,
        "--area",
        "E10000031",
        "--set",
        DAY,
        "--set",
        "run=x",
        "--services",
        str(returns),
    )
    assert done.returncode == 0, done.stderr
    frame = pd.read_csv(tmp_path / "out" / "E10000031" / "x" / "results.csv")
    headline = frame[(frame["area_level"] == "authority") & (frame["breakdown"] == "all")].set_index(
        "measure"
    )
    assert headline.loc["places_available", "value"] == 30
    assert headline.loc["gap_standard", "value"] == 29
    assert headline.loc["places_available", "source_ids"] == "services_file"

"""The examples of the README and of docs/ do what they say: each command is called as it is printed.

A ``run`` is called as ``check`` with the same words: that reads every file, works the whole chain out and stops at whatever
would stop the run, in a tenth of the time; what a run writes is tested with whole runs in ``tests/notebooks``.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from needs_assessment.cli import _run
from needs_assessment.scenario import Scenario, parse_setting
from tests.structure.test_docs import blocks
from tests.structure.test_house import ours

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OWN = {
    "test": "starts this very suite",
    "lab": "starts a server that does not end; tests of its own",
    "check-install": "of assess.py; tests of its own",
    "bundle": "of assess.py; tests of its own",
    "fetch": "asks the network; test_fetch.py runs the command against a service on this computer",
    "batch": "many runs; test_batch_runs.py",
    "compare": "needs two finished runs; test_compare.py",
    "verify": "needs a finished run; test_verify_run.py",
    "import": "needs a published workbook; test_import_command.py",
    "app": "starts a server that does not end; tests of its own",
    "monitor": "tests of its own",
}
# files of an example that stand for a publication or a council's own file: commands that name one are parsed only
STAND_INS = re.compile(
    r"\.(xlsx|dotx|parquet|gpkg|geojson)\b|wards|rates|nomis|incidents|projection|lsoa|next_year|<the file"
)
EXAMPLES = [
    (page.relative_to(ROOT).as_posix(), tuple(words))
    for page in PAGES
    for words in ours(
        [line.strip() for block in blocks(page, "sh") for line in block.splitlines() if line.strip()]
    )
]


def is_run(words: tuple[str, ...]) -> bool:
    """Whether the example can be called here: a command of this process whose files are planted."""
    return words[0] not in OWN and not STAND_INS.search(" ".join(words[1:]))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name, made of the examples themselves."""
    folder = tmp_path_factory.mktemp("examples")
    (returns,) = (block for block in blocks(ROOT / "README.md", "csv") if block.startswith("measure,"))
    (folder / "my_returns.csv").write_text(returns, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("page", "words"), sorted({(page, words) for page, words in EXAMPLES if is_run(words)})
)
def test_an_example_runs_as_it_is_printed(
    page: str, words: tuple[str, ...], project: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(project)
    called = ["check" if words[0] == "run" and "--help" not in words else words[0], *words[1:]]
    assert _run(called) == 0, (page, words, capsys.readouterr().err)
    assert capsys.readouterr().out


def test_what_is_not_called_is_still_there_for_a_reason() -> None:
    """Enough is called for the test above to mean something, and no command is left out without a reason."""
    called = [words for _, words in EXAMPLES if is_run(words)]
    assert {"run", "check", "areas"} <= {words[0] for words in called}
    assert len(called) >= 8
    assert {words[0] for _, words in EXAMPLES} - set(OWN) <= {"run", "check", "areas", "template"}


def test_template_writes_the_workbook_of_the_examples(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    written = [words for _, words in EXAMPLES if words[0] == "template"]
    assert written
    for words in sorted(set(map(tuple, written))):
        assert _run(list(words)) == 0
        target = Path(words[words.index("--to") + 1])
        assert target.stat().st_size > 1000
        target.unlink()
    assert "Written: " in capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_fenced_python_and_scenarios_can_be_read(page: Path) -> None:
    for block in blocks(page, "python"):
        ast.parse(block)
    for words in (words for where, words in EXAMPLES if where == page.relative_to(ROOT).as_posix()):
        settings = [words[at + 1] for at, word in enumerate(words) if word == "--set"]
        choices = dict(parse_setting(text) for text in settings)
        Scenario.build({name: value for name, value in choices.items() if name != "key"}, page.name)

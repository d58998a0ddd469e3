"""What the README promises is there: its commands, the test command of continuous integration, its files."""

from __future__ import annotations

import csv
import importlib
import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

TEST_COMMAND = "python assess.py test"
OWN_COMMANDS = {
    "test",
    "lab",
    "bundle",
    "check-install",
}  # of assess.py itself; all others are needs-assessment's


def readme_commands(root: Path) -> list[str]:
    """Every line of the README's code blocks that starts a program."""
    # the closing fence of one block must not be read as the opening of the next, whatever its language
    found = re.findall(
        r"^```(\w*)\n(.*?)^```$", (root / "README.md").read_text(encoding="utf-8"), re.S | re.M
    )
    blocks = [block for language, block in found if language in ("", "sh", "text")]
    return [
        line.strip() for block in blocks for line in block.splitlines() if line.strip() and line[0] != "#"
    ]


def ours(commands: list[str]) -> list[list[str]]:
    """The commands of this project among them, from the command's name on."""
    found = []
    for command in commands:
        words = shlex.split(command, comments=True)
        for start in (["python", "assess.py"], ["uv", "run", "needs-assessment"], ["needs-assessment"]):
            if words[: len(start)] == start:
                found.append(words[len(start) :])
                break
    return found


def test_ci_runs_exactly_the_readmes_test_command(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK), ".ci/run is not executable"
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert lines[-1] == TEST_COMMAND
    assert TEST_COMMAND in readme_commands(root)


def test_readme_starts_with_the_run_then_the_check_of_the_computer(root: Path) -> None:
    assert ours(readme_commands(root))[:2] == [["run"], ["check-install"]]


def test_readmes_commands_and_options_exist(root: Path) -> None:
    from needs_assessment.cli import app

    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    for words in ours(readme_commands(root)):
        name, *rest = words
        if name in OWN_COMMANDS:
            continue
        assert name in group.commands, f"the README names the command {name}"
        known = {option for parameter in group.commands[name].params for option in parameter.opts}
        used = {word.split("=")[0] for word in rest if word.startswith("--")} - {"--help"}
        assert used <= known, f"{name} has no {sorted(used - known)}"


def test_readmes_links_lead_somewhere(root: Path) -> None:
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_readme_carries_the_attribution_of_every_open_source(root: Path, data: Path) -> None:
    """Each kind of data, publisher and year that data/sources.csv credits under the open licence."""
    words = " ".join((root / "README.md").read_text(encoding="utf-8").split())
    paragraphs = re.findall(r"Contains .+?\.(?= - | Figures)", words)
    with (data / "sources.csv").open(encoding="utf-8", newline="") as register:
        attributions = {
            row["attribution"] for row in csv.DictReader(register) if "Open Gov" in row["licence"]
        }
    assert attributions
    for attribution in sorted(attributions):
        kind = re.match(
            r"Contains (?:[\w ]+ © Crown copyright and database right|public sector information)", attribution
        )
        assert kind, f"an attribution of another form: {attribution}"
        publisher = re.search(r"\((.+), \d{4}\)", attribution)
        years = re.findall(r"\b20\d\d\b", attribution)
        wanted = [*years, *([publisher[1]] if publisher else [])]
        assert any(
            text.startswith(kind[0]) and all(word in text for word in wanted) for text in paragraphs
        ), f"the README lacks: {attribution}"


def test_entry_points_lead_somewhere(root: Path) -> None:
    import papermill  # noqa: F401  (loads the engine itself, by its entry point; the engine cannot come first)

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["scripts"], *project["entry-points"].values()]
    for target in [target for group in groups for target in group.values()]:
        module, _, name = target.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize(
    "page", sorted((Path(__file__).resolve().parents[2] / "docs" / "decisions").glob("*.md"))
)
def test_a_decision_has_its_four_parts(page: Path) -> None:
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name)
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.M)
    assert headings[:4] == ["Context", "Options", "Choice", "Consequences"]
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 80, "one page"

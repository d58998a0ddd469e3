"""The pages for readers: every command, choice and link in them exists, and their pictures are small and described."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from needs_assessment.scenario import Scenario, parse_setting
from tests.structure.test_house import OWN_COMMANDS, ours

PAGES = ("README.md", "docs/README.md", "docs/tutorial.md", "docs/analyst_guide.md")
LARGEST_PICTURES = 1_500_000  # bytes, all together


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_option_and_choice_exists(root: Path, page: str) -> None:
    from needs_assessment.cli import app

    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    lines = [
        line.strip() for block in blocks(root / page, "sh") for line in block.splitlines() if line.strip()
    ]
    for words in ours(lines):
        if words[0] in OWN_COMMANDS:
            continue
        assert words[0] in group.commands, shlex.join(words)
        options = {name for one in group.commands[words[0]].params for name in one.opts}
        for place, word in enumerate(words):
            assert not word.startswith("--") or word in options, shlex.join(words)
            if word == "--set":
                key, _ = parse_setting(words[place + 1])
                assert key in Scenario.model_fields, shlex.join(words)
    for block in blocks(root / page, "toml"):
        choices = tomllib.loads(block)
        # a scenario to set beside a run has a name and a description of its own
        said = {key: choices.pop(key) for key in ("name", "description") if key in choices}
        assert all(said.values()), page
        Scenario.build(choices, page)


def test_the_guides_show_commands(root: Path) -> None:
    """So that the test above has something to check."""
    for page in ("docs/tutorial.md", "docs/analyst_guide.md"):
        assert len(ours("\n".join(blocks(root / page, "sh")).splitlines())) >= 5


@pytest.mark.parametrize("page", PAGES)
def test_links_within_the_project_lead_somewhere(root: Path, page: str) -> None:
    text = (root / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith(("http:", "https:")):
            assert ((root / page).parent / target).exists(), target


def test_choices_named_in_the_guides_exist(root: Path) -> None:
    for page in PAGES:
        for key in re.findall(r"--set ([a-z_0-9]+)=", (root / page).read_text(encoding="utf-8")):
            assert key in Scenario.model_fields or key in ("name", "key"), f"{page}: {key}"


def test_pictures_are_small_used_and_described(root: Path) -> None:
    pictures = sorted((root / "docs" / "images").glob("*.png"))
    assert pictures
    assert sum(picture.stat().st_size for picture in pictures) < LARGEST_PICTURES
    shown = dict(
        re.findall(r"!\[(.*?)\]\(images/(.*?)\)", (root / "docs" / "tutorial.md").read_text("utf-8"))
    )
    assert {picture.name for picture in pictures} == set(shown.values())
    assert all(len(alt) > 30 for alt in shown)

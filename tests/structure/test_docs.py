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


def recipes(root: Path) -> dict[str, str]:
    """The recipes of CONTRIBUTING.md by their headings."""
    parts = re.split(r"^### ", (root / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.M)[1:]
    return dict(part.split("\n", 1) for part in parts)


# how many files each change takes at most; docs/glossary.md and the generated pages are not counted
MOST_FILES = {
    "a national rate": 2,
    "a tier of the cascade": 5,
    "a chart": 3,
    "a measure of local returns": 1,
    "a layout": 1,
    "a sentence": 1,
    "an output format": 4,
    "the small-number rule": 1,
}


def test_there_is_a_recipe_for_each_change_and_it_says_its_files(root: Path) -> None:
    headings = list(recipes(root))
    assert len(headings) == len(MOST_FILES)
    for heading, (change, most) in zip(headings, MOST_FILES.items(), strict=True):
        assert change in heading, heading
        assert re.search(rf": (at most )?{most} files?$", heading), heading


def test_files_and_tests_that_the_recipes_name_exist(root: Path) -> None:
    for heading, text in recipes(root).items():
        names = re.findall(r"`((?:needs_assessment|data|tests|docs|report)/[\w/.]*)`", text)
        assert any(name.startswith("tests/") for name in names), heading
        for name in names:
            place = root / ("needs_assessment" if name.startswith("report/") else "") / name
            assert place.exists(), f"{heading}: {name}"


def test_the_glossary_is_in_order_and_in_sentences(root: Path) -> None:
    text = (root / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.M)[2:]
    words = [word.casefold() for word, _ in rows]
    assert len(words) > 60
    assert words == sorted(words)
    assert len(set(words)) == len(words)
    assert all(meaning[0].isupper() and meaning.endswith((".", ")", "`")) for _, meaning in rows)

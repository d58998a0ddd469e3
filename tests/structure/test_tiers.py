"""One table of tiers, one of answers, one order of sections: every other list of them is derived."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from needs_assessment.catalogue.tiers import (
    ANSWERS,
    HOUSEHOLDS,
    PARTS,
    PEOPLE,
    SAFE_ACCOMMODATION,
    TIERS,
    list_tiers,
    tiers_in,
)
from tests.structure.twins import FAMILIES, TWIN, forgotten

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "needs_assessment"
SPELLED = {
    kind: re.compile(rf"(?:{'|'.join(starts)})({'|'.join(ids)})") for kind, (ids, starts) in FAMILIES.items()
}
# The literals outside the catalogue that may name several, with what they must name: whoever adds one is told here.
EVERY_TIER_WITH_A_SUM = set(TIERS) - {SAFE_ACCOMMODATION}
WORKED_OUT = {
    # each tier's need and met need are sums of their own; safe accommodation has its step
    "steps/cascade/tiers.py": [EVERY_TIER_WITH_A_SUM],
}


def spelled_out(source: str) -> Iterator[tuple[int, set[str]]]:
    """The line of each literal that names two or more tiers, or two or more answers, and which; the outermost only."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
            for pattern in SPELLED.values():
                names = {found[1] for text in texts if (found := pattern.fullmatch(str(text)))}
                if len(names) > 1:
                    yield node.lineno, names
                    break
            else:
                continue
            continue
        waiting += ast.iter_child_nodes(node)


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent.name != "catalogue")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_module_spells_out_tiers_or_answers(path: Path) -> None:
    literals = sorted(sorted(names) for _, names in spelled_out(path.read_text(encoding="utf-8")))
    wanted = WORKED_OUT.get(path.relative_to(PACKAGE).as_posix(), [])
    assert literals == sorted(map(sorted, wanted)), "derive it from catalogue/tiers.py"


@pytest.mark.parametrize(
    "source",
    [
        'X = ("told_anyone", "idva")',
        'def f():\n    return {"need_idva": 1, "need_move_on": 2}',
        'X = [("gap_standard", 1), ("gap_queueing", 2)]',
        'f(("standard", "turned_away"))',
    ],
)
def test_a_list_that_is_spelled_out_is_seen(source: str) -> None:
    assert list(spelled_out(source))


@pytest.mark.parametrize(
    "source", ['X = ("idva", "idva_fte_gap")', '"told_anyone or idva"', 'f("idva", "move_on")']
)
def test_one_tier_is_no_list(source: str) -> None:
    assert not list(spelled_out(source))


def test_every_list_of_the_package_takes_a_new_tier_and_a_new_answer() -> None:
    """In a process of its own every tier and answer is given a twin before the rest of the package is imported."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.structure.twins"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["forgotten"] == {}
    # the search itself works: these modules hold lists, and the twins are in them
    assert set(found["derived"]) >= {
        f"needs_assessment.{name}"
        for name in (
            "catalogue.results",
            "comparison.split",
            "inputs.previous_release",
            "steps.what_if",
            "steps.checks",
        )
    }


def test_a_list_without_the_twin_is_found() -> None:
    assert forgotten({"need_idva", "need_move_on", f"need_{TWIN}idva"}) == [f"need_{TWIN}move_on"]
    assert not forgotten({"need_idva", "met_move_on", "queueing"})


def test_the_tables_agree_with_themselves() -> None:
    assert {tier.unit for tier in TIERS.values()} == {PEOPLE, HOUSEHOLDS}
    assert [*tiers_in(PEOPLE), *tiers_in(HOUSEHOLDS)] == list(TIERS)
    assert tiers_in(HOUSEHOLDS) == ("safe_accommodation", "move_on")
    for tier in TIERS.values():
        assert set(tier.headlines) | set(tier.returned) <= set(PARTS)
    wholes = {name: lists.whole for name, lists in list_tiers().items() if lists.whole}
    assert wholes == {name: TIERS[name].returned["met"] for name in wholes}
    assert {name for name, lists in list_tiers().items() if lists.agencies} == set(list_tiers()) - set(wholes)
    assert len({answer.label for answer in ANSWERS.values()}) == len(ANSWERS)


def test_the_notebook_has_the_sections_of_the_paper_in_its_order() -> None:
    from needs_assessment.report.paper import SECTIONS

    notebook = json.loads((ROOT / "notebooks" / "needs_assessment.ipynb").read_text(encoding="utf-8"))
    words = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )
    headings = re.findall(r"^## (.+)$", words, re.M)
    assert headings == [
        "Choices of this run",
        *(heading for section in SECTIONS for heading in section.notebook),
        "Write the outputs",
    ]

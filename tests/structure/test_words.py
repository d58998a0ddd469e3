"""Nothing decides by reading a sentence, a note, a label or the name of a measure: fields come first, and words from fields.

Every place where a text is taken apart in the rooms of steps, disclosure and report is named here with its reason. What only
lays text out or reads files of another program is a reason; what decides what is shown is a debt, and says so.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "needs_assessment"
ROOMS = ("steps", "disclosure", "report")
TAKES_APART = {
    *("startswith", "endswith", "split", "rsplit", "partition", "rpartition", "removeprefix", "removesuffix"),
    *("match", "fullmatch", "search"),
}
# words that name a text which people read, or a measure: ``"x" in note`` is a reading of it
TEXTS = (
    "note",
    "label",
    "sentence",
    "text",
    "words",
    "message",
    "title",
    "measure",
    "gap",
    "statement",
    "unknown",
)
LAYOUT = "breaks lines or measures words"
IDS = "a list of ids is a cell of its own kind, with blanks between"
TABLES = "names of tables that this room gives them"
DEBT = "DEBT: decides by words; "
ONLY_NOTE = DEBT + "a note is one text from the step on, and what it is made of does not reach the report"
REASONS = {
    "steps/cascade/tiers.py": {
        "f'{need.provenance.note}; {met.provenance.note}'.split('; ')": "joins two notes, each part once"
    },
    "steps/dependence.py": {
        "sources.split()": IDS,
    },
    "steps/what_if.py": {"row.source_ids.split()": IDS, "row.assumption_ids.split()": IDS},
    "steps/sensitivity.py": {
        "name.startswith(f'{one} ')": "names of streams of draws, which the steps give them"
    },
    "disclosure/published_table.py": {"text.partition('.')": "a number as it is printed"},
    "disclosure/suppression/solver.py": {
        "np.split(found, [len(cells), 2 * len(cells), 2 * len(cells) + len(paid)])": "an array of numbers"
    },
    "report/outputs.py": {"cell.split()": IDS, "name.startswith(names)": TABLES},
    "report/sentences.py": {"cell.split()": IDS},
    "report/figure.py": {"_SAFE_NAME.fullmatch(self.name)": "checks the name of a file"},
    "report/paper_people.py": {"name.startswith('equality_')": TABLES},
    "report/paper_what_if.py": {
        "name.startswith('scenarios_')": TABLES,
        "name.startswith('horizon_')": TABLES,
    },
    "report/charts/all_figures.py": {
        "view.frame['label'].str.split(' ', n=1, expand=True)": DEBT
        + "sex and ages are no columns of the printed table",
        "banded['label'].str.split(' ', n=1, expand=True)": DEBT
        + "sex and ages are no columns of the printed table",
        "' ' in str(label)": DEBT + "sex and ages are no columns of the printed table",
    },
    "report/charts/canvas.py": {
        "str(text).split()": LAYOUT,
        "plain(text).split(' ')": LAYOUT,
        "made[-1].removesuffix('-')": LAYOUT,
    },
    "report/charts/map_labels.py": {"plain(name).split(' ')": LAYOUT},
    "report/charts/tile_map.py": {"tile.name[-1].endswith(ELLIPSIS)": LAYOUT},
    "report/tables/all_tables.py": {"cell.split()": IDS},
    "report/tables/cascade.py": {
        "note.split('; ')": ONLY_NOTE,
        "note.startswith('not known')": ONLY_NOTE,
        "piece.startswith('wards:')": ONLY_NOTE,
        "piece.startswith('NEGATIVE')": ONLY_NOTE,
        "cell.split()": IDS,
    },
    "report/tables/change.py": {"text.removesuffix('.0')": "a number as it is printed"},
    "report/tables/equality.py": {
        "cell.split()": IDS,
        "other.category.endswith('(women)')": DEBT + "the sex of a rate is in the name of its category",
        "re.fullmatch(place.groups, group)": "which groups a place of the statute takes, by a pattern written beside it",
        "str(row['measure']).removesuffix('_last_year')": "an id made from another",
    },
    "report/tables/evidence.py": {
        "item['looks_at'].split()": IDS,
        "citation.removesuffix(f', {provision}')": "the register's citation ends with its provision",
        "provision.split('(', maxsplit=1)": "a number of the law: regulation 2(4)(a) is in regulation 2",
        "theme['tables'].split()": IDS,
    },
    "report/tables/inputs_used.py": {
        "text.startswith('Contains')": "an attribution in the licence's own words",
        "_YEAR_OF_RIGHT.search(text)": "an attribution in the licence's own words",
    },
    "report/tables/matched_lists.py": {
        "str(safe.row(f'met_{tier}')['note']).split('; ')": ONLY_NOTE,
        "piece.startswith('DISAGREE')": ONLY_NOTE,
        "piece.removeprefix('DISAGREE: ')": ONLY_NOTE,
        "note.startswith(('everyone', 'not known', 'suppressed', 'the council'))": ONLY_NOTE,
        "'rounded to' in str(safe.row(f'hidden_population_{tier}')['note'])": ONLY_NOTE,
        "name.removesuffix('_clients')": "a word made from the id of a return",
    },
    "report/tables/people.py": {
        "cell.split()": IDS,
        "category.partition(' ')": "a category of two parts: sex and ages",
    },
    "report/writers/column_widths.py": {"text.split()": LAYOUT},
    "report/writers/document.py": {
        "re.fullmatch('[a-z]{2,3}(-[A-Z]{2})?', self.language)": "checks the code of a language",
        "text.lower().startswith('warning')": "no word twice: a text that begins with it gets no other",
        "text.lower().startswith('source')": "no word twice: a text that begins with it gets no other",
    },
    "report/writers/pdf.py": {
        "document.language.partition('-')": "a code of a language in two parts",
        "'could not be displayed' not in error.message": "typst tells its warnings apart by their words only",
    },
    "report/writers/reproducible_zip.py": {
        "name.lower().endswith(ALREADY_PACKED)": "the ending of a file's name"
    },
    "report/writers/word_styles.py": {
        "name.split()": LAYOUT,
        "rel.reltype.rsplit('/', 1)": "a kind of relation in a Word file",
    },
    "report/writers/workbook.py": {"_NOT_PLAIN.search(text)": "what a workbook must not take for a formula"},
    "report/writers/workbook_layout.py": {"text.split()": LAYOUT, "heading.split()": LAYOUT},
}
DEBTS = 13  # the number may only fall


def taken_apart(source: str) -> Iterator[str]:
    """Each expression that takes a text apart, or that looks for words in a text that people read or a measure's name."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in TAKES_APART
        ):
            yield ast.unparse(node)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            looked_for, looked_in = node.left, ast.unparse(node.comparators[0]).casefold()
            words = isinstance(looked_for, ast.Constant | ast.JoinedStr)
            if words and any(name in looked_in for name in TEXTS) and "frame" not in looked_in:
                yield ast.unparse(node)


MODULES = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_reading_of_a_text_has_its_reason(path: Path) -> None:
    known = REASONS.get(path.relative_to(PACKAGE).as_posix(), {})
    assert set(taken_apart(path.read_text(encoding="utf-8"))) == set(known)


def test_reasons_are_of_modules_that_exist_and_debts_do_not_grow() -> None:
    assert all((PACKAGE / name).is_file() for name in REASONS)
    reasons = Counter(reason.startswith(DEBT) for held in REASONS.values() for reason in held.values())
    assert reasons[True] == DEBTS


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("if note.startswith('not known'): pass", True),
        ("x = frame['label'].str.split(' ')", True),
        ("if 'rounded' in row.note: pass", True),
        ("if f'{a} b' not in statement: pass", True),
        ("if 'label' in table.frame: pass", False),
        ("if name in OBTAIN: pass", False),
        ("x = ', '.join(parts)", False),
    ],
)
def test_a_reading_is_seen(source: str, *, seen: bool) -> None:
    assert bool(list(taken_apart(source))) is seen

"""The attack on what may be printed: hostile texts in several spellings through every door; what got through, what was echoed.

    python benchmarks/printable_text.py [--hostile FILE] [--innocent FILE] [--every N]

The texts are invented; telephone numbers are from the ranges that Ofcom keeps for drama. A text got through a door when
the door let it in, and was echoed when the refusal repeats it. Innocent sentences go through the door of statements.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from needs_assessment.errors import NeedsAssessmentError
from needs_assessment.inputs.alternatives import load_alternatives
from needs_assessment.inputs.areas.area_names import screen_area_names
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.population.characteristics import load_characteristics
from needs_assessment.inputs.rates.rates import load_rate_set
from needs_assessment.inputs.returns.evidence import load_evidence
from needs_assessment.inputs.returns.matched_lists import load_overlaps
from needs_assessment.inputs.returns.returns import load_services
from needs_assessment.inputs.word_template import load_word_template
from needs_assessment.registers.registers import load_registers
from needs_assessment.resources import data_dir
from needs_assessment.scenario import Scenario

HERE = Path(__file__).parent
HOSTILE, INNOCENT = HERE / "printable_text_hostile.csv", HERE / "printable_text_innocent.csv"
DAY = dt.date(2025, 6, 30)
CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
EVIDENCE = ("theme", "kind_of_source", "statement", "date", "source", "note", "cleared_by", "consent")
STATEMENT = ("barriers", "survey", "Waiting lists put people off.", "2025-03-31", "Survey", "", "team", "yes")
SERVICES = ("measure", "unit", "value", "period_start", "period_end", "source", "note")
RETURN = ("households_supported", "households", "120", "2024-04-01", "2025-03-31", "return", "")
LISTS = ("police_victims", "housing_approaches")
RATE = {
    "rate_set": "own",
    "measure": "domestic_abuse_last_year",
    "sex": "P",
    "age_from": "16",
    "age_to": "",
    "group": "all",
    "rate": "5",
    "low": "4",
    "high": "6",
    "meaning_of_range": "95% interval",
    "unit": "percent",
    "published_count": "",
    "base": "",
    "effective_base": "1000",
    "edition": "2024",
    "question_set": "new",
    "population_scope": "England",
    "source_id": "",
    "table": "",
    "status": "derived",
    "reason": "worked out",
    "note": "",
}
# doors that a name of an area goes through: names of streets, buildings and landmarks are names of wards as well
NAMES_MAY_HOLD = {"street", "building", "landmark", "name of a person"}
LABELS_MAY_HOLD = NAMES_MAY_HOLD | {"count", "age of one person"}
HEADINGS_MAY_HOLD = LABELS_MAY_HOLD | {"code that cannot be checked"}


def spellings(text: str) -> Iterator[tuple[str, str]]:
    """A text in six spellings."""
    yield "as it is", text
    yield "capitals", text.upper()
    yield "full width", text.translate(FULL_WIDTH)
    yield "look-alikes", text.translate(CYRILLIC)
    yield "unseen characters", "\u200b".join(text)
    yield "wide spaces and hyphens", text.replace(" ", "\u2003").replace("-", "\u2011")


class Doors:
    """Every way by which a text enters, each a function that refuses what must not be printed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, data_dir()
        self.registers = load_registers(self.data)
        self.area = resolve_area(["E06000056"], self.data)
        returns: Callable[[str], None] = self._services("note")
        self.all: dict[str, tuple[Callable[[str], None], set[str]]] = {
            **{f"evidence: {name}": (self._evidence(name), set()) for name in ("statement", "source", "note", "cleared_by")},
            "services: source": (self._services("source"), set()),
            "services: note": (returns, set()),
            "overlaps: note": (self._overlaps, set()),
            "scenario file: name": (self._scenario("name"), set()),
            "scenario file: description": (self._scenario("description"), set()),
            "characteristics: category": (self._category, LABELS_MAY_HOLD),
            "rates: edition": (self._rates("edition"), LABELS_MAY_HOLD),
            "rates: reason": (self._rates("reason"), LABELS_MAY_HOLD),
            "ward name": (self._ward, NAMES_MAY_HOLD),
            "run": (lambda text: self._set(run="-".join(text.split())), LABELS_MAY_HOLD),
            "contact_role": (lambda text: self._set(contact_role=text), set()),
            "help_lines: name": (lambda text: self._set(help_lines=[f"{text} | 0808 157 0000 | always"]), NAMES_MAY_HOLD),
            "help_lines: hours": (lambda text: self._set(help_lines=[f"Line | 0808 157 0000 | {text}"]), set()),
            "population: choice within the file": (lambda text: self._set(population=f"x.csv#{text}"), HEADINGS_MAY_HOLD),
            "template: footer": (self._template, {"count", "age of one person"}),
        }  # fmt: skip

    def _write(self, name: str, header: tuple[str, ...], *rows: tuple[str, ...]) -> Path:
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path = self.folder / name
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    def _evidence(self, column: str) -> Callable[[str], None]:
        def enter(text: str) -> None:
            row = tuple(
                text if name == column else cell for name, cell in zip(EVIDENCE, STATEMENT, strict=True)
            )
            load_evidence(
                self._write("evidence.csv", EVIDENCE, row), self.area, self.data, self.registers, DAY
            )

        return enter

    def _services(self, column: str) -> Callable[[str], None]:
        def enter(text: str) -> None:
            row = tuple(text if name == column else cell for name, cell in zip(SERVICES, RETURN, strict=True))
            load_services(
                self._write("services.csv", SERVICES, row), self.area, self.data, self.registers, DAY
            )

        return enter

    def _overlaps(self, text: str) -> None:
        header = ("tier", "period_start", "period_end", *LISTS, "count", "source", "note")
        rows = [
            ("told_anyone", "2024-04-01", "2025-03-31", *on, number, "matched by the team", text)
            for on, number in ((("1", "0"), "40"), (("0", "1"), "30"), (("1", "1"), "12"))
        ]
        returns = load_services(None, self.area, self.data, self.registers, DAY)
        load_overlaps(self._write("overlaps.csv", header, *rows), returns, DAY, 3)

    def _scenario(self, key: str) -> Callable[[str], None]:
        def enter(text: str) -> None:
            path = self.folder / "scenario.toml"
            quoted = text.replace("\\", "\\\\").replace('"', '\\"')
            path.write_text(f'{key} = "{quoted}"\n', encoding="utf-8")
            load_alternatives(Scenario(scenarios=str(path)), self.registers)

        return enter

    def _category(self, text: str) -> None:
        header = ("ward_code", "ward_name", "characteristic", "category", "unit", "count")
        path = self._write(
            "characteristics.csv", header, ("E05000001", "Ward", "religion", text, "people", "50")
        )
        load_characteristics(pd.DataFrame({"ward_code": ["E05000001"]}), self.data, path=path)

    def _rates(self, column: str) -> Callable[[str], None]:
        def enter(text: str) -> None:
            row = {**RATE, column: text}
            load_rate_set(str(self._write("rates.csv", tuple(row), tuple(row.values()))), self.data)

        return enter

    def _ward(self, text: str) -> None:
        screen_area_names([("E05999999", text, "WD24NM")], {"E05999999": 2}, "wards.csv", self.data)

    def _set(self, **choice: object) -> None:
        Scenario.build(choice, "--set")

    def _template(self, text: str) -> None:
        import docx

        document = docx.Document()
        document.sections[0].footer.paragraphs[0].text = text
        path = self.folder / "template.docx"
        document.save(str(path))
        load_word_template(path)


def main() -> int:
    """Print tried, got through and echoed, by kind and by door; 1 where anything got through or was echoed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", type=Path, default=HOSTILE)
    parser.add_argument("--innocent", type=Path, default=INNOCENT)
    parser.add_argument("--every", type=int, default=1, help="take every N-th hostile text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(Path(folder))
        shut = [name for name, (enter, _) in doors.all.items() if not enters(enter, "domestic abuse team")[0]]
        if shut:
            raise SystemExit(f"these doors let nothing in, so they show nothing: {', '.join(shut)}")
        tried, through = attack(doors, options.hostile, options.every)
        refused = [
            text
            for text in texts(options.innocent)
            if not enters(doors.all["evidence: statement"][0], text)[0]
        ]
    for title, place in (("kind", 0), ("door", 1)):
        for name in sorted({found[place] for found in tried}):
            count = sum(number for found, number in tried.items() if found[place] == name)
            passed = [found for found in through if found[place] == name]
            print(f"{title}: {name}: {count:,} tried, {len(passed)} got through or were echoed")
    for found in through[:40]:
        print("THROUGH", *found, sep=" | ")
    for text in refused:
        print("REFUSED", text, sep=" | ")
    print(
        f"{sum(tried.values()):,} tried, {len(through)} got through or were echoed; {len(refused)} innocent refused"
    )
    return 1 if through else 0


def attack(doors: Doors, hostile: Path, every: int) -> tuple[Counter[tuple[str, str]], list[tuple[str, ...]]]:
    """Every text in every spelling through every door that its kind may not pass."""
    tried: Counter[tuple[str, str]] = Counter()
    through: list[tuple[str, ...]] = []
    with hostile.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::every]
    for row in rows:
        for how, text in spellings(row["text"]):
            for door, (enter, may_hold) in doors.all.items():
                if row["kind"] in may_hold:
                    continue
                tried[row["kind"], door] += 1
                let_in, echoed = enters(enter, text)
                if let_in or echoed:
                    through.append((row["kind"], door, how, "echoed" if echoed else "let in", text))
    return tried, through


def enters(door: Callable[[str], None], text: str) -> tuple[bool, bool]:
    """Whether a door lets a text in, and whether its refusal repeats it."""
    try:
        door(text)
    except NeedsAssessmentError as error:
        return False, text.casefold() in error.report().casefold()
    return True, False


def texts(path: Path) -> list[str]:
    """The sentences of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


if __name__ == "__main__":
    raise SystemExit(main())

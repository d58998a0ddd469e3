"""Where each number in a paper's prose comes from: the run's results at the stated rounding, or a register.

A phrase about a table must have that table's numbers (``told_tables.py``). An estimate with its range must be one row of
``results.csv``: value, low and high together. A number that stands alone
must be one of the area's own values, a value of a ward named in the same sentence, a figure of a register, a choice of
the run, or stand in ``kept_numbers.csv`` with a reason. Numbers written as words are not looked up.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import pandas as pd

from needs_assessment.report.writers.document import long_date
from tests.documents.told_tables import NUMBER, ToldTables

HERE = Path(__file__).parent
TOKEN = re.compile(rf"{NUMBER}")
# "19,300 people (likely between 13,700 and 26,200)", "19,260 (13,750 to 26,160)"
RANGED = re.compile(
    rf"({NUMBER})((?: [a-z-]+){{0,4}}) \((?:likely between )?({NUMBER}) (?:and|to) ({NUMBER})\)"
)
# a noun after a number says which rows it can come from: column, and what must stand in it
NOUNS = {
    "women": ("category", r"F"),
    "men": ("category", r"M"),
    "children": ("measure", r"children"),
    "households": ("unit", r"households"),
    "high-risk cases": ("unit", r"cases"),
    "family places": ("unit", r"family places"),
    "places": ("unit", r"family places"),
    "people": ("unit", r"people"),
}
# what may follow a number of one digit; elsewhere a digit is too easily found somewhere to prove anything
AFTER_SMALL = (*NOUNS, "are available", "short", "above", "fewer", "more")
COARSE_FROM = 10  # an authority's number is rounded coarsely from ten times the coarse step upwards


class Ledger:
    """Every number the run in ``folder`` may say."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self.results = pd.read_csv(folder / "results.csv", keep_default_na=False, dtype="str")
        self.scenario = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["scenario"]
        registers = [data / "sources.csv", data / "local_returns.csv", data / "rates" / "national_rates.csv"]
        registers += sorted((data / "assumptions").glob("*.csv"))
        self.registers = {
            path.stem: pd.read_csv(path, dtype="str", keep_default_na=False) for path in registers
        }
        steps = self.registers["assumptions"].set_index("assumption_id")["value"]
        self.coarse, self.fine = float(steps["rounding_authority"]), float(steps["rounding_ward"])
        self.tables = ToldTables(folder, data, self.coarse)
        self._chosen: dict[tuple[str, ...], pd.DataFrame] = {}
        with (HERE / "kept_numbers.csv").open(encoding="utf-8") as file:
            self.kept = [re.compile(row["pattern"]) for row in csv.DictReader(file)]

    def unaccounted(self, text: str) -> list[str]:
        """The numbers of ``text`` that come from nowhere."""
        found: list[str] = []
        text = self.tables.without(text, found)
        text = self._counts_checked(text, found)
        text = self._without_phrases(text)
        for sentence in re.split(r"(?<=[a-z)%\d]\.) (?=[A-Z])", text):
            rows = self._rows(sentence)
            for match in RANGED.finditer(sentence):
                if not self._ranged(match, rows):
                    found += [match[1], match[3], match[4]]
            left = RANGED.sub(" ", sentence)
            found += [
                match[0]
                for match in TOKEN.finditer(left)
                if left[: match.start()][
                    -1:
                ].isalpha()  # "v3.0" is a name, and only the kept list knows names
                or not self._alone(match[0], left[match.end() :], rows)
            ]
        return found

    def _counts_checked(self, text: str, found: list[str]) -> str:
        """``text`` without the numbers that count something; those that count wrongly go to ``found``."""

        def check(match: re.Match[str], right: Iterable[str]) -> str:
            if match[1] not in set(right):
                found.append(match[1])
            return " "

        for why, marks in (("not available", "not (?:known|available)"), ("suppressed", "suppressed")):
            left_out = len(re.findall(rf"(?<!drawn): {marks}\b", text))
            text = re.sub(
                rf"\b(\d+) (?:bars?|wards?) (?:is|are) not drawn: {why}",
                lambda match, right=left_out: check(match, [str(right)]),  # type: ignore[misc]
                text,
            )
        text = re.sub(
            r"Half of the wards lie at or above ([\d,]+)\.",
            lambda match: check(match, self._medians(text)),
            text,
        )
        if "either way" in text:
            for pattern in (
                r"\b(\d+)%(?= (?:to|either))",
                r"(?:shown:|(?:Highest|Lowest): [^.]+,) (\d+)(?=\.)",
            ):
                text = re.sub(pattern, lambda match: check(match, self._widths()), text)
        return re.sub(r"\b(\d+) wards\b", lambda match: check(match, self.ward_counts), text)

    def _medians(self, text: str) -> list[str]:
        """The middle ward's printed number of victims: of the district ``text`` names, else of all wards."""
        wards = self.results[
            (self.results["area_level"] == "ward")
            & (self.results["measure"] == "victims_last_year")
            & (self.results["breakdown"] == "all")
        ]
        people = self.population.drop_duplicates("ward_code").set_index("ward_code")["authority_name"]
        district = wards["area_code"].map(people)
        here = [f"wards in {name}" in text for name in district]
        printed = [round(float(value) / self.fine) * self.fine for value in wards["value"]]
        chosen = pd.Series(printed)[here if any(here) else [True] * len(printed)]
        return [as_text(float(chosen.median()), self.fine)]

    def _widths(self) -> set[str]:
        """Half of each ward's printed range as a percentage of its printed number, to the nearest ten."""
        wards = self.results[
            (self.results["area_level"] == "ward")
            & (self.results["measure"] == "victims_last_year")
            & (self.results["breakdown"] == "all")
        ]
        value, low, high = (
            (wards[column].astype(float) / self.fine).round() * self.fine
            for column in ("value", "low", "high")
        )
        return {as_text(width, 10.0) for width in (high - low) / value / 2 * 100}

    def _ranged(self, found: re.Match[str], rows: pd.DataFrame) -> bool:
        value, noun, low, high = found.groups()
        rows = self._of_noun(noun.strip(), rows)
        return any(
            value in forms and low in row_low and high in row_high
            for forms, row_low, row_high in zip(rows["value"], rows["low"], rows["high"], strict=True)
        )

    def _alone(self, number: str, after: str, rows: pd.DataFrame) -> bool:
        following = re.match(r" ([a-z-]+(?: [a-z-]+)?)", after)
        said = following[1] if following else ""
        # a percentage of a group may stand in brackets behind its name; a number of people may not
        whole = rows["breakdown"].isin(["all", "answer"])
        rows = self._of_noun(said, rows[whole | (rows["unit"] == "proportion")])
        if len(number) == 1 and not said.startswith(AFTER_SMALL):
            return number in self.register_numbers
        return any(number in forms for forms in rows["value"]) or number in self.register_numbers

    def _of_noun(self, words: str, rows: pd.DataFrame) -> pd.DataFrame:
        for noun, (column, pattern) in NOUNS.items():
            if words == noun or words.startswith(noun + " "):
                return rows[rows[column].str.contains(pattern)]
        return rows

    def _rows(self, text: str) -> pd.DataFrame:
        """The rows ``text`` may speak of: the area's, and the whole numbers of the wards it names."""
        return self._rows_of(tuple(name for name in self.ward_names if name in text))

    def _rows_of(self, named: tuple[str, ...]) -> pd.DataFrame:
        if named not in self._chosen:
            frame = self.printed
            self._chosen[named] = (
                frame[frame["area_name"].isin(named) & (frame["breakdown"] == "all")]
                if named
                else frame[frame["area_level"] != "ward"]
            )
        return self._chosen[named]

    def _without_phrases(self, text: str) -> str:
        """``text`` without what is not a result: laws, dates, ages, editions, labels, numbers of tables and figures."""
        for pattern in (*self.kept, *self.own_phrases):
            text = pattern.sub(" ", text)
        return text

    @cached_property
    def ward_names(self) -> list[str]:
        wards = self.results[self.results["area_level"] == "ward"]
        return sorted(set(wards["area_name"]), key=len, reverse=True)

    @cached_property
    def printed(self) -> pd.DataFrame:
        """The results with each number as the set of forms it may be printed in."""
        told = ["area_name", "area_level", "measure", "breakdown", "category", "unit", "value", "low", "high"]
        frame = self.results[told].astype(object)
        for column in ("value", "low", "high"):
            frame[column] = [
                self._forms(cell, unit) for cell, unit in zip(frame[column], frame["unit"], strict=True)
            ]
        return frame

    def _forms(self, cell: str, unit: str) -> frozenset[str]:
        try:
            number = float(cell)
        except ValueError:
            return frozenset()  # blank, or suppressed
        if unit == "proportion":
            return frozenset({f"{number * 100:.1f}%"})
        steps = {0.1} if unit in ("family places", "full-time equivalents") else {self.fine}
        if unit.startswith("households") or number.is_integer():
            steps |= {1.0}
        if abs(number) >= COARSE_FROM * self.coarse:
            steps |= {self.coarse}
        return frozenset(as_text(value, step) for step in steps for value in (number, abs(number)))

    @cached_property
    def population(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "inputs" / "population.csv", dtype="str", keep_default_na=False)

    @cached_property
    def ward_counts(self) -> frozenset[str]:
        by_authority = self.population.groupby("authority_code")["ward_code"].nunique()
        return frozenset(str(count) for count in (*by_authority, self.population["ward_code"].nunique()))

    @cached_property
    def register_numbers(self) -> frozenset[str]:
        """Figures of the registers the run used, as their own units and values print, and choices of the run."""
        used = pd.read_csv(self.folder / "assumptions_used.csv", dtype="str", keep_default_na=False)
        numbers = {f"{int(found):,}" for text in used["unit"] for found in re.findall(r"\d+", text)}
        noted = {found for note in self.results["note"] for found in re.findall(r"\d+\.\d+%", note)}
        return frozenset(numbers | noted | {f"{self.scenario['draws']:,}", str(self.scenario["seed"])})

    @cached_property
    def earlier_dates(self) -> tuple[str, ...]:
        """The dates of the runs beside this one, if it names an earlier release: it calls that by its name alone."""
        if not self.scenario["previous"]:
            return ()
        manifests = self.folder.parent.glob("*/manifest.json")
        return tuple(json.loads(file.read_text(encoding="utf-8"))["scenario"]["as_of"] for file in manifests)

    @cached_property
    def own_phrases(self) -> list[re.Pattern[str]]:
        """Phrases with numbers that are names: of areas, editions, periods, ages; longest first."""
        registers = self.registers
        rates, sources, returns = (registers[name] for name in ("national_rates", "sources", "local_returns"))
        used = pd.read_csv(self.folder / "assumptions_used.csv", dtype="str", keep_default_na=False)
        inputs = pd.read_csv(self.folder / "inputs_used.csv", dtype="str", keep_default_na=False)
        population = self.population
        names: set[str] = {*self.results["area_name"], *rates["edition"], *rates["rate_set"]}
        names |= {*used["period"], *used["label"], *sources["period"], *sources["title"]}
        names |= {*inputs["date"], f"wards of {_year(inputs, self.folder)}"}
        days = {*returns["period_start"], *returns["period_end"], self.scenario["as_of"], *self.earlier_dates}
        names |= {long_date(day) for day in days if day}
        names |= {f"{age} years old" for age in _ages(returns["period_end"], self.scenario["as_of"])}
        names |= set(self.results["note"])
        bands = {
            *zip(rates["age_from"], rates["age_to"], strict=True),
            *zip(population["age_from"], population["age_to"], strict=True),
        }
        bands |= {tuple(found) for text in used["label"] for found in re.findall(r"(\d+) to (\d+)", text)}
        names |= {form for low, high in bands for form in _band_forms(low, high)}
        years = {
            year
            for column in (sources["period"], sources["attribution"], used["period"], rates["edition"])
            for text in column
            for year in re.findall(r"\b(?:19|20)\d\d\b", text)
        }
        patterns = [rf"(?:of|in|right|and|,|\() {year}\b" for year in years]
        named = sorted((name for name in names if any(map(str.isdigit, name))), key=len, reverse=True)
        return [
            re.compile(r"^(?:Table|Figure) \d+: "),
            re.compile(r"^\d+ rows and \d+ columns; the first row holds"),
            *(re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w])") for name in named),
            *map(re.compile, patterns),
        ]


def as_text(number: float, step: float) -> str:
    """``number`` to the nearest ``step``, as the paper writes it."""
    decimals = 0 if step >= 1 else round(-math.log10(step))
    text = f"{round(number / step) * step:,.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def _band_forms(low: str, high: str) -> Iterable[str]:
    if high:
        return (f"{low}-{high}", f"{low} to {high}")
    return (f"{low}+", f"{low} and over")


def _year(inputs: pd.DataFrame, folder: Path) -> str:
    """The year of the wards: the last four letters of the vintage the run's own README names."""
    said = re.search(r"wards of (\d{4})", (folder / "README.txt").read_text(encoding="utf-8"))
    return said[1] if said else ""


def _ages(ends: Iterable[str], as_of: str) -> Iterable[str]:
    day = dt.date.fromisoformat(as_of)
    for end in filter(None, ends):
        yield f"{(day - dt.date.fromisoformat(end)).days / 365.25:.1f}"


def altered(number: str) -> str:
    """``number`` made wrong by about a tenth, at least one in its last stated place, written the same way."""
    percent, digits = number.endswith("%"), number.rstrip("%").replace(",", "").lstrip("-\N{MINUS SIGN}")
    decimals = len(digits.partition(".")[2])
    zeros = len(digits) - len(digits.rstrip("0")) if not decimals and digits.strip("0") else 0
    step = 10.0 ** (zeros - decimals)
    wrong = float(digits) + max(1.0, round(float(digits) * 0.1 / step)) * step
    grouping = "," if "," in number or wrong >= 10_000 else ""
    return f"{wrong:{grouping}.{decimals}f}" + ("%" if percent else "")

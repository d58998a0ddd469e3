"""What a paper's prose says of a table, worked out again from the table itself, the whole phrase with all its numbers.

Each phrase is written here as the paper should write it. Its words say where it is; the numbers between them must then
be those of one phrase together, so that two numbers of the same table cannot change places.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from needs_assessment.report.writers.document import long_date

NUMBER = r"(?:(?<![\w.,])[-\N{MINUS SIGN}])?\d+(?:,\d{3})*(?:\.\d+)?%?"
UNKNOWN = ("", "[x]", "[c]")
LISTED = {
    "told_anyone": "known to any of the agencies",
    "community_support": "supported in the community",
    "idva": "supported by IDVAs",
}
STEPS = {"people": 10.0, "households": 1.0, "places": 0.1}
# the manifest calls the earlier run by what it is; these papers' earlier run lies beside them under this name
PREVIOUS = "first"


class ToldTables:
    """The phrases that the run in ``folder`` may say of its tables, its scenarios and the law."""

    def __init__(self, folder: Path, data: Path, coarse: float) -> None:
        self.folder, self.data, self.coarse = folder, data, coarse
        self.scenario = _scenario(folder)
        self.results = _read(folder / "results.csv")

    def without(self, text: str, found: list[str]) -> str:
        """``text`` without the phrases; numbers of a phrase that should be others go to ``found``."""
        for shape, right in self.shapes.items():

            def check(match: re.Match[str], right: set[tuple[str, ...]] = right) -> str:
                if match.groups() not in right:
                    wrong = [
                        number
                        for number, forms in zip(match.groups(), zip(*right, strict=True), strict=True)
                        if number not in forms
                    ]
                    found.extend(wrong or match.groups())
                return " "

            text = re.sub(shape, check, text, flags=re.IGNORECASE)
        return text

    @cached_property
    def shapes(self) -> dict[str, set[tuple[str, ...]]]:
        """The words of each phrase as a pattern, with the numbers that may stand in it together; longest first."""
        shapes: dict[str, set[tuple[str, ...]]] = {}
        for phrase in self._phrases():
            words = "".join(
                f"({NUMBER})" if place % 2 else re.escape(part)
                for place, part in enumerate(re.split(f"({NUMBER})", phrase))
            )
            shapes.setdefault(rf"(?<![\w.,]){words}(?!\w)", set()).add(tuple(re.findall(NUMBER, phrase)))
        return {shape: shapes[shape] for shape in sorted(shapes, key=len, reverse=True)}

    def _phrases(self) -> Iterator[str]:
        yield f"come from {self.scenario['draws']:,} random draws with seed {self.scenario['seed']}"
        years = self.registered.loc["stale_after_years", "value"]
        yield f"the period ended more than {years} years before the date of this paper"
        yield f"more than {years} years old at the date of this paper"
        yield from self._evidence()
        yield from self._checklist()
        yield from self._sensitivity()
        yield from self._horizon()
        yield from self._scenarios()
        yield from self._lists()
        yield from self._change()
        cost = self._value("cost_of_gap")
        if cost is not None:
            yield f"Closing the gap to the standard would cost about £{printed(cost, 1000)} a year"

    @cached_property
    def registered(self) -> pd.DataFrame:
        registers = sorted((self.data / "assumptions").glob("*.csv"))
        return pd.concat(map(_read, registers)).set_index("assumption_id")

    def _table(self, name: str) -> pd.DataFrame:
        path = self.folder / "tables" / f"{name}.csv"
        return _read(path) if path.exists() else pd.DataFrame()

    def _evidence(self) -> Iterator[str]:
        themes, given = self._table("evidence_themes"), self._table("evidence")
        asked, missing = len(themes), int((themes["Statements in this run"] == "MISSING").sum())
        yield f"evidence in words on {missing} of the {asked} themes that the strategies ask for"
        yield f"the strategies ask for evidence on {asked} themes"
        yield f"{missing} {'themes have' if missing > 1 else 'theme has'} no statement"
        if len(given):
            count, stale = len(given), int((given["Stale"] == "STALE").sum())
            yield (
                f"The council gave {count} statement{'s' if count > 1 else ''}, on {asked - missing} of the {asked} "
                "themes that strategies ask for"
            )
            yield f"{stale} of them {'are' if stale > 1 else 'is'} marked STALE"

    def _checklist(self) -> Iterator[str]:
        here = self._table("statutory_checklist")["In this run"]
        present, partial, missing, own = (
            int((here == status).sum())
            for status in ("Present", "Partial", "MISSING", "The authority's own act")
        )
        yield (
            f"Of {len(here)} items that the duty asks for, this run holds the evidence of {present}, a part of it for "
            f"{partial} and none for {missing}; {own} are acts of the authority"
        )
        register = _read(self.data / "statutory_checklist.csv")
        cited: dict[str, set[str]] = {}
        for citation in register["citation"]:
            found = re.fullmatch(r"(.+), ((?:section|regulation) \d+)(?:\(\w+\))*", citation)
            if found:
                cited.setdefault(found[1], set()).add(found[2])
        yield "; ".join(
            f"{', '.join(sorted(places))} of {law}" if place else f"Sections are of the {law}"
            for place, (law, places) in enumerate(cited.items())
        )

    def _sensitivity(self) -> Iterator[str]:
        ranked = self._table("what_to_find_out")
        if len(ranked):
            narrows = ranked.columns[3]
            best = ranked[~ranked[narrows].isin(UNKNOWN)].iloc[0]
            yield (
                f"knowing one input ({small(best['What is not known'])}) would take at most {best[narrows]} off the width "
                "of the range"
            )
        table = self._table("sensitivity_places")
        if table.empty:
            return
        rows = table.to_dict("records")
        spans = [
            f"{row['Input']}, {_span(row)}: {row['Figure at the lower end']} to {row['At the upper end']}"
            for row in rows
        ]
        yield from spans
        unit = "family places required by queueing"
        yield f"The line is the figure with every input at its central value: {rows[0]['At the central value']} {unit}"
        first, label = rows[0], small(rows[0]["Input"])
        ends = (first["Figure at the lower end"], first["At the upper end"])
        low, high = sorted(ends, key=float)
        yield f"one input ({label}): over its range alone the answer goes from {low} to {high} places"
        yield f"Places by queueing hang most on {label}: {low} to {high} family places"

    def _horizon(self) -> Iterator[str]:
        yield f"each of the {self.scenario['horizon_years']} years of the strategy"
        years = self._table("horizon_people")
        if len(years):
            ahead = sorted(year for year in years["Year"] if year.isdigit())
            yield f"the years {ahead[0]} to {ahead[-1]} have the projected population"

    def _scenarios(self) -> Iterator[str]:
        if self.scenario["scenarios"] != "bundled":
            return
        for path in sorted((self.data / "scenarios").glob("*.toml")):
            told = tomllib.loads(path.read_text(encoding="utf-8"))
            sets = []
            for name, value in told["assumptions"].items():
                item = self.registered.loc[name]
                before = quantity(float(item["value"]), item["unit"])
                sets.append(f"{small(item['label'])}: {quantity(value, item['unit'])} in place of {before}")
            yield f"{told['name']}: {told['description']} It sets {'; '.join(sets)}"

    def _lists(self) -> Iterator[str]:
        figures = self.registered.loc["overlap_figures", "value"]
        yield f"estimates are rounded to {figures} significant figures"
        for tier, said in LISTED.items():
            fewest, most = (self._value(f"met_{tier}", "bounds", end) for end in ("fewest", "most"))
            if fewest is not None and most is not None:
                yield f"Between {printed(fewest, 1)} and {printed(most, 1)} different people were {said}"
            union = self._value(f"on_matched_lists_{tier}")
            if union is not None:
                yield f"{printed(union, 1)} different people were {said}, on one of the matched lists"
            name = f"hidden_population_{tier}"
            low, high = (self._value(name, "models", end) for end in ("lowest", "highest"))
            if low is not None and high is not None:
                yield f"The models that fit about as well say from {self._about(low)} to {self._about(high)}"

    def _change(self) -> Iterator[str]:
        """Figures before and now from the results of both runs, the parts of the change from the tables."""
        name = self.scenario["previous"]
        if not name:
            return
        earlier = _scenario(self.folder.parent / PREVIOUS)
        yield f"Before: {name}, as at {long_date(earlier['as_of'])}; population"
        yield f"Now: this run, as at {long_date(self.scenario['as_of'])}; population"
        for kind, step in STEPS.items():
            table = self._table(f"change_{kind}")
            ends = ("Figure", "Unit", "Before", "Now", "Change", "Note")
            causes = [column for column in table.columns if column not in ends]
            for row in table.to_dict("records"):
                parts = {cause: signed(row[cause], step) for cause in causes}
                yield from self._changed(row, parts, step)

    def _changed(self, row: dict[str, str], parts: dict[str, str], step: float) -> Iterator[str]:
        if {row["Before"], row["Now"]} & set(UNKNOWN):
            return
        unit = row.get("Unit", "family places")
        named = f"{row['Figure']} ({unit})"
        before, after = (
            self._about(value) if step == STEPS["people"] else printed(value, step).removesuffix(".0")
            for value in self._both(row, step)
        )
        told = [f"{small(cause)} {part}" for cause, part in parts.items() if part]
        why = f": {', '.join(told[:-1]) + ' and ' if told[1:] else ''}{told[-1]}" if told else ""
        moved = signed(row["Change"], step)
        sums = [(plain(after) - plain(before), plain(moved)), (sum(map(plain, parts.values())), plain(moved))]
        misfit = any(abs(one - other) > 1e-6 for one, other in sums)
        note = " (worked out before rounding)" if misfit else ""
        yield f"{named}: {before} before, {after} now, a change of {moved}{note}{why}"
        yield (
            f"Waterfall chart of {named}. Before: {row['Before']}. "
            + "".join(f"{cause}: {row[cause].replace('-', chr(0x2212))}. " for cause in parts)
            + f"Now: {row['Now']}"
        )

    def _both(self, row: dict[str, str], step: float) -> tuple[float, float]:
        """The row's figure in the results of the previous run and of this one, found by its printed number."""
        found = []
        previous = _read(self.folder.parent / PREVIOUS / "results.csv")
        for results, cell in ((previous, row["Before"]), (self.results, row["Now"])):
            whole = results[(results["area_level"] == "authority") & (results["breakdown"] == "all")]
            near = {
                float(value)
                for value in whole["value"]
                if value not in UNKNOWN and printed(float(value), step) == cell
            }
            found.append(min(near, key=lambda value: abs(value - float(cell.replace(",", "")))))
        return found[0], found[1]

    def _value(self, measure: str, breakdown: str = "all", category: str = "all") -> float | None:
        of = {"area_level": "authority", "measure": measure, "breakdown": breakdown, "category": category}
        rows = self.results
        for column, wanted in of.items():
            rows = rows[rows[column] == wanted]
        known = [float(value) for value in rows["value"] if value not in UNKNOWN]
        return known[0] if known else None

    def _about(self, value: float) -> str:
        return printed(value, self.coarse if abs(value) >= 10 * self.coarse else self.coarse / 10)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def _scenario(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["scenario"]


def _span(row: dict[str, str]) -> str:
    low, high = row["From"], row["To"]
    return " ".join(filter(None, [low if low == high else f"{low} to {high}", row["Unit of the input"]]))


def small(text: str) -> str:
    """``text`` as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def printed(number: float, step: float) -> str:
    """``number`` to the nearest ``step``, with separators."""
    return f"{round(number / step) * step:,.{0 if step >= 1 else 1}f}"


def signed(cell: str, step: float) -> str:
    """ "+150" or "\N{MINUS SIGN}20" of a printed cell; blank for nothing."""
    if cell in UNKNOWN:
        return ""
    number = float(cell.replace(",", ""))
    if not number:
        return ""
    text = printed(abs(number), step).removesuffix(".0")
    return f"{'+' if number > 0 else chr(0x2212)}{text}"


def plain(text: str) -> float:
    """A printed number as a number; nothing is 0."""
    return float(text.replace(",", "").replace(chr(0x2212), "-") or 0)


def quantity(value: float, unit: str) -> str:
    """A registered figure with its unit, as a sentence says it."""
    if unit == "share":
        return f"{value * 100:g}%"
    if value == 1:
        unit = unit.replace("referrals", "referral", 1)
    return f"{value:g} {unit}".replace(" percent", "%")

"""The statutory checklist: of each thing the duty asks for, what this run has, what is partial and what is missing.

Only what can be shown is judged: whether a result has a value, a return or a statement was given, and whether it is
older than the registered age. Whether it is enough, and every act of the authority, is not for a number to say.

Tables of evidence in words: every theme that is asked for, present or missing, and the statements as given.

A statement is printed letter for letter; each writer escapes it for its own format. It is the council's, and this tool
has not checked it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.disclosure.gate import publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.tables.returns import STALE

if TYPE_CHECKING:
    from needs_assessment.inputs.returns.evidence import Evidence
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.gate import SafeResults
from needs_assessment.report.wording import unknown

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs


PRESENT, DATED, MISSING = "present", "dated", "missing"
NOT_CHECKED = "Evidence given by the council in its own words; this tool has not checked it."


def theme_standings(evidence: Evidence) -> dict[str, str]:
    """Each registered theme: present, dated (every statement is stale) or missing."""
    fresh = set(evidence.frame.loc[~evidence.frame["stale"].astype("bool"), "theme"])
    held = set(evidence.frame["theme"])
    return {
        theme: PRESENT if theme in fresh else DATED if theme in held else MISSING
        for theme in evidence.themes["theme"]
    }


def evidence_tables(evidence: Evidence, area: str, stale_after: float) -> dict[str, PublishedTable]:
    """``evidence`` (where there are statements) and ``evidence_themes`` (always), by name in the order of the paper.

    stale_after: years after which a statement is stale (registered).
    """
    tables = [_statements(evidence, area, stale_after)] if len(evidence.frame) else []
    return {table.name: table for table in (*tables, _themes(evidence, area))}


def evidence_gap(evidence: Evidence) -> tuple[str, str, str] | None:
    """The row of ``data_gaps`` for themes without a statement, or None."""
    missing, asked = evidence.missing(), len(evidence.themes)
    if not missing:
        return None
    return (
        f"Evidence in words on {len(missing)} of the {asked} themes that the strategies ask for",
        "Statements by theme, from survivors, practitioners and services (--set evidence=FILE): see the table of themes",
        "What numbers cannot show: barriers, survivors' voice, what works",
    )


def say_themes(evidence: Evidence) -> list[str]:
    """How many statements were given, on how many of the themes, and that nobody here has checked them."""
    asked, missing = len(evidence.themes), len(evidence.missing())
    if evidence.frame.empty:
        return [
            "No statements of evidence were given for this run. Numbers do not say what keeps people from help, what "
            f"survivors think of it or what works: the strategies ask for evidence on {asked} themes, and the table says "
            "what to obtain for each."
        ]
    count, stale = len(evidence.frame), int(evidence.frame["stale"].sum())
    sentences = [
        f"The council gave {count} statement{'s' if count > 1 else ''}, on {asked - missing} of the {asked} themes that "
        f"strategies ask for. They are printed as given, and this tool has not checked what they say. "
        "A story can point at someone without a name, and no program can see a plain first name: each statement was read and "
        f"cleared by {_cleared(evidence)}, who {'say' if evidence.frame['cleared_by'].nunique() > 1 else 'says'} that those "
        "whose experience it is agreed."
    ]
    if stale:
        verb = "are" if stale > 1 else "is"
        sentences.append(f"{stale} of them {verb} marked {STALE}.")
    if missing:
        verb = "themes have" if missing > 1 else "theme has"
        sentences.append(f"{missing} {verb} no statement: the table says what to obtain.")
    return sentences


def _cleared(evidence: Evidence) -> str:
    """The roles that cleared the statements, in words."""
    roles = sorted(set(evidence.frame["cleared_by"]), key=str.casefold)
    return roles[0] if len(roles) == 1 else ", ".join(roles[:-1]) + " and " + roles[-1]


def _statements(evidence: Evidence, area: str, stale_after: float) -> PublishedTable:
    titles = dict(zip(evidence.themes["theme"], evidence.themes["title"], strict=True))
    frame = evidence.frame
    shown = frame.assign(
        title=frame["theme"].map(titles),
        kind=[_kind(kind) for kind in frame["kind_of_source"]],
        date=[f"{day.day} {day:%b %Y}" for day in frame["date"]],
        age=[f"{years:.1f} years" for years in frame["age_years"]],
        flag=[STALE if stale else "" for stale in frame["stale"]],
    )
    return publish_table(
        "evidence",
        f"Statements of evidence by theme, {area}",
        [
            TableColumn("title", "Theme"),
            TableColumn("statement", "Statement"),
            TableColumn("kind", "Kind of source"),
            TableColumn("source", "Source"),
            TableColumn("date", "Date"),
            TableColumn("age", "Age"),
            TableColumn("flag", "Stale"),
            TableColumn("note", "Note"),
        ],
        shown,
        notes=[NOT_CHECKED, f"{STALE}: more than {stale_after:g} years old at the date of this paper."],
        source=f"Source: the council's evidence file, {evidence.file}.",
    )


def _themes(evidence: Evidence, area: str) -> PublishedTable:
    standings = theme_standings(evidence)
    count = evidence.frame["theme"].value_counts()
    rows = [
        {
            "title": theme["title"],
            "here": _here(standings[theme["theme"]], int(count.get(theme["theme"], 0))),
            "meaning": theme["meaning"],
            "tables": ", ".join(theme["tables"].split()),
            "obtain": "" if standings[theme["theme"]] == PRESENT else theme["obtain"],
            "asked_by": theme["source_id"],
        }
        for theme in evidence.themes.to_dict("records")
    ]
    return publish_table(
        "evidence_themes",
        f"Themes of evidence that strategies ask for, {area}",
        [
            TableColumn("title", "Theme"),
            TableColumn("here", "Statements in this run"),
            TableColumn("meaning", "What it is about"),
            TableColumn("tables", "Tables with figures"),
            TableColumn("obtain", "What to obtain"),
            TableColumn("asked_by", "Asked for by"),
        ],
        pd.DataFrame(rows),
        notes=[
            "Statements are evidence in words. The tables named hold this run's figures on the theme, where it has any.",
            "Asked for by: the id in the table of sources; blank where data/evidence_themes.csv gives a reason instead.",
        ],
    )


def _here(standing: str, count: int) -> str:
    if standing == MISSING:
        return "MISSING"
    return f"{count}, all {STALE}" if standing == DATED else str(count)


def _kind(kind: str) -> str:
    words = {"survivors_panel": "survivors' panel"}.get(kind, kind.replace("_", " "))
    return words[:1].upper() + words[1:]


PARTIAL, OWN_ACT = "partial", "own act"
WORDS = {PRESENT: "Present", PARTIAL: "Partial", MISSING: "MISSING", OWN_ACT: "The authority's own act"}
NO_NUMBER = "Not something a number can show"
RESIDUAL = "no_published_rate"
Standings = Mapping[str, str]  # name -> present, dated or missing


def return_standings(returns: pd.DataFrame) -> dict[str, str]:
    """Each measure of the local returns: present, or dated where all its rows are stale or of part of a year.

    returns: ``LocalReturns.frame``. A figure under another name (refuge places) stands under both.
    """
    found: dict[str, str] = {}
    for row in returns.to_dict("records"):
        measure = RETURN_MEASURES[row["measure"]]
        short = bool(row["part_year"]) and measure.flow
        fresh = PRESENT if not (row["stale"] or short) else DATED
        for name in filter(None, (row["measure"], measure.same_as[0])):
            found[name] = PRESENT if PRESENT in (fresh, found.get(name)) else DATED
    return found


def supply_standings(returns: pd.DataFrame) -> dict[str, str]:
    """Each type of accommodation whose places or units a local return gives: present or dated."""
    found: dict[str, str] = {}
    for row in returns.to_dict("records"):
        measure = RETURN_MEASURES[row["measure"]]
        if not (measure.supply and not measure.flow and not measure.part_of and measure.total == "sum"):
            continue
        if measure.agency != "Safe accommodation: places":
            continue
        kind = row["accommodation_type"] or measure.same_as[1]
        fresh = DATED if row["stale"] else PRESENT
        found[kind] = PRESENT if PRESENT in (fresh, found.get(kind)) else DATED
    return found


def evaluate(
    items: pd.DataFrame,
    safe: SafeResults,
    returns: pd.DataFrame,
    themes: Standings,
    titles: Mapping[str, str],
) -> pd.DataFrame:
    """The items with ``status`` (present, partial, missing, own act) and ``detail``: what is there and what is not.

    items: the register; safe: released results; returns: ``LocalReturns.frame``; themes: the standing of each theme of
    evidence, titles: what it is called. Present: everything an item looks at is there and not stale; missing: nothing
    is; partial: the rest. Raises ValueError for a rule that is not known.
    """
    given, supply = return_standings(returns), supply_standings(returns)
    judged = []
    for item in items.to_dict("records"):
        names = item["looks_at"].split()
        if item["rule"] == "own_act":
            judged.append((OWN_ACT, NO_NUMBER))
            continue
        if item["rule"] == "results":
            found = {_title(safe, name): _result(safe, name) for name in names}
        elif item["rule"] == "breakdowns":
            found = {f"by {_words(name)}": _breakdown(safe, name) for name in names}
        elif item["rule"] == "accommodation_type":
            found = _type(safe, names, supply)
        elif item["rule"] == "returns":
            found = {_words(name): given.get(name, MISSING) for name in names}
        elif item["rule"] == "themes":
            found = {titles[name]: themes.get(name, MISSING) for name in names}
        else:
            raise ValueError(f"the checklist has an unknown rule: {item['rule']}")
        judged.append((_status(list(found.values())), _detail(found)))
    return items.assign(status=[status for status, _ in judged], detail=[text for _, text in judged])


def judge_checklist(inputs: Inputs, safe: SafeResults) -> pd.DataFrame:
    """The statutory checklist of one run, each item with its status and what there is."""
    evidence = inputs.evidence
    titles = dict(zip(evidence.themes["theme"], evidence.themes["title"], strict=True))
    standings = theme_standings(evidence)
    return evaluate(evidence.checklist, safe, inputs.returns.frame, standings, titles)


def _status(standings: Sequence[str]) -> str:
    if all(standing == PRESENT for standing in standings):
        return PRESENT
    return MISSING if all(standing == MISSING for standing in standings) else PARTIAL


def _result(safe: SafeResults, measure: str, **of: Any) -> str:
    if not safe.has(measure, **of):
        return MISSING
    row = safe.row(measure, **of)
    if unknown(row):
        return MISSING
    return DATED if STALE in row["note"] else PRESENT


def _title(safe: SafeResults, measure: str) -> str:
    """What a reader calls a result, and that it is modelled where it is."""
    modelled = safe.has(measure) and safe.row(measure)["basis"] == "modelled"
    return RESULT_MEASURES[measure].title + (" (modelled)" if modelled else "")


def _words(name: str) -> str:
    return name.replace("_", " ").replace("childrens", "children's").replace("idva", "IDVA")


def _small(name: str) -> str:
    """Within a sentence: a small first letter, but for an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _breakdown(safe: SafeResults, name: str) -> str:
    rows = safe.pick(["victims_last_year"], level="authority", breakdown=name)
    rows = rows[rows["category"] != RESIDUAL]
    return PRESENT if any(not unknown(row) for _, row in rows.iterrows()) else MISSING


def _type(safe: SafeResults, kinds: Sequence[str], supply: Standings) -> dict[str, str]:
    return {
        name: standing
        for kind in kinds
        for name, standing in (
            (
                "places required",
                _result(safe, "places_required_queueing", breakdown="accommodation_type", category=kind),
            ),
            ("places there are", supply.get(kind, MISSING)),
        )
    }


def _detail(found: Standings) -> str:
    """What is there, what is old or of part of a year, what is missing: each kind named once."""
    parts = []
    for standing, lead in (
        (PRESENT, "Here"),
        (DATED, f"{STALE} or part of a year"),
        (MISSING, "Not here"),
    ):
        names = [name for name, held in found.items() if held == standing]
        if names:
            parts.append(f"{lead}: {'; '.join(map(_small, names))}.")
    return " ".join(parts)


def checklist_table(judged: pd.DataFrame, area: str) -> PublishedTable:
    """The table ``statutory_checklist``: provision, what is asked, what this run has, what to obtain."""
    shown = judged.assign(
        here=[WORDS[status] for status in judged["status"]],
        obtain=[
            "" if status == PRESENT else text
            for status, text in zip(judged["status"], judged["obtain"], strict=True)
        ],
    )
    return publish_table(
        "statutory_checklist",
        f"Statutory checklist of the safe-accommodation duty, {area}",
        [
            TableColumn("provision", "Provision"),
            TableColumn("citation", "Provision in full"),
            TableColumn("asked", "What is asked"),
            TableColumn("here", "In this run"),
            TableColumn("detail", "What there is, and what is not"),
            TableColumn("obtain", "What to obtain"),
        ],
        shown,
        notes=[
            f"Sections are of the {_instruments(judged)}. The wording is ours and shortened: the law itself decides.",
            "Present means that this run holds the evidence named, not that it is enough. Modelled figures count as "
            "present; local counts have rows of their own.",
        ],
        source="Source: data/statutory_checklist.csv, with the source of every row.",
    )


def _instruments(judged: pd.DataFrame) -> str:
    """Which instrument sections and regulations are of, from the register's own citations."""
    named: dict[str, list[str]] = {}
    for citation, provision in zip(judged["citation"], judged["provision"], strict=True):
        instrument = citation.removesuffix(f", {provision}")
        if instrument != citation:
            named.setdefault(instrument, []).append(provision)
    return "; ".join(
        instrument if place == 0 else f"{', '.join(sorted(set(map(_head, held))))} of {instrument}"
        for place, (instrument, held) in enumerate(named.items())
    )


def _head(provision: str) -> str:
    """ "regulation 2(4)(a)" is in "regulation 2"."""
    return provision.split("(", maxsplit=1)[0]


def summary(judged: pd.DataFrame) -> str:
    """How many items are present, partial, missing and the authority's own acts, in one sentence."""
    count = judged["status"].value_counts()
    of = {status: int(count.get(status, 0)) for status in WORDS}
    return (
        f"Of {len(judged)} items that the duty asks for, this run holds the evidence of {of[PRESENT]}, a part of it for "
        f"{of[PARTIAL]} and none for {of[MISSING]}; {of[OWN_ACT]} are acts of the authority that no number can show."
    )

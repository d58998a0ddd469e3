"""Tables of evidence in words: every theme that is asked for, present or missing, and the statements as given.

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

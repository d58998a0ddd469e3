"""Schemas of evidence in words: the council's statements, the register of themes, the statutory checklist."""

from __future__ import annotations

from needs_assessment.tables.cells import Column
from needs_assessment.tables.schemas import columns as of
from needs_assessment.tables.validation import Rule, TableSchema

KINDS_OF_SOURCE = (
    "survivors_panel",
    "survey",
    "interviews",
    "consultation",
    "practitioners",
    "service_data",
    "case_review",
    "research",
    "inspection",
    "other",
)
# how an item of the checklist is decided; `looks_at` names what the rule looks at
RULES = ("results", "breakdowns", "accommodation_type", "returns", "themes", "own_act")

EVIDENCE = TableSchema(
    "evidence",
    "Evidence file, given by a council with --set evidence=FILE",
    (
        of.identifier(
            "theme", "Theme of data/evidence_themes.csv that the statement is about", screen="list"
        ),
        of.choice("kind_of_source", "What kind of source it comes from", KINDS_OF_SOURCE),
        of.text(
            "statement",
            "What the source says, about people in general: no account of a single person, no small count, no place",
            screen="sentence",
        ),
        Column("date", "date", "Day the source is of; the last day of a period"),
        of.text(
            "source",
            "Report, panel or consultation it comes from, in words; no provider and no person",
            screen="sentence",
        ),
        of.text("note", "What else a reader has to know", blank=True, required=False, screen="sentence"),
        of.text(
            "cleared_by",
            "Role that has read the statement and cleared it for print, never a person's name: no program can see a plain "
            "first name, or that a story is one person's",
            screen="sentence",
        ),
        of.choice(
            "consent",
            "yes: those whose experience it is agreed that it is printed; a statement without consent is not given",
            ("yes",),
        ),
    ),
    key=("theme", "statement"),
)

EVIDENCE_THEMES = TableSchema(
    "evidence_themes",
    "Themes of evidence that strategies ask for",
    (
        of.identifier("theme", "Name by which an evidence file refers to the theme"),
        of.text("title", "The theme in words"),
        of.text("meaning", "What a statement under it is about"),
        of.text("tables", "Tables of a run that hold figures about it, joined by a space", blank=True),
        of.text("obtain", "What to obtain where there is no statement"),
        of.STATUS,
        of.SOURCE_ID,
        of.REASON,
    ),
    key=("theme",),
    rules=of.SAYS_WHO,
    origin="ours",
)

STATUTORY_CHECKLIST = TableSchema(
    "statutory_checklist",
    "Statutory checklist",
    (
        of.identifier("item", "Name of the item"),
        of.text("provision", "Provision that asks for it, as short as it can be said"),
        of.text("citation", "The provision with its instrument, as printed"),
        of.text("asked", "What is asked, in plain words"),
        of.choice(
            "rule",
            "How a run decides: results of the area, victims by breakdown, places by type, local returns, themes of "
            "evidence; own_act is never decided by a run",
            RULES,
        ),
        of.text("looks_at", "Measures, breakdowns, type, returns or themes the rule looks at", blank=True),
        of.text("obtain", "What to obtain where it is not there"),
        of.STATUS,
        of.SOURCE_ID,
        of.REASON,
    ),
    key=("item",),
    rules=(
        *of.SAYS_WHO,
        Rule(
            "looks_at",
            "what the rule looks at, or nothing where it is the authority's own act",
            lambda frame: (frame["rule"] == "own_act") != (frame["looks_at"] == ""),
        ),
    ),
    origin="ours",
)

"""The schema of every table the project reads or writes; docs/data_dictionary.md is written from here."""

from __future__ import annotations

from needs_assessment.tables.cells import Column
from needs_assessment.tables.schemas.areas import (
    ACCOMMODATION_TYPES,
    CHARACTERISTICS,
    ENGLAND_CHARACTERISTICS,
    ENGLAND_POPULATION,
    OVERLAPS,
    POPULATION,
    PROJECTION,
    PROJECTION_WIDE,
    RESULTS,
    SERVICES,
    WARD_POINTS,
)
from needs_assessment.tables.schemas.evidence import EVIDENCE, EVIDENCE_THEMES, STATUTORY_CHECKLIST
from needs_assessment.tables.schemas.registers import (
    ASSUMPTIONS,
    AUTHORITIES,
    AUTHORITY_CHANGES,
    LOCAL_RETURNS,
    RATES,
    SOURCES,
    TABLES,
)
from needs_assessment.tables.validation import Rule, TableSchema, validate

ALL = (
    SOURCES,
    ASSUMPTIONS,
    RATES,
    LOCAL_RETURNS,
    AUTHORITIES,
    AUTHORITY_CHANGES,
    TABLES,
    POPULATION,
    PROJECTION,
    ENGLAND_POPULATION,
    WARD_POINTS,
    CHARACTERISTICS,
    ENGLAND_CHARACTERISTICS,
    SERVICES,
    EVIDENCE,
    EVIDENCE_THEMES,
    STATUTORY_CHECKLIST,
    OVERLAPS,
    RESULTS,
)

__all__ = [
    "ACCOMMODATION_TYPES",
    "ALL",
    "ASSUMPTIONS",
    "AUTHORITIES",
    "AUTHORITY_CHANGES",
    "CHARACTERISTICS",
    "ENGLAND_CHARACTERISTICS",
    "ENGLAND_POPULATION",
    "EVIDENCE",
    "EVIDENCE_THEMES",
    "LOCAL_RETURNS",
    "OVERLAPS",
    "POPULATION",
    "PROJECTION",
    "PROJECTION_WIDE",
    "RATES",
    "RESULTS",
    "SERVICES",
    "SOURCES",
    "STATUTORY_CHECKLIST",
    "TABLES",
    "WARD_POINTS",
    "Column",
    "Rule",
    "TableSchema",
    "validate",
]

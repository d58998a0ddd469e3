"""Nomis: observations of a dataset as CSV, all pages.

A guest is given at most 25,000 cells an answer, and a longer one is cut without a word; so every question asks for
``RECORD_COUNT``, the number of cells that fit it, and goes on until it has that many. Wrong parameters give an empty
answer, a fault on the service's side a web page or a line of text, all three with status 200.
"""

from __future__ import annotations

import csv
import io
import re
from functools import partial

from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.service import Asker, DoNotFit, first_words, in_parts, looks_like_a_page
from needs_assessment.fetch.transport import GO_ON, MayPass

COUNT = "RECORD_COUNT"
VALUE = "OBS_VALUE"
_WHOLE = re.compile(r"(\d+)(?:\.0+)?")

Row = dict[str, str]


def observations(
    asker: Asker,
    dataset: str,
    query: dict[str, str],
    select: tuple[str, ...],
    key: tuple[str, ...],
    *,
    areas: list[str] | None = None,
) -> list[Row]:
    """Rows of a dataset with the columns ``select``, sorted by ``key``.

    areas: codes to ask for, as many a request as the register says; None when ``query`` names the geography itself.
    Raises EnvironmentFault: an observation without a value (missing is never zero), or pages that do not fit.
    """
    queries = (
        [query]
        if areas is None
        else [
            {"geography": ",".join(part), **query}
            for part in in_parts(areas, asker.service.areas_per_request)
        ]
    )
    rows: list[Row] = []
    for asked in queries:
        rows += asker.whole(partial(_all_pages, asker, dataset, asked, select, key))
    return sorted(rows, key=lambda row: tuple(row[name] for name in key))


def whole_number(row: Row, column: str = VALUE) -> int:
    """A count as a whole number; raises EnvironmentFault for a blank or anything else."""
    found = _WHOLE.fullmatch(row[column].strip())
    if found is None:
        raise EnvironmentFault(
            f"Nomis gives no count for {row.get('GEOGRAPHY_CODE', 'an area')}: "
            f"{row[column].strip()[:20] or 'an empty cell'}.",
            action="a missing count is not taken as zero; look the table up at Nomis",
        )
    return int(found[1])


def _all_pages(
    asker: Asker, dataset: str, query: dict[str, str], select: tuple[str, ...], key: tuple[str, ...]
) -> list[Row]:
    rows: list[Row] = []
    seen: set[tuple[str, ...]] = set()
    total = -1
    while True:
        page = _page(asker, dataset, query, select, len(rows))
        if not page and not rows:
            return []
        counts = {row[COUNT] for row in page}
        if total < 0:
            total = int(page[0][COUNT])
        if counts != {str(total)}:
            raise DoNotFit("the number of cells changed from page to page, or a page came back empty")
        for row in page:
            name = tuple(row[column] for column in key)
            if name in seen:
                raise DoNotFit("a cell came twice")
            seen.add(name)
        rows += page
        if len(rows) > total:
            raise DoNotFit(f"{len(rows):,} cells came where {total:,} were announced")
        if len(rows) == total:
            return rows


def _page(
    asker: Asker, dataset: str, query: dict[str, str], select: tuple[str, ...], offset: int
) -> list[Row]:
    columns = (*select, COUNT)
    body = asker.ask(
        f"{dataset}.data.csv",
        {
            **query,
            "select": ",".join(name.lower() for name in columns),
            "RecordOffset": str(offset),
            "RecordLimit": str(asker.service.page_size),
        },
        lambda body: _check(body, columns),
    )
    return _read(body, columns)


def _check(body: bytes, columns: tuple[str, ...]) -> None:
    """Refuse what is no table of these columns, or was cut in the middle."""
    _read(body, columns)


def _read(body: bytes, columns: tuple[str, ...]) -> list[Row]:
    if not body.strip():
        return []
    if looks_like_a_page(body):
        raise MayPass(
            "Nomis answered with a web page where a table was asked for.",
            action="it may be closed for maintenance, or a network asks you to sign in; " + GO_ON,
        )
    header: list[str] = []
    rows: list[Row] = []
    try:
        reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.upper() for name in reader.fieldnames or []]
        if not set(columns) <= set(header):
            raise MayPass(
                f"Nomis answered with something that is not the table asked for: '{first_words(body)}'.",
                action="the dataset may have been renamed: look it up at Nomis, and change a copy of "
                "data/services_online.toml, given with --register",
            )
        reader.fieldnames = header
        rows = [{name: row[name] for name in columns} for row in reader]
        whole = all(row[name] is not None for row in rows for name in columns)
    except (csv.Error, UnicodeDecodeError):
        whole = False
    # where a table ends in the middle of its last cell, that cell is the count, which is compared with the other rows'
    ended = body.endswith((b"\n", b"\r")) or header[-1:] == [COUNT]
    if not whole or not ended or any(not row[COUNT].isdecimal() for row in rows):
        raise MayPass("A table of Nomis arrived cut off.")
    return rows

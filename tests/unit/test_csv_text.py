"""Cells of a CSV: no formula leaves, and every text comes back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needs_assessment.csv_text import as_csv, plain_frame, plain_text, safe_text, write_csv_file
from needs_assessment.tables.files import read_strings

TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=12)
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")


@pytest.mark.parametrize("before", ["", " ", "\u00a0", "'", '"', "''", "\ufeff", "\u200b", "\x01"])
@pytest.mark.parametrize("start", STARTS)
def test_what_begins_as_a_formula_gets_an_apostrophe(before: str, start: str) -> None:
    text = f"{before}{start}cmd|' /C calc'!A1"
    assert safe_text(text) == f"'{text}"
    assert plain_text(safe_text(text)) == text


@pytest.mark.parametrize(
    "text",
    ["-5", "-1,234.5", "+3%", "-5 to 3", "-£1,200", "-1.5e-07", "Women", "a=b", "", "1-2", "'tis", "'-5"],
)
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert plain_text(text) == text
    if text != "'-5":
        assert safe_text(text) == text


@pytest.mark.parametrize("text", ["-5 to A1", "-5+A1", "-5 to 3 to 4", "-5%x", "--5"])
def test_what_only_begins_as_a_number_is_guarded(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_every_text_comes_back(text: str) -> None:
    assert plain_text(safe_text(text)) == text
    assert plain_text(safe_text(safe_text(text))) == safe_text(text)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_every_frame_comes_back(rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["=first", "second"], dtype="object")
    text = as_csv(frame.assign(number=-1.5))
    back = plain_frame(
        pd.read_csv(io.StringIO(text, newline=""), dtype="str", keep_default_na=False, na_filter=False)
    )
    assert back.columns.tolist() == ["=first", "second", "number"]
    assert list(zip(back["=first"], back["second"], strict=True)) == rows
    assert set(back["number"]) == {"-1.5"}
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell[:1] in STARTS for cell in row[:2])


@pytest.mark.parametrize("rows", [3, 1])
def test_a_table_of_ours_is_read_as_it_was(tmp_path: Path, rows: int) -> None:
    names = ["=HYPERLINK(1)", "'-x", "@you"][:rows]
    write_csv_file(pd.DataFrame({"ward": names, "persons": [1] * rows}), tmp_path / "t.csv")
    assert "\n'=HYPERLINK(1)," in (tmp_path / "t.csv").read_text(encoding="utf-8")
    assert read_strings(tmp_path / "t.csv").cells(0) == names

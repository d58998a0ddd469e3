"""A table is read as what its schema says, or refused with the cell named."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from needs_assessment.errors import InputError
from needs_assessment.results import LEVELS, RESULT_COLUMNS
from needs_assessment.tables import schemas
from needs_assessment.tables.schemas import Column, Rule, TableSchema, validate

SHELVES = TableSchema(
    "shelves",
    "Shelves",
    (
        Column("shelf", "text", "Name", pattern="[a-z]+", form="a lower-case word"),
        Column("books", "integer", "Books", unit="books", minimum=0, maximum=1000),
        Column("width", "number", "Width", unit="metres", blank=True),
        Column("built", "date", "Day it was built"),
        Column("locked", "yes_no", "Whether it is locked"),
        Column("colour", "text", "Colour", required=False, allowed=("red", "green")),
        Column("mended", "date", "Day it was mended", required=False),
        Column("spare", "integer", "Spare books", required=False),
        Column("oiled", "yes_no", "Whether it is oiled", required=False),
    ),
    key=("shelf",),
    rules=(Rule("mended", "no earlier than built", lambda frame: frame["mended"] < frame["built"]),),
)
GOOD = {"shelf": "a", "books": "12", "width": "1.5", "built": "2024-04-01", "locked": "yes"}


def rows(*changes: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([{**GOOD, **change} for change in changes]).fillna("")


def refusal(frame: pd.DataFrame, schema: TableSchema = SHELVES, **options: object) -> InputError:
    with pytest.raises(InputError) as caught:
        validate(frame, schema, file="shelves.csv", **options)  # type: ignore[arg-type]
    return caught.value


def test_types_of_a_good_table() -> None:
    frame = validate(rows({}, {"shelf": " b ", "books": "1,234", "width": ""}), wide(), file="shelves.csv")
    assert frame["shelf"].tolist() == ["a", "b"]
    assert frame["books"].tolist() == [12, 1234]
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "shelf": "str",
        "books": "int64",
        "width": "float64",
        "built": "datetime64[s]",
        "locked": "bool",
        "colour": "str",
        "mended": "datetime64[s]",
        "spare": "Int64",
        "oiled": "boolean",
    }
    assert frame["width"].isna().tolist() == [False, True], "a blank is missing, not zero"
    assert frame["spare"].isna().all()
    assert frame["mended"].isna().all()


def wide() -> TableSchema:
    """The same shelves with room for more books."""
    columns = tuple(dataclasses.replace(c, maximum=None) for c in SHELVES.columns)
    return dataclasses.replace(SHELVES, columns=columns)


def test_a_british_date_is_read_day_first() -> None:
    frame = validate(rows({"built": "01/04/2024"}), SHELVES, file="shelves.csv")
    assert frame["built"].iloc[0] == pd.Timestamp(2024, 4, 1)


@pytest.mark.parametrize(
    ("column", "found", "says"),
    [
        ("shelf", "", "is empty"),
        ("shelf", "A1", "not allowed"),
        ("books", "", "is empty"),
        ("books", "-1", "too low"),
        ("books", "1001", "too high"),
        ("books", "12.5", "not a whole number"),
        ("books", "twelve", "not a whole number"),
        ("books", "1,23", "not a whole number"),
        ("books", "٣", "not a whole number"),
        ("books", "9" * 30, "not a whole number"),
        ("width", "nan", "not a number"),
        ("width", "inf", "not a number"),
        ("width", "1e999", "not a number"),
        ("width", "1.5 m", "not a number"),
        ("built", "2024-02-30", "not a date"),
        ("built", "April 2024", "not a date"),
        ("locked", "perhaps", "not yes or no"),
        ("colour", "blue", "not allowed"),
    ],
)
def test_a_bad_cell_is_named(column: str, found: str, says: str) -> None:
    error = refusal(rows({}, {"shelf": "b", column: found}))
    assert (error.file, error.row, error.column, error.found) == ("shelves.csv", 3, column, found)
    assert says in error.message
    assert error.expected == next(c.expected for c in SHELVES.columns if c.name == column)
    assert error.action
    assert error.exit_code == 3


def test_first_problem_in_reading_order_and_the_number_of_others() -> None:
    error = refusal(
        rows({"shelf": "a"}, {"shelf": "b", "locked": "?"}, {"shelf": "c", "books": "-3", "locked": "?"})
    )
    assert (error.row, error.column, error.more) == (3, "locked", 2)


def test_row_numbers_may_be_given() -> None:
    assert refusal(rows({}, {"shelf": "b", "books": "x"}), rows=[7, 9]).row == 9
    assert refusal(rows({"books": "x"}), first_row=6).row == 6


def test_a_missing_column_lists_what_was_found() -> None:
    error = refusal(rows({}).drop(columns=["books", "locked"]))
    assert (error.row, error.column) == (1, "books")
    assert "'books', 'locked'" in error.message
    assert "shelf, width, built" in str(error.found)
    assert "books" in error.expected


def test_unknown_and_repeated_columns_are_refused_or_left_out() -> None:
    assert refusal(rows({}).assign(pages="3")).column == "pages"
    loose = dataclasses.replace(SHELVES, extra="ignore")
    assert "pages" not in validate(rows({}).assign(pages="3"), loose, file="shelves.csv")
    twice = pd.concat([rows({}), rows({})[["books"]]], axis=1)
    assert "more than one column" in refusal(twice).message


def test_a_repeated_key_names_both_rows() -> None:
    error = refusal(rows({}, {"shelf": "b"}, {}))
    assert (error.row, error.column, error.found) == (4, "shelf", "a")
    assert "row 4 repeats row 2" in error.message


def test_a_rule_between_columns() -> None:
    error = refusal(rows({"mended": "2024-03-31"}))
    assert (error.row, error.column, error.found, error.expected) == (
        2,
        "mended",
        "2024-03-31",
        "no earlier than built",
    )


def test_values_and_headings_can_be_kept_out_of_the_message() -> None:
    assert "secret" not in str(refusal(rows({"books": "secret"}), echo=False))
    assert "secret" not in str(refusal(rows({}).assign(secret=""), echo=False))
    no_headings = pd.DataFrame([["a"]], columns=["secret"])
    assert "secret" not in str(refusal(no_headings, echo=False))


def test_an_empty_table_keeps_its_types() -> None:
    frame = validate(rows({}).iloc[:0], SHELVES, file="shelves.csv")
    assert len(frame) == 0
    assert str(frame["books"].dtype) == "int64"


def test_the_frame_given_is_not_changed() -> None:
    frame = rows({"shelf": " a "})
    validate(frame, SHELVES, file="shelves.csv")
    assert frame["shelf"].tolist() == [" a "]


RATE = {
    "rate_set": "own",
    "measure": "domestic_abuse_last_year",
    "sex": "F",
    "age_from": "16",
    "age_to": "",
    "group": "all",
    "rate": "9.5",
    "unit": "percent",
    "edition": "YE March 2024",
    "question_set": "new",
    "population_scope": "England and Wales",
    "source_id": "",
    "status": "judgement",
    "reason": "a trial",
}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"rate": "100.1"}, "rate"),
        ({"rate": "-0.1"}, "rate"),
        ({"age_from": "91"}, "age_from"),
        ({"age_from": "20", "age_to": "19"}, "age_to"),
        ({"low": "9"}, "low"),
        ({"low": "9.6", "high": "9.9", "meaning_of_range": "95% interval"}, "low"),
        ({"low": "9", "high": "10"}, "meaning_of_range"),
        ({"reason": ""}, "source_id"),
        ({"status": "published"}, "source_id"),
        ({"status": "guess"}, "status"),
        ({"unit": "per thousand"}, "unit"),
        ({"edition": ""}, "edition"),
    ],
)
def test_a_bad_rate_is_refused(change: dict[str, str], column: str) -> None:
    validate(pd.DataFrame([RATE]), schemas.RATES, file="own.csv")
    error = refusal(pd.DataFrame([{**RATE, **change}]), schemas.RATES)
    assert (error.row, error.column) == (2, column)


def test_schemas_are_well_formed() -> None:
    assert len({schema.name for schema in schemas.ALL}) == len(schemas.ALL)
    for schema in schemas.ALL:
        assert len(set(schema.names)) == len(schema.names)
        assert set(schema.key) <= set(schema.names)
        assert {rule.column for rule in schema.rules} <= set(schema.names)
        assert all(column.meaning for column in schema.columns)


def test_the_schema_of_the_results_is_the_contract() -> None:
    assert tuple(schemas.RESULTS.names) == RESULT_COLUMNS
    levels = next(column.allowed for column in schemas.RESULTS.columns if column.name == "area_level")
    assert set(levels or ()) == set(LEVELS)

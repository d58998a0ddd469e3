"""Every file enters as text, with the row numbers a spreadsheet shows, or is refused with a reason."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from needs_assessment.errors import InputError
from needs_assessment.tables.files import read_strings
from needs_assessment.tables.grids import read_bytes
from needs_assessment.tables.validation import Problems, column_letter, near

EXPECTED = ("code", "name", "count")


def write(folder: Path, content: bytes | str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_reads_text_as_it_stands(tmp_path: Path) -> None:
    content = "code,name,count\r\n E1 ,\"=cmd|'/c'!A1\",007\r\nE2,<script>,\r\n"
    table = read_strings(write(tmp_path, content), expected=EXPECTED)
    assert table.frame.to_dict("list") == {
        "code": ["E1", "E2"],
        "name": ["=cmd|'/c'!A1", "<script>"],
        "count": ["007", ""],
    }
    assert table.rows == [2, 3]
    assert (table.first_row, table.header_row, table.file) == (2, 1, "table.csv")
    assert table.sha256 == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_delimiter_and_the_header_under_title_rows(tmp_path: Path, delimiter: str) -> None:
    rows = [["Table 3: people, by ward"], [], ["code", "name", "count"], ["E1", "One, the first", "1"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    table = read_strings(write(tmp_path, text), expected=EXPECTED)
    assert table.frame.loc[0].tolist() == ["E1", "One, the first", "1"]
    assert table.rows == [4]
    assert table.title == "Table 3: people, by ward"


def test_byte_order_mark_and_quoted_newline(tmp_path: Path) -> None:
    table = read_strings(
        write(tmp_path, '\ufeffcode,name,count\nE1,"One\nward",1\nE2,Two,2\n'), expected=EXPECTED
    )
    assert table.frame["name"].tolist() == ["One\nward", "Two"]
    assert table.rows == [2, 3]  # a quoted newline does not start a row of the spreadsheet


def test_notes_under_the_table_and_blank_rows_are_counted(tmp_path: Path) -> None:
    text = "code,name,count\nE1,One,1\n,,\nE2,Two,2\n\nSource: ONS, mid-2020 estimates\n© Crown copyright\n"
    table = read_strings(write(tmp_path, text), expected=EXPECTED)
    assert table.frame["code"].tolist() == ["E1", "E2"]
    assert table.rows == [2, 4]
    assert table.notes == (
        "table.csv: 2 row(s) of notes under the table left out.",
        "table.csv: 1 blank row(s) inside the table left out.",
    )


def test_a_row_that_is_not_a_note_stays(tmp_path: Path) -> None:
    text = "code,name,count\nE1,One,1\nTotal,,1\nSource of E05000026,E05000026,\n"
    assert len(read_strings(write(tmp_path, text), expected=EXPECTED).frame) == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "empty"),
        (b"\x00\x00\x00", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"PK\x03\x04 and then nothing", "damaged workbook"),
        (b"<!DOCTYPE html><html><table><tr><td>code,name,count", "web page"),
        (b'{"code": ["E1"], "name": 1}', "JSON"),
        (b"code,name\x00,count\nE1,One,1\n", "binary"),
        ("code,name,count\nE1,One,1\n".encode("utf-16")[:-1], "UTF-16"),
        (b"code,name,count\nE1,\x01\x02,1\n", "binary"),
        (b"just some words in a letter\nand no table", "No row of the file names"),
        (b"code,name,count\n", "no rows of data"),
        (b"code,name,count\nSource: nobody\n", "no rows of data"),
        (b"code,name,count,Code\nE1,One,1,E1\n", "used twice"),
        (b"code,,name,count\nE1,extra,One,1\n", "no name"),
        (b"code,name,count\nE1,One,1,2\n", "more cells"),
        (b'code,name,count\nE1,"One,1\nE2,Two,2\n', "quotation marks"),
    ],
)
def test_what_is_not_a_table_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_strings(write(tmp_path, content), expected=EXPECTED)
    assert says in str(caught.value)
    assert caught.value.file == "table.csv"


@pytest.mark.parametrize(
    ("encoding", "said"), [("cp1252", "Windows-1252"), ("utf-16", "UTF-16"), ("utf-8", "")]
)
def test_every_encoding_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str, said: str) -> None:
    content = "code,name,count\nE1,One,1\nE2,Café – £5,2\n".encode(encoding)
    table = read_strings(write(tmp_path, content), expected=EXPECTED)
    assert table.cells(1) == ["One", "Café – £5"]
    assert table.notes == ((f"table.csv: read as {said} text.",) if said else ())


def test_text_of_two_encodings_names_row_and_byte(tmp_path: Path) -> None:
    content = "code,name,count\nE1,Café,1\n".encode() + "E2,Café,2\n".encode("cp1252")
    with pytest.raises(InputError) as caught:
        read_strings(write(tmp_path, content), expected=EXPECTED)
    assert caught.value.row == 3
    assert "0xE9" in str(caught.value.found)
    assert "CSV UTF-8" in caught.value.action


@pytest.mark.parametrize("control", ["\x0b", "\x1f", "\x1a", "\x7f", "\x85"])
def test_a_control_character_is_a_space_and_said(tmp_path: Path, control: str) -> None:
    rows = "".join(f"E{n},Name,{n}\n" for n in range(3, 40))
    content = f"code,name,count\nE1,One,1\nE2,Two{control}b,2\n{rows}"
    table = read_strings(write(tmp_path, content), expected=EXPECTED)
    assert table.cells(1)[1] == "Two b"
    assert table.notes == ("table.csv: 1 control character in row 3 read as a space.",)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_strings(tmp_path / "none.csv")
    with pytest.raises(InputError, match="folder"):
        read_strings(tmp_path)


def test_an_ambiguous_delimiter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="comma or semicolon"):
        read_strings(write(tmp_path, "a,b;c,d\n1,2;3,4\n"))


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_workbook_finds_the_right_sheet(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        {
            "Notes": [["Read me"], ["This workbook has a table of people"]],
            "People": [
                ["People by ward"],
                [],
                ["code", "name", "count"],
                ["E1", "One", 12],
                ["E2", "Two", 2.5],
            ],
        },
    )
    table = read_strings(path, expected=EXPECTED)
    assert table.sheet == "People"
    assert table.frame["count"].tolist() == ["12", "2.5"]
    assert table.rows == [4, 5]


def test_several_fitting_sheets_are_listed(tmp_path: Path) -> None:
    rows: list[list[object]] = [["code", "name", "count"], ["E1", "One", 12]]
    path = workbook(tmp_path / "book.xlsx", {"Mid-2019": rows, "Mid-2020": rows})
    with pytest.raises(InputError, match="Mid-2019, Mid-2020"):
        read_strings(path, expected=EXPECTED)
    assert read_strings(path, expected=EXPECTED, sheet="Mid-2020").sheet == "Mid-2020"
    with pytest.raises(InputError, match="no such sheet"):
        read_strings(path, expected=EXPECTED, sheet="Mid-2021")
    with pytest.raises(InputError) as caught:
        read_strings(path, expected=EXPECTED, echo=False)
    assert "Mid-2019" not in str(caught.value)


def test_an_empty_workbook_and_another_kind_of_zip(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="empty"):
        read_strings(workbook(tmp_path / "book.xlsx", {"Sheet": []}), expected=EXPECTED)
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("letter.txt", "nothing here")
    with pytest.raises(InputError, match="not a table"):
        read_strings(tmp_path / "other.xlsx", expected=EXPECTED)


def test_the_cells_of_an_unknown_file_are_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_strings(write(tmp_path, "Ann Example,1980-01-02,MK45 2AB\n"), expected=EXPECTED)
    assert "Example" not in str(caught.value)


def test_problems_show_the_first_row_and_all_others() -> None:
    problems = Problems("x.csv")
    problems.raise_if_any()
    for row in (9, 4, 7):
        problems.add("A fault.", row=row, column="a", found=row)
    problems.add("Another.", row=8)
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert (caught.value.row, caught.value.more) == (4, 3)
    assert caught.value.report().splitlines()[3:] == [
        "  also: the same row 7, column a (7); row 9, column a (9)",
        "  also: Another. row 8",
    ]


def test_many_faults_of_a_kind_are_told_by_rows_and_columns() -> None:
    problems = Problems("x.csv")
    problems.add("First.", row=1)
    for row in (2, 3, 4, 8, 12):
        for column in "ab":
            problems.add("A fault.", row=row, column=column)
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    last = caught.value.report().splitlines()[-1]
    assert last == "  also: A fault. rows 2 to 4, 8, 12, columns a, b (10 places)"
    assert "more problem" not in caught.value.report()


def test_the_list_of_places_is_cut_where_nobody_would_read_on() -> None:
    problems = Problems("x.csv")
    for row in range(2, 60, 2):
        problems.add("A fault.", row=row, column="a")
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert caught.value.report().splitlines()[-1].endswith("24, 26, …, column a (28 places)")


NOTES = {
    "a sentence": "These counts may not add up.",
    "many words": "counts of people by sex and single year of age in all wards",
    "a known start": "Source: nobody",
    "a line with a dash": "- see the notes of the publisher.",
}


@pytest.mark.parametrize("text", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("apart", ["", "\n"])
def test_prose_under_a_table_is_a_note(tmp_path: Path, text: str, apart: str) -> None:
    table = read_strings(write(tmp_path, f"code,name,count\nE1,One,1\n{apart}{text}\n"), expected=EXPECTED)
    assert table.cells(0) == ["E1"]
    assert table.notes == ("table.csv: 1 row(s) of notes under the table left out.",)


def test_a_few_words_are_a_note_only_below_a_blank_row(tmp_path: Path) -> None:
    head = "name,code,count\nOne,E1,1\n"
    assert read_strings(write(tmp_path, head + "\nWards as at May\n"), expected=EXPECTED).cells(0) == ["One"]
    # a row that was cut within the name of a ward is no note, nor is a code alone
    cut = read_strings(write(tmp_path, head + "Ashton upon Mers"), expected=EXPECTED)
    assert cut.cells(0) == ["One", "Ashton upon Mers"]
    code = read_strings(write(tmp_path, "code,name,count\nE1,One,1\n\nE05000001\n"), expected=EXPECTED)
    assert code.cells(0) == ["E1", "E05000001"]


def test_nothing_personal_is_left_out_of_a_file_that_must_not_hold_it(tmp_path: Path) -> None:
    path = write(tmp_path, "code,name,count\nE1,One,1\n\nWrite to jo.bloggs@example.org please.\n")
    assert len(read_strings(path, expected=EXPECTED).rows) == 1
    assert len(read_strings(path, expected=EXPECTED, echo=False).rows) == 2


@pytest.mark.parametrize(
    "numbers", [("0", "1", "2"), ("1", "2", "3"), ("4", "9", "12"), ("2", "0", "1"), ("0.0", "1.0", "2.0")]
)
@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
def test_row_numbers_without_a_name_are_left_out(tmp_path: Path, numbers: tuple[str, ...], name: str) -> None:
    rows = "".join(f"{number},E{place},One,1\n" for place, number in enumerate(numbers))
    table = read_strings(write(tmp_path, f"{name},code,name,count\n{rows}"), expected=EXPECTED)
    assert table.header == ("code", "name", "count")
    assert table.cells(0) == ["E0", "E1", "E2"]
    assert "row numbers" in table.notes[0]


@pytest.mark.parametrize(
    "numbers", [("5", "5", "5"), ("a", "b", "c"), ("7", "3", "5"), ("1.5", "2.5", "3.5")]
)
def test_another_nameless_column_is_refused(tmp_path: Path, numbers: tuple[str, ...]) -> None:
    rows = "".join(f"{number},E{place},One,1\n" for place, number in enumerate(numbers))
    with pytest.raises(InputError, match="no name"):
        read_strings(write(tmp_path, f",code,name,count\n{rows}"), expected=EXPECTED)


def test_letters_and_near_matches() -> None:
    assert [column_letter(position) for position in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert near("warwik", ["Warwick", "Rugby"]) == ["Warwick"]


@pytest.mark.parametrize(("end", "more"), [("\n", 0), ("\n", 1), ("\r", 1), ("\r\n", 0), ("\r\n", 1)])
def test_a_text_of_more_lines_than_any_table_has_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, more: int
) -> None:
    monkeypatch.setattr("needs_assessment.tables.grids.MOST_LINES", 10)
    path = tmp_path / "table.csv"
    path.write_bytes((end * (10 + more)).join(["a,b", "1,2"]).encode())
    if not more:
        assert read_bytes(path)
        return
    with pytest.raises(InputError) as fault:
        read_bytes(path)
    assert "11 lines" in str(fault.value.found)


def test_a_workbook_is_not_measured_by_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("needs_assessment.tables.grids.MOST_LINES", 1)
    path = tmp_path / "table.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"\n" * 5)
    assert read_bytes(path)
    path.write_bytes(b"PAR1" + b"\n" * 5)
    assert read_bytes(path, parquet=True)

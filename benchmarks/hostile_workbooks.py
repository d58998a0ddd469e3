"""Tables and workbooks that are small to send and ruinous to read."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Make = Callable[[Path, str], Path | str]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "{more}</Types>"
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
TITLES = ("ward_code", "ward_name", "authority_code", "authority_name", "sex", "age_band", "persons")


def row_of(number: int, cells: dict[str, str], *, mark: str = 'r="{}"') -> str:
    """One row of a sheet; cells: XML of a cell's content by its column letters."""
    inside = "".join(
        f'<c {mark.format(f"{column}{number}")} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        for column, text in cells.items()
    )
    return f"<row>{inside}</row>" if mark != 'r="{}"' else f'<row r="{number}">{inside}</row>'


def workbook(
    path: Path,
    sheets: list[str],
    shared: str = "",
    *,
    listed: Sequence[tuple[str, str]] = (),
    place: str = "xl/worksheets/sheet{}.xml",
) -> Path:
    """A workbook of the given rows of each sheet, packed as small as it goes.

    listed: what it says of its sheets, the relation of each and the part that it leads to; place: where the parts lie.
    """
    pairs = listed or [(f"r{at}", place.format(at).removeprefix("xl/")) for at in range(1, len(sheets) + 1)]
    names = "".join(
        f'<sheet name="S{at}" sheetId="{at}" r:id="{relation}"/>'
        for at, (relation, _) in enumerate(pairs, start=1)
    )
    links = "".join(
        f'<Relationship Id="{relation}" Type="{OFFICE}/worksheet" Target="{part}"/>'
        for relation, part in dict(pairs).items()
    )
    if shared:
        links += f'<Relationship Id="rs" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", HEAD + TYPES.format(more=""))
        archive.writestr(
            "_rels/.rels",
            HEAD
            + RELATIONS.format(
                f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            ),
        )
        archive.writestr(
            "xl/workbook.xml",
            f'{HEAD}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>',
        )
        archive.writestr("xl/_rels/workbook.xml.rels", HEAD + RELATIONS.format(links))
        if shared:
            archive.writestr("xl/sharedStrings.xml", shared)
        for at, rows in enumerate(sheets, start=1):
            archive.writestr(place.format(at), f"{HEAD}{SHEET}{rows}</sheetData></worksheet>")
    return path


def _stray(path: Path, *places: str, mark: str = 'r="{}"') -> Path:
    first = row_of(1, dict(zip("ABCDEFG", TITLES, strict=True)))
    rest = "".join(
        row_of(
            int("".join(filter(str.isdigit, place))), {"".join(filter(str.isalpha, place)): " "}, mark=mark
        )
        for place in places
    )
    return workbook(path, [first + rest])


def _shared(path: Path, length: int, cells: int) -> Path:
    text = f'{HEAD}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * length}</t></si></sst>'
    cell = '<c t="s"><v>0</v></c>' * 100
    return workbook(path, [f"<row>{cell}</row>" * (cells // 100)], text)


def _big_part(path: Path, name: str) -> Path:
    workbook(path, [row_of(1, {"A": "x"})])
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as part,
    ):
        part.write(f"{HEAD}{SHEET}<row><c t='inlineStr'><is><t>".encode())
        for _ in range(3000):
            part.write(b"x" * 1_000_000)
    return path


def _long_string(path: Path) -> Path:
    return workbook(path, [f"<row><c t='inlineStr'><is><t>{'x' * 400_000_000}</t></is></c></row>"])


def _open_document(path: Path) -> Path:
    cell = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return path


def _parquet_rows(path: Path, rows: int) -> Path:
    pq.write_table(pa.table({"ward_code": pa.array(["E05000001"]).take(pa.array([0] * 10))}), path)
    schema = pa.schema([(name, pa.string()) for name in TITLES])
    block = pa.table({name: pa.DictionaryArray.from_arrays([0] * 1_000_000, ["x"]) for name in TITLES})
    with pq.ParquetWriter(
        path, pa.schema([(name, pa.dictionary(pa.int64(), pa.string())) for name in schema.names])
    ) as out:
        for _ in range(rows // 1_000_000):
            out.write_table(block)
    return path


def _parquet_words(path: Path) -> Path:
    words = pa.DictionaryArray.from_arrays([0] * 20_000, ["x" * 1_000_000])
    pq.write_table(pa.table(dict.fromkeys(TITLES, words)), path, compression="zstd")
    return path


def _written(path: Path, part: bytes, times: int, before: bytes = b"") -> Path:
    with path.open("wb") as stream:
        stream.write(before)
        for _ in range(times):
            stream.write(part)
    return path


def hostile() -> Iterator[tuple[str, Make]]:
    """Each to be refused in words, in less than 2 GB."""
    yield "a space in XFD1048576", lambda folder, url: _stray(folder / "t.xlsx", "XFD1048576")
    yield (
        "a space in XFD1048576, marks in single quotes",
        lambda folder, url: _stray(folder / "t.xlsx", "XFD1048576", mark="r = '{}'"),
    )
    yield (
        "a space in A1048576 and one in XFD2",
        lambda folder, url: _stray(folder / "t.xlsx", "XFD2", "A1048576"),
    )
    yield "a space in ZZ900000", lambda folder, url: _stray(folder / "t.xlsx", "ZZ900000")
    yield "a cell far beyond any sheet", lambda folder, url: _stray(folder / "t.xlsx", "XFD4294967290")
    yield (
        "one text of 32,000 letters in a million cells",
        lambda folder, url: _shared(folder / "t.xlsx", 32_000, 1_000_000),
    )
    yield (
        "one text of 100 million letters in 1,000 cells",
        lambda folder, url: _shared(folder / "t.xlsx", 100_000_000, 1_000),
    )
    yield "a sheet of 3 GB", lambda folder, url: _big_part(folder / "t.xlsx", "xl/worksheets/sheet1.xml")
    yield "3 GB beside the sheets", lambda folder, url: _big_part(folder / "t.xlsx", "xl/media/x.bin")
    yield "one cell of 400 million letters", lambda folder, url: _long_string(folder / "t.xlsx")
    yield (
        "100 sheets of 300,000 cells",
        lambda folder, url: workbook(
            folder / "t.xlsx", [row_of(1, {"A": "x"}) + row_of(1000, {"KN": "x"})] * 100
        ),
    )
    wide = row_of(1, {"A": "x"}) + row_of(1000, {"KN": "x"})
    for name, listed in {
        "by one relation": [("r1", "worksheets/sheet1.xml")] * 100,
        "by two spellings": [("r1", "worksheets/sheet1.xml"), ("r2", "/xl/worksheets/SHEET1.xml")],
    }.items():
        yield (
            f"one sheet listed again {name}",
            lambda folder, url, listed=listed: workbook(folder / "t.xlsx", [wide], listed=listed),
        )
    yield (
        "a space in XFD1048576 of a sheet in another place",
        lambda folder, url: workbook(
            folder / "t.xlsx", [row_of(1048576, {"XFD": " "})], place="xl/tables{}.data"
        ),
    )
    yield "OpenDocument, a repeated cell", lambda folder, url: _open_document(folder / "t.xlsx")
    yield (
        "Parquet of 300 million equal cells",
        lambda folder, url: _parquet_rows(folder / "t.parquet", 43_000_000),
    )
    yield "Parquet, one word of a million letters", lambda folder, url: _parquet_words(folder / "t.parquet")
    yield "CSV of one endless line", lambda folder, url: _written(folder / "t.csv", b"x" * 1_000_000, 290)
    yield (
        "CSV of commas",
        lambda folder, url: _written(
            folder / "t.csv", b"," * 1_000_000 + b"\n", 290, ",".join(TITLES).encode() + b"\n"
        ),
    )
    yield (
        "CSV of line feeds",
        lambda folder, url: _written(
            folder / "t.csv", b"\n" * 1_000_000, 290, ",".join(TITLES).encode() + b"\n"
        ),
    )
    yield (
        "CSV with a quotation mark that never closes",
        lambda folder, url: _written(
            folder / "t.csv", b"x,\n" * 300_000, 320, ",".join(TITLES).encode() + b'\n"'
        ),
    )
    yield (
        "CSV packed with gzip",
        lambda folder, url: _written(folder / "t.csv.gz", gzip.compress(b"x" * 100_000_000), 10),
    )

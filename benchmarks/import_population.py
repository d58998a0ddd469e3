"""How long a published file of every small area of England takes to become a table of wards, against the bare read.

    python -m benchmarks.import_population [--areas N] [--repeat N]

Writes a made-up file of 35,000 small areas by sex and single year of age (182 counts a row) as XLSX and as CSV in a
temporary folder, and a lookup to wards. For each it prints the processor seconds that the reader alone takes
(python-calamine, and fastexcel where it is installed; pyarrow for the CSV), those from file to ward table, and their ratio.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import xlsxwriter

from needs_assessment.inputs.population.population import import_population
from needs_assessment.resources import data_dir

WARD_SIZE = 5  # small areas in a ward, as in England
HEAD = ["LAD 2023 Code", "LAD 2023 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total"]
SHEET = "Mid-2022 LSOA 2021"


def rows_of(areas: int) -> Iterator[list[object]]:
    """The header and one row a small area."""
    yield [*HEAD, *(f"{sex}{age}" for sex in "FM" for age in range(91))]
    counts = np.random.default_rng(1).integers(0, 60, (areas, 182))
    for number, row in enumerate(counts):
        place = number // (WARD_SIZE * 20)
        yield [
            f"E06{place:06d}",
            f"Place, {place}",
            f"E01{number:06d}",
            f"Place {place} {number:05d}A",
            int(row.sum()),
            *row.tolist(),
        ]


def write(folder: Path, areas: int) -> dict[str, Path]:
    """The same table as CSV and as XLSX, and the lookup."""
    paths = {name: folder / f"small_areas.{name}" for name in ("csv", "xlsx")}
    with paths["csv"].open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows_of(areas))
    book = xlsxwriter.Workbook(paths["xlsx"], {"constant_memory": True})
    sheet = book.add_worksheet(SHEET)
    sheet.write(0, 0, "Mid-2022 population estimates")
    for row, cells in enumerate(rows_of(areas), start=3):
        sheet.write_row(row, 0, cells)
    book.close()
    paths["lookup"] = folder / "lookup.csv"
    with paths["lookup"].open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["LSOA21CD", "WD24CD", "WD24NM", "LAD24CD", "LAD24NM"]]
            + [
                [
                    f"E01{n:06d}",
                    f"E05{n // WARD_SIZE:06d}",
                    "Ward",
                    f"E06{n // (WARD_SIZE * 20):06d}",
                    "Place",
                ]
                for n in range(areas)
            ]
        )
    return paths


def best(work: Callable[[], object], repeat: int, file: Path) -> float:
    """The quickest of several runs, in seconds of processor time, which a busy machine changes least.

    The file counts as written anew before each run: a process remembers a file that stays as it is.
    """
    times = []
    for again in range(repeat):
        os.utime(file, ns=(again, again))
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def calamine(path: Path) -> object:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    return book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)


def fastexcel(path: Path) -> object:
    """With the header's row told, which a reader of any layout does not know before it has read the sheet."""
    import fastexcel as reader

    return reader.read_excel(path).load_sheet(SHEET, header_row=3).to_arrow()


def arrow(path: Path) -> object:
    from pyarrow import csv as arrow_csv

    return arrow_csv.read_csv(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=35_000)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        paths = write(Path(name), chosen.areas)
        readers: list[tuple[str, str, Callable[[Path], object]]] = [
            ("csv", "pyarrow", arrow),
            ("xlsx", "python-calamine", calamine),
        ]
        if importlib.util.find_spec("fastexcel"):
            readers.append(("xlsx", "fastexcel, header row told", fastexcel))
        whole = {
            kind: best(
                lambda kind=kind: import_population(paths[kind], lookup=paths["lookup"], data=data_dir()),
                chosen.repeat,
                paths[kind],
            )
            for kind in ("csv", "xlsx")
        }
        print(f"{chosen.areas:,} small areas, 182 counts each; quickest of {chosen.repeat}")
        for kind, label, reader in readers:
            bare = best(lambda kind=kind, reader=reader: reader(paths[kind]), chosen.repeat, paths[kind])
            print(
                f"{kind.upper():5} {whole[kind]:6.2f} s from file to ward table; {bare:6.2f} s the bare read ({label}): "
                f"ratio {whole[kind] / bare:.2f}"
            )


if __name__ == "__main__":
    main()

"""Writes the national summary of a batch: one table, pictures, a page to sort, a workbook and a Parquet of all results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from needs_assessment.batch.areas import BatchArea
from needs_assessment.batch.job import BY_AREA
from needs_assessment.batch.national import National, summarise
from needs_assessment.batch.table import schema
from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.inputs.rates.rates import LAST_YEAR, load_rate_set
from needs_assessment.registers.registers import load_authorities, load_registers
from needs_assessment.report.figure import Figure
from needs_assessment.report.tables.national import (
    HOW,
    Benchmark,
    areas_table,
    failures_table,
    sentences,
    sums_table,
)
from needs_assessment.report.writers.document import (
    Block,
    Bullets,
    Document,
    FigureBlock,
    Heading,
    Paragraph,
    TableBlock,
)
from needs_assessment.resources import data_dir
from needs_assessment.runs.fingerprint import fingerprint, surroundings
from needs_assessment.runs.run_folder import staged_folder, write_manifest
from needs_assessment.scenario import Scenario

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

NO_MAP = (
    "There is no map of the areas: give ward boundaries of the population's year (--boundaries) to have one."
)
TITLE = "Domestic abuse needs assessments: all areas"
README = """\
{title}. As at {date}.

national_summary.html   every area in one table that can be sorted, with pictures
results.parquet         every result of every area, with a schema that says what each column means
tables.xlsx             the tables as a workbook; tables/ has them as CSV
figures/                the pictures as PNG and SVG, with their alternative text
manifest.json           choices, versions, and a check sum of every file

Each area's own folder lies beside this one, under the area's code, unless only results were asked for.
Modelled figures are estimates, not counts of people known to any service.
"""


def write_summary(
    base: Scenario,
    areas: Sequence[BatchArea],
    failed: Mapping[str, str],
    results: Mapping[str, pa.Table],
    populations: Sequence[str],
    folder: Path,
) -> Path:
    """Write the folder of the summary and return it; failed: the reason by code of each area without results."""
    authorities = load_authorities(data_dir())["authority_code"].tolist()
    national = summarise(areas, results, authorities)
    registers = load_registers(data_dir())
    tables = _tables(base, national, registers, failed, populations)
    date = base.as_of.isoformat()
    with staged_folder(folder.parent, folder.name) as staged:
        figures = _figures(base, national, tables, results)
        _write_parquet(results, staged / "results.parquet")
        _write_page(national, tables, figures, len(failed), date, staged / "national_summary.html")
        _write_rest(tables, figures, date, staged)
        write_manifest(staged, _facts(base, areas, failed))
    return folder


def _tables(
    base: Scenario,
    national: National,
    registers: Any,
    failed: Mapping[str, str],
    populations: Sequence[str],
) -> dict[str, PublishedTable]:
    tables = [
        areas_table(
            national.areas,
            population=" and ".join(populations) or "none",
            round_to=registers.figure("rounding_authority"),
        ),
        sums_table(
            national.sums,
            _benchmark(base, registers),
            complete=national.complete,
            areas=len(national.counted),
        ),
    ]
    if failed:
        names = dict(zip(national.areas["area_code"], national.areas["area_name"], strict=True))
        tables.append(
            failures_table(
                [(code, names[code], " ".join(why.split())) for code, why in sorted(failed.items())]
            )
        )
    return {table.name: table for table in tables}


def _benchmark(base: Scenario, registers: Any) -> Benchmark | None:
    """The published count of victims in England and Wales, where the rate set prints one."""
    rates = load_rate_set(base.rates, data_dir())
    share = registers.assumption("england_share_of_england_and_wales")
    if rates.extended_from or share.low is None or share.high is None:
        return None
    both = rates.rates.get((LAST_YEAR, "P"))
    used = (
        [both]
        if both is not None and both.published_count
        else [rates.rates.get((LAST_YEAR, sex)) for sex in "FM"]
    )
    counts = [None if rate is None else rate.published_count for rate in used]
    if any(count is None for count in counts):
        return None
    source = next(rate.source_id for rate in used if rate is not None)
    publisher = (
        registers.sources[source].publisher if source in registers.sources else base.local_only()["rates"]
    )
    return Benchmark(
        float(sum(count for count in counts if count is not None)),
        f"published count for England and Wales ({rates.edition}; {publisher})",
        share.low,
        share.high,
        f"{publisher}, {rates.edition}",
    )


def _figures(
    base: Scenario,
    national: National,
    tables: Mapping[str, PublishedTable],
    results: Mapping[str, pa.Table],
) -> list[Figure]:
    from needs_assessment.report.charts.national_map import areas_map, interval_chart

    table = tables["areas"]
    if not results:
        return []
    figures = [interval_chart(table, source=table.source)]
    if base.boundaries and BY_AREA not in base.boundaries:
        shapes = _shapes(Path(base.boundaries), national, results)
        figures.insert(0, areas_map(table, shapes, source=table.source))
    return figures


def _shapes(path: Path, national: National, results: Mapping[str, pa.Table]) -> gpd.GeoDataFrame:
    """The areas that share no ward, each as the union of its wards."""
    import pandas as pd

    from needs_assessment.inputs.boundaries import load_boundaries

    wards = []
    for code in national.counted:
        frame = results[code].select(["area_code", "area_name", "area_level"]).to_pandas()
        own = frame[frame["area_level"] == "ward"].drop_duplicates("area_code")
        wards.append(
            pd.DataFrame({"ward_code": own["area_code"], "ward_name": own["area_name"], "area": code})
        )
    listed = pd.concat(wards, ignore_index=True)
    shapes = load_boundaries(path, listed).merge(
        listed[["ward_code", "area"]], on="ward_code", validate="one_to_one"
    )
    whole = shapes.dissolve("area", method="unary").reset_index().rename(columns={"area": "area_code"})
    return whole[["area_code", "geometry"]]


def _write_parquet(results: Mapping[str, pa.Table], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema(), compression="zstd") as writer:
        for code in sorted(results):
            writer.write_table(pa.Table.from_arrays(results[code].columns, schema=schema()))


def _write_page(
    national: National,
    tables: Mapping[str, PublishedTable],
    figures: Sequence[Figure],
    failed: int,
    date: str,
    path: Path,
) -> None:
    from needs_assessment.report.writers.html import write_html

    blocks: list[Block] = [
        Heading(1, "What this shows"),
        Bullets(tuple(sentences(national.areas, failed=failed))),
        Paragraph(HOW),
        *(FigureBlock(figure) for figure in figures),
        *([] if any(figure.name == "areas_map" for figure in figures) else [Paragraph(NO_MAP, "note")]),
        Heading(1, "Every area"),
        TableBlock(tables["areas"]),
        Heading(1, "Held against the nation"),
        *(TableBlock(tables[name]) for name in tables if name != "areas"),
    ]
    write_html(Document(TITLE, "", "", date, blocks=tuple(blocks)), path, sortable=True)


def _write_rest(
    tables: Mapping[str, PublishedTable], figures: Sequence[Figure], date: str, folder: Path
) -> None:
    from needs_assessment.report.writers.workbook import write_workbook
    from needs_assessment.runs.write_outputs import write_figures, write_tables

    write_tables(tables, folder / "tables", TITLE)
    write_figures(figures, folder / "figures")
    write_workbook(
        TITLE, list(tables.values()), notes=[HOW], sources=[], path=folder / "tables.xlsx", date=date
    )
    (folder / "README.txt").write_text(README.format(title=TITLE, date=date), encoding="utf-8")


def _facts(base: Scenario, areas: Sequence[BatchArea], failed: Mapping[str, str]) -> dict[str, Any]:
    around = surroundings()
    choices = base.local_only()
    choices.pop("area")
    return {
        "tool": "needs-assessment batch",
        "version": around["version"],
        "areas": [area.code for area in areas],
        "failed": dict(sorted(failed.items())),
        "fingerprint": fingerprint(base),
        "scenario": choices,
        "python": around["python"],
        "libraries": around["libraries"],
        "code": around["code"],
    }

"""``import`` on the command line: one table from any layout, the notes printed, mistakes in words with their exit code."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.cli import _run
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.population.population import load_population
from needs_assessment.tables.schemas import POPULATION, validate

LSOA = "LSOA21CD,Females 0-15,Females 16+,Males 0-15,Males 16+\nE01000001,1,2,3,4\nE01000002,10,20,30,40\n"
LOOKUP = (
    "LSOA21CD,WD24CD,WD24NM,LAD24CD,LAD24NM\n"
    'E01000001,E05000001,Abbey,E06000055,Bedford\nE01000002,E05000002,"Hill, & Vale",E06000055,Bedford\n'
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "lsoa_mid2022.csv").write_text(LSOA, encoding="utf-8")
    (tmp_path / "lookup.csv").write_text(LOOKUP, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_import_and_read_again(
    files: Path, name: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    population, lookup, to = (str(files / each) for each in ("lsoa_mid2022.csv", "lookup.csv", name))
    assert _run(["import", population, "--lookup", lookup, "--to", to]) == 0
    said = capsys.readouterr().out
    assert (
        "taken for 2 lower-layer small areas (LSOA) of 2021; a column for each sex and age; 2 bands of age"
        in said
    )
    assert "2 wards of 2024, 110 residents, mid-2022" in said
    read = load_population(resolve_area(["E06000055"], data), path=Path(to), data=data)
    assert (read.estimate_date, read.ward_vintage) == ("mid-2022", "2024")
    assert read.frame.groupby("ward_name")["persons"].sum().to_dict() == {"Abbey": 10, "Hill, & Vale": 100}
    first = Path(to).read_bytes()
    assert _run(["import", population, "--lookup", lookup, "--area", "E06000055", "--to", to]) == 0
    assert Path(to).read_bytes() == first
    assert not list(files.glob("*.part"))


def test_what_is_written_is_the_canonical_table(files: Path) -> None:
    to = files / "out.csv"
    _run(["import", str(files / "lsoa_mid2022.csv"), "--lookup", str(files / "lookup.csv"), "--to", str(to)])
    frame = pd.read_csv(to, dtype="str", keep_default_na=False)
    assert len(validate(frame, POPULATION, file="out.csv")) == 8


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["lsoa_mid2022.csv", "--to", "out.xlsx"], 2, "ends in .csv or .parquet"),
        (["lsoa_mid2022.csv", "--to", "none/out.csv"], 4, "There is no folder"),
        (["lsoa_mid2022.csv", "--to", "out.csv"], 3, "no lookup was given"),
        (["none.csv", "--to", "out.csv"], 3, "There is no such file"),
        (["lookup.csv", "--to", "out.csv"], 3, "column of the population table is missing"),
        (["lsoa_mid2022.csv"], 2, "--to"),
    ],
)
def test_mistakes(
    files: Path,
    arguments: list[str],
    code: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(files)
    assert _run(["import", *arguments]) == code
    assert says in capsys.readouterr().err
    assert not (files / "out.csv").exists()

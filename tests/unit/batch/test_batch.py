"""Many areas: the list of them, what a worker makes of one, and what the nation's table says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from needs_assessment.batch.areas import read_areas
from needs_assessment.batch.job import is_finished, make_job, run_job
from needs_assessment.batch.national import summarise
from needs_assessment.batch.run import run_batch
from needs_assessment.batch.table import as_arrow, schema
from needs_assessment.batch.workers import check_memory
from needs_assessment.errors import EnvironmentFault, InputError, UsageError
from needs_assessment.resources import data_dir
from needs_assessment.results import RESULT_COLUMNS
from needs_assessment.scenario import Scenario

DATE = "2026-03-31"


def released(code: str, value: object, wards: int = 2) -> pd.DataFrame:
    """A released table of one area with every headline measure at ``value`` and its wards at an equal share."""
    from needs_assessment.batch.national import COMPARED, HEADLINES

    rows = []
    for measure in dict.fromkeys((*HEADLINES, *COMPARED)):
        blank = dict.fromkeys(RESULT_COLUMNS, "") | {"low": np.nan, "high": np.nan, "measure": measure}
        blank |= {"breakdown": "all", "category": "all"}
        rows.append(
            {**blank, "area_code": code, "area_name": code, "area_level": "authority", "value": value}
        )
        for ward in range(wards):
            share = float(value) / wards if not isinstance(value, str) else value
            rows.append(
                {
                    **blank,
                    "area_code": f"{code}{ward}",
                    "area_name": "w",
                    "area_level": "ward",
                    "value": share,
                }
            )
        rows.append(
            {
                **blank,
                "area_code": "E92000001",
                "area_name": "England",
                "area_level": "england",
                "value": 1000.0,
            }
        )
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))


def test_words_name_whole_kinds_of_authority() -> None:
    everyone = read_areas("all", data_dir(), own_population=True)
    tier_one = read_areas("tier-one", data_dir(), own_population=True)
    districts = read_areas("districts", data_dir(), own_population=True)
    # 120 tier-one authorities, London's authority among them, and its 33 boroughs (the City counted as one)
    assert len(tier_one) == 120
    assert len(everyone) == 153
    assert len(districts) == 309
    covered = [code for area in tier_one for code in area.area.authorities]
    assert len(covered) == len(set(covered)) == 309
    assert sum(area.residents for area in tier_one) == 56_550_138


def test_a_list_holds_codes_and_partnerships(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("area_code,name\n# ours\nE06000056,x\n\ne06000055+E06000032,y\n", encoding="utf-8-sig")
    found = read_areas(str(file), data_dir(), own_population=True)
    assert [area.code for area in found] == ["E06000032+E06000055", "E06000056"]


@pytest.mark.parametrize(
    ("text", "row", "found"),
    [
        ("E06000056\nE06000056\n", 2, "E06000056"),
        ("area_code\nE06000056\nNowhere\n", 3, "Nowhere"),
        ("area_code\n", None, None),
    ],
)
def test_a_faulty_list_is_refused_with_its_row(
    tmp_path: Path, text: str, row: int | None, found: str | None
) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_areas(str(file), data_dir(), own_population=False)
    assert (refused.value.file, refused.value.row, refused.value.found) == ("areas.csv", row, found)


def test_a_missing_or_unreadable_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_areas(str(tmp_path / "none.csv"), data_dir(), own_population=False)
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        read_areas(str(tmp_path / "b.csv"), data_dir(), own_population=False)
    with pytest.raises(InputError, match="does not exist"):
        read_areas("a" * 300, data_dir(), own_population=False)


@pytest.mark.parametrize(
    ("content", "says", "row"),
    [
        (b"", "empty", None),
        (b"PK\x03\x04 a workbook", "a workbook", None),
        (b"E07000218\x00", "not a table", None),
        (b"E07000218\n\xc3\xa9 \xe9\n", "part of it is UTF-8", 2),
        (b'E07000218\n"E07000219\nE07000221\n', "quotation marks do not close", 3),
        (b"x" * 200_000, "far too long", 1),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, says: str, row: int | None
) -> None:
    (tmp_path / "b.csv").write_bytes(content)
    with pytest.raises(InputError, match=f"cannot be read.*{says}") as refused:
        read_areas(str(tmp_path / "b.csv"), data_dir(), own_population=False)
    assert (refused.value.file, refused.value.row) == ("b.csv", row)
    assert "one area a line" in refused.value.expected


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    for folder in (str(tmp_path), ""):
        with pytest.raises(InputError, match="A folder was given"):
            read_areas(folder, data_dir(), own_population=False)


def test_a_list_may_hold_blank_lines_and_the_marks_of_windows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        b"\xef\xbb\xbf\r\n\r\narea_code\r\n\r\nE07000218\r\n  e07000219 \r\n\r\n"
    )
    found = read_areas(str(tmp_path / "a.csv"), data_dir(), own_population=False)
    assert [area.code for area in found] == ["E07000218", "E07000219"]


def test_why_an_area_of_the_list_cannot_be_assessed_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("E07000218\nE06000056+E06000056\n", encoding="utf-8")
    with pytest.raises(InputError, match="Central Bedfordshire is given twice") as refused:
        read_areas(str(tmp_path / "a.csv"), data_dir(), own_population=False)
    assert (refused.value.row, refused.value.expected) == (2, "areas that share no authority")


def test_a_suppressed_number_is_null_with_a_marker() -> None:
    frame = released("E1", 5.0).astype({"value": "object"})
    frame.loc[0, "value"] = "[c]"
    table = as_arrow(frame).to_pandas()
    assert table.loc[0, "marker"] == "[c]"
    assert np.isnan(table.loc[0, "value"])
    assert (table.loc[1:, "marker"] == "").all()
    frame.loc[0, "value"] = "about 5"
    with pytest.raises(ValueError, match="about 5"):
        as_arrow(frame)


def test_the_schema_says_what_each_column_means() -> None:
    assert [field.name for field in schema()] == [*RESULT_COLUMNS, "marker"]
    assert all(field.metadata[b"meaning"] for field in schema())


def test_an_area_within_another_is_counted_once() -> None:
    chosen = read_areas("all", data_dir(), own_population=True)
    london = [area for area in chosen if area.area.code == "E12000007" or area.codes[0].startswith("E09")]
    results = {area.code: as_arrow(released(area.code, 10.0)) for area in london}
    everything = [code for area in chosen for code in area.area.authorities]
    national = summarise(london, results, everything)
    assert len(national.counted) == 1
    assert not national.complete
    sums = national.sums.set_index("measure")
    assert sums.loc["victims_last_year", "areas"] == sums.loc["victims_last_year", "wards"] == 10.0
    # every area has its row all the same
    assert len(national.areas) == len(london)


def test_a_failed_area_keeps_its_row_without_numbers() -> None:
    chosen = read_areas("tier-one", data_dir(), own_population=True)[:2]
    results = {chosen[0].code: as_arrow(released(chosen[0].code, 10.0))}
    national = summarise(chosen, results, [])
    numbers = national.areas.iloc[1, 3:]
    assert numbers.isna().all()
    assert national.areas.iloc[0]["victims_last_year"] == 10.0


def job_of(tmp_path: Path, **choices: object) -> object:
    base = Scenario.build({"output": str(tmp_path), "as_of": DATE, "draws": 100, **choices}, "test")
    return make_job(base, ("E06000056",), "E06000056", 1, tmp_path / "parts")


def test_a_part_is_finished_until_a_choice_or_a_file_changes(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    assert not is_finished(job)
    assert run_job(job).state == "done"
    assert is_finished(job)
    assert not is_finished(job_of(tmp_path, seed=5))
    Path(job.part).write_bytes(Path(job.part).read_bytes()[:-20])
    assert not is_finished(job)


def test_the_content_of_a_file_enters_the_fingerprint_and_not_its_place(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    for folder in (one, other):
        folder.mkdir()
        (folder / "series.csv").write_text("ward_code,count\n", encoding="utf-8")
    prints = [job_of(tmp_path, ward_series=str(folder / "series.csv")).fingerprint for folder in (one, other)]
    assert prints[0] == prints[1]
    (other / "series.csv").write_text("ward_code,count\nE05000001,1\n", encoding="utf-8")
    assert job_of(tmp_path, ward_series=str(other / "series.csv")).fingerprint != prints[0]


def test_a_file_for_each_area_is_found_by_its_code(tmp_path: Path) -> None:
    (tmp_path / "E06000056.csv").write_text("x", encoding="utf-8")
    base = Scenario.build({"services": str(tmp_path / "{area}.csv"), "as_of": DATE}, "test")
    own = make_job(base, ("E06000056",), "E06000056", 1, None)
    none = make_job(base, ("E10000031",), "E10000031", 1, None)
    assert own.choices["services"] == str((tmp_path / "E06000056.csv").resolve())
    assert none.choices["services"] == ""


def test_an_area_that_fails_does_not_stop_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    # Hartlepool ships no population
    file.write_text("E06000001\nE06000056\n", encoding="utf-8")
    base = Scenario.build({"output": str(tmp_path), "as_of": DATE, "draws": 100}, "test")
    finished = run_batch(base, str(file), results_only=True, progress=False)
    assert [(one.code, one.state) for one in finished.outcomes] == [
        ("E06000001", "failed"),
        ("E06000056", "done"),
    ]
    said = "\n".join(finished.lines())
    assert "2 areas: 1 assessed, 0 unchanged and left as they were, 1 failed." in said
    assert "No population is bundled for Hartlepool" in said
    with pytest.raises(InputError, match="1 of 2 areas") as refused:
        finished.raise_if_incomplete()
    assert refused.value.exit_code == 3
    page = (finished.folder / "national_summary.html").read_text(encoding="utf-8")
    assert "Areas that could not be assessed" in page
    assert "Hartlepool" in page
    again = run_batch(base, str(file), results_only=True, progress=False)
    assert [one.state for one in again.outcomes] == ["failed", "unchanged"]


def test_a_batch_refuses_what_cannot_serve_many_areas(tmp_path: Path) -> None:
    base = Scenario.build({"output": str(tmp_path), "as_of": DATE, "previous": "x"}, "test")
    with pytest.raises(UsageError, match="previous"):
        run_batch(base, "all", progress=False)
    with pytest.raises(UsageError, match="workers"):
        run_batch(Scenario(output=str(tmp_path)), "all", workers=0, progress=False)


@pytest.mark.parametrize("memory", ["nonsense", "-5GB", "0GB", "2", "", "2 GB or so"])
def test_an_amount_of_memory_that_is_none_is_refused(tmp_path: Path, memory: str) -> None:
    with pytest.raises(UsageError, match="--memory"):
        run_batch(Scenario(output=str(tmp_path)), "all", memory=memory, progress=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("memory", ["2GB", "500 MiB", "1.5g", "800000kB"])
def test_an_amount_of_memory_is_taken_with_its_unit(memory: str) -> None:
    check_memory(memory)


def test_a_place_that_cannot_be_written_stops_a_batch_before_its_work(tmp_path: Path) -> None:
    areas = tmp_path / "areas.csv"
    areas.write_text("E06000056\n", encoding="utf-8")
    taken = tmp_path / "out" / "batch" / "mine"
    taken.mkdir(parents=True)
    (taken / "letter.txt").write_text("keep me", encoding="utf-8")
    base = Scenario.build(
        {"output": str(tmp_path / "out"), "run": "mine", "as_of": DATE, "draws": 100}, "test"
    )
    with pytest.raises(EnvironmentFault, match="not a run of this tool"):
        run_batch(base, str(areas), results_only=True, progress=False)
    assert [path.name for path in taken.parent.iterdir()] == ["mine"]
    assert (taken / "letter.txt").read_text(encoding="utf-8") == "keep me"
    blocked = Scenario.build({"output": str(areas), "as_of": DATE, "draws": 100}, "test")
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        run_batch(blocked, str(areas), results_only=True, progress=False)


def test_a_file_of_all_areas_that_is_missing_stops_a_batch_at_once(tmp_path: Path) -> None:
    missing = {"output": str(tmp_path / "out"), "population": str(tmp_path / "typo.csv"), "as_of": DATE}
    with pytest.raises(InputError, match="every area is to use does not exist") as refused:
        run_batch(Scenario.build(missing, "test"), "all", results_only=True, progress=False)
    assert refused.value.file == str(tmp_path / "typo.csv")
    assert not (tmp_path / "out").exists()


def test_a_part_that_cannot_be_written_is_the_computers_fault(tmp_path: Path) -> None:
    base = Scenario.build({"output": str(tmp_path / "out"), "as_of": DATE, "draws": 100}, "test")
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    outcome = run_job(make_job(base, ("E06000056",), "E06000056", 1, tmp_path / "file"))
    assert (outcome.state, outcome.exit_code) == ("failed", 4)
    assert "cannot be used" in outcome.message
    assert "fault of this tool" not in outcome.message

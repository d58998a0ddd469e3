"""An earlier run read back from its folder: the counts it printed, those it did not, and folders that are none."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.decision import Links
from needs_assessment.disclosure.gate import guard, release_file
from needs_assessment.disclosure.protection import Rules
from needs_assessment.errors import InputError
from needs_assessment.inputs.previous_release import EARLIER, RETURNS, Previous, load_previous
from needs_assessment.report.tables.returns import returns_table
from tests.unit.report.tables.test_returns import returns

YEAR = (dt.date(2024, 4, 1), dt.date(2025, 3, 31))
HALF = (dt.date(2024, 4, 1), dt.date(2024, 9, 30))
COLUMNS = ["area_level", "breakdown", "measure", "value", "basis", "method", "note"]
NOTE = "the council's own return, 1 April 2024 to 31 March 2025; wards: the area's figure shared by modelled need"


def folder(
    tmp_path: Path, *rows: tuple[str, ...], table: pd.DataFrame | None = None, **facts: object
) -> Path:
    path = tmp_path / "run"
    (path / "tables").mkdir(parents=True)
    made = {"area_code": "E06000056", "outputs": {}, **facts}
    frame = pd.DataFrame([("authority", "all", *row) for row in rows], columns=COLUMNS, dtype="str")
    frame.to_csv(path / "results.csv", index=False)
    if table is not None:
        table.to_csv(path / RETURNS, index=False)
        made["outputs"] = {RETURNS: "0"}
    (path / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
    return path


def printed(*rows: tuple[str, tuple[dt.date, dt.date], float], kind: str = "") -> pd.DataFrame:
    """The table as a run prints it."""
    frame = returns(*rows).assign(accommodation_type=kind)
    return returns_table(guard(frame, Rules()).returns, "Somewhere", {}, 3).display()


def test_the_table_of_returns_is_read_back_as_it_was_printed(tmp_path: Path) -> None:
    table = printed(("police_incidents", YEAR, 3238), ("marac_cases", YEAR, 3), ("marac_cases", HALF, 40))
    found = load_previous(folder(tmp_path, table=table), "E06000056")
    assert found.counts == {
        ("police_incidents", "", *YEAR): 3238.0,
        ("marac_cases", "", *YEAR): None,
        ("marac_cases", "", *HALF): 40.0,
    }
    assert (found.folder, found.rounding, found.unread) == ("run", 1.0, 0)


def test_a_matched_list_that_was_printed_is_known_although_no_return_stated_it(tmp_path: Path) -> None:
    """60 at court were printed from the matching of lists; 62 in all today are two who were not at court."""
    matched = "the council's own matching of lists, 1 April 2024 to 31 March 2025"
    path = folder(
        tmp_path, ("on_matched_lists_idva", "97.0", "observed", "local returns, lists matched", matched)
    )
    frame = pd.read_csv(path / "results.csv", dtype="str", keep_default_na=False)
    frame = pd.concat(
        [
            frame.assign(category="all"),
            frame.assign(breakdown="list", category="court_idva_clients", value="60.0"),
            frame.assign(breakdown="list", category="health_idva_clients", value="[c]", note="suppressed"),
        ]
    )
    frame.to_csv(path / "results.csv", index=False)
    found = load_previous(path, "E06000056")
    assert found.counts == {("court_idva_clients", "", *YEAR): 60.0}
    now = returns(("idva_clients", YEAR, 62)).assign(accommodation_type="")
    assert list(guard(now, Rules(), Links(previous=found.counts)).returns.frame["value"]) == ["[c]"]
    assert list(guard(now, Rules(), Links()).returns.frame["value"]) == [62]


def test_every_measure_and_type_can_be_read_back(tmp_path: Path) -> None:
    for number, (name, measure) in enumerate(RETURN_MEASURES.items()):
        kind = measure.same_as[1] or ("second_stage" if measure.typed else "")
        period = YEAR if measure.flow else (YEAR[1], YEAR[1])
        path = folder(tmp_path / str(number), table=printed((name, period, 40), kind=kind))
        assert load_previous(path, "E06000056").counts == {(name, kind, *period): 40.0}


def test_results_that_are_a_count_are_read_too(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        ("met_idva", "41.0", "observed", "local return", NOTE),
        ("need_safe_accommodation", "250.25", "modelled", "households per resident", "national"),
        ("met_safe_accommodation", "[c]", "observed", "local return", "suppressed"),
        # need less unmet need is the count that met need hides: such a release gave it away
        ("unmet_safe_accommodation", "247.25", "mixed", "need less met need", f"national; {NOTE}"),
        ("met_move_on", "", "modelled", "none", "not known"),
        ("met_community_support", "88.5", "modelled", "national share", "victims"),
        rounding=1,
    )
    assert load_previous(path, "E06000056").counts == {
        ("idva_clients", "", *YEAR): 41.0,
        ("households_supported", "", *YEAR): 3.0,
    }


def test_rows_that_no_measure_fits_are_counted(tmp_path: Path) -> None:
    table = printed(("police_incidents", YEAR, 3238), ("marac_cases", YEAR, 60))
    table.loc[0, "What was counted"] = "Something of long ago"
    found = load_previous(folder(tmp_path, table=table, disclosure={"rounding": 5}), "E06000056")
    assert (len(found.counts), found.unread, found.rounding) == (1, 1, 5.0)


@pytest.mark.parametrize("missing", ["manifest.json", "results.csv", RETURNS])
def test_a_folder_that_lacks_a_file_is_refused_by_its_name(tmp_path: Path, missing: str) -> None:
    path = folder(tmp_path, table=printed(("marac_cases", YEAR, 60)))
    (path / missing).unlink()
    with pytest.raises(InputError) as fault:
        load_previous(path, "E06000056")
    assert fault.value.file == f"run/{missing}"


def test_another_area_and_another_table_are_refused(tmp_path: Path) -> None:
    path = folder(tmp_path, table=pd.DataFrame({"a": ["b"]}))
    with pytest.raises(InputError, match="columns"):
        load_previous(path, "E06000056")
    with pytest.raises(InputError, match="another area"):
        load_previous(path, "E10000031")
    (path / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="manifest"):
        load_previous(path, "E06000056")


# --- the chain: each folder carries forward what all releases before it printed


def after(tmp_path: Path, name: str, table: pd.DataFrame, before: Previous | None = None) -> Previous:
    """A release of its own folder, as it is read back; before: the one that it names as previous."""
    path = folder(tmp_path / name, table=table)
    if before is not None:
        release_file(EARLIER, before.table()).frame.to_csv(path / EARLIER, index=False)
    return load_previous(path, "E06000056")


def test_a_release_that_dropped_a_measure_forgets_nothing(tmp_path: Path) -> None:
    """20 and 30 referrals of two types in the first, none in the second, 53 in all in the third: three are of a third type."""
    types = pd.concat(
        [printed(("referrals", YEAR, 20), kind="refuge"), printed(("referrals", YEAR, 30), kind="dispersed")]
    )
    first = after(tmp_path, "first", types)
    second = after(
        tmp_path, "second", printed(("marac_cases", YEAR, 60), ("marac_repeat_cases", YEAR, 3)), first
    )
    third = after(tmp_path, "third", printed(("marac_cases", HALF, 40)), second)
    assert first.earlier == ()
    assert second.releases == ((first.counts, 1.0), (second.counts, 1.0))
    assert third.releases == ((first.counts, 1.0), (second.counts, 1.0), (third.counts, 1.0))
    assert second.counts["marac_repeat_cases", "", YEAR[0], YEAR[1]] is None
    now = returns(("referrals", YEAR, 53)).assign(accommodation_type="")
    for release in (second, third):
        links = Links(releases=release.releases)
        assert list(guard(now, Rules(), links).returns.frame["value"]) == ["[c]"]
    assert list(guard(now, Rules(), Links(previous=third.counts)).returns.frame["value"]) == [53]


def test_what_earlier_releases_rounded_is_carried_as_rounded(tmp_path: Path) -> None:
    first = Previous("first", {("marac_cases", "", *YEAR): 55.0}, 5.0)
    second = after(tmp_path, "second", printed(("marac_cases", HALF, 40)), first)
    assert second.earlier == (({("marac_cases", "", *YEAR): 55.0}, 5.0),)


def test_rows_of_earlier_releases_that_cannot_be_read(tmp_path: Path) -> None:
    first = Previous("first", {("marac_cases", "", *YEAR): 55.0, ("idva_referrals", "", *YEAR): None})
    path = folder(tmp_path / "second", table=printed(("marac_cases", HALF, 40)))
    table = first.table()
    assert table["value"].tolist() == ["[c]", "55"]
    table.assign(measure=["of_long_ago", "marac_cases"]).to_csv(path / EARLIER, index=False)
    found = load_previous(path, "E06000056")
    assert (found.unread, found.earlier) == (1, (({("marac_cases", "", *YEAR): 55.0}, 1.0),))
    table.assign(period_end=["2025-03-31", "long ago"]).to_csv(path / EARLIER, index=False)
    with pytest.raises(InputError) as fault:
        load_previous(path, "E06000056")
    assert (fault.value.file, fault.value.row) == ("run/earlier_releases.csv", 3)
    table.drop(columns="rounding").to_csv(path / EARLIER, index=False)
    with pytest.raises(InputError, match="columns"):
        load_previous(path, "E06000056")
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][EARLIER] = "0"
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (path / EARLIER).unlink()
    with pytest.raises(InputError, match="missing"):
        load_previous(path, "E06000056")

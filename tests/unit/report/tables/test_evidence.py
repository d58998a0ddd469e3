"""The statutory checklist: decided from the run alone, never decided for an act of the authority, never better for less."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs_assessment.disclosure.gate import SafeResults, release
from needs_assessment.errors import InputError
from needs_assessment.inputs.returns.evidence import CHECKLIST_FILE, load_checklist, load_themes
from needs_assessment.registers.registers import load_registers
from needs_assessment.report.tables.evidence import (
    DATED,
    MISSING,
    NO_NUMBER,
    OWN_ACT,
    PARTIAL,
    PRESENT,
    checklist_table,
    evaluate,
    return_standings,
    summary,
    supply_standings,
)
from needs_assessment.results import AreaRow, Provenance, ResultsBuilder
from needs_assessment.tables.schemas import ACCOMMODATION_TYPES

AREA = AreaRow("E06000056", "Somewhere", "authority")
DAY = dt.date(2025, 3, 31)
ORDER = [MISSING, PARTIAL, PRESENT]
RETURNS = ["households_supported", "places_available", "refuge_places", "marac_cases", "households_moved_on"]
THEMES = ["barriers", "monitoring", "health"]


def item(rule: str, looks_at: str) -> dict[str, str]:
    return {
        "item": f"{rule}_{looks_at}",
        "rule": rule,
        "looks_at": looks_at,
        "obtain": "It",
        "provision": "p",
    }


def items(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame([item(*row) for row in rows])


def results(**rows: tuple[float | None, str]) -> SafeResults:
    """Released results of (value, note); ``children_affected`` unknown is always there."""
    builder = ResultsBuilder()
    builder.add("residents", [AREA], 1.0, provenance=Provenance("observed", "test"))
    for measure, (value, note) in rows.items():
        builder.add(measure, [AREA], value, provenance=Provenance("modelled", "test", note=note))
    return release(builder.build(), {}, 5)


def returned(*rows: tuple[str, str, bool, bool]) -> pd.DataFrame:
    """Rows of (measure, type, stale, part of a year) as ``LocalReturns.frame`` holds them."""
    columns = ["measure", "accommodation_type", "stale", "part_year"]
    return pd.DataFrame(list(rows), columns=columns)


def judge(
    table: pd.DataFrame, safe: SafeResults | None = None, returns: pd.DataFrame | None = None, **themes: str
) -> list[str]:
    titles = {name: name.title() for name in THEMES}
    judged = evaluate(table, safe or results(), returned() if returns is None else returns, themes, titles)
    return judged["status"].tolist()


# --- the register


def test_every_item_names_its_law_and_what_to_obtain(data: Path) -> None:
    registers = load_registers(data)
    register = load_checklist(data, registers)
    assert {"section 57(1)(a)", "section 57(1)(b)", "section 57(1)(c)", "section 58", "section 59(1)"} <= set(
        register["provision"]
    )
    types = register[register["rule"] == "accommodation_type"]
    assert sorted(types["looks_at"]) == sorted(ACCOMMODATION_TYPES)
    assert types["source_id"].unique().tolist() == ["da_accommodation_2021"]
    for row in register.to_dict("records"):
        assert row["provision"].split(" ")[-1] in row["citation"] or row["source_id"] in (
            "da_guidance_2021",
            "da_factsheet_2024",
        )
        assert row["source_id"] in registers.sources
    own = set(register.loc[register["rule"] == "own_act", "provision"])
    assert {"section 57(1)(b)", "section 57(3)", "section 57(4)", "section 58", "section 59(1)"} <= own


def test_an_item_that_looks_at_nothing_known_is_refused(data: Path, tmp_path: Path) -> None:
    for name in ("sources.csv", "evidence_themes.csv", CHECKLIST_FILE):
        shutil.copy(data / name, tmp_path / name)
    path = tmp_path / CHECKLIST_FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("need_safe_accommodation", "need_of_something", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_checklist(tmp_path, load_registers(data))
    assert (caught.value.row, caught.value.column, caught.value.found) == (2, "looks_at", "need_of_something")
    path.write_text(text.replace(",own_act,,", ",own_act,barriers,", 1), encoding="utf-8")
    with pytest.raises(InputError, match="breaks a rule"):
        load_checklist(tmp_path, load_registers(data))


# --- the rules


def test_results_need_values_that_are_not_stale() -> None:
    table = items(("results", "victims_last_year places_available"))
    for known, wanted in [
        ({}, MISSING),
        ({"victims_last_year": (None, ""), "places_available": (None, "")}, MISSING),
        ({"victims_last_year": (5.0, ""), "places_available": (None, "not known")}, PARTIAL),
        (
            {"victims_last_year": (5.0, ""), "places_available": (24.0, "local; STALE: 3.2 years old")},
            PARTIAL,
        ),
        ({"victims_last_year": (5.0, ""), "places_available": (0.0, "")}, PRESENT),
    ]:
        assert judge(table, results(**known)) == [wanted], known


def test_the_detail_says_what_is_modelled_old_and_missing() -> None:
    safe = results(victims_last_year=(5.0, ""), places_available=(24.0, "STALE: 3.2 years old"))
    table = items(("results", "victims_last_year places_available gap_standard"), ("own_act", ""))
    judged = evaluate(table, safe, returned(), {}, {})
    assert judged["detail"].tolist() == [
        "Here: victims in the last year (modelled). STALE or part of a year: family places available (modelled). "
        "Not here: gap: the standard.",
        NO_NUMBER,
    ]


def test_returns_stand_under_both_names_and_a_part_of_a_year_is_partial() -> None:
    table = items(("returns", "places_available"), ("returns", "households_supported"))
    cases = [
        (returned(), [MISSING, MISSING]),
        (returned(("refuge_places", "", False, False)), [PRESENT, MISSING]),
        (returned(("refuge_places", "", True, False)), [PARTIAL, MISSING]),
        (returned(("households_supported", "", False, True)), [MISSING, PARTIAL]),
        (
            returned(("households_supported", "", False, True), ("households_supported", "", False, False)),
            [MISSING, PRESENT],
        ),
        # places are a state: a part of a year says nothing of them
        (returned(("places_available", "refuge", False, True)), [PRESENT, MISSING]),
    ]
    for returns, wanted in cases:
        assert judge(table, returns=returns) == wanted


def test_supply_by_type_knows_its_other_names_and_leaves_totals_out() -> None:
    returns = returned(
        ("refuge_units", "", True, False),
        ("bed_spaces_available", "dispersed", False, False),
        ("places_available", "", False, False),
        ("accessible_places", "sanctuary", False, False),
        ("places_in_use", "specialist", False, False),
        ("referrals", "other", False, False),
    )
    found = supply_standings(returns)
    assert {kind: found.get(kind, MISSING) for kind in ACCOMMODATION_TYPES} == {
        "refuge": DATED,
        "specialist": MISSING,
        "dispersed": PRESENT,
        "sanctuary": MISSING,
        "second_stage": MISSING,
        "other": MISSING,
    }


def test_an_unknown_rule_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="unknown rule"):
        judge(items(("guess", "x")))


# --- properties, with a second way to the same answer

STANDINGS = st.sampled_from([PRESENT, DATED, MISSING])
ROWS = st.lists(st.tuples(st.sampled_from(RETURNS), st.just(""), st.booleans(), st.booleans()), max_size=6)


@given(st.lists(STANDINGS, min_size=3, max_size=3))
def test_a_status_counts_what_is_there(found: list[str]) -> None:
    """Naively: 2 for present, 1 for dated, 0 for missing; all twos present, all noughts missing, else partial."""
    points = sum({PRESENT: 2, DATED: 1, MISSING: 0}[standing] for standing in found)
    wanted = {6: PRESENT, 0: MISSING}.get(points, PARTIAL)
    themes = dict(zip(THEMES, found, strict=True))
    assert judge(items(("themes", " ".join(THEMES))), **themes) == [wanted]


@given(ROWS)
def test_returns_are_judged_as_by_hand(rows: list[tuple[str, str, bool, bool]]) -> None:
    def by_hand(measure: str, flow: bool, aliases: tuple[str, ...]) -> str:
        own = [row for row in rows if row[0] in (measure, *aliases)]
        if any(not stale and not (flow and part) for _, _, stale, part in own):
            return PRESENT
        return DATED if own else MISSING

    found = return_standings(returned(*rows))
    assert found.get("households_supported", MISSING) == by_hand("households_supported", True, ())
    assert found.get("marac_cases", MISSING) == by_hand("marac_cases", True, ())
    assert found.get("places_available", MISSING) == by_hand("places_available", False, ("refuge_places",))


@given(ROWS, ROWS, st.lists(STANDINGS, min_size=3, max_size=3))
def test_more_evidence_never_makes_an_item_worse(
    rows: list[tuple[str, str, bool, bool]], more: list[tuple[str, str, bool, bool]], found: list[str]
) -> None:
    table = items(
        ("returns", " ".join(RETURNS)),
        ("returns", "households_supported"),
        ("accommodation_type", "refuge"),
        ("themes", " ".join(THEMES)),
        ("own_act", ""),
    )
    before = judge(table, returns=returned(*rows), **dict(zip(THEMES, found, strict=True)))
    after = judge(table, returns=returned(*rows, *more), **dict.fromkeys(THEMES, PRESENT))
    assert before[-1] == after[-1] == OWN_ACT
    assert all(ORDER.index(a) >= ORDER.index(b) for a, b in zip(after[:-1], before[:-1], strict=True))
    assert after[3] == PRESENT


@given(ROWS, st.dictionaries(st.sampled_from(THEMES), STANDINGS))
def test_acts_of_the_authority_are_never_decided(
    rows: list[tuple[str, str, bool, bool]], themes: dict[str, str]
) -> None:
    assert judge(items(("own_act", "")), returns=returned(*rows), **themes) == [OWN_ACT]


def test_the_table_and_the_sentence_agree(data: Path) -> None:
    registers = load_registers(data)
    register = load_checklist(data, registers)
    themes = load_themes(data, registers)
    titles = dict(zip(themes["theme"], themes["title"], strict=True))
    judged = evaluate(register, results(), returned(), {}, titles)
    table = checklist_table(judged, "Here")
    acts = int((register["rule"] == "own_act").sum())
    missing = len(register) - acts
    assert table.frame["here"].value_counts().to_dict() == {
        "MISSING": missing,
        "The authority's own act": acts,
    }
    assert (table.frame["obtain"] != "").all()
    assert summary(judged) == (
        f"Of {len(register)} items that the duty asks for, this run holds the evidence of 0, a part of it for 0 and none "
        f"for {missing}; {acts} are acts of the authority that no number can show."
    )
    assert table.notes[0].startswith(
        "Sections are of the Domestic Abuse Act 2021; regulation 2 of S.I. 2021/991; "
        "regulation 3, regulation 4, regulation 5 of S.I. 2021/990."
    )

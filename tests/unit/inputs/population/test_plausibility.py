"""Wrong populations are refused where they cannot be and told where they are unlikely; right ones give no word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.population.plausibility import judge_population
from needs_assessment.inputs.population.population import import_population, load_england, load_population
from needs_assessment.inputs.population.tally import COLUMNS
from needs_assessment.registers.registers import Registers, load_registers

Wrong = Callable[[pd.DataFrame], pd.DataFrame]
HOME, COUNTY, OXFORD = "E06000056", "E10000031", "E07000178"


@pytest.fixture(scope="module")
def registers(data: Path) -> Registers:
    return load_registers(data)


@pytest.fixture(scope="module")
def judge(data: Path, registers: Registers) -> Callable[[pd.DataFrame], tuple[str, ...]]:
    england = load_england(data)

    def judge(frame: pd.DataFrame) -> tuple[str, ...]:
        return judge_population(frame, "wards.csv", england, registers, data)

    return judge


def bundled(area: str, data: Path) -> pd.DataFrame:
    return load_population(resolve_area([area], data), data=data).frame


@pytest.fixture(scope="module")
def everywhere(reference: Path, data: Path) -> pd.DataFrame:
    return import_population(reference / "population" / "ons_ward_mid2020_wd20_england.csv", data=data).frame


def cube(frame: pd.DataFrame) -> np.ndarray:
    """Persons by ward, sex and band, as a view of a copy."""
    return frame["persons"].to_numpy(copy=True).reshape(frame["ward_code"].nunique(), 2, -1)


def with_counts(frame: pd.DataFrame, counts: np.ndarray) -> pd.DataFrame:
    return frame.assign(persons=np.round(counts).astype("int64").reshape(-1))


def changed(change: Callable[[np.ndarray], object]) -> Wrong:
    """A wrong population made by changing the counts [ward, sex, band] in place, or by what ``change`` returns."""

    def wrong(frame: pd.DataFrame) -> pd.DataFrame:
        counts = cube(frame).astype("float64")
        made = change(counts)
        return with_counts(frame, counts if made is None else np.asarray(made))

    return wrong


def set_to(counts: np.ndarray, where: tuple, value: object) -> None:
    counts[where] = value


def moved_names(frame: pd.DataFrame) -> pd.DataFrame:
    wards = frame.drop_duplicates("ward_code")
    names = dict(zip(wards["ward_code"], np.roll(wards["ward_name"].to_numpy(), 1), strict=True))
    return frame.assign(ward_name=frame["ward_code"].map(names))


def renumbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(authority_code="E06000055", authority_name="Bedford")


ALL = slice(None)
IMPOSSIBLE: dict[str, tuple[Wrong, str]] = {
    "ten times too many": (changed(lambda n: n * 10), "cannot be the population"),
    "four times too many": (changed(lambda n: n * 4), "cannot be the population"),
    "a fifth of the people": (changed(lambda n: n / 5), "cannot be the population"),
    "percentages of each ward": (
        changed(lambda n: 100 * n / n.sum(axis=(1, 2), keepdims=True)),
        "too small to be of people",
    ),
    "percentages of each sex": (
        changed(lambda n: 50 * n / n.sum(axis=2, keepdims=True)),
        "too small to be of people",
    ),
    "thousands": (changed(lambda n: n / 1000), "too small to be of people"),
    "no men": (changed(lambda n: set_to(n, (ALL, 1), 0)), "There are no men"),
    "no women": (changed(lambda n: set_to(n, (ALL, 0), 0)), "There are no women"),
    "no children": (changed(lambda n: set_to(n, (ALL, ALL, slice(0, 3)), 0)), "no women under 16"),
    "no old people": (changed(lambda n: set_to(n, (ALL, ALL, slice(11, None)), 0)), "aged 75 and over"),
    "women copied to men": (changed(lambda n: set_to(n, (ALL, 1), n[:, 0])), "women and men of"),
    "a ward copied to another": (changed(lambda n: set_to(n, (3,), n[4])), "same counts in every sex"),
    "all wards the same": (changed(lambda n: set_to(n, (ALL,), n[4])), "same counts in every sex"),
    "names moved against codes": (moved_names, "do not belong together"),
    "under another authority": (renumbered, "an authority that it is not in"),
}
UNLIKELY: dict[str, tuple[Wrong, str]] = {
    "half the people": (changed(lambda n: n / 2), "is unlikely"),
    "a quarter more": (changed(lambda n: n * 1.3), "is unlikely"),
    "one ward twenty-fold": (changed(lambda n: set_to(n, (5,), 20 * n[5])), "size of a ward"),
    "one ward almost empty": (changed(lambda n: set_to(n, (5,), n[5] / 25)), "size of a ward"),
    "sexes exchanged": (changed(lambda n: n[:, ::-1]), "may be exchanged"),
    "sexes exchanged in one ward": (
        changed(lambda n: set_to(n, (4, ALL, 11), [n[4, 1, 11], 2 * n[4, 0, 11]])),
        "may be exchanged in E05",
    ),
    "ages on by one band": (changed(lambda n: np.roll(n, 1, axis=2)), "ages of"),
    "ages back by one band": (changed(lambda n: np.roll(n, -1, axis=2)), "ages of"),
    "most men missing": (changed(lambda n: set_to(n, (ALL, 1), n[:, 1] / 2)), "sexes of"),
    "most women missing": (changed(lambda n: set_to(n, (ALL, 0), 3 * n[:, 0] / 4)), "sexes of"),
    "most old people missing": (changed(lambda n: set_to(n, (ALL, ALL, slice(11, None)), n[:, :, 11:] / 9)), "aged"),
    "codes moved against counts": (changed(lambda n: np.roll(n, 1, axis=0)), "far from the bundled estimate"),
    "women copied to men in a ward": (changed(lambda n: set_to(n, (2, 1), n[2, 0])), "same counts in E05"),
    "no children in a ward": (changed(lambda n: set_to(n, (2, ALL, slice(0, 5)), 0)), "group of ages is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.parametrize("area", [HOME, COUNTY])
def test_what_cannot_be_is_refused(
    area: str, name: str, judge: Callable[[pd.DataFrame], tuple[str, ...]], data: Path
) -> None:
    wrong, says = IMPOSSIBLE[name]
    with pytest.raises(InputError) as caught:
        judge(wrong(bundled(area, data)))
    assert says in caught.value.report()
    assert caught.value.file == "wards.csv"
    assert caught.value.exit_code == 3
    for fault in (caught.value, *caught.value.others):
        assert fault.found is not None
        assert fault.expected
        assert fault.action


@pytest.mark.parametrize("name", UNLIKELY)
@pytest.mark.parametrize("area", [HOME, COUNTY])
def test_what_is_unlikely_is_a_sentence(
    area: str, name: str, judge: Callable[[pd.DataFrame], tuple[str, ...]], data: Path
) -> None:
    wrong, says = UNLIKELY[name]
    said = judge(wrong(bundled(area, data)))
    assert any(says in sentence for sentence in said), said
    assert all(sentence.endswith(".") for sentence in said)


@pytest.mark.parametrize("area", [HOME, COUNTY])
def test_the_bundled_areas_give_no_word(
    area: str, judge: Callable[[pd.DataFrame], tuple[str, ...]], data: Path
) -> None:
    assert judge(bundled(area, data)) == ()


def test_no_authority_of_england_gives_a_word(
    everywhere: pd.DataFrame, judge: Callable[[pd.DataFrame], tuple[str, ...]]
) -> None:
    assert everywhere["authority_code"].nunique() == 309
    assert everywhere["ward_code"].nunique() == 7201
    assert judge(everywhere) == ()


SINGLE: dict[str, tuple[Wrong, str]] = {
    "ages on by one": (changed(lambda n: np.roll(n, 1, axis=2)), "moved by one"),
    "ages back by one": (changed(lambda n: np.roll(n, -1, axis=2)), "moved by one"),
    "ages on by one, across the sexes": (
        changed(lambda n: np.roll(n.reshape(len(n), -1), 1, axis=1)),
        "moved by one",
    ),
    "sexes exchanged": (changed(lambda n: n[:, ::-1]), "may be exchanged"),
    "half the people": (changed(lambda n: n / 2), "perhaps only a part of its wards"),
    "no men": (changed(lambda n: set_to(n, (ALL, 1), 0)), "There are no men"),
    "percentages": (changed(lambda n: 100 * n / n.sum(axis=(1, 2), keepdims=True)), "too small"),
    "women copied to men": (changed(lambda n: set_to(n, (ALL, 1), n[:, 0])), "women and men of"),
    "a ward copied": (changed(lambda n: set_to(n, (1,), n[0])), "same counts in every sex"),
    "ten times too many": (changed(lambda n: n * 10), "cannot be the population"),
}


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("area", [OXFORD, "E06000017", "E09000030"])
def test_single_years_of_any_authority(
    area: str,
    name: str,
    everywhere: pd.DataFrame,
    judge: Callable[[pd.DataFrame], tuple[str, ...]],
) -> None:
    wrong, says = SINGLE[name]
    frame = everywhere[everywhere["authority_code"] == area].reset_index(drop=True)
    try:
        said = "\n".join(judge(wrong(frame)))
    except InputError as fault:
        said = fault.report()
    assert says in said


def test_every_limit_is_registered_and_used(registers: Registers, data: Path) -> None:
    """A limit set to what the bundled area has makes the run speak: none of them is for show."""
    frame, england = bundled(HOME, data), load_england(data)

    def said(**limits: tuple[float, float]) -> str:
        items = dict(registers.assumptions)
        for name, (low, high) in limits.items():
            items[name] = replace(items[name], low=low, high=high)
        changed_limits = replace(registers, assumptions=items)
        return " ".join(judge_population(frame, "wards.csv", england, changed_limits, data))

    assert said() == ""
    assert "is unlikely" in said(population_unlikely=(0.7, 1.01))
    assert "% of its residents are women" in said(women_share_unlikely=(51.5, 54))
    assert "let expect" in said(age_group_unlikely=(0.95, 3))
    assert "moved by one" in said(oldest_step_unlikely=(1.2, 2.4))
    assert "size of a ward" in said(ward_size_unlikely=(0.1, 1.5))
    assert "far from the bundled estimate" in said(ward_known_unlikely=(1.01, 2))


def test_a_few_wards_without_a_register_are_only_told(
    judge: Callable[[pd.DataFrame], tuple[str, ...]],
) -> None:
    """Two wards of an example with equal counts: a sentence for each oddity, and no refusal."""
    rows = [
        (code, name, "E08000009", "Trafford", sex, low, high, count)
        for code, name in (("E05015239", "Altrincham"), ("E05015240", "Ashton upon Mersey"))
        for sex in "FM"
        for low, high, count in ((0, 15, 100), (16, 59, 200), (60, 89, 300), (90, None, 400))
    ]
    said = judge(pd.DataFrame(rows, columns=list(COLUMNS)).astype({"age_to": "Int64"}))
    assert any("perhaps only a part of its wards" in one for one in said)
    assert any("same counts, so that one table is a copy" in one for one in said)
    assert any("2 wards" in one for one in said)

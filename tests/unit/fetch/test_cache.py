"""The cache: nothing is asked twice, an interrupted fetch goes on, damage is found and mended, offline means offline."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from needs_assessment.errors import EnvironmentFault, InputError, UsageError
from needs_assessment.fetch.command import fetch_areas
from needs_assessment.fetch.register import choose_bases, load_register, parse_mirrors
from needs_assessment.fetch.store import cache_folder
from needs_assessment.resources import data_dir
from tests.unit.fetch.online_services import ROOT, Fault, Services, late, quick_register, running, status

BEDFORD = "E06000055"
POPULATION = "population_wards2025_mid2024.csv"


@pytest.fixture
def services() -> Iterator[Services]:
    with running() as server:
        yield server


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def register(tmp_path: Path) -> str:
    return quick_register(tmp_path / "services.toml", attempts=2)


def fetch(services: Services, register: str, **options: Any) -> list[str]:
    said: list[str] = []
    fetch_areas([BEDFORD], said.append, register=register, mirrors=services.mirrors, **options)
    return said


def contents(cache: Path) -> dict[str, bytes]:
    """The tables of the area by name; not the notes, which tell of requests and days."""
    folder = cache / "areas" / BEDFORD
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(".json")}


def test_a_second_fetch_asks_nothing(services: Services, cache: Path, register: str) -> None:
    fetch(services, register)
    asked, first = len(services.asked), contents(cache)
    said = fetch(services, register)
    assert len(services.asked) == asked
    assert contents(cache) == first
    assert all("kept:" in line for line in said if ": " in line and line.startswith("  ") and "rows" in line)


def test_offline_uses_the_cache_and_makes_no_request(services: Services, cache: Path, register: str) -> None:
    fetch(services, register)
    asked, first = len(services.asked), contents(cache)
    fetch(services, register, offline=True)
    assert len(services.asked) == asked
    assert contents(cache) == first


def test_offline_without_the_material_is_refused(services: Services, cache: Path, register: str) -> None:
    with pytest.raises(EnvironmentFault, match="not in the cache"):
        fetch(services, register, offline=True)
    assert services.asked == []


def test_refresh_asks_for_everything_again(services: Services, cache: Path, register: str) -> None:
    fetch(services, register)
    asked, first = len(services.asked), contents(cache)
    fetch(services, register, refresh=True)
    assert sorted(services.asked[asked:]) == sorted(services.asked[:asked])
    assert contents(cache) == first


def test_a_refresh_that_fails_leaves_the_old_material(services: Services, cache: Path, register: str) -> None:
    fetch(services, register)
    first = contents(cache)
    services.faults.append(Fault("NM_2014_1", status(500), times=99))
    with pytest.raises(EnvironmentFault):
        fetch(services, register, refresh=True)
    fetch(services, register, offline=True)
    assert contents(cache) == first


@pytest.mark.parametrize("good", [0, 1, 3, 7, 12])
def test_an_interrupted_fetch_goes_on_where_it_stopped(
    services: Services, cache: Path, register: str, good: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, running() as calm:
        patch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path / "calm"))
        fetch(calm, register)
        needed = len(calm.asked)
    services.faults.append(Fault("", status(500), times=99, after=good))
    with pytest.raises(EnvironmentFault):
        fetch(services, register)
    assert len(services.asked) == good + 2, "two tries of the request that failed"
    services.faults.clear()
    fetch(services, register)
    assert len(services.asked) == needed + 2
    assert contents(cache) == contents(tmp_path / "calm")


def test_a_fetch_that_was_killed_goes_on(services: Services, cache: Path, register: str) -> None:
    """The process ends without a chance to tidy up, in the middle of an answer."""
    services.faults.append(Fault("NM_2014_1", late(30), times=1))
    command = [sys.executable, "-m", "needs_assessment", "fetch", BEDFORD, "--register", register]
    for mirror in services.mirrors:
        command += ["--mirror", mirror]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while not any("NM_2014_1" in address for address in services.asked):
            assert time.monotonic() < end, "the fetch did not get that far"
            time.sleep(0.05)
        process.kill()
    before = list(services.asked)
    fetch(services, register)
    again = services.asked[len(before) :]
    assert not set(before[:-1]) & set(again), "what had arrived was asked for again"
    assert (cache / "areas" / BEDFORD / POPULATION).is_file()


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_a_damaged_table_is_made_again_from_the_kept_answers(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register)
    asked, first = len(services.asked), contents(cache)
    _damage(cache / "areas" / BEDFORD / POPULATION)
    said = fetch(services, register, offline=True)
    assert any(line.startswith(f"  made again: {POPULATION}") for line in said)
    assert contents(cache) == first
    assert len(services.asked) == asked


def test_a_damaged_answer_is_fetched_again_and_refused_offline(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register)
    asked, first = len(services.asked), contents(cache)
    answers = sorted((cache / "answers").glob("*.csv"))
    _damage(answers[0])
    (cache / "areas" / BEDFORD / POPULATION).unlink()
    for path in (cache / "areas" / BEDFORD).glob("*"):
        path.unlink()
    with pytest.raises(EnvironmentFault, match="damaged"):
        fetch(services, register, offline=True)
    assert len(services.asked) == asked
    said = fetch(services, register)
    assert len(services.asked) == asked + 1
    assert any("1 damaged answer in the cache had to be fetched again" in line for line in said)
    assert contents(cache) == first


def test_a_note_that_was_lost_or_spoilt_is_no_answer(services: Services, cache: Path, register: str) -> None:
    fetch(services, register, only="population")
    asked = len(services.asked)
    notes = sorted((cache / "answers").glob("*.provenance.json"))
    notes[0].unlink()
    notes[1].write_text("{", encoding="utf-8")
    for path in (cache / "areas" / BEDFORD).glob("*"):
        path.unlink()
    fetch(services, register, only="population")
    assert len(services.asked) == asked + 2


def test_a_cache_that_cannot_be_written_is_told(
    services: Services, tmp_path: Path, register: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path / "file"))
    with pytest.raises(EnvironmentFault, match="cache cannot be written") as told:
        fetch(services, register)
    assert "NEEDS_ASSESSMENT_CACHE" in told.value.action


def test_a_home_folder_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDS_ASSESSMENT_CACHE", "~nobody-of-this-name/cache")
    with pytest.raises(EnvironmentFault, match="cannot be found: ~nobody-of-this-name"):
        cache_folder()


def test_a_changed_register_lets_tables_be_made_again(services: Services, cache: Path, register: str) -> None:
    fetch(services, register, only="population")
    asked = len(services.asked)
    text = Path(register).read_text(encoding="utf-8").replace('period = "mid-2024"', 'period = "mid-2025"')
    Path(register).write_text(text.replace('date = "2024"', 'date = "2025"'), encoding="utf-8")
    fetch(services, register, only="population")
    assert len(services.asked) == asked + 1, "the wards were known, the residents of the new year were not"
    assert (cache / "areas" / BEDFORD / "population_wards2025_mid2025.csv").is_file()


# --- where it lies, and the register


def test_the_place_of_the_cache_is_the_systems_or_the_users(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("NEEDS_ASSESSMENT_CACHE")
    assert "needs-assessment" in cache_folder().parts


def test_the_bundled_register_is_whole() -> None:
    register = load_register(data_dir())
    year, wards = register.wards_of("")
    assert year == max(register.wards)
    assert all(
        service.address.startswith("https://") and service.environment.startswith("NEEDS_ASSESSMENT_")
        for service in register.services.values()
    )
    assert wards.population_geography
    assert register.population.period == f"mid-{register.population.date}"
    assert register.service("nomis").page_size == 25_000


@pytest.mark.parametrize(
    ("old", "new", "entry"),
    [
        ("attempts = 5", "attempts = 0", "patience.attempts"),
        ("attempts = 5", "tries = 5", "patience"),
        ('dataset = "NM_2014_1"', "", "population.dataset"),
        ("[services.nomis]", "[services.nomisweb]", "services.nomis"),
        ("[patience]", "[patience", ""),
    ],
)
def test_a_register_at_fault_is_refused_by_entry(tmp_path: Path, old: str, new: str, entry: str) -> None:
    path = tmp_path / "own.toml"
    text = (data_dir() / "services_online.toml").read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as told:
        load_register(data_dir(), path)
    assert told.value.column.startswith(entry)
    assert told.value.file == "own.toml"


def test_a_register_without_any_wards_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = (data_dir() / "services_online.toml").read_text(encoding="utf-8")
    parts = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    others = [part for part in parts if not part.startswith("[wards.")]
    path.write_text("wards = {}\n" + "".join(others), encoding="utf-8")
    with pytest.raises(InputError) as told:
        load_register(data_dir(), path)
    assert told.value.column == "wards"


def test_a_register_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such register"):
        load_register(data_dir(), tmp_path / "none.toml")


def test_an_address_is_the_users_then_the_environments_then_the_registers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register = load_register(data_dir())
    registered = register.service("nomis").address
    assert choose_bases(register, {}).asked["nomis"] == registered
    monkeypatch.setenv("NEEDS_ASSESSMENT_NOMIS", "https://mirror.example/nomis/")
    bases = choose_bases(register, {})
    assert bases.asked["nomis"] == "https://mirror.example/nomis"
    assert bases.official["nomis"] == registered
    given = choose_bases(register, parse_mirrors(["nomis=http://localhost:8000/x"]))
    assert given.asked["nomis"] == "http://localhost:8000/x"


@pytest.mark.parametrize(
    "mirror",
    [
        "nomis=http://mirror.example/nomis",
        "nomis=ftp://mirror.example/",
        "nomis=https://",
        "nomis=https://jo:secret-word@mirror.example/",
        "nomis=https://mirror.example:port/",
        "weather=https://mirror.example/",
        "nomis",
    ],
)
def test_an_unsafe_address_is_refused_and_not_repeated(mirror: str) -> None:
    with pytest.raises(UsageError) as told:
        choose_bases(load_register(data_dir()), parse_mirrors([mirror]))
    assert "secret-word" not in told.value.report()

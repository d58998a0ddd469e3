"""verify: every tampering is named, and what cannot be run again says why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from needs_assessment import __version__
from needs_assessment.errors import InputError
from needs_assessment.given_files import file_check_sum, user_key
from needs_assessment.resources import code_digest, data_dir, register_digests
from needs_assessment.runs.run_folder import write_manifest
from needs_assessment.runs.verify import verify_run
from needs_assessment.scenario import Scenario


def facts(**choices: Any) -> dict[str, Any]:
    import platform

    return {
        "tool": "needs-assessment",
        "version": __version__,
        "area": "Central Bedfordshire",
        "area_code": "E06000056",
        "scenario": Scenario.build({"as_of": "2026-11-22", **choices}, "test").local_only(),
        "seed": 2021,
        "python": platform.python_version(),
        "libraries": {},
        "code": code_digest(),
        "inputs": [],
        "registers": register_digests(data_dir()),
        "disclosure": {},
        "checks": [],
        "warnings": [],
    }


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A folder with the form of a run, small enough to tamper with quickly."""
    folder = tmp_path / "outputs" / "E06000056" / "run"
    (folder / "tables").mkdir(parents=True)
    (folder / "results.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "tables" / "wards.csv").write_text("a\n1\n", encoding="utf-8")
    write_manifest(folder, facts())
    return folder


def test_an_untouched_folder_matches(run: Path) -> None:
    found = verify_run(run, again=False)
    assert (found.files, found.differences, found.versions) == (2, [], [])
    assert found.lines() == [
        "run: 2 files are named in the manifest.",
        "Every file is there and unchanged, and there is no other.",
        "Not run again, as was asked.",
    ]
    found.raise_if_different()
    assert verify_run(run / "manifest.json", again=False).differences == []


TAMPERED: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "one figure changed": (
        lambda run: (run / "results.csv").write_text("a,b\n1,3\n", encoding="utf-8"),
        ["results.csv was changed"],
    ),
    "a file missing": (lambda run: (run / "tables" / "wards.csv").unlink(), ["tables/wards.csv is missing"]),
    "a file added": (
        lambda run: (run / "tables" / "more.csv").write_text("x", encoding="utf-8"),
        ["tables/more.csv is not in the manifest: it was added"],
    ),
    "a file renamed": (
        lambda run: (run / "results.csv").rename(run / "Results2.csv"),
        ["Results2.csv is not in the manifest: it was added", "results.csv is missing"],
    ),
    "a second manifest deeper down": (
        lambda run: (run / "tables" / "manifest.json").write_text("{}", encoding="utf-8"),
        ["tables/manifest.json is not in the manifest: it was added"],
    ),
}


@pytest.mark.parametrize(("tamper", "named"), TAMPERED.values(), ids=TAMPERED)
def test_every_tampering_is_named(run: Path, tamper: Callable[[Path], object], named: list[str]) -> None:
    tamper(run)
    found = verify_run(run, again=False)
    assert found.differences == named
    assert [f"Different: {line}" for line in named] == [
        line for line in found.lines() if line.startswith("Different")
    ]
    with pytest.raises(InputError, match="does not match its manifest") as told:
        found.raise_if_different()
    assert told.value.exit_code == 3
    assert told.value.found == named[0]


def change(run: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    path = run / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    edit(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_a_manifest_with_another_check_sum_names_the_file(run: Path) -> None:
    change(run, lambda manifest: manifest["outputs"].update({"results.csv": "0" * 64}))
    assert verify_run(run, again=False).differences == ["results.csv was changed"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda manifest: manifest.pop("outputs"),
        lambda manifest: manifest.update(tool="another"),
        lambda manifest: manifest["outputs"].update({"../elsewhere.csv": "0" * 64}),
        lambda manifest: manifest["outputs"].update({"/etc/passwd": "0" * 64}),
        lambda manifest: manifest["outputs"].update({"results.csv": "zero"}),
        lambda manifest: manifest.update(scenario="all"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_refused(
    run: Path, edit: Callable[[dict[str, Any]], object]
) -> None:
    change(run, edit)
    with pytest.raises(InputError, match="manifest"):
        verify_run(run, again=False)


def test_a_broken_manifest_or_no_run_is_refused(run: Path, tmp_path: Path) -> None:
    (run / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be used"):
        verify_run(run)
    with pytest.raises(InputError, match="not the folder of a run"):
        verify_run(tmp_path)


def test_other_versions_are_told_and_are_no_difference(run: Path) -> None:
    def older(manifest: dict[str, Any]) -> None:
        manifest["version"] = "0.0.1"
        manifest["libraries"] = {"numpy": "1.0", "no-such-library": "2.0"}
        manifest["code"] = "0" * 64
        manifest["registers"] = {**manifest["registers"], "sources.csv": "0" * 64, "gone.csv": "0" * 64}

    change(run, older)
    found = verify_run(run, again=False)
    assert found.differences == []
    said = "\n".join(found.versions)
    assert f"needs-assessment was 0.0.1 when the run was made and is {__version__} now." in said
    assert "numpy was 1.0" in said
    assert "no-such-library was 2.0 when the run was made and is not installed now." in said
    assert "code is not the one" in said
    assert "registers changed since the run: gone.csv, sources.csv" in said
    found.raise_if_different()


def test_a_run_of_own_files_is_not_made_again_without_them(run: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "mine.csv").write_text("ward_code,persons\n", encoding="utf-8")
    digest = hashlib.sha256((given / "mine.csv").read_bytes()).hexdigest()
    listed = [{"input": "population", "file": "population file 1", "sha256": digest}]
    (run / "manifest.json").unlink()
    write_manifest(run, {**facts(population="somewhere/mine.csv"), "inputs": listed})

    found = verify_run(run)
    assert found.again.startswith("Not run again: the run was given files")
    assert "population file 1" in found.again
    assert "mine.csv" not in found.again
    found.raise_if_different()

    (given / "mine.csv").write_text("ward_code,persons\nx,1\n", encoding="utf-8")
    found = verify_run(run, given)
    assert found.differences == ["no file given with --files has the check sum of population file 1"]
    assert "does not hold population file 1, as the run was given it" in found.again


def services(run: Path, given: Path, key: str) -> None:
    """A run that was given a services file, by the manifest."""
    given.mkdir()
    (given / "services.csv").write_text("measure\n", encoding="utf-8")
    listed = [
        {
            "input": "local returns",
            "file": "services file 1",
            "sha256": file_check_sum("services", given / "services.csv"),
        }
    ]
    (run / "manifest.json").unlink()
    write_manifest(run, {**facts(services="somewhere/return.csv"), "inputs": listed, "key": key})


def test_a_file_of_the_council_is_found_by_its_keyed_check_sum(run: Path, tmp_path: Path) -> None:
    services(run, tmp_path / "given", user_key().name)
    (tmp_path / "given" / "services.csv").rename(tmp_path / "given" / "renamed.csv")
    found = verify_run(run, tmp_path / "given")
    assert not found.unchecked
    # the file is taken, and then refused for what it holds
    assert "run again: it could not be made" in found.differences[0]


def test_without_the_key_verify_says_that_it_cannot_check(run: Path, tmp_path: Path) -> None:
    services(run, tmp_path / "given", "another key")
    found = verify_run(run, tmp_path / "given")
    assert "cannot be checked" in found.unchecked
    assert found.unchecked in found.lines()
    assert "run again: it could not be made" in found.differences[0]
    (tmp_path / "given" / "services.csv").rename(tmp_path / "given" / "renamed.csv")
    assert "name the file services with its own ending" in verify_run(run, tmp_path / "given").again


def test_fetched_material_needs_its_note(run: Path, tmp_path: Path) -> None:
    """Without the note the sources of the figures would be others, and the tables could not be the same."""
    given = tmp_path / "given"
    given.mkdir()
    (given / "mine.csv").write_text("ward_code,persons\n", encoding="utf-8")
    digest = hashlib.sha256((given / "mine.csv").read_bytes()).hexdigest()
    row = {
        "input": "population",
        "file": "population file 1",
        "sha256": digest,
        "source_ids": "ons_small_area_2024",
    }
    (run / "manifest.json").unlink()
    write_manifest(run, {**facts(population="somewhere/mine.csv"), "inputs": [row]})
    assert "its note mine.csv.provenance.json does not lie beside it" in verify_run(run, given).again


def test_own_rates_are_a_file_and_registered_rates_are_none(run: Path) -> None:
    (run / "manifest.json").unlink()
    write_manifest(run, facts(rates="data/tables.xlsx#new"))
    assert "(rates file 1#new)" in verify_run(run).again

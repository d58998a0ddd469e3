"""The three lists of dependencies agree: pyproject.toml rules, environment.yml and the lock follow."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

# Names that conda-forge spells differently; every other package has the same name there.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "typst": "typst-py"}
# Not known to be on conda-forge: listed in the pip section.
ONLY_ON_PYPI = {"afcharts", "gptables", "httpx2"}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def declared(project: dict[str, Any]) -> dict[str, SpecifierSet]:
    """Every declared dependency, tests included, by its normalised name."""
    listed = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["test"]]
    return by_name(listed)


@pytest.fixture(scope="module")
def lock_lines(root: Path) -> list[str]:
    return (root / "requirements.lock").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def locked(lock_lines: list[str]) -> dict[str, list[Version]]:
    """The locked versions of each package; several where they differ between systems."""
    found: dict[str, list[Version]] = {}
    for line in lock_lines:
        if match := PINNED.match(line):
            found.setdefault(canonicalize_name(match[1]), []).append(Version(match[2]))
    return found


def by_name(requirements: list[str]) -> dict[str, SpecifierSet]:
    parsed = [Requirement(text) for text in requirements]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in parsed}


def test_conda_environment_equals_the_declared_dependencies(
    root: Path, project: dict[str, Any], declared: dict[str, SpecifierSet]
) -> None:
    environment = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    from_pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    from_conda = by_name([entry for entry in environment["dependencies"] if isinstance(entry, str)])

    assert from_conda.pop("python") == SpecifierSet(project["project"]["requires-python"])
    from_conda.pop("pip")
    assert by_name(from_pip) == {name: declared[name] for name in ONLY_ON_PYPI}
    assert from_conda == {
        CONDA_NAMES.get(name, name): bounds for name, bounds in declared.items() if name not in ONLY_ON_PYPI
    }


def test_lock_covers_every_dependency_within_its_bounds(
    declared: dict[str, SpecifierSet], locked: dict[str, list[Version]]
) -> None:
    missing = sorted(set(declared) - set(locked))
    assert not missing, f"run the command of docs/decisions/0001: the lock lacks {missing}"
    outside = {
        name: versions
        for name, versions in locked.items()
        if name in declared and not all(declared[name].contains(version) for version in versions)
    }
    assert not outside, f"locked outside the declared bounds: {outside}"


def test_lock_holds_the_build_backend(project: dict[str, Any], locked: dict[str, list[Version]]) -> None:
    """Without it the project itself could not be installed offline once the lock is installed."""
    for name, bounds in by_name(project["build-system"]["requires"]).items():
        assert name in locked
        assert all(bounds.contains(version) for version in locked[name])


def test_lock_is_hashed_throughout_and_names_no_place(lock_lines: list[str]) -> None:
    strange = [
        line
        for line in lock_lines
        if line and not (PINNED.match(line) or HASH.match(line) or line.lstrip().startswith("#"))
    ]
    assert not strange, f"lines that are neither a pinned package, a hash nor a comment: {strange[:5]}"
    for number, line in enumerate(lock_lines):
        if PINNED.match(line):
            assert HASH.match(lock_lines[number + 1]), f"no hash under: {line}"
    places = [line for line in lock_lines if re.search(r"://|file:|--(extra-)?index|--find-links|@", line)]
    assert not places, f"the lock names a host, a path or an index: {places[:5]}"


def test_version_is_told_once(project: dict[str, Any], root: Path) -> None:
    assert "version" in project["project"]["dynamic"]
    source = root / project["tool"]["hatch"]["version"]["path"]
    assert len(re.findall(r'^__version__ = "[^"]+"$', source.read_text(encoding="utf-8"), re.MULTILINE)) == 1

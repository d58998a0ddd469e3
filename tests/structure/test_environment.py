"""The lists of dependencies agree: pyproject.toml rules, environment.yml and the two locks follow."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType
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
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[([a-z0-9,._-]+)\])?==([^ ;\\]+)(?: ; ([^\\]+?))? \\$")
LOCKS = ("requirements.lock", "requirements-test.lock")
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
def lock_lines(root: Path) -> dict[str, list[str]]:
    return {name: (root / name).read_text(encoding="utf-8").splitlines() for name in LOCKS}


@pytest.fixture(scope="module")
def locked(lock_lines: dict[str, list[str]]) -> dict[str, dict[str, list[Version]]]:
    """The locked versions of each package by lock; several where they differ between systems."""
    found: dict[str, dict[str, list[Version]]] = {name: {} for name in LOCKS}
    for lock, lines in lock_lines.items():
        for line in lines:
            if match := PINNED.match(line):
                found[lock].setdefault(canonicalize_name(match[1]), []).append(Version(match[3]))
    return found


@pytest.fixture(scope="module")
def locked_extras(lock_lines: dict[str, list[str]]) -> dict[str, dict[str, set[str]]]:
    """The extras with which each package stands in each lock."""
    found: dict[str, dict[str, set[str]]] = {name: {} for name in LOCKS}
    for lock, lines in lock_lines.items():
        for line in lines:
            if match := PINNED.match(line):
                found[lock][canonicalize_name(match[1])] = set(filter(None, (match[2] or "").split(",")))
    return found


@pytest.fixture(scope="module")
def lock_command(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock_command", root / ".ci" / "lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def test_locks_cover_every_dependency_within_its_bounds(
    project: dict[str, Any],
    declared: dict[str, SpecifierSet],
    locked: dict[str, dict[str, list[Version]]],
) -> None:
    for_run, for_tests = (locked[name] for name in LOCKS)
    missing = sorted(set(by_name(project["project"]["dependencies"])) - set(for_run))
    missing += sorted(set(declared) - set(for_run) - set(for_tests))
    assert not missing, f"run .ci/lock.py: the locks lack {missing}"
    outside = {
        (lock, name): versions
        for lock, packages in locked.items()
        for name, versions in packages.items()
        if name in declared and not all(declared[name].contains(version) for version in versions)
    }
    assert not outside, f"locked outside the declared bounds: {outside}"


def test_locks_are_of_one_resolution(locked: dict[str, dict[str, list[Version]]]) -> None:
    for_run, for_tests = (locked[name] for name in LOCKS)
    assert {name: for_run[name] for name in for_run if name in for_tests} == {
        name: for_tests[name] for name in for_tests if name in for_run
    }


def test_a_run_is_spared_the_tools_of_the_tests(
    project: dict[str, Any], locked: dict[str, dict[str, list[Version]]]
) -> None:
    assert not set(by_name(project["project"]["optional-dependencies"]["test"])) & set(locked[LOCKS[0]])


def test_lock_of_a_run_holds_the_build_backend(
    project: dict[str, Any], locked: dict[str, dict[str, list[Version]]]
) -> None:
    """Without it the project itself could not be installed offline once the lock is installed."""
    for name, bounds in by_name(project["build-system"]["requires"]).items():
        assert name in locked[LOCKS[0]]
        assert all(bounds.contains(version) for version in locked[LOCKS[0]][name])


def test_locks_are_hashed_throughout_and_name_no_place(lock_lines: dict[str, list[str]]) -> None:
    for name, lines in lock_lines.items():
        strange = [
            line
            for line in lines
            if line and not (PINNED.match(line) or HASH.match(line) or line.lstrip().startswith("#"))
        ]
        assert not strange, f"{name}: neither a pinned package, a hash nor a comment: {strange[:5]}"
        for number, line in enumerate(lines):
            if PINNED.match(line):
                assert HASH.match(lines[number + 1]), f"{name}: no hash under {line}"
        places = [line for line in lines if re.search(r"://|file:|--(extra-)?index|--find-links|@", line)]
        assert not places, f"{name} names a host, a path or an index: {places[:5]}"


def lacking_extras(
    packages: Iterable[Distribution], locked_extras: dict[str, dict[str, set[str]]]
) -> list[str]:
    """Active requirements of an extra, of installed packages, that the locks do not hold with it.

    What a package of a run asks for must stand in the lock of a run. A pip before 23.3 takes the newest release for an
    extra that the lock lacks, and refuses it.
    """
    lacking = []
    for package in packages:
        asking = canonicalize_name(package.metadata["Name"])
        for_run = asking in locked_extras[LOCKS[0]]
        asked_of_it = (
            {""} | locked_extras[LOCKS[0]].get(asking, set()) | locked_extras[LOCKS[1]].get(asking, set())
        )
        for text in package.requires or []:
            wanted = Requirement(text)
            if wanted.marker and not any(wanted.marker.evaluate({"extra": extra}) for extra in asked_of_it):
                continue
            name = canonicalize_name(wanted.name)
            there = [locked_extras[lock].get(name, set()) for lock in (LOCKS[:1] if for_run else LOCKS)]
            if not wanted.extras <= set().union(*there):
                lacking.append(f"{asking} asks for {name}[{','.join(sorted(wanted.extras))}]")
    return lacking


@pytest.fixture(scope="module")
def installed(locked_extras: dict[str, dict[str, set[str]]]) -> list[Distribution]:
    """The packages of the locks that are installed here; those for other systems are not."""
    found = []
    for name in sorted({name for packages in locked_extras.values() for name in packages}):
        try:
            found.append(distribution(name))
        except PackageNotFoundError:
            continue
    assert len(found) > 150, "the tests do not run in an environment made from the locks"
    return found


def test_an_extra_that_is_asked_for_is_in_the_lock(
    installed: list[Distribution], locked_extras: dict[str, dict[str, set[str]]]
) -> None:
    assert not lacking_extras(installed, locked_extras)


@pytest.mark.parametrize(
    ("package", "asked_by"),
    [("coverage", "pytest-cov"), ("jsonschema", "jupyter-events"), ("bleach", "nbconvert")],
)
def test_an_extra_that_a_lock_lacks_is_seen(
    installed: list[Distribution],
    locked_extras: dict[str, dict[str, set[str]]],
    package: str,
    asked_by: str,
) -> None:
    without = {
        lock: {name: set() if name == package else extras for name, extras in packages.items()}
        for lock, packages in locked_extras.items()
    }
    assert [text.partition("[")[0] for text in lacking_extras(installed, without)] == [
        f"{asked_by} asks for {package}"
    ]


def test_constraints_are_read_by_the_lock_command_alone(
    project: dict[str, Any], lock_command: ModuleType
) -> None:
    """uv reads those of pyproject.toml at every installation, and refuses them beside hashes."""
    assert "uv" not in project["tool"]
    assert lock_command.CONSTRAINTS.read_text(encoding="utf-8").count("<") == 2


WHOLE = (
    "# a comment\nalpha[x]==1 \\\n    --hash=sha256:aa\nbeta==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:bc\n"
    "gamma==3 \\\n    --hash=sha256:cc\n"
)


def test_what_a_run_does_not_need_is_left_for_the_tests(lock_command: ModuleType) -> None:
    run = "beta==2 ; os_name == 'nt' \\\n    --hash=sha256:bb \\\n    --hash=sha256:bc\nalpha[x]==1 \\\n    --hash=sha256:aa\n"
    for_run, for_tests = lock_command.divide(WHOLE, run)
    assert for_run == run
    # beta is wanted on more systems by the tests, so it stands in both
    assert [lock_command.pinned(entry) for entry in lock_command.entries(for_tests)] == [
        "beta==2",
        "gamma==3",
    ]


@pytest.mark.parametrize(
    "run", ["alpha==9 \\\n    --hash=sha256:aa\n", "alpha==1 \\\n    --hash=sha256:other\n", "new==1 \\\n"]
)
def test_a_lock_of_another_resolution_is_refused(lock_command: ModuleType, run: str) -> None:
    with pytest.raises(ValueError, match="not of the same resolution"):
        lock_command.divide(WHOLE, run)


def test_version_is_told_once(project: dict[str, Any], root: Path) -> None:
    assert "version" in project["project"]["dynamic"]
    source = root / project["tool"]["hatch"]["version"]["path"]
    assert len(re.findall(r'^__version__ = "[^"]+"$', source.read_text(encoding="utf-8"), re.MULTILINE)) == 1

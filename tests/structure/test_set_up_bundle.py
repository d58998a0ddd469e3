"""The bundle: which packages another computer needs, and which bundle fits this one."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from needs_assessment.bootstrap import bundle
from needs_assessment.bootstrap.bundle import Target, find_bundle, target_of

WINDOWS = Target("3.12", "Windows", "x86_64")
LINUX = Target("3.11", "Linux", "arm64")
LOCK = (
    "# a comment\nalpha==1 ; sys_platform == 'win32' \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab\n"
    "beta[x]==2 \\\n    --hash=sha256:bb\ngamma==3 ; python_full_version == '3.12.*' \\\n    --hash=sha256:cc\n"
    "delta==4 ; python_full_version < '3.12' and platform_machine == 'aarch64' \\\n    --hash=sha256:dd\n"
)


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        (WINDOWS, ["alpha==1", "beta[x]==2", "gamma==3"]),
        (LINUX, ["beta[x]==2", "delta==4"]),
        (Target("3.12", "Darwin", "arm64"), ["beta[x]==2", "gamma==3"]),
    ],
)
def test_the_conditions_of_the_lock_are_read_for_the_other_computer(target: Target, kept: list[str]) -> None:
    lines = bundle.lock_for(LOCK, bundle.markers(target)).splitlines()
    assert [line.removesuffix(" \\") for line in lines if not line.startswith(" ")] == kept
    assert not [line for line in lines if ";" in line or line.startswith("#")]
    assert lines.count("    --hash=sha256:bb") == 1
    assert ("    --hash=sha256:ab" in lines) == (target == WINDOWS)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("win_amd64", WINDOWS),
        ("macosx_14_0_arm64", Target("3.12", "Darwin", "arm64")),
        ("macosx_14_0_x86_64", Target("3.12", "Darwin", "x86_64")),
        ("manylinux_2_28_aarch64", Target("3.12", "Linux", "arm64")),
    ],
)
def test_a_platform_stands_for_a_computer(name: str, target: Target) -> None:
    assert target_of(name, "3.12") == target


def test_all_names_of_a_linux_are_asked_for_and_none_of_a_newer() -> None:
    names = bundle.platform_names("manylinux_2_17_x86_64")
    assert names[:2] == ["manylinux_2_17_x86_64", "manylinux2014_x86_64"]
    assert names[-2:] == ["manylinux_2_5_x86_64", "manylinux1_x86_64"]
    assert len(names) == 13 + 3
    assert bundle.platform_names("win_amd64") == ["win_amd64"]


def test_pip_is_asked_for_ready_made_packages_with_their_hashes() -> None:
    options = " ".join(bundle.download_options(WINDOWS, "win_amd64"))
    assert "--no-deps --require-hashes --only-binary :all:" in options
    assert options.endswith("--implementation cp --python-version 3.12 --platform win_amd64")
    own = bundle.download_options(bundle.this_computer(), None)
    assert "--platform" not in own
    assert "--require-hashes" in own
    other_python = Target("3.10", bundle.this_computer().system, bundle.this_computer().machine)
    assert {"--python-version", "3.10", "--platform"} <= set(bundle.download_options(other_python, None))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "requirements.lock").write_text(LOCK, encoding="utf-8")
    return folder


def put(folder: Path, project: Path, target: Target) -> Path:
    folder.mkdir()
    note = {"target": asdict(target), "lock": bundle.lock_digest(project / "requirements.lock")}
    (folder / bundle.NOTE).write_text(json.dumps(note), encoding="utf-8")
    return folder


def test_a_bundle_is_found_inside_the_project_and_beside_it(project: Path) -> None:
    assert find_bundle(project, LINUX) == (None, "")
    beside = put(project.parent / "any name", project, LINUX)
    assert find_bundle(project, LINUX) == (beside, "")
    inside = put(project / "bundle", project, LINUX)
    assert find_bundle(project, LINUX) == (inside, "")


def test_a_bundle_for_another_computer_is_not_taken_and_said_why(project: Path) -> None:
    put(project / "bundle", project, WINDOWS)
    found, why = find_bundle(project, LINUX)
    assert found is None
    assert (
        why
        == "The bundle bundle is for Python 3.12 on Windows (x86_64); this is Python 3.11 on Linux (arm64)."
    )
    fitting = put(project / "other", project, LINUX)
    assert find_bundle(project, LINUX) == (fitting, "")


def test_a_bundle_of_another_lock_or_a_damaged_one_is_not_taken(project: Path) -> None:
    folder = put(project / "bundle", project, LINUX)
    (project / "requirements.lock").write_text(LOCK + "x==1 \\\n", encoding="utf-8")
    assert find_bundle(project, LINUX) == (
        None, "The bundle bundle was made for another version of this project.",
    )  # fmt: skip
    (folder / bundle.NOTE).write_text("{", encoding="utf-8")
    assert find_bundle(project, LINUX) == (None, "The folder bundle is not a complete bundle.")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert bundle.main([str(tmp_path)]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_filled_bundle_fits_the_computer_it_was_made_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a downloader that writes down what it is asked for in place of pip."""
    code = (
        "import pathlib, sys; words = sys.argv; folder = pathlib.Path(words[words.index('--dest') + 1]);"
        "(folder / 'alpha-1-py3-none-any.whl').write_text(pathlib.Path(words[-1]).read_text())"
    )
    monkeypatch.setattr(bundle, "pip", lambda: [sys.executable, "-c", code])
    folder = tmp_path / "bundle"
    assert bundle.main([str(folder), "--python", "3.12", "--platform", "win_amd64"]) == 0
    assert "1 packages" in capsys.readouterr().out
    asked = (folder / "alpha-1-py3-none-any.whl").read_text(encoding="utf-8")
    assert "pywinpty==" in asked
    assert "appnope==" not in asked
    root = Path(bundle.__file__).resolve().parents[2]
    assert (folder / "requirements.lock").read_bytes() == (root / "requirements.lock").read_bytes()
    assert "Python 3.12 on Windows" in (folder / "README.txt").read_text(encoding="utf-8")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "requirements.lock").write_bytes((root / "requirements.lock").read_bytes())
    assert find_bundle(tmp_path / "project", WINDOWS) == (folder, "")


def test_a_failed_download_leaves_no_bundle_and_tells_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "import sys; sys.exit('connection broken by NameResolutionError')"
    monkeypatch.setattr(bundle, "pip", lambda: [sys.executable, "-c", code])
    assert bundle.main([str(tmp_path / "bundle")]) == 4
    assert "The package index could not be reached." in capsys.readouterr().err
    assert not (tmp_path / "bundle" / bundle.NOTE).exists()

"""A wheel carries the registers and notebooks, works from any folder, and never a council's own returns."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(root: Path, tracked: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built offline from a copy of the repository to which a council has added a return of its own."""
    copy = tmp_path_factory.mktemp("checkout")
    for path in tracked:
        if path.parts[0] in {"needs_assessment", "data", "notebooks"} or len(path.parts) == 1:
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / path, copy / path)
    local = copy / "data" / "local" / "returns.csv"
    local.parent.mkdir(exist_ok=True)
    local.write_text("measure,value\nrefuge_units,3\n", encoding="utf-8")
    built = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    finished = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return next(built.glob("*.whl"))


def test_wheel_carries_data_and_notebooks_but_no_local_return(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "needs_assessment/_bundled/data/sources.csv" in names
    assert "needs_assessment/_bundled/data/measures/returns.csv" in names
    assert "needs_assessment/_bundled/notebooks/needs_assessment.ipynb" in names
    assert not [name for name in names if "/local/" in name or name.startswith(("data/", "tests/"))]


def test_installed_package_finds_its_own_folders_from_anywhere(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "from needs_assessment.resources import data_dir, notebooks_dir\n"
        "print(data_dir()); print(notebooks_dir())"
    )
    finished = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    bundled = tmp_path / "site" / "needs_assessment" / "_bundled"
    assert [Path(line) for line in finished.stdout.splitlines()] == [bundled / "data", bundled / "notebooks"]

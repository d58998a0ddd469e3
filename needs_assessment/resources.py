"""Where the project's own data and notebooks lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

import os
from functools import cache
from hashlib import sha256
from pathlib import Path

from needs_assessment.errors import EnvironmentFault

_PACKAGE = Path(__file__).resolve().parent
# names the project's folder to the notebooks of a JupyterLab that `lab` has started
PROJECT_VARIABLE = "NEEDS_ASSESSMENT_PROJECT"


@cache
def _folder(name: str, marker: str) -> Path:
    for candidate in (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name):
        if (candidate / marker).exists():
            return candidate
    raise EnvironmentFault(
        f"The project's own folder '{name}' is missing from this installation.",
        action="install the package again, or run from a complete checkout",
    )


def data_dir() -> Path:
    """Folder of the registers and bundled tables."""
    return _folder("data", "sources.csv")


def notebooks_dir() -> Path:
    """Folder of the parameterised notebooks."""
    return _folder("notebooks", "needs_assessment.ipynb")


def project_dir() -> Path:
    """The folder that files of a notebook are named from: that of JupyterLab, else the checkout, else the current one."""
    named = os.environ.get(PROJECT_VARIABLE, "")
    if named:
        return Path(named)
    checkout = _PACKAGE.parent
    return checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()


def code_digest() -> str:
    """SHA-256 over the package's own source, so that a run names its code without git."""
    digest = sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        if "_bundled" not in path.relative_to(_PACKAGE).parts:
            digest.update(path.relative_to(_PACKAGE).as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def register_digests(data: Path) -> dict[str, str]:
    """SHA-256 of every register below ``data``, by path: all tables but those of one area or one council."""
    return {
        path.relative_to(data).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*.csv"))
        if not {"areas", "local"} & set(path.relative_to(data).parts)
    }

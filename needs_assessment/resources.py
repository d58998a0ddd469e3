"""Where the project's own data and notebooks lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from needs_assessment.errors import EnvironmentFault

_PACKAGE = Path(__file__).resolve().parent


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

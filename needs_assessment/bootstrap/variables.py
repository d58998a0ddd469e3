"""The environment variables that a step of the set-up, or a command, is started with."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = os.name == "nt"
# for programs that must keep something, where nothing can be made in the home folder
OWN_HOME = ROOT / ".home"
HOMES = {"XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}


def clean_environment() -> dict[str, str]:
    """The shell's variables without those that would leave the private environment or forbid bytecode.

    Without stored bytecode every start compiles all libraries again, which costs more than a whole run. Where nothing can
    be made in the home folder, a folder of the project's takes its place.
    """
    unwanted = {
        "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "PYTHONPYCACHEPREFIX",
        "VIRTUAL_ENV", "CONDA_PREFIX", "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX",
        "UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE_NEWER",
        "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_DRY_RUN",
        "PIP_NO_DEPS", "PIP_REQUIRE_VIRTUALENV", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_EDITABLE",
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name.upper() not in unwanted}
    if not (WINDOWS or can_make_in(os.path.expanduser("~"))):  # noqa: PTH111 - where nobody is at home, pathlib raises
        OWN_HOME.mkdir(exist_ok=True)
        kept = {name: value for name, value in kept.items() if name not in HOMES or can_make_in(value)}
        kept["HOME"] = str(OWN_HOME)
    return kept


def can_make_in(folder: str) -> bool:
    """Whether something can be made in a folder; asking for permission is not enough."""
    try:
        with TemporaryDirectory(dir=folder, prefix=".needs-assessment-"):
            return Path(folder).is_absolute()
    except OSError:
        return False

"""What a run rests on, and one fingerprint of it: equal fingerprints give equal outputs."""

from __future__ import annotations

import json
import platform
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from needs_assessment.given_files import check_sum
from needs_assessment.resources import code_digest, data_dir
from needs_assessment.runs.run_folder import file_digest
from needs_assessment.scenario import PATH_FIELDS, Scenario
from needs_assessment.version import __version__

LIBRARIES = ("numpy", "pandas", "scipy", "geopandas", "matplotlib", "seaborn", "papermill")


@cache
def surroundings() -> dict[str, Any]:
    """What a run rests on besides its own choices and files: code, bundled data, Python and libraries."""
    data = data_dir()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "code": code_digest(),
        "data": {
            path.relative_to(data).as_posix(): file_digest(path)
            for path in sorted(data.rglob("*"))
            if path.is_file() and "local" not in path.relative_to(data).parts
        },
    }


def fingerprint(scenario: Scenario) -> str:
    """SHA-256 of everything a run's outputs follow from: its choices, the content of its files, and what it rests on."""
    files = {
        name: check_sum(name, _digest_of(str(getattr(scenario, name)))) for name in (*PATH_FIELDS, "rates")
    }
    whole = {"choices": scenario.local_only(), "files": files, "surroundings": surroundings()}
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _digest_of(name: str) -> str:
    # a choice within a workbook of rates stands behind its file name: tables.xlsx#new
    path = Path(name.partition("#")[0])
    if not name:
        return ""
    if path.is_dir():
        return sha256(
            "".join(
                f"{inner.relative_to(path).as_posix()} {file_digest(inner)}"
                for inner in sorted(path.rglob("*"))
                if inner.is_file()
            ).encode()
        ).hexdigest()
    return file_digest(path) if path.is_file() else ""

"""A run's folder: written beside its place, completed with a manifest, then moved into place.

An interrupted or failed run leaves no half folder, and leaves the previous folder of the same run as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from needs_assessment.errors import EnvironmentFault

PARTIAL = ".partial"
REPLACED = ".replaced"


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def staged_folder(parent: Path, name: str) -> Iterator[Path]:
    """A fresh folder that becomes ``parent/name`` when the block ends well, and disappears when it does not."""
    final = parent / name
    staging = parent / f".{name}.{os.getpid()}{PARTIAL}"
    made = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _finish_interrupted_swap(final)
        if final.exists() and not (final / "manifest.json").is_file():
            raise EnvironmentFault(
                f"The folder {final} exists and is not a run of this tool, so it was not replaced.",
                action="choose another --output, or another run name",
            )
        if staging.exists():
            shutil.rmtree(staging)
        staging.mkdir()
    except OSError as error:
        raise _disk_fault(parent, error) from error
    try:
        yield staging
        _swap(staging, final)
    except OSError as error:
        if not _is_of(parent, error):
            raise  # a file of somewhere else: the folder of outputs is not to blame
        raise _disk_fault(parent, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        _remove_empty(made)


def _remove_empty(folders: list[Path]) -> None:
    """Take away the parents that this run made and nothing came to fill, innermost first."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _is_of(parent: Path, error: OSError) -> bool:
    """Whether an error is about something in the folder; one that names no file, such as a full disk, may be."""
    return not error.filename or Path(os.fsdecode(error.filename)).absolute().is_relative_to(
        parent.absolute()
    )


def _disk_fault(parent: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        f"The output folder {parent} cannot be written: {error.strerror or error}.",
        action="check that the disk has room and that you may write there, or choose another --output",
    )


def _swap(staging: Path, final: Path) -> None:
    old = final.with_name(f".{final.name}{REPLACED}")
    if final.exists():
        final.rename(old)
    staging.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def _finish_interrupted_swap(final: Path) -> None:
    """Put back the previous run if a swap was cut off between its two renames; clear it if it was not."""
    old = final.with_name(f".{final.name}{REPLACED}")
    if old.exists():
        if final.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(final)


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """``manifest.json``: the facts of the run and the SHA-256 of every other file in the folder."""
    outputs = {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    text = json.dumps({**facts, "outputs": outputs}, indent=2, ensure_ascii=False, sort_keys=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")

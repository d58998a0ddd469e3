"""A run's folder: written beside its place, completed with a manifest, then moved into place.

An interrupted or failed run leaves no half folder, and leaves the previous folder of the same run as it was.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from needs_assessment.errors import EnvironmentFault, NeedsAssessmentError
from needs_assessment.plain_file import digest_plain, read_words

PARTIAL = ".partial"
REPLACED = ".replaced"
MANIFEST = "manifest.json"
MARK = "needs-assessment.json"  # in a half folder: who writes it
TOOL = "needs-assessment"
LONGEST_RUN = 24 * 3600.0  # seconds; a half folder of another machine that is older is nobody's
# what a desktop or JupyterLab puts into any folder
_NOBODYS = re.compile(
    r"\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*#|\.ipynb_checkpoints", re.IGNORECASE
)
_HALF = re.compile(r"\.(.+)\.(\d+)" + re.escape(PARTIAL))
SHOWN = 3


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal. Raises InputError for what is no ordinary file."""
    return digest_plain(path)


@contextmanager
def staged_folder(parent: Path, name: str) -> Iterator[Path]:
    """A fresh folder that becomes ``parent/name`` when the block ends well, and disappears when it does not.

    What an earlier run that was ended left half written beside it is taken away first. Raises EnvironmentFault where
    ``parent/name`` is not a run of this tool, or holds files that it did not write: they would be lost.
    """
    final = parent / name
    staging = parent / f".{name}.{os.getpid()}{PARTIAL}"
    made = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
        clear_half_folders(parent)
        _finish_interrupted_swap(final)
        _check_replaceable(final)
        staging.mkdir()
        facts = {"tool": TOOL, "process": os.getpid(), "machine": platform.node()}
        (staging / MARK).write_text(json.dumps(facts), encoding="utf-8")
        folder = staging / "run"
        folder.mkdir()
    except OSError as error:
        raise _disk_fault(parent, error) from error
    try:
        yield folder
        _swap(folder, final)
    except OSError as error:
        if not _is_of(parent, error):
            raise  # a file of somewhere else: the folder of outputs is not to blame
        raise _disk_fault(parent, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        _remove_empty(made)


def clear_half_folders(parent: Path, name: str = "") -> None:
    """Take away what runs that were ended left half written in ``parent``; name: only that run's, whoever writes it.

    Only a folder with our own mark, or an empty one, is taken, and only when the process that wrote it is no more.
    """
    for half in parent.glob(f".*{PARTIAL}"):
        named = _HALF.fullmatch(half.name)
        if named is None or half.is_symlink() or not half.is_dir():
            continue
        if not any(half.iterdir()):
            half.rmdir()
        elif _is_nobodys(half) if not name else named[1] == name and _mark_of(half) is not None:
            shutil.rmtree(half, ignore_errors=True)


def _mark_of(half: Path) -> dict[str, Any] | None:
    try:
        facts = json.loads(read_words(half / MARK))
    except (OSError, ValueError, RecursionError, NeedsAssessmentError):
        return None
    return facts if isinstance(facts, dict) and facts.get("tool") == TOOL else None


def _is_nobodys(half: Path) -> bool:
    """Whether a half folder is ours and the process that wrote it has ended."""
    facts = _mark_of(half)
    if facts is None:
        return False
    if time.time() - (half / MARK).stat().st_mtime > LONGEST_RUN:
        return True
    process = facts.get("process")
    here = facts.get("machine") == platform.node() and sys.platform != "win32"
    return here and isinstance(process, int) and (process == os.getpid() or not _is_alive(process))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OverflowError, PermissionError):
        return True
    return True


def _check_replaceable(final: Path) -> None:
    """Raise EnvironmentFault where something is in the run's place that would be lost if it were replaced."""
    if not final.exists() and not final.is_symlink():
        return
    held = None if final.is_symlink() else _outputs_of(final)
    if held is None:
        raise EnvironmentFault(
            f"The folder {final} exists and is not a run of this tool, so it was not replaced.",
            action="choose another --output, or another run name",
        )
    others = [name for name in _files_of(final) if name not in held]
    if others:
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        raise EnvironmentFault(
            f"The folder {final} holds files that this tool did not write, so it was not replaced: "
            f"{', '.join(others[:SHOWN])}{more}.",
            action="move them out of it, or choose another --output or another run name",
        )


def _outputs_of(folder: Path) -> set[str] | None:
    """The files that the manifest of a run says it wrote; None where the folder is not one of this tool's."""
    try:
        facts = json.loads(read_words(folder / MANIFEST))
    except (OSError, ValueError, RecursionError, NeedsAssessmentError):
        return None
    if not isinstance(facts, dict) or not str(facts.get("tool", "")).startswith(TOOL):
        return None
    outputs = facts.get("outputs")
    return {*outputs, MANIFEST} if isinstance(outputs, dict) else None


def _files_of(folder: Path) -> list[str]:
    """Every file below a folder, but for those that belong to nobody."""
    names = (
        path.relative_to(folder)
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    )
    return [name.as_posix() for name in names if not any(_NOBODYS.fullmatch(part) for part in name.parts)]


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


def _swap(folder: Path, final: Path) -> None:
    old = final.with_name(f".{final.name}{REPLACED}")
    if final.exists():
        final.rename(old)
    folder.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def _finish_interrupted_swap(final: Path) -> None:
    """Put back the previous run if a swap was cut off between its two renames; clear it if it was not."""
    old = final.with_name(f".{final.name}{REPLACED}")
    if not old.exists() and not old.is_symlink():
        return
    _check_replaceable(old)
    if final.exists():
        shutil.rmtree(old)
    else:
        old.rename(final)


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """``manifest.json``: the facts of the run and the SHA-256 of every other file in the folder."""
    outputs = {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    text = json.dumps({**facts, "outputs": outputs}, indent=2, ensure_ascii=False, sort_keys=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

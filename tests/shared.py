"""Folders that are made once for a whole test run, however many workers it has.

The workers of pytest-xdist are processes that share no memory, so a session's fixture is made anew in each. What a
fixture leaves in a folder is made here by the first worker that asks and read by all; the tests never write to it.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

WORKER = "PYTEST_XDIST_WORKER"
PAUSE = 0.05  # seconds between two looks at a lock that another worker has


def shared_folder(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder ``name``, filled by ``make`` unless a worker of this test run has done so.

    A folder counts as made when its mark lies beside it, which is written after ``make`` has returned; what a worker
    left that failed or died in the middle is thrown away and made anew.
    """
    base = factory.getbasetemp()
    top = (base.parent if os.environ.get(WORKER) else base) / "shared"
    top.mkdir(exist_ok=True)
    folder, mark = top / name, top / f"{name}.made"
    with _alone(top / f"{name}.lock"):
        if not mark.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            mark.touch()
    return folder


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time; the system opens the lock of a process that died."""
    with path.open("a+b") as handle:
        while not _locked(handle):
            time.sleep(PAUSE)
        yield


def _locked(handle: BinaryIO) -> bool:
    """Whether the lock was free and is now taken, until the file is closed."""
    try:
        if sys.platform == "win32":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

"""Keeps the solver's own lines off the terminal: HiGHS, inside scipy, now and then prints one whatever it is asked."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STDOUT = 1


@contextmanager
def quiet() -> Iterator[None]:
    """What compiled code writes to the standard output inside the block is dropped."""
    if sys.stdout is not None:
        sys.stdout.flush()
    try:
        kept = os.dup(STDOUT)
    except OSError:
        # a process without a standard output has nothing to keep clean
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDOUT)
        os.close(nowhere)
        yield
    finally:
        _flush()
        os.dup2(kept, STDOUT)
        os.close(kept)


def _flush() -> None:
    """Empty the buffer that compiled code writes to, or it would reach the standard output later."""
    library = "ucrtbase" if sys.platform == "win32" else None
    with suppress(OSError, AttributeError):
        ctypes.CDLL(library).fflush(None)

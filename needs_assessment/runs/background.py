"""Work done by a copy of this process while the process itself goes on: a run's second processor.

Only where a process can be copied as it stands (Linux) and another processor is there to do the work. Elsewhere, and
whenever a copy does not answer, the work is done in this process at the moment it is waited for, so that errors are
raised here and what comes of it is the same either way.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

T = TypeVar("T")
PROCESSES = "NEEDS_ASSESSMENT_PROCESSES"
# a copy that has not answered by then has met a lock that nobody will open
LONGEST_SECONDS = 120.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Beside(Generic[T]):
    """One piece of work that may be done twice: it writes whole files, or makes something that can be pickled.

    It must not need the threads of a library that has started some in this process: a copy has none of them.
    """

    def __init__(self, work: Callable[[], T], *, copy: bool = True, longest: float = LONGEST_SECONDS) -> None:
        """Start ``work`` in a copy of this process; without ``copy``, or where there can be none, keep it for ``wait``."""
        self._work: Callable[[], T] = work
        self._longest = longest
        self._answer: list[T] = []
        self._copy: tuple[BaseProcess, Connection] | None = None
        if copy and processors() > 1:
            self._copy = _start(work)

    def wait(self) -> T:
        """What the work makes, once it is done; a second call gives the same. Raises what the work raises."""
        if not self._answer:
            heard = self._heard()
            self.stop()
            self._answer += heard or [self._work()]
        return self._answer[0]

    def stop(self) -> None:
        """End the copy, if there is one: it writes nothing afterwards."""
        if self._copy is not None:
            process, ear = self._copy
            process.kill()
            process.join()
            ear.close()
            self._copy = None

    def _heard(self) -> list[T]:
        """The copy's answer; nothing where there is no copy, or it ended or hangs without one."""
        if self._copy is None:
            return []
        ear = self._copy[1]
        try:
            return [ear.recv()] if ear.poll(self._longest) else []
        except (EOFError, OSError):
            return []


def processors() -> int:
    """Processes a run may use: one where it cannot be copied, else its processors or ``NEEDS_ASSESSMENT_PROCESSES``."""
    if sys.platform != "linux" or multiprocessing.current_process().daemon:
        return 1
    asked = os.environ.get(PROCESSES, "")
    there = len(os.sched_getaffinity(0))
    return min(there, int(asked)) if asked.isdigit() else there


def _start(work: Callable[[], object]) -> tuple[BaseProcess, Connection]:
    fork = multiprocessing.get_context("fork")
    ear, mouth = fork.Pipe(duplex=False)
    process = fork.Process(target=_tell, args=(work, mouth, os.getpid()), daemon=True)
    with warnings.catch_warnings():
        # of a process with several threads: the work needs no lock that they hold, and a copy that hangs is ended
        warnings.simplefilter("ignore", DeprecationWarning)
        # what is there already is left out of the copy's collections of garbage, or it would soon share none of it
        gc.freeze()
        process.start()
        gc.unfreeze()
    mouth.close()
    return process, ear


def _tell(work: Callable[[], object], mouth: Connection, parent: int) -> None:
    """In the copy: an error only ends it, for the work is done again, and the error raised, where it is waited for."""
    try:
        _let_go_of_the_caller()
        _end_with(parent)
        mouth.send(work())
    except BaseException:
        os._exit(1)


def _let_go_of_the_caller() -> None:
    """Put nothing in place of the streams that whoever started the run may be waiting at the end of."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    if nothing > 2:
        os.close(nothing)


def _end_with(parent: int) -> None:
    """Have the system end this process when its parent ends, however that comes about."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) or os.getppid() != parent:
        os._exit(1)


def end_with_caller() -> None:
    """Have this process end when its standard input closes: whoever started it for a notebook is no more."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()

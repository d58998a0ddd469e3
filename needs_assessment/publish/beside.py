"""Files written by a copy of this process while the process itself goes on: a run's second processor.

Only where a process can be copied as it stands (Linux) and another processor is there to do the work. Elsewhere, and
whenever a copy does not end well, the files are written in this process at the moment they are waited for, so that
errors are raised here and the files are the same either way.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable
from multiprocessing.process import BaseProcess

PROCESSES = "NEEDS_ASSESSMENT_PROCESSES"
# a copy that has not ended by then has met a lock that nobody will open
LONGEST_SECONDS = 300.0


class Beside:
    """One piece of work that only writes whole files, and so may be done twice."""

    def __init__(self, work: Callable[[], None], *, longest: float = LONGEST_SECONDS) -> None:
        """Start ``work`` in a copy of this process, or keep it for ``wait`` where there can be none."""
        self._work: Callable[[], None] | None = work
        self._longest = longest
        self._copy = _start(work) if processors() > 1 else None

    def wait(self) -> None:
        """Return when the files are there; a second call does nothing. Raises what the work raises."""
        work, self._work = self._work, None
        if work is None:
            return
        copy = self._copy
        if copy is not None:
            copy.join(self._longest)
        if copy is None or copy.exitcode != 0:
            self.stop()
            work()

    def stop(self) -> None:
        """End the copy if it still runs: it writes nothing afterwards, and nothing is left to wait for."""
        self._work = None
        if self._copy is not None and self._copy.is_alive():
            self._copy.kill()
            self._copy.join()


def processors() -> int:
    """Processes a run may use: one where it cannot be copied, else its processors or ``NEEDS_ASSESSMENT_PROCESSES``."""
    if sys.platform != "linux" or multiprocessing.current_process().daemon:
        return 1
    asked = os.environ.get(PROCESSES, "")
    there = len(os.sched_getaffinity(0))
    return min(there, int(asked)) if asked.isdigit() else there


def _start(work: Callable[[], None]) -> BaseProcess:
    copy = multiprocessing.get_context("fork").Process(target=_quietly, args=(work,), daemon=True)
    with warnings.catch_warnings():
        # of a process with several threads: the work needs no lock that they hold, and a copy that hangs is ended
        warnings.simplefilter("ignore", DeprecationWarning)
        # what is there already is left out of both collections of garbage, or the copy would soon share none of it
        gc.freeze()
        copy.start()
        gc.unfreeze()
    return copy


def _quietly(work: Callable[[], None]) -> None:
    """In the copy: an error only ends it, for the work is done again, and the error raised, where it is waited for."""
    try:
        work()
    except BaseException:
        os._exit(1)

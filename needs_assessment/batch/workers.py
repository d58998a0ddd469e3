"""Who does the work: this process, workers on this machine, or the workers of a Dask scheduler.

Dask is an optional extra; one worker needs nothing of it. Each worker is a process of its own with one thread, because a
notebook runs in its process, and its memory is bounded: a worker that goes over is stopped, its area is tried once more,
and then listed as failed.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from needs_assessment.batch.job import Job, Outcome, run_job
from needs_assessment.errors import EnvironmentFault, UsageError
from needs_assessment.progress import within

INSTALL = 'pip install "needs-assessment[cluster]", or leave out --workers and --scheduler'
TRIES_AFTER_DEATH = 1
_MEMORY = re.compile(r"(\d+(?:\.\d+)?) ?[kMGT]i?B?", re.IGNORECASE)


def check_memory(memory: str) -> None:
    """Raise UsageError unless ``memory`` is an amount above nothing with its unit, such as '2GB' or '500 MiB'."""
    amount = _MEMORY.fullmatch(memory.strip())
    if amount is None or not float(amount[1]):
        raise UsageError(
            f"--memory {memory}: this is no amount of memory.",
            action="write a number and its unit, such as 2GB or 500MB",
        )


def outcomes(jobs: Sequence[Job], workers: int, scheduler: str, memory: str) -> Generator[Outcome]:
    """The outcome of each job as it comes, the heaviest started first.

    workers: processes on this machine; scheduler: the address of a Dask scheduler, whose workers see the same files, or
    ''; memory: the bound of each local worker, such as '2GB'. Raises EnvironmentFault when Dask is not installed, the
    scheduler cannot be reached, or its workers run other code.
    """
    ordered = sorted(jobs, key=lambda job: (-job.weight, job.code))
    if not ordered:
        return
    if workers == 1 and not scheduler:
        for place, job in enumerate(ordered, start=1):
            with within(f"{job.code} ({place} of {len(ordered)} areas)"):
                outcome = run_job(job)
            yield outcome
        return
    with _client(min(workers, len(ordered)), scheduler, memory) as client:
        yield from _from_dask(client, ordered)


def _from_dask(client: Any, jobs: Sequence[Job]) -> Iterator[Outcome]:
    from distributed import as_completed

    futures = {
        client.submit(
            run_job, job, key=f"assess-{job.code}-{place}", pure=False, priority=len(jobs) - place
        ): job
        for place, job in enumerate(jobs)
    }
    try:
        for future in as_completed(futures):
            job = futures[future]
            if future.status == "finished":
                yield future.result()
            else:
                yield Outcome(job.code, "failed", _why(future), 4)
            future.release()
    finally:
        client.cancel(list(futures), force=True)


def _why(future: Any) -> str:
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        return (
            "Its worker was stopped more than once, most often because it needed more memory than it may have.\n"
            "  what to do: give each worker more with --memory, or use fewer workers"
        )
    return f"The work could not be done: {type(error).__name__}: {error}"


@contextmanager
def _client(workers: int, scheduler: str, memory: str) -> Iterator[Any]:
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise EnvironmentFault(
            "Several workers need the library dask.distributed, which is not installed.", action=INSTALL
        ) from None
    settings = {
        "distributed.scheduler.allowed-failures": TRIES_AFTER_DEATH,
        # a worker holds nothing worth writing to disk or moving: it is only stopped when it needs too much
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.scheduler.work-stealing": False,
        "distributed.scheduler.worker-saturation": 1.0,
        # memory that a run gives back is kept for the next one: asking the system anew costs more than the arithmetic
        "distributed.nanny.pre-spawn-environ": {
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_TRIM_THRESHOLD_": "536870912",
            "MALLOC_MMAP_THRESHOLD_": "33554432",
        },
        "distributed.admin.large-graph-warning-threshold": "1GB",
    }
    with dask.config.set(settings):
        if scheduler:
            try:
                client = Client(scheduler, timeout="20s")
            except (OSError, ValueError, TimeoutError) as error:
                raise EnvironmentFault(
                    f"The scheduler {scheduler} cannot be reached: {error}.",
                    action="check --scheduler, and that the scheduler runs",
                ) from None
            with client:
                _same_code(client)
                yield client
            return
        opened = ExitStack()
        try:
            with _interrupt_waits():
                scratch = opened.enter_context(TemporaryDirectory(prefix="needs_assessment_"))
                cluster = opened.enter_context(
                    LocalCluster(
                        n_workers=workers,
                        threads_per_worker=1,
                        processes=True,
                        host="127.0.0.1",
                        dashboard_address=None,
                        memory_limit=memory,
                        local_directory=scratch,
                        silence_logs=50,
                    )
                )
                client = opened.enter_context(Client(cluster))
            yield client
        finally:
            with _interrupt_waits():
                opened.close()


@contextmanager
def _interrupt_waits() -> Iterator[None]:
    """Ctrl-C takes effect when the block has ended, and never in processes that are started in it.

    A terminal sends it to all of them at once; this process alone stops the workers, and leaves none behind.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    # Python's own helper for several processes, when it starts, lets the signal through again
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _same_code(client: Any) -> None:
    """Refuse workers whose code or data differ: their results would be of another method."""
    from needs_assessment.runs.fingerprint import surroundings

    workers = client.run(surroundings)
    if not workers:
        raise EnvironmentFault(
            "The scheduler has no workers.", action="start workers, then start the batch again"
        )
    other = sorted(address for address, found in workers.items() if found != surroundings())
    if other:
        raise EnvironmentFault(
            f"{len(other)} of {len(workers)} workers have another version of this tool, of its data or of a library.",
            action="install the same version, from the same lock, on every machine",
        )

"""Cells that a spreadsheet would work out, and runs that are ended from outside."""

from __future__ import annotations

import csv
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
TIMES = 20
WITH_PAPER = 5  # one run in so many writes the paper too
KERNEL_PROCESSES = 2  # a run that a kernel started, and its process that draws figures
MOST_START = 300.0  # seconds until they are at work
BATCH_PROCESSES = 4  # the batch, a helper of Python's own, two workers
MOST_SECONDS = 5.0
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
BEFORE = ("", " ", "\u00a0", "\t", "'", '"', "''", "\ufeff", "\u200b")
FORMULAS = tuple(f"{before}{start}cmd|' /C calc'!A1" for before in BEFORE for start in STARTS)


def try_formulas() -> int:
    """Cells that begin as formulas do, through the writers of CSV: those that would be worked out or come back changed."""
    from needs_assessment.csv_text import plain_frame
    from needs_assessment.disclosure.gate import release_file
    from needs_assessment.runs.write_outputs import write_csv

    frame = pd.DataFrame({"area_name": list(FORMULAS), "value": [-1.5] * len(FORMULAS)})
    with tempfile.TemporaryDirectory() as folder:
        write_csv(release_file("results.csv", frame), Path(folder))
        path = Path(folder) / "results.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            written = [row["area_name"] for row in csv.DictReader(stream)]
        back = plain_frame(pd.read_csv(path, dtype="str", keep_default_na=False, na_filter=False))
    unsafe = [text for text in written if text.strip(' \t\r\n\u00a0\ufeff\u200b"')[:1] != "'"]
    changed = [text for text, again in zip(FORMULAS, back["area_name"], strict=True) if text != again]
    print(
        f"formulas: {len(FORMULAS)} tried, {len(unsafe)} got through, {len(changed)} came back changed",
        flush=True,
    )
    return len(unsafe) + len(changed)


def _left(mark: str, command: str = "") -> list[str]:
    """Processes whose environment bears the mark, and whose command has ``command`` in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            marked = mark.encode() in (process / "environ").read_bytes()
            if marked and command.encode() in (process / "cmdline").read_bytes():
                found.append(f"{process.name} {(process / 'stat').read_text().split()[2]}")
        except OSError:
            continue
    return [one for one in found if not one.endswith(" Z")]


def _left_after(mark: str, end: float) -> list[str]:
    """What is left at ``end``: a process that has been told to end is there until its turn comes."""
    while (left := _left(mark)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def try_endings(numbers: Sequence[int] = range(TIMES)) -> int:
    """Runs ended at random moments: those after which a pipe is open, a process goes on, or a half folder stays."""
    through = 0
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / "out"
        start = time.monotonic()
        subprocess.run(_run(output), cwd=ROOT, check=True, capture_output=True)
        whole = time.monotonic() - start
        for number in numbers:
            command = _run(output, *([] if number % WITH_PAPER == 0 else ["--no-paper"]))
            by = signal.SIGTERM if number % 2 else signal.SIGKILL
            after = random.Random(number).uniform(0.1, whole)
            wrong = _end(command, by, after, f"{number}")
            if wrong:
                through += 1
                print(f"  GOT THROUGH  {by.name} after {after:.1f} s: {'; '.join(wrong)}", flush=True)
        half = [path.name for path in output.glob("*/.*")]
        subprocess.run(_run(output, "--no-paper"), cwd=ROOT, check=True, capture_output=True)
        print(f"  half folders before the next run: {len(half)}", flush=True)
        half = [path.name for path in output.glob("*/.*")]
        if half:
            through += 1
            print(f"  GOT THROUGH  after the next run: {', '.join(half)}", flush=True)
    print(f"endings: {len(numbers)} tried, {through} got through (a whole run: {whole:.1f} s)", flush=True)
    return through


def try_batch_endings() -> int:
    """Batches with two workers whose first process is killed: those after which a worker goes on or holds the pipe."""
    through = 0
    with tempfile.TemporaryDirectory() as place:
        areas = Path(place) / "areas.csv"
        areas.write_text("area\nE06000056\nE10000031\n", encoding="utf-8")
        options = ["--areas", str(areas), "--workers", "2", "--draws", "1000", "--no-paper"]
        command = [sys.executable, "-m", "needs_assessment", "batch", *options, "--output", f"{place}/out"]
        for number, by in enumerate((signal.SIGKILL, signal.SIGTERM)):
            wrong = _end(command, by, MOST_START, f"batch.{number}", ready=BATCH_PROCESSES)
            if wrong:
                through += 1
                print(f"  GOT THROUGH  a batch, {by.name}: {'; '.join(wrong)}", flush=True)
    print(f"batches: 2 tried, {through} got through", flush=True)
    return through


def try_kernel_ending() -> int:
    """A notebook's kernel killed while ``publish`` has two processes at work: 1 where one of them goes on."""
    from jupyter_client.manager import KernelManager

    mark = f"ENDED_RUN={os.getpid()}.kernel"
    name, value = mark.split("=")
    with tempfile.TemporaryDirectory() as place:
        kernel = KernelManager(kernel_name="python3")
        kernel.start_kernel(cwd=str(ROOT), env={**os.environ, name: value})
        client = kernel.client()
        client.start_channels()
        client.wait_for_ready(timeout=120)
        choices = f"as_of='2026-06-01', draws=1000, run='k', output={place!r}"
        client.execute(
            f"from needs_assessment.api import Scenario, assess, publish\npublish(assess(Scenario({choices})))"
        )
        end = time.monotonic() + MOST_START
        while len(_left(mark, "needs_assessment\0run")) < KERNEL_PROCESSES and time.monotonic() < end:
            time.sleep(0.05)
        at_work = len(_left(mark, "needs_assessment\0run"))
        kernel.signal_kernel(signal.SIGKILL)
        left = _left_after(mark, time.monotonic() + MOST_SECONDS)
        client.stop_channels()
        kernel.cleanup_resources()
    if left or at_work < KERNEL_PROCESSES:
        print(f"  GOT THROUGH  a kernel of {at_work} processes: left {', '.join(left) or 'none'}", flush=True)
    through = int(bool(left) or at_work < KERNEL_PROCESSES)
    print(f"kernels: 1 tried, {through} got through", flush=True)
    return through


def _run(output: Path, *more: str) -> list[str]:
    choices = ["--draws", "1000", "--set", "as_of=2026-06-01", "--set", "run=k", "--output", str(output)]
    return [sys.executable, "-m", "needs_assessment", "run", *choices, *more]


def _end(command: list[str], by: signal.Signals, after: float, name: str, ready: int = 0) -> list[str]:
    """Start a command, end its first process, and see what is left.

    after: seconds until then, fewer where ``ready`` processes are at work.
    """
    mark = f"{os.getpid()}.{name}"
    ended = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "ENDED_RUN": mark},
    )
    end = time.monotonic() + after
    while time.monotonic() < end and not (ready and len(_left(f"ENDED_RUN={mark}")) >= ready):
        time.sleep(min(0.1, max(end - time.monotonic(), 0.0)))
    ended.send_signal(by)
    return _seen_after(ended, f"ENDED_RUN={mark}")


def _seen_after(ended: subprocess.Popen[bytes], mark: str) -> list[str]:
    stream = ended.stdout
    if stream is None:
        return ["no pipe"]
    end = time.monotonic() + MOST_SECONDS
    closed = False
    while not closed and time.monotonic() < end:
        if select.select([stream], [], [], 0.1)[0]:
            closed = not os.read(stream.fileno(), 65536)
    left = _left_after(mark, end)
    stream.close()
    ended.kill()
    ended.wait()
    wrong = [] if closed else [f"the pipe was open after {MOST_SECONDS:g} seconds"]
    return wrong + ([f"processes left: {', '.join(left)}"] if left else [])

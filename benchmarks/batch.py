"""Every tier-one authority of England: results only, and whole folders against single runs, in the same minutes.

    python benchmarks/batch.py results POPULATION.csv         seconds and memory of two workers, all tier-one authorities
    python benchmarks/batch.py folders POPULATION.csv [areas]  whole folders: one worker, two workers, six single runs
    python benchmarks/batch.py stops POPULATION.csv [times]    killed at random moments and started again

POPULATION holds every ward of England (the published mid-2020 table). Targets: results of all tier-one authorities with
10,000 draws within 60 seconds and 3 GB on two cores; a whole folder within 1.3 times a single run's own time a core; two
workers at least 1.7 times as fast as one; after any stop the same bytes as without one.
"""

from __future__ import annotations

import csv
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATE = "2026-03-31"
SINGLE_RUNS = 6
SOME = ("E06000001", "E06000014", "E06000056", "E08000012", "E06000022", "E08000037")


def main() -> None:
    kind, population = sys.argv[1], str(Path(sys.argv[2]).resolve())
    number = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    with tempfile.TemporaryDirectory() as folder:
        {"results": _results, "folders": _folders, "stops": _stops}[kind](Path(folder), population, number)


def _results(folder: Path, population: str, _: int) -> None:
    program = _batch("tier-one", population, folder, "--results-only", "--workers", "2")
    seconds, most = _measured(program)
    print(f"all tier-one authorities, results only, 2 workers: {seconds:.1f} s (target 60)")
    print(f"memory of coordinator and workers at most {most / 2**30:.2f} GB (target 3)")
    table = (next(folder.glob("batch/*/tables/consistency.csv"))).read_text(encoding="utf-8")
    print(table)


def _folders(folder: Path, population: str, number: int) -> None:
    areas = _unitary()[: number or 36]
    listed = folder / "areas.csv"
    listed.write_text("\n".join(areas) + "\n", encoding="utf-8")
    single = 0.0
    sample = areas[:: -(-len(areas) // SINGLE_RUNS)]
    for area in sample:
        program = [sys.executable, "-m", "needs_assessment", "run", "--area", area, *_common(population)]
        single += _measured([*program, "--output", str(folder / "single")])[0] * len(areas) / len(sample)
    times = {
        workers: _measured(_batch(str(listed), population, folder / str(workers), "--workers", str(workers)))[
            0
        ]
        for workers in (1, 2)
    }
    print(
        f"{len(areas)} areas: single runs {single:.1f} s (from {len(sample)}), one worker {times[1]:.1f} s, "
        f"two workers {times[2]:.1f} s"
    )
    print(f"one worker against single runs {times[1] / single:.2f} (target at most 1.3)")
    print(f"two workers against one: {times[1] / times[2]:.2f} times as fast (target at least 1.7)")
    print(f"two processes that share nothing, in the same minutes: {_speed_up():.2f} times as fast as one")
    print(f"two workers, time a core against single runs {2 * times[2] / single:.2f} (target at most 1.3)")


def _speed_up() -> float:
    """How much faster this machine does two things at once that share nothing: what two workers can be held to."""
    busy = [sys.executable, "-c", "sum(number * number % 7 for number in range(30_000_000))"]
    alone = min(_measured(busy)[0] for _ in range(3))
    together = []
    for _ in range(3):
        start = time.perf_counter()
        for running in [subprocess.Popen(busy), subprocess.Popen(busy)]:
            running.wait()
        together.append(time.perf_counter() - start)
    return 2 * alone / min(together)


def _unitary() -> list[str]:
    """Unitary and metropolitan authorities in turn, so that any number of them is a mixture."""
    with (ROOT / "data" / "authorities.csv").open(encoding="utf-8") as file:
        codes = sorted({row["tier_one_code"] for row in csv.DictReader(file)})
    chosen = [code for code in codes if code.startswith(("E06", "E08"))]
    return [code for start in range(7) for code in chosen[start::7]]


def _stops(folder: Path, population: str, number: int) -> None:
    areas = SOME[:4]
    listed = folder / "areas.csv"
    listed.write_text("\n".join(areas) + "\n", encoding="utf-8")
    whole = folder / "whole"
    seconds, _ = _measured(_batch(str(listed), population, whole, "--workers", "2"))
    expected = _digests(whole)
    chance = random.Random(1)
    for stop in range(1, (number or 20) + 1):
        output = folder / f"stopped{stop}"
        program = _batch(str(listed), population, output, "--workers", "2")
        at = chance.uniform(0.05, 0.95) * seconds
        what = "a worker" if stop % 4 == 0 else "everything"
        _stopped(program, at, what)
        subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
        same = _digests(output) == expected
        print(
            f"stop {stop}: {what} killed after {at:.1f} s: {'the same bytes' if same else 'OTHER BYTES'}",
            flush=True,
        )


def _stopped(program: Sequence[str], after: float, what: str) -> None:
    running = subprocess.Popen(
        program, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(after)
    if what == "everything":
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        return
    for child in _family(running.pid)[-1:]:
        os.kill(child, signal.SIGKILL)
    running.wait()


def _family(parent: int) -> list[int]:
    """The process and all below it, as the kernel lists them; the youngest last."""
    found, places = [parent], {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        places.setdefault(int(fields[1]), []).append(int(status.parent.name))
    for one in found:
        found.extend(sorted(places.get(one, [])))
    return found


def _batch(areas: str, population: str, output: Path, *more: str) -> list[str]:
    program = [sys.executable, "-m", "needs_assessment", "batch", "--areas", areas, *_common(population)]
    return [*program, "--output", str(output), *more]


def _common(population: str) -> list[str]:
    return ["--population", population, "--set", f"as_of={DATE}"]


def _measured(program: Sequence[str]) -> tuple[float, int]:
    """Seconds, and the most memory that the process and those below it held together."""
    start, most = time.perf_counter(), 0
    running = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    page = resource.getpagesize()
    while running.poll() is None:
        held = 0
        for one in _family(running.pid):
            try:
                # resident pages less those shared with others
                pages = Path(f"/proc/{one}/statm").read_text(encoding="utf-8").split()
                held += (int(pages[1]) - int(pages[2])) * page
            except OSError:
                continue
        most = max(most, held)
        time.sleep(0.25)
    seconds = time.perf_counter() - start
    if running.returncode:
        raise SystemExit((running.stderr.read() if running.stderr else b"").decode())
    return seconds, most


def _digests(output: Path) -> dict[str, str]:
    """The fingerprint of every file by its place."""
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    main()

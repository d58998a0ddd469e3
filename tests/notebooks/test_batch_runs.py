"""A batch that was stopped, done by other workers or on a cluster ends with the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# districts of the bundled county: areas of their own without any other file
AREAS = ("E07000218", "E07000219", "E07000221", "E07000222")
DATE = "2026-03-31"


def command(output: Path, areas: Path, *more: str) -> list[str]:
    program = [
        sys.executable,
        "-m",
        "needs_assessment",
        "batch",
        "--areas",
        str(areas),
        "--output",
        str(output),
    ]
    return [*program, "--draws", "100", "--set", f"as_of={DATE}", *more]


def finish(arguments: list[str]) -> str:
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def digests(output: Path) -> dict[str, str]:
    """Every file below the folder by its place, so that two outputs can be told apart byte by byte."""
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def areas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("list") / "areas.csv"
    file.write_text("\n".join(AREAS) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def undisturbed(areas: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    output = tmp_path_factory.mktemp("undisturbed")
    finish(command(output, areas, "--results-only"))
    found = digests(output)
    assert sum(name.endswith(".parquet") for name in found) == len(AREAS) + 1
    return found


@pytest.mark.slow
def test_a_killed_batch_goes_on_where_it_was(
    areas: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    arguments = command(tmp_path, areas, "--results-only")
    running = subprocess.Popen(
        arguments, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    waited = time.monotonic()
    # killed as soon as one area is there and others are not
    while not finished_areas(tmp_path) and time.monotonic() - waited < 300:
        assert running.poll() is None, "the batch ended before it could be killed"
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert not list(tmp_path.rglob("results.parquet"))
    kept = len(finished_areas(tmp_path))
    said = finish(arguments)
    assert f"{kept} unchanged and left as they were" in said
    assert digests(tmp_path) == undisturbed


def finished_areas(output: Path) -> list[Path]:
    """What a batch that still runs has finished; folders may go while they are listed."""
    with suppress(FileNotFoundError):
        return list(output.rglob("E*.parquet"))
    return []


def live(session: int) -> list[str]:
    """Processes of a session that still run, as the system lists them."""
    listed = subprocess.run(
        ["ps", "-ww", "-s", str(session), "-o", "stat=,args="], capture_output=True, text=True, check=False
    ).stdout
    return [line for line in listed.splitlines() if not line.startswith("Z")]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("ps") or sys.platform != "linux", reason="needs ps as Linux has it")
@pytest.mark.parametrize(
    ("workers", "when"), [("1", "one is done"), ("2", "workers start"), ("2", "one is done")]
)
def test_an_interrupted_batch_says_what_is_kept_and_leaves_nothing_behind(
    areas: Path, tmp_path: Path, workers: str, when: str
) -> None:
    running = subprocess.Popen(
        command(tmp_path, areas, "--results-only", "--workers", workers),
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # a shell starts its background jobs deaf to this signal, and a program inherits that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )

    def is_time() -> bool:
        if when == "workers start":
            return sum("spawn_main" in line for line in live(running.pid)) >= 2
        return bool(finished_areas(tmp_path))

    waited = time.monotonic()
    while not is_time() and time.monotonic() - waited < 300:
        assert running.poll() is None, "the batch ended before it could be interrupted"
        time.sleep(0.02)
    # as a terminal does: to every process at once
    os.killpg(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 130
    assert b"areas that were finished are kept" in errors
    assert b"Traceback" not in errors
    # the system takes a moment to put a process away that has ended
    ended = time.monotonic()
    while live(running.pid) and time.monotonic() - ended < 5:
        time.sleep(0.02)
    assert live(running.pid) == []
    assert not list(tmp_path.rglob("*.partial"))
    assert not list(tmp_path.rglob("results.parquet"))


@pytest.mark.slow
def test_two_workers_of_a_cluster_make_the_same_bytes(
    areas: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    with cluster(tmp_path / "scheduler.json") as address:
        output = tmp_path / "outputs"
        finish(command(output, areas, "--results-only", "--scheduler", address))
    assert digests(output) == undisturbed


@contextmanager
def cluster(file: Path) -> Iterator[str]:
    """A Dask scheduler and two workers, each a process of its own on this machine; the scheduler's address."""
    quiet = {"cwd": file.parent, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    shared = ["--scheduler-file", str(file), "--no-dashboard"]
    programs = [
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    ]
    programs += [
        [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            "--host",
            "127.0.0.1",
            "--nthreads",
            "1",
            "--name",
            name,
        ]
        for name in ("one", "two")
    ]
    started = [
        subprocess.Popen([*program, *shared], env=environment, start_new_session=True, **quiet)  # type: ignore[call-overload]
        for program in programs
    ]
    try:
        waited = time.monotonic()
        while not file.exists() and time.monotonic() - waited < 120:
            time.sleep(0.1)
        address = str(json.loads(file.read_text(encoding="utf-8"))["address"])
        from distributed import Client

        with Client(address, timeout="120s") as client:
            client.wait_for_workers(2, timeout=120)
        yield address
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.slow
def test_whole_folders_by_two_workers_equal_single_runs(areas: Path, tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    file.write_text("\n".join(AREAS[:2]) + "\n", encoding="utf-8")
    finish(command(tmp_path / "batch", file, "--workers", "2", "--no-paper"))
    single = tmp_path / "single"
    program = [sys.executable, "-m", "needs_assessment", "run", "--area", AREAS[0], "--output", str(single)]
    finish([*program, "--draws", "100", "--set", f"as_of={DATE}", "--no-paper"])
    found = digests(single)
    together = digests(tmp_path / "batch")
    assert found
    assert {name: together.get(name) for name in found} == found
    # a second start leaves all as it was
    said = finish(command(tmp_path / "batch", file, "--workers", "2", "--no-paper"))
    assert "0 assessed, 2 unchanged" in said
    assert digests(tmp_path / "batch") == together


def test_a_scheduler_that_does_not_answer_is_an_environment_fault(areas: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path, areas, "--scheduler", "not-an-address"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 4, done.stderr
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr

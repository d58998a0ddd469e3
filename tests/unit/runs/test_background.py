"""Files written by a copy of the process, and by the process itself where a copy fails or cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from needs_assessment.runs import background
from needs_assessment.runs.background import PROCESSES, Beside, processors

two_processors = pytest.mark.skipif(
    processors() < 2, reason="this machine has one processor, or copies no process"
)


def _write(path: Path) -> None:
    path.write_text(str(os.getpid()))


def _in_copies(own: int, does: Callable[[], None], path: Path) -> None:
    """``does`` in a copy of process ``own``; in that process itself it writes."""
    if os.getpid() != own:
        does()
    _write(path)


def _fail() -> None:
    raise ValueError("no room")


@two_processors
def test_what_a_copy_makes_comes_back() -> None:
    work = Beside(lambda: (os.getpid(), "é" * 1_000_000))
    process, text = work.wait()
    assert process != os.getpid()
    assert len(text) == 1_000_000
    assert work.wait() == (process, text)


def test_without_a_copy_the_work_is_done_here_when_it_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "file"
    work = Beside(partial(_write, path), copy=False)
    assert not path.exists()
    work.wait()
    assert int(path.read_text()) == os.getpid()


@two_processors
def test_what_cannot_be_sent_back_is_made_here() -> None:
    with Beside(threading.Lock).wait() as held:
        assert held


@two_processors
def test_a_copy_writes_while_the_process_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "file"
    work = Beside(partial(_write, path))
    work.wait()
    assert int(path.read_text()) != os.getpid()
    path.unlink()
    work.wait()
    assert not path.exists(), "waited for twice, done once"


@two_processors
@pytest.mark.parametrize("end", [_fail, partial(os._exit, 9), partial(time.sleep, 60)])
def test_what_a_copy_does_not_finish_is_done_here(tmp_path: Path, end: Callable[[], None]) -> None:
    path = tmp_path / "file"
    work = Beside(partial(_in_copies, os.getpid(), end, path), longest=0.5)
    work.wait()
    assert int(path.read_text()) == os.getpid()


def test_an_error_is_raised_where_the_files_are_waited_for(capfd: pytest.CaptureFixture[str]) -> None:
    work = Beside(_fail)
    with pytest.raises(ValueError, match="no room"):
        work.wait()
    assert capfd.readouterr().err == ""


@two_processors
def test_what_is_stopped_writes_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "file"
    work = Beside(partial(_in_copies, os.getpid(), partial(time.sleep, 1.0), path))
    work.stop()
    time.sleep(1.2)
    assert not path.exists()


def test_one_processor_is_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROCESSES, "1")
    path = tmp_path / "file"
    work = Beside(partial(_write, path))
    assert not path.exists(), "kept until it is waited for"
    work.wait()
    assert int(path.read_text()) == os.getpid()


def test_where_a_process_cannot_be_copied_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background.sys, "platform", "win32")
    assert processors() == 1


@two_processors
def test_a_copy_lets_go_of_the_callers_streams() -> None:
    streams = Beside(lambda: [str(Path(f"/proc/self/fd/{stream}").readlink()) for stream in (0, 1, 2)]).wait()
    assert streams == [os.devnull] * 3


@two_processors
def test_a_copy_ends_when_its_parent_is_killed() -> None:
    code = (
        "import os, time\nfrom needs_assessment.runs.background import Beside\n"
        "work = Beside(lambda: time.sleep(60))\nprint(work._copy[0].pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        copy = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
        assert parent.stdout.read() == "", "the end of the output comes"
    end = time.monotonic() + 5
    while Path(f"/proc/{copy}").exists() and time.monotonic() < end:
        if " Z " in Path(f"/proc/{copy}/stat").read_text():
            break
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{copy}").exists()


def test_a_run_that_is_waited_for_ends_with_whoever_waits() -> None:
    code = (
        "import time\nfrom needs_assessment.runs.background import end_with_caller\n"
        "end_with_caller()\nprint('ready', flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(0.5)
        run.stdin.close()
        assert run.wait(5) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Python is a shell script")
def test_publish_in_a_kernel_that_is_killed_tells_its_run(tmp_path: Path) -> None:
    stand_in = tmp_path / "python"
    stand_in.write_text(
        '#!/bin/sh\necho "$NEEDS_ASSESSMENT_ATTENDED" > begun\ncat > /dev/null\ntouch ended\n'
    )
    stand_in.chmod(0o755)
    code = (
        "import sys\nfrom needs_assessment import Scenario\nfrom needs_assessment.runs import run\n"
        f"sys.executable = {str(stand_in)!r}\nrun._publish_in_own_process(Scenario(run='k'))"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) as kernel:
        try:
            _wait_for(tmp_path / "begun", 300)
            time.sleep(0.3)
            assert (tmp_path / "begun").read_text() == "1\n"
            assert not (tmp_path / "ended").exists()
        finally:
            kernel.kill()
    _wait_for(tmp_path / "ended", 5)


def _wait_for(path: Path, longest: float) -> None:
    end = time.monotonic() + longest
    while not path.exists():
        assert time.monotonic() < end, f"no {path.name}"
        time.sleep(0.05)

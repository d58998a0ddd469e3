"""What the workers of a test run share is made once, and a half-made folder is never taken for a finished one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import WORKER, shared_folder

MAKER = """
import os, signal, sys, time
from pathlib import Path
from types import SimpleNamespace
from tests.shared import shared_folder
def make(folder):
    with (Path(sys.argv[1]) / "made.txt").open("a") as file:
        file.write("x")
    (folder / "half").touch()
    print("begun", flush=True)
    time.sleep(float(sys.argv[2]))
    (folder / "whole").touch()
base = Path(sys.argv[1], f"popen-{os.getpid()}")
base.mkdir()
print(*sorted(path.name for path in shared_folder(SimpleNamespace(getbasetemp=lambda: base), "a", make).iterdir()))
"""


def _worker(folder: Path, root: Path, seconds: float) -> subprocess.Popen[str]:
    environment = {**os.environ, WORKER: "gw7", "PYTHONPATH": str(root)}
    return subprocess.Popen(
        [sys.executable, "-c", MAKER, str(folder), str(seconds)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_workers_make_a_folder_once(tmp_path: Path, root: Path) -> None:
    workers = [_worker(tmp_path, root, 0.3) for _ in range(2)]
    told = sorted(worker.communicate(timeout=120)[0] for worker in workers)
    assert told == ["begun\nhalf whole\n", "half whole\n"]
    assert (tmp_path / "made.txt").read_text() == "x"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are POSIX's")
def test_what_a_worker_that_died_left_is_made_again(tmp_path: Path, root: Path) -> None:
    dying = _worker(tmp_path, root, 300)
    assert dying.stdout is not None
    assert dying.stdout.readline() == "begun\n"
    dying.send_signal(signal.SIGKILL)
    dying.communicate(timeout=120)
    assert not (tmp_path / "shared" / "a" / "whole").exists()
    assert _worker(tmp_path, root, 0).communicate(timeout=120)[0] == "begun\nhalf whole\n"


def test_a_failure_is_every_askers_and_leaves_nothing_finished(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise ValueError("no run")

    for _ in range(2):
        with pytest.raises(ValueError, match="no run"):
            shared_folder(tmp_path_factory, "failing", fail)
    folder = shared_folder(tmp_path_factory, "failing", lambda place: (place / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]
    # asked again it is only read
    assert shared_folder(tmp_path_factory, "failing", fail) == folder

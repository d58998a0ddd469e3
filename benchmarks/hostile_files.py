"""Files, names and addresses made to harm: how many are tried, and how many get through.

    python benchmarks/hostile_files.py [boundaries] [workbooks] [texts] [templates] [formulas] [proxies] [endings]

Every attempt is one command in a process of its own. It has got through when the command reached the listener on this
machine (the only address that any file names), needed 2 GB or 60 seconds, ended otherwise than with a sentence and exit
code 2, 3 or 4, left a file beside the user's, or, for an innocent file, was refused. ``endings`` ends runs by SIGTERM and
SIGKILL at random moments and looks for processes, open pipes and half folders. Exit code 1 when anything got through.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
MOST_MEMORY, MOST_SECONDS, HARD_LIMIT = 2_000_000, 60.0, 5_000_000_000
LONGEST_WAIT = 5 * MOST_SECONDS  # on a clock: a busy machine is no hang
Make = Callable[[Path, str], Path | str]


@dataclass(frozen=True)
class Attempt:
    """One file or name and the command that it is given to; ``{}`` among the arguments stands for it."""

    name: str
    arguments: Sequence[str]
    make: Make = lambda folder, url: ""
    innocent: bool = False
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Ending:
    """How a command ended: its exit code, kilobytes at its peak, seconds of a processor, and what it said."""

    code: int
    memory: int
    seconds: float
    said: str


@contextmanager
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address on this machine that answers nobody, and what has been asked of it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        open_ = threading.Event()
        open_.set()

        def listen() -> None:
            while open_.is_set():
                try:
                    with server.accept()[0] as caller:
                        caller.settimeout(0.2)
                        heard.append(b"a connection")
                        heard[-1] = caller.recv(200)
                except OSError:
                    continue

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        open_.clear()
        thread.join()


def in_process(work: Callable[[], int], output: Path, limit: float = LONGEST_WAIT) -> Ending:
    """Do ``work`` in a copy of this process and see how it ends."""
    start = time.monotonic()
    child = os.fork()
    if not child:
        with output.open("wb") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        resource.setrlimit(resource.RLIMIT_AS, (HARD_LIMIT, HARD_LIMIT))
        try:
            code = work()
        except BaseException:
            traceback.print_exc()
            code = 99
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - start > limit:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.02)
    said = output.read_text(encoding="utf-8", errors="replace")
    seconds = usage.ru_utime + usage.ru_stime
    return Ending(os.waitstatus_to_exitcode(status), usage.ru_maxrss, seconds, said)


def attempt(one: Attempt, url: str, heard: list[bytes]) -> list[str]:
    """What got through of one attempt; nothing is as it should be."""
    import hostile_texts

    from needs_assessment.cli import _run

    with tempfile.TemporaryDirectory(prefix="hostile_") as place:
        folder = Path(place) / "given"
        folder.mkdir()
        note, output = Path(place) / "note", Path(place) / "said"

        def make() -> int:
            note.write_text(str(one.make(folder, url)), encoding="utf-8")
            return 0

        if (made := in_process(make, output, 300)).code:
            return [f"the file could not be made: {made.said[-300:]}"]
        heard.clear()
        before = {path.name for path in folder.iterdir()}
        given = note.read_text(encoding="utf-8")

        def command() -> int:
            os.environ.update(one.environment or {})
            os.chdir(place)
            if not one.arguments:
                return hostile_texts.take_template(Path(given))
            return _run([part.replace("{}", given) for part in one.arguments])

        ending = in_process(command, output)
        wrong = _wrong(ending, one.innocent)
        wrong += [f"reached the network: {heard[0][:60]!r}"] if heard else []
        beside = {path.name for path in folder.iterdir()} - before
        return wrong + ([f"left beside it: {', '.join(sorted(beside))}"] if beside else [])


def _wrong(ending: Ending, innocent: bool) -> list[str]:
    wrong = []
    if ending.code not in ((0,) if innocent else (0, 2, 3, 4)):
        wrong.append(f"exit code {ending.code}: {ending.said.strip()[-200:]}")
    if not innocent and ending.code and not ending.said.strip():
        wrong.append("refused without a word")
    if "Traceback" in ending.said:
        wrong.append("a traceback")
    if ending.memory > MOST_MEMORY:
        wrong.append(f"{ending.memory / 1e6:.1f} GB")
    if ending.seconds > MOST_SECONDS:
        wrong.append(f"{ending.seconds:.0f} seconds")
    return wrong


def attempts(kinds: Sequence[str]) -> dict[str, list[Attempt]]:
    """The attempts of the kinds that are asked for."""
    import hostile_boundaries
    import hostile_texts
    import hostile_workbooks

    check = ("check", "--set", "as_of=2026-06-01")
    every = {
        "boundaries": [
            *(
                Attempt(name, (*check, "--boundaries", "{}"), make, innocent=True)
                for name, make in hostile_boundaries.innocent()
            ),
            *(
                Attempt(name, (*check, "--boundaries", "{}"), make)
                for name, make in hostile_boundaries.hostile()
            ),
        ],
        "workbooks": [
            Attempt(f"{name}, as {option}", (*check, "--set", f"{option}={{}}"), make)
            for name, make in hostile_workbooks.hostile()
            for option in (("population", "services") if "XFD1048576" in name else ("population",))
        ],
        "texts": [Attempt(*one) for one in hostile_texts.endless()],
        "templates": [
            *(Attempt(name, (), make, innocent=True) for name, make in hostile_texts.plain_templates()),
            *(Attempt(name, (), make) for name, make in hostile_texts.templates()),
        ],
        "proxies": [
            Attempt(name, arguments, environment=environment)
            for name, arguments, environment in hostile_texts.proxies()
        ],
    }
    return {kind: found for kind, found in every.items() if kind in kinds}


def main() -> int:
    """Try everything that is asked for; 1 when anything got through."""
    import hostile_endings

    kinds = sys.argv[1:] or [
        "boundaries",
        "workbooks",
        "texts",
        "templates",
        "formulas",
        "proxies",
        "endings",
    ]
    # what the commands load is loaded once; not the geometry library, which each command loads by itself
    import geopandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import needs_assessment.assessment
    import needs_assessment.runs.check  # noqa: F401

    lost = 0
    with listener() as (url, heard):
        for kind, chosen in attempts(kinds).items():
            through = []
            for one in chosen:
                wrong = attempt(one, url, heard)
                if wrong:
                    through.append(one.name)
                    print(f"  GOT THROUGH  {one.name}: {'; '.join(wrong)}", flush=True)
            print(f"{kind}: {len(chosen)} tried, {len(through)} got through", flush=True)
            lost += len(through)
    if "formulas" in kinds:
        lost += hostile_endings.try_formulas()
    if "endings" in kinds:
        lost += hostile_endings.try_endings()
        lost += hostile_endings.try_batch_endings()
        lost += hostile_endings.try_kernel_ending()
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())

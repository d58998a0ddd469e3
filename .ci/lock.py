"""Make requirements.lock and requirements-test.lock anew: ``python .ci/lock.py [--upgrade]``; it needs uv.

Both come from one resolution. The whole (libraries, build backend, test tools) is resolved first; what a run needs is then
picked with every version of the whole as a constraint; the rest is the tests' lock. Without ``--upgrade`` (or
``--upgrade-package NAME``) the versions of today's locks stay, whatever was released since.
Why it is built this way: ``docs/decisions/0030-two-locks-from-one-resolution.md``.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"
COMPILE = (
    "uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest --generate-hashes "
    "--no-strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links --group build"
).split()
HEADER = "# Made by .ci/lock.py for Python 3.11 to 3.14 on Windows, macOS and Linux; do not edit. {}\n"


def main(options: Sequence[str]) -> None:
    """Write both locks; ``options`` go to the first resolution."""
    with TemporaryDirectory(prefix="lock-") as name:
        whole, run = Path(name, "whole.txt"), Path(name, "run.txt")
        # uv keeps the versions of the file that it writes over
        whole.write_text("".join(lock.read_text("utf-8") for lock in (RUN_LOCK, TEST_LOCK) if lock.exists()))
        resolve(whole, ["--extra", "test", "--constraints", str(CONSTRAINTS), *options])
        resolve(run, ["--constraints", str(whole)])
        for_run, for_test = divide(whole.read_text("utf-8"), run.read_text("utf-8"))
    RUN_LOCK.write_text(HEADER.format("What a run needs.") + for_run, "utf-8", newline="\n")
    TEST_LOCK.write_text(HEADER.format("What the tests need besides.") + for_test, "utf-8", newline="\n")


def resolve(target: Path, options: Sequence[str]) -> None:
    """One resolution of pyproject.toml, written to ``target``."""
    subprocess.run([*COMPILE, *options, "--output-file", str(target), "pyproject.toml"], cwd=ROOT, check=True)


def divide(whole: str, run: str) -> tuple[str, str]:
    """The run's lock, and what of the whole is not in it.

    A package that the tests want on more systems than a run does stands in both. ValueError when the run has a version
    or a fingerprint that the whole has not.
    """
    everything, for_run = entries(whole), entries(run)
    known = {(pinned(entry), fingerprints(entry)) for entry in everything}
    if strange := [pinned(entry) for entry in for_run if (pinned(entry), fingerprints(entry)) not in known]:
        raise ValueError(f"not of the same resolution: {', '.join(strange)}")
    rest = [entry for entry in everything if entry not in for_run]
    return "".join(for_run), "".join(rest)


def entries(lock: str) -> list[str]:
    """The packages of a lock, each with its hashes; comments are left out."""
    found: list[str] = []
    for line in lock.splitlines(keepends=True):
        if line.startswith(" ") and found:
            found[-1] += line
        elif line.strip() and not line.startswith("#"):
            found.append(line)
    return found


def pinned(entry: str) -> str:
    """``name==version`` of an entry, without extras and without the systems it is for."""
    name, version = entry.split(maxsplit=1)[0].split("==")
    return f"{name.partition('[')[0]}=={version}"


def fingerprints(entry: str) -> frozenset[str]:
    return frozenset(word for word in entry.split() if word.startswith("--hash="))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Damaged and strange population files, twice as many as the suite tries: none may end in a traceback.

Runs the properties of ``tests/properties`` that write files, with 300 examples each (1,200 of published layouts) in place of
150, and prints how many passed. Usage: ``python benchmarks/published_files.py [examples]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = 300
PROPERTIES = 4


def main(arguments: list[str]) -> int:
    """Run the properties; returns pytest's exit code, 0 where every file was read right or refused in words."""
    examples = int(arguments[0]) if arguments else EXAMPLES
    started = time.perf_counter()
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/properties/test_published_files.py",
        ],
        cwd=ROOT,
        env={**os.environ, "NEEDS_ASSESSMENT_EXAMPLES": str(examples)},
        check=False,
    )
    seconds = time.perf_counter() - started
    outcome = "all read right or refused in words" if done.returncode == 0 else "some were not: see above"
    print(f"{PROPERTIES * examples:,} files in {seconds:.0f} s: {outcome}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How long one whole run takes against a papermill run that only imports the stack, in the same minute.

    python benchmarks/single_run.py [pairs]

The floor is a notebook of one cell that imports pandas, numpy, scipy, geopandas, matplotlib and seaborn, run by papermill
in a kernel of its own. The run is ``needs-assessment run`` for the default area with everything written. The two take
turns; the ratio of each pair, its median, and the ratio of the two shortest times are printed. Target: at most 1.3. Then
how long ``--help`` takes beyond Python's own start. Target: at most 0.3 seconds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
IMPORTS = "import pandas, numpy, scipy, geopandas, matplotlib, seaborn"
TARGET, HELP_TARGET = 1.3, 0.3


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    times = []
    with tempfile.TemporaryDirectory() as folder:
        floor_notebook = Path(folder) / "floor.ipynb"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(IMPORTS)])
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, floor_notebook)
        floor = [
            sys.executable,
            "-m",
            "papermill",
            "-k",
            "python3",
            str(floor_notebook),
            str(Path(folder) / "ran.ipynb"),
        ]
        run = [sys.executable, "-m", "needs_assessment", "run", "--output", str(Path(folder) / "outputs")]
        _timed(floor)
        _timed(run)
        for number in range(1, pairs + 1):
            base, whole = _timed(floor), _timed(run)
            times.append((base, whole))
            print(f"pair {number}: floor {base:.2f} s, whole run {whole:.2f} s, ratio {whole / base:.2f}")
    median = statistics.median(whole / base for base, whole in times)
    shortest = min(whole for _, whole in times) / min(base for base, _ in times)
    print(
        f"median ratio {median:.2f}, target at most {TARGET}: {'met' if median <= TARGET else 'MISSED'}; "
        f"ratio of the shortest times {shortest:.2f}"
    )
    started, helped = (
        statistics.median(_timed([sys.executable, *arguments]) for _ in range(9))
        for arguments in (("-c", "pass"), ("-m", "needs_assessment", "--help"))
    )
    print(f"--help takes {helped - started:.2f} s beyond Python's own {started:.2f} s (target {HELP_TARGET})")


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

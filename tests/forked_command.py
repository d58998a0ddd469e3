"""The command line in a process of its own that does not load every library again.

A server process loads the libraries once; each command is a copy of it, as ``multiprocessing`` makes them. A command
sees its own folder, environment and output, and its exit code is that of ``python -m needs_assessment``. Where
processes cannot be copied the program is started in the ordinary way.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

import pytest

# what a run imports and takes long to; a name that is missing here costs time and nothing else
LOADED = (
    *("needs_assessment.cli", "IPython.core.interactiveshell", "docx", "geopandas", "jinja2", "jsonschema"),
    *("matplotlib.backends.backend_agg", "matplotlib.figure", "nbconvert", "nbformat", "pandas", "papermill"),
    *("pyogrio", "scipy.optimize", "scipy.special", "scipy.stats", "seaborn", "typst", "xlsxwriter"),
)
# as the command sets it before it loads anything: sums of arrays must not depend on who loaded the library
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SECONDS = 300.0


def call(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], *, drawn: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run ``needs-assessment`` with ``arguments`` to its end: code, output and errors as text.

    Without ``drawn`` every figure is made and none is rendered: its files hold an empty sheet. Rendering is half of a run,
    and a test that looks at tables, words or exit codes does not need it.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return cold(arguments, cwd, environment)
    servers = multiprocessing.get_context("forkserver")
    servers.set_forkserver_preload(list(LOADED))
    with tempfile.TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        process = servers.Process(
            target=_command,
            args=(list(arguments), str(cwd), dict(environment), str(output), str(errors), drawn),
        )
        with pytest.MonkeyPatch.context() as patch:
            for name, value in ONE_THREAD.items():
                patch.setenv(name, value)
            process.start()  # the first starts the server
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), SECONDS)
        told = [path.read_text(encoding="utf-8") for path in (output, errors)]
        return subprocess.CompletedProcess(list(arguments), process.exitcode, *told)


def cold(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """The same as a fresh start of Python."""
    return subprocess.run(
        [sys.executable, "-m", "needs_assessment", *arguments],
        cwd=cwd,
        env=dict(environment),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def _command(
    arguments: list[str], cwd: str, environment: dict[str, str], output: str, errors: str, drawn: bool
) -> None:
    """In the copy: become the command."""
    import runpy

    for stream, path in ((1, output), (2, errors)):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, stream)
        os.close(handle)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv[1:] = arguments
    if not drawn:
        _render_nothing()
    runpy.run_module("needs_assessment", run_name="__main__", alter_sys=True)


def _render_nothing() -> None:
    """In the copy: matplotlib's two renderers give an empty sheet."""
    from matplotlib.backends import backend_agg, backend_svg

    def empty(canvas: object, file: TextIO, **_: object) -> None:
        file.write('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><title></title></svg>')

    backend_agg.FigureCanvasAgg.draw = lambda canvas: canvas.get_renderer().clear()  # type: ignore[method-assign]
    backend_svg.FigureCanvasSVG.print_svg = empty  # type: ignore[method-assign]

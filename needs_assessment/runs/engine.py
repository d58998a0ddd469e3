"""A papermill engine that runs a notebook's cells in this process, so that the stack is imported once.

The cells run in an IPython shell of their own; an error that is the user's to mend keeps its type, so the command line
can print it and choose the exit code. One notebook at a time in a process.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from papermill.engines import Engine


class InProcessEngine(Engine):
    """Runs the code cells of a notebook one after the other in an in-process IPython shell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run every code cell of ``nb_man.nb``; stop at the first error and record it in the notebook.

        options["on_error"], when given, is called with the exception of a failed cell.
        """
        with TemporaryDirectory(prefix="needs-assessment-") as folder:
            cls._execute(nb_man, _open_shell(folder), options.get("on_error"))

    @staticmethod
    def _execute(nb_man: Any, shell: Any, on_error: Callable[[BaseException], None] | None) -> None:
        # papermill would write the whole notebook before and after every cell; the folder is not in place until the end
        target, nb_man.output_path = nb_man.output_path, None
        try:
            for place, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, place)
                if cell.cell_type == "code" and cell.source.strip():
                    error = _run_cell(shell, cell)
                    if error is not None:
                        nb_man.cell_exception(cell, place, exception=error)
                        if on_error:
                            on_error(error)
                        return
                nb_man.cell_complete(cell, place)
        finally:
            nb_man.output_path = target
            _close_shell(shell)


def _open_shell(folder: str) -> Any:
    """A shell that keeps what it must keep in a folder of its own: the home folder may be one that cannot be written."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "nocolor"
    settings.InteractiveShell.cache_size = 0
    shell = InteractiveShell.instance(config=settings, ipython_dir=folder)
    # errors are kept in the notebook and raised to the caller, not printed
    shell.showtraceback = _keep_quiet  # type: ignore[method-assign]
    return shell


def _keep_quiet(*_: Any, **__: Any) -> None:
    """In place of the shell's own printing of tracebacks."""


def _close_shell(shell: Any) -> None:
    shell.restore_sys_module_state()
    type(shell).clear_instance()


def _run_cell(shell: Any, cell: Any) -> BaseException | None:
    from IPython.utils.capture import capture_output

    results: list[Any] = []

    def keep(value: object) -> None:
        if value is not None:
            data, metadata = shell.display_formatter.format(value)
            results.append((data, metadata))

    shell.display_trap.hook = keep
    with capture_output() as captured:
        outcome = shell.run_cell(cell.source, store_history=False)
    shell.execution_count += 1
    cell.execution_count = shell.execution_count - 1
    cell.outputs = [
        *(
            nbformat.v4.new_output("stream", name=name, text=text)
            for name, text in (("stdout", captured.stdout), ("stderr", captured.stderr))
            if text
        ),
        *(
            nbformat.v4.new_output("display_data", data=shown.data, metadata=shown.metadata or {})
            for shown in captured.outputs
        ),
        *(
            nbformat.v4.new_output(
                "execute_result", data=data, metadata=metadata or {}, execution_count=cell.execution_count
            )
            for data, metadata in results
        ),
    ]
    error: BaseException | None = outcome.error_before_exec or outcome.error_in_exec
    if error is not None:
        name = type(error).__name__
        cell.outputs.append(
            nbformat.v4.new_output("error", ename=name, evalue=str(error), traceback=[f"{name}: {error}"])
        )
    return error


os.environ.setdefault("MPLBACKEND", "Agg")

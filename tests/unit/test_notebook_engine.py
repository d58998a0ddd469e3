"""The shell that runs a notebook's cells keeps nothing in the home folder, which may be one that cannot be written."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from papermill.engines import NotebookExecutionManager

from needs_assessment.publish.engine import InProcessEngine


@pytest.mark.parametrize("home", ["file/home", "home"])
def test_a_notebook_runs_whatever_the_home_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder, home: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / home))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / home))
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import os; print(6 * 7, os.path.isdir(get_ipython().ipython_dir))")]
    )
    manager = NotebookExecutionManager(notebook, log_output=False, progress_bar=False)
    manager.notebook_start()
    InProcessEngine.execute_managed_notebook(manager, "python3")
    assert manager.nb.cells[0].outputs[0]["text"] == "42 True\n"
    assert not [warning for warning in recwarn if "IPython" in str(warning.message)]
    assert not list((tmp_path / "home").iterdir())

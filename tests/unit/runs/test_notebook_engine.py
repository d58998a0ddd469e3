"""The shell that runs a notebook's cells keeps nothing in the home folder, which may be one that cannot be written."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines

from needs_assessment.runs.engine import InProcessEngine


@pytest.mark.parametrize("home", ["file/home", "home"])
def test_a_notebook_runs_whatever_the_home_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder, home: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "home").mkdir()
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path / home))
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    code = "import os; print(6 * 7, os.path.isdir(get_ipython().ipython_dir))"
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), tmp_path / "asked.ipynb"
    )
    papermill_engines.register("in-process", InProcessEngine)
    done = papermill.execute_notebook(
        tmp_path / "asked.ipynb",
        tmp_path / "done.ipynb",
        engine_name="in-process",
        kernel_name="python3",
        language="python",
        progress_bar=False,
    )
    assert done.cells[0].outputs[0]["text"] == "42 True\n"
    assert not [warning for warning in recwarn if "IPython" in str(warning.message)]
    assert not list((tmp_path / "home").iterdir())

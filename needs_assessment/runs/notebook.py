"""The needs-assessment notebook run by papermill, and its HTML without code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from needs_assessment.choices.parameters_cell import assigned_names
from needs_assessment.errors import UsageError
from needs_assessment.progress import heard_by
from needs_assessment.runs.background import Beside
from needs_assessment.scenario import PATH_FIELDS, Scenario

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.report.outputs import Outputs

T = TypeVar("T")
ENGINE = "needs-assessment-in-process"
TEMPLATES = Path(__file__).parents[1] / "report" / "templates"


@dataclass
class Stage:
    """Where a running notebook writes, and what it hands back to whoever runs it.

    beside: whether copies of this process may take part while the notebook goes on; begun: the outputs whose writing has
    begun; works: the work that was given away.
    """

    folder: Path
    final: Path
    beside: bool = True
    assessment: Assessment | None = None
    error: BaseException | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    begun: Outputs | None = None
    works: list[Beside[Any]] = field(default_factory=list)

    def begin(self, work: Callable[[], T]) -> Callable[[], T]:
        """Give work away; call what is returned for what comes of it. It is done by the time ``finish`` returns."""
        given = Beside(work, copy=self.beside)
        self.works.append(given)
        return given.wait

    def finish(self) -> None:
        """Return when all work is done; raises what it raises."""
        for work in self.works:
            work.wait()

    def stop(self) -> None:
        """See to it that nothing is written from now on."""
        for work in self.works:
            work.stop()


_STAGE: ContextVar[Stage | None] = ContextVar("stage", default=None)


def current_stage() -> Stage | None:
    """The stage of the run that executes the calling notebook, or None outside a run."""
    return _STAGE.get()


@contextmanager
def on_stage(stage: Stage) -> Iterator[Stage]:
    token = _STAGE.set(stage)
    try:
        yield stage
    finally:
        _STAGE.reset(token)


def notebook_parameters(notebook: Path) -> list[str]:
    """Names assigned in the one cell tagged ``parameters``. Raises UsageError when there is no such cell."""
    import json

    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise UsageError(
            f"{notebook.name} has {len(tagged)} cells tagged 'parameters'; it needs exactly one."
        )
    return assigned_names("".join(tagged[0]["source"]))


def execute(notebook: Path, parameters: Mapping[str, Any], stage: Stage, *, progress: bool) -> Path:
    """Run ``notebook`` in this process on ``stage``; its executed copy lies in the stage's folder.

    papermill itself only logs an unknown parameter, so names are checked first (UsageError). The error that stopped a
    cell is raised as it was. progress: whether what goes on is reported, where somebody listens.
    """
    unknown = set(parameters) - set(notebook_parameters(notebook))
    if unknown:
        raise UsageError(f"{notebook.name} has no parameter called {', '.join(sorted(unknown))}.")
    # an optional checker of web addresses that costs over a second at every import of jsonschema and is not needed
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import papermill
    from papermill.engines import papermill_engines

    from needs_assessment.runs.engine import InProcessEngine

    papermill_engines.register(ENGINE, InProcessEngine)
    executed = stage.folder / notebook.name

    def keep(error: BaseException) -> None:
        stage.error = error

    with on_stage(stage), nullcontext() if progress else heard_by(None):
        try:
            papermill.execute_notebook(
                str(notebook),
                str(executed),
                parameters=dict(parameters),
                engine_name=ENGINE,
                progress_bar=False,
                log_output=False,
                on_error=keep,
                autosave_cell_every=0,
            )
        except papermill.PapermillExecutionError:
            if stage.error is None:
                raise
    if stage.error is not None:
        raise stage.error
    return executed


def parameters_of(scenario: Scenario) -> dict[str, Any]:
    """The scenario's choices that differ from the notebook's own, as papermill takes them.

    The date is always among them, so that an executed notebook says which day it speaks of.
    """
    chosen: dict[str, Any] = scenario.model_dump(mode="json", exclude_defaults=True)
    chosen["as_of"] = scenario.as_of.isoformat()
    if "area" in chosen:
        chosen["area"] = list(scenario.area)
    return chosen


def tidy_executed(path: Path, scenario: Scenario) -> None:
    """Take the machine out of an executed notebook: paths of files and folders, papermill's own record of them."""
    import json

    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"].pop("papermill", None)
    shown = {name: value for name, value in parameters_of(scenario).items() if name != "output"}
    for name in (*PATH_FIELDS, "rates"):
        if name in shown:
            shown[name] = scenario.local_only()[name]
    for cell in content["cells"]:
        cell["metadata"].pop("papermill", None)
        if "injected-parameters" in cell["metadata"].get("tags", []):
            # papermill draws a new one each time
            cell["id"] = "injected-parameters"
            cell["source"] = "# Parameters\n" + "".join(
                f"{name} = {value!r}\n" for name, value in shown.items()
            )
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_notebook_html(executed: Path, target: Path, title: str) -> None:
    """The executed notebook as one HTML file without code: nothing loaded from elsewhere, alt text kept."""
    import nbformat
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(
        template_name="reading",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,  # a link without words is a barrier to who listens to the page
    )
    node = nbformat.read(str(executed), as_version=4)
    body, _ = exporter.from_notebook_node(node, resources={"metadata": {"name": title}})
    target.write_text(body, encoding="utf-8")

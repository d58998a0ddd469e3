"""What each notebook asks the library for: one object, from the choices of its parameters cell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from needs_assessment.lab.guard import Guard, guarded
from needs_assessment.lab.links import COMPARISON_FILES, RUN_FILES, Links, links_of
from needs_assessment.report.outputs import Statement
from needs_assessment.resources import project_dir
from needs_assessment.runs.notebook import current_stage
from needs_assessment.scenario import Scenario

if TYPE_CHECKING:
    from needs_assessment.runs.check import DataCheck
    from needs_assessment.runs.compare import RunsToCompare

FINISHED = Statement(("Every cell has run. Nothing was written.",))


class AssessmentSession:
    """An assessment and its outputs: ``say``, ``table``, ``figure`` and ``group`` are those of the outputs."""

    def __init__(self, scenario: Scenario) -> None:
        from needs_assessment.assessment import assess
        from needs_assessment.runs.run import outputs_of

        self.assessment = assess(scenario)
        self.outputs = outputs_of(self.assessment)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.outputs, name)

    def publish(self) -> Links:
        """Write the whole folder of outputs; links to what one opens first."""
        from needs_assessment.errors import ReconciliationError
        from needs_assessment.runs.run import Finished, publish

        folder, scenario = publish(self.assessment), self.assessment.scenario
        files = [file for file in RUN_FILES if scenario.paper or not file[0].startswith("commissioning_")]
        if current_stage() is not None:
            # the executed notebook lies in the run's folder itself, with all that is still to be written there
            return Links(folder.as_posix(), "", files)
        note = ""
        try:
            Finished(folder, self.assessment).raise_if_not_reconciled()
        except ReconciliationError as error:
            note = error.report()
        return links_of(folder, project_dir(), files, note)

    def finish(self) -> Statement:
        """The end of a notebook that writes nothing."""
        return FINISHED


class CheckSession:
    """A data check: its sentences and tables, and the end of its notebook."""

    def __init__(self, found: DataCheck) -> None:
        self.found = found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.found, name)

    def finish(self) -> Statement:
        """The end of a notebook that writes nothing."""
        return FINISHED


class ComparisonSession:
    """Two runs compared: its sections, and the folder it is written to."""

    def __init__(self, choices: RunsToCompare) -> None:
        from needs_assessment.runs.compare import compare_runs

        self.choices = choices
        self.compared = compare_runs(choices)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.compared, name)

    def publish(self) -> Links:
        """Write the tables, workbook, charts and paper; links to what one opens first."""
        if current_stage() is not None:
            place = self.compared.publish(self.choices.output)
            return Links(place.as_posix(), None, COMPARISON_FILES)
        return links_of(Path(self.compared.write(self.choices.output)), project_dir(), COMPARISON_FILES)


def assess_choices(names: Mapping[str, Any]) -> AssessmentSession | Guard:
    """The assessment of a notebook's choices; ``names``: the notebook's ``globals()``."""
    return guarded(lambda: AssessmentSession(Scenario.from_notebook(names)))


def check_choices(names: Mapping[str, Any]) -> CheckSession | Guard:
    """The check of what a notebook's choices would use; ``names``: the notebook's ``globals()``."""
    from needs_assessment.runs.check import check_data

    return guarded(lambda: CheckSession(check_data(Scenario.from_notebook(names))))


def compare_choices(names: Mapping[str, Any]) -> ComparisonSession | Guard:
    """The comparison of the two runs of a notebook's choices; ``names``: the notebook's ``globals()``."""
    from needs_assessment.runs.compare import RunsToCompare

    return guarded(lambda: ComparisonSession(RunsToCompare.from_notebook(names)))

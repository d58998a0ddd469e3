"""One whole run: the notebook executed, every output written beside, checked, and moved into place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from needs_assessment.disclosure.of_assessment import rules_of
from needs_assessment.errors import NeedsAssessmentError, ReconciliationError, UsageError
from needs_assessment.given_files import file_check_sum, own_files_given, user_key
from needs_assessment.progress import report
from needs_assessment.report.sentences import told_above_need
from needs_assessment.resources import data_dir, notebooks_dir, register_digests
from needs_assessment.runs.background import end_with_caller
from needs_assessment.runs.fingerprint import fingerprint, surroundings
from needs_assessment.runs.notebook import (
    Stage,
    current_stage,
    execute,
    parameters_of,
    tidy_executed,
    write_notebook_html,
)
from needs_assessment.runs.run_folder import staged_folder, write_manifest
from needs_assessment.scenario import PATH_FIELDS, Scenario

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.report.outputs import Outputs

NOTEBOOK = "needs_assessment.ipynb"
ATTENDED = "NEEDS_ASSESSMENT_ATTENDED"  # set for a run that a notebook waits for, and that ends with it


# what an assessment shows is made once, and kept as long as the assessment is
_MADE: WeakKeyDictionary[Assessment, Outputs] = WeakKeyDictionary()


@dataclass(frozen=True)
class Finished:
    """A finished run: its folder, and the assessment it holds."""

    folder: Path
    assessment: Assessment

    def summary(self) -> list[str]:
        """Warnings and the headline sentences, for a terminal."""
        outputs = outputs_of(self.assessment)
        said = [
            text
            for name in ("victims", "children", "high_risk", "need", "places")
            for text in outputs.statements[name]
        ]
        return [
            *(f"Warning: {text}" for text in (*outputs.warnings, *_unkept(self.assessment.scenario))),
            *said,
        ]

    def raise_if_not_reconciled(self) -> None:
        """ReconciliationError when met need is above need by more than the interval, unless that was accepted."""
        if not self.assessment.reconciled and not self.assessment.scenario.accept_met_above_need:
            told = told_above_need(self.assessment, outputs_of(self.assessment).safe)
            tiers = ", ".join(tier.replace("_", " ") for tier in told)
            where = f"({tiers}). The outputs are complete and say so on the first page."
            hidden = "where the local count is suppressed. The outputs are complete and do not say where."
            raise ReconciliationError(
                f"Met need is above need by more than the interval {where if told else hidden}",
                action="check the local return against the need it is set beside; set accept_met_above_need=true once "
                "the difference is explained",
            )


def _unkept(scenario: Scenario) -> tuple[str, ...]:
    """That the check sums of the council's own files cannot be checked again, where their key could not be kept."""
    if not own_files_given(scenario):
        return ()
    key = user_key()
    said = (
        f"the key for the check sums of your own files could not be kept in {key.place.parent}, so verify will not be able "
        "to check those files, and the run's own name will be another next time. Make that folder writable."
    )
    return () if key.kept else (said,)


def run_scenario(scenario: Scenario, *, progress: bool = True, beside: bool = True) -> Finished:
    """Run the notebook for a scenario and put its folder in place; nothing is left behind when it fails.

    progress: whether what goes on is reported.
    beside: whether a second processor may take part; a batch gives each of its processors areas of its own.
    """
    if os.environ.pop(ATTENDED, ""):
        end_with_caller()
    final = run_folder(scenario)
    with staged_folder(final.parent, final.name) as folder, _stage(folder, final, beside) as stage:
        executed = execute(notebooks_dir() / NOTEBOOK, parameters_of(scenario), stage, progress=progress)
        report("Writing the notebook as a page")
        if stage.assessment is None:
            raise UsageError(f"{NOTEBOOK} ended without publishing.", action="keep its last cell as it ships")
        tidy_executed(executed, scenario)
        write_notebook_html(
            executed,
            folder / "needs_assessment.html",
            f"Domestic abuse needs assessment: {stage.facts['area']}",
        )
        report("Finishing what is written")
        stage.finish()
        write_manifest(folder, stage.facts)
    return Finished(final, stage.assessment)


@contextmanager
def _stage(folder: Path, final: Path, beside: bool) -> Iterator[Stage]:
    """The stage of a run; when the run ends or fails nothing goes on writing into its folder."""
    stage = Stage(folder, final, beside)
    try:
        yield stage
    finally:
        stage.stop()


def outputs_of(assessment: Assessment) -> Outputs:
    """Tables, figures and sentences of an assessment that have passed disclosure control; made once.

    Inside a run the workbook, which needs no figures, is begun with.
    """
    from needs_assessment.report.outputs import make_outputs
    from needs_assessment.runs.write_outputs import write_tables_workbook

    if assessment in _MADE:
        return _MADE[assessment]
    stage = current_stage()
    outputs = _MADE[assessment] = make_outputs(assessment, None if stage is None else stage.begin)
    if stage is not None and stage.begun is None:
        stage.begun = outputs
        stage.begin(partial(write_tables_workbook, outputs, stage.folder, assessment.scenario))
    return outputs


def publish(assessment: Assessment) -> Path:
    """Write the outputs of an assessment; the folder's path.

    Inside a run the outputs go to the run's stage. Called by a person (Run All in JupyterLab, or Python), the same run
    as the command line's is started for the same scenario, so the folder is the same either way.
    """
    from needs_assessment.report.paper import build_paper
    from needs_assessment.runs.write_outputs import write_outputs, write_paper, write_tables_workbook

    stage = current_stage()
    if stage is not None:
        outputs = outputs_of(assessment)
        if stage.begun is not outputs:
            # a notebook that was changed may have begun with the outputs of another assessment
            stage.finish()
            write_tables_workbook(outputs, stage.folder, assessment.scenario)
        if assessment.scenario.paper:
            report("Writing the paper")
            paper, template = build_paper(assessment, outputs), assessment.inputs.template
            write_paper(paper, template, stage.folder, stage.begin)
        report("Writing the tables and figures")
        write_outputs(assessment, outputs, stage.folder)
        stage.assessment = assessment
        stage.facts.update(manifest_facts(assessment))
        # the executed notebook shows this value: the area and the run, not where this machine keeps them
        return Path(*stage.final.parts[-2:])
    return _publish_in_own_process(assessment.scenario)


def _publish_in_own_process(scenario: Scenario) -> Path:
    folder = run_folder(scenario)
    choices = [
        part
        for name, value in _choices(scenario).items()
        for part in ("--set", f"{name}={json.dumps(value)}")
    ]
    command = [sys.executable, "-m", "needs_assessment", "run", *choices]
    # nothing is ever said through this pipe: it closes when this process ends, however that comes about
    heard, held = os.pipe()
    try:
        done = subprocess.run(
            command,
            stdin=heard,
            env={**os.environ, ATTENDED: "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(heard)
        os.close(held)
    if done.returncode not in (0, 5):
        fault = type("RunFailed", (NeedsAssessmentError,), {"exit_code": done.returncode})
        raise fault(done.stderr.strip() or "the run failed")
    return folder


def _choices(scenario: Scenario) -> dict[str, Any]:
    chosen = scenario.model_dump(mode="json")
    for name in PATH_FIELDS:
        chosen[name] = str(Path(chosen[name]).resolve()) if chosen[name] else ""
    chosen["output"] = str(output_parent(scenario).resolve())
    return {name: value for name, value in chosen.items() if value != ""}


def output_parent(scenario: Scenario) -> Path:
    """The parent of all results: as given, else ``outputs`` here (beside ``notebooks`` when run from there)."""
    if scenario.output:
        return Path(scenario.output)
    here = Path.cwd()
    return (here.parent if here == notebooks_dir() else here) / "outputs"


def run_folder(scenario: Scenario) -> Path:
    """``<output>/<area>/<run>``; without a name, the run is named from its choices and the content of its files.

    The same choices and files have the same folder, so a repeated run replaces itself; a new population file or rate
    has a folder of its own, so last year's run is still there to compare with.
    """
    area = "+".join(sorted(scenario.area))
    return output_parent(scenario) / area / (scenario.run or _run_name(scenario))


def _run_name(scenario: Scenario) -> str:
    excluded = {"output", "run", "as_of", "paper", *PATH_FIELDS, *(["rates"] if scenario.rates_file else [])}
    choices = scenario.model_dump(mode="json", exclude=excluded)
    choices["rates"] = scenario.local_only()["rates"]
    content = [json.dumps(choices, sort_keys=True)]
    for name in (*PATH_FIELDS, "rates"):
        # a choice within a workbook of rates stands behind its file name: tables.xlsx#new
        path = Path(str(getattr(scenario, name)).partition("#")[0])
        # an earlier run is known by its manifest, which holds the check sum of every file in it
        path = path / "manifest.json" if name == "previous" else path
        if getattr(scenario, name) and path.is_file():
            content.append(f"{name} {file_check_sum(name, path)}")
        elif getattr(scenario, name) and path.is_dir():
            content += [
                f"{name} {file_check_sum(name, file)}" for file in sorted(path.iterdir()) if file.is_file()
            ]
        elif name == "scenarios" and scenario.scenarios:
            content.append(f"{name} {path.name}")
    rates = "own-rates" if scenario.rates_file else scenario.rates
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in rates)[:40]
    return f"{safe}_{scenario.method}_{sha256('|'.join(content).encode()).hexdigest()[:8]}"


def manifest_facts(assessment: Assessment) -> dict[str, Any]:
    """What ``manifest.json`` says of a run: no path of the machine, no clock time."""
    inputs, outputs = assessment.inputs, outputs_of(assessment)
    around = surroundings()
    rules = rules_of(inputs)
    return {
        "tool": "needs-assessment",
        "version": around["version"],
        "area": inputs.area.name,
        "area_code": inputs.area.code,
        "fingerprint": fingerprint(assessment.scenario),
        "scenario": assessment.scenario.local_only(),
        "seed": assessment.scenario.seed,
        "python": around["python"],
        "libraries": around["libraries"],
        "code": around["code"],
        "population": {
            "date": inputs.population.estimate_date,
            "ward_vintage": inputs.population.ward_vintage,
            "source_ids": " ".join(inputs.population.source_ids),
            "file": inputs.population.file,
        },
        "files": {
            name: file_check_sum(name, path)
            for name in PATH_FIELDS
            if (path := Path(str(getattr(assessment.scenario, name)).partition("#")[0])).is_file()
        },
        # which key the check sums of the council's own files were made with; blank: one that was not kept
        "key": user_key().name if own_files_given(assessment.scenario) else "",
        "inputs": outputs.inputs_used.frame.to_dict("records"),
        "registers": register_digests(data_dir()),
        "disclosure": {
            "minimum": outputs.safe.minimum,
            "width": rules.width,
            "rounding": rules.round_to,
            "suppressed_measures": list(outputs.safe.suppressed_measures),
        },
        "checks": [
            {"name": check.name, "passed": check.passed, "detail": check.detail}
            for check in assessment.checks
        ],
        "met_above_need": told_above_need(assessment, outputs.safe),
        "warnings": list(outputs.warnings),
    }

"""A whole batch: the areas, the work, and the national summary of what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from needs_assessment.batch.areas import BatchArea, read_areas
from needs_assessment.batch.failures import failure_lines, some_of, without_population
from needs_assessment.batch.job import BY_AREA, Job, Outcome, State, is_finished, make_job
from needs_assessment.batch.kept import exit_code, facts_of, results_of
from needs_assessment.batch.summary import write_summary
from needs_assessment.batch.workers import check_memory, outcomes
from needs_assessment.errors import InputError, ReconciliationError, UsageError
from needs_assessment.inputs.alternatives import scenarios_path
from needs_assessment.progress import heard_by, report
from needs_assessment.resources import data_dir
from needs_assessment.runs.run import output_parent, run_folder
from needs_assessment.runs.run_folder import PARTIAL, clear_half_folders, staged_folder
from needs_assessment.scenario import PATH_FIELDS, Scenario

FOLDER = "batch"
UNCHANGED: State = "unchanged"
DONE: State = "done"
FAILED: State = "failed"


@dataclass(frozen=True)
class FinishedBatch:
    """The folder of the national summary, what became of each area, in order of codes, and the areas' names."""

    folder: Path
    outcomes: tuple[Outcome, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def of(self, state: str) -> list[Outcome]:
        return [one for one in self.outcomes if one.state == state]

    def lines(self) -> list[str]:
        """What a terminal says at the end: counts, then every reason of a failure with the areas it holds for."""
        done, kept, failed = (self.of(state) for state in (DONE, UNCHANGED, FAILED))
        said = [
            f"{len(self.outcomes)} areas: {len(done)} assessed, {len(kept)} unchanged and left as they were, "
            f"{len(failed)} failed."
        ]
        said += [f"\n{line}" for line in failure_lines(failed, self.names)]
        above = [one.code for one in self.outcomes if one.exit_code == 5]
        if above:
            said.append(f"\nMet need is above need by more than the interval in: {', '.join(above)}.")
        return said

    def raise_if_incomplete(self) -> None:
        """InputError (exit code 3) when an area failed; ReconciliationError (5) when one does not reconcile."""
        failed = self.of(FAILED)
        if failed:
            raise InputError(
                f"{len(failed)} of {len(self.outcomes)} areas have no results; the others are complete.",
                found=", ".join(one.code for one in failed),
                action="mend what is named above and start the same batch again: finished areas are left as they are",
            )
        if any(one.exit_code == 5 for one in self.outcomes):
            raise ReconciliationError(
                "Met need is above need by more than the interval in the areas named above. Their outputs are complete "
                "and say so on the first page.",
                action="check their local returns; set accept_met_above_need=true once the difference is explained",
            )


def run_batch(
    base: Scenario,
    asked: str,
    *,
    workers: int = 1,
    scheduler: str = "",
    memory: str = "2GB",
    results_only: bool = False,
    progress: bool = True,
    before: Callable[[str], None] = lambda words: None,
) -> FinishedBatch:
    """Assess every area of ``asked`` and write the national summary.

    Areas whose outputs are whole and made from the same choices, files and code are left as they are, so a batch that
    was stopped goes on where it was. An area's failure does not stop the rest. base: the choices of every area;
    ``{area}`` in a file name stands for each area's code; results_only: one Parquet part an area and no folders;
    progress: whether what goes on is reported; before: hears what will go wrong, before any work.
    Raises, before any area is assessed, UsageError for choices that cannot serve many areas, InputError for the list, for
    a file of all areas that is not there, and for a population that was forgotten, EnvironmentFault for an output folder
    that cannot be written.
    """
    if workers < 1:
        raise UsageError("--workers is 1 or more.")
    check_memory(memory)
    if base.run in (".", "..") or base.previous:
        raise UsageError("A batch takes no previous run: give it to each area's own run.")
    areas = read_areas(asked, data_dir(), own_population=bool(base.population))
    folder = output_parent(base).resolve() / FOLDER
    parts = folder / f"{_name(base, areas)}_areas" if results_only else None
    _check_shared(base)
    lacking = without_population(areas, base, asked)
    if lacking:
        before(
            f"No population for {len(lacking)} of {len(areas)} areas, which will fail: {some_of(lacking)}."
        )
    jobs = [make_job(base, area.codes, area.code, area.residents, parts) for area in areas]
    kept = [Outcome(job.code, UNCHANGED, exit_code=exit_code(job)) for job in jobs if is_finished(job)]
    found = {one.code: one for one in kept}
    waiting = [job for job in jobs if job.code not in found]
    target = folder / _name(base, areas)
    _try_place(target)
    try:
        # closed before anything is cleared away, so that no worker goes on writing
        with (
            nullcontext() if progress else heard_by(None),
            closing(outcomes(waiting, workers, scheduler, memory)) as coming,
        ):
            for outcome in coming:
                found[outcome.code] = outcome
                report(f"{len(found)} of {len(jobs)} areas are finished")
    finally:
        for job in waiting:
            _clear_partial(job)
    ordered = tuple(found[area.code] for area in areas)
    whole = [job for job in jobs if found[job.code].state != FAILED]
    report("Writing the national summary")
    write_summary(
        base,
        areas,
        {one.code: one.message for one in ordered if one.state == FAILED},
        {job.code: results_of(job) for job in whole},
        sorted({facts_of(job)["population"] for job in whole}),
        target,
    )
    return FinishedBatch(target, ordered, {area.code: area.area.name for area in areas})


def _check_shared(base: Scenario) -> None:
    """Raise InputError for a file of all areas that is not there: it would fail every one of them."""
    for name in PATH_FIELDS:
        given = str(getattr(base, name))
        path = scenarios_path(given) if name == "scenarios" else Path(given)
        if given and BY_AREA not in given and not path.exists():
            raise InputError(
                f"The file for {name.replace('_', ' ')} that every area is to use does not exist.",
                file=given,
                expected=f"one file for all areas, or {BY_AREA} in its name for a file of each",
                action="check its name and folder",
            )


class _OnlyTriedError(Exception):
    """Leaves a folder that was opened to see whether it can be."""


def _try_place(target: Path) -> None:
    """Raise EnvironmentFault before any area is assessed where the summary could not be written in the end."""
    with suppress(_OnlyTriedError), staged_folder(target.parent, target.name):
        raise _OnlyTriedError


def _name(base: Scenario, areas: Sequence[BatchArea]) -> str:
    """The batch's name: as given, or from its areas and the choices that all of them share."""
    if base.run:
        return base.run
    choices = base.local_only()
    for name in ("area", "as_of"):
        choices.pop(name)
    content = json.dumps([choices, [area.code for area in areas]], sort_keys=True)
    return f"{len(areas)}_areas_{sha256(content.encode()).hexdigest()[:8]}"


def _clear_partial(job: Job) -> None:
    """Take away what a worker that was stopped left half written."""
    if job.part:
        target = Path(job.part)
        for left in target.parent.glob(f".{target.name}.*{PARTIAL}"):
            left.unlink(missing_ok=True)
        return
    final = run_folder(job.scenario())
    if final.parent.is_dir():
        clear_half_folders(final.parent, final.name)

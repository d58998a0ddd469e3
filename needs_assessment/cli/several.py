"""Commands about several runs: why two of them differ, and many areas at once."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from needs_assessment.cli.options import (
    Boundaries,
    Debug,
    DrawCount,
    Lookup,
    Method,
    NoPaper,
    Output,
    Population,
    Quiet,
    Rates,
    ScenarioFile,
    Seed,
    Services,
    Settings,
    Template,
    chosen_of,
)
from needs_assessment.cli.streams import is_watched, say, shown_progress, tell
from needs_assessment.progress import report


def compare(
    run_a: Annotated[str, typer.Argument(help="Folder of the earlier run.")],
    run_b: Annotated[str, typer.Argument(help="Folder of the later run.")],
    services_a: Annotated[
        str, typer.Option("--services-a", help="Local returns that RUN_A was given.", show_default=False)
    ] = "",
    services_b: Annotated[
        str, typer.Option("--services-b", help="Local returns that RUN_B was given.", show_default=False)
    ] = "",
    file: Annotated[
        list[str] | None,
        typer.Option("--file", help="Another file a run was given; may be repeated.", show_default=False),
    ] = None,
    to: Annotated[
        str,
        typer.Option("--to", help="Parent folder of comparisons (default: compare beside RUN_B's area)."),
    ] = "",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Say why each figure of RUN_B differs from RUN_A, and write tables, charts and a paper of it."""
    with shown_progress(quiet):
        from needs_assessment.runs.compare import RunsToCompare, compare_runs

        found = compare_runs(RunsToCompare(run_a, run_b, services_a, services_b, tuple(file or ()), to))
        report("Writing what changed")
        written = found.write(to)
    if quiet:
        say(str(written))
        return
    for sentence in (*found.about().sentences, "", *found.sentences):
        say(sentence)
    say(f"\nOutputs: {written}")


def batch(
    areas: Annotated[
        str,
        typer.Option(
            "--areas",
            help="all (every tier-one authority and London borough), tier-one, districts, or a file with one area a line.",
        ),
    ],
    workers: Annotated[str, typer.Option("--workers", metavar="N", help="Processes on this machine.")] = "1",
    scheduler: Annotated[
        str,
        typer.Option(
            "--scheduler",
            help="Address of a Dask scheduler whose workers see the same files.",
            show_default=False,
        ),
    ] = "",
    memory: Annotated[str, typer.Option("--memory", help="Memory each local worker may have.")] = "2GB",
    results_only: Annotated[
        bool, typer.Option("--results-only", help="Only the results of every area, and the national summary.")
    ] = False,
    scenario: ScenarioFile = "",
    set_: Settings = None,
    population: Population = "",
    lookup: Lookup = "",
    boundaries: Boundaries = "",
    services: Services = "",
    rates: Rates = "",
    method: Method = "",
    draws: DrawCount = "",
    seed: Seed = "",
    output: Output = "",
    template: Template = "",
    no_paper: NoPaper = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Assess many areas and write a national summary; start it again to go on where it stopped."""
    values = {**locals(), "area": None}
    from needs_assessment.errors import Interrupted, UsageError

    try:
        processes = int(workers)
    except ValueError:
        raise UsageError(
            f"--workers {workers}: this is no number of processes.", action="write a whole number, 1 or more"
        ) from None
    chosen = chosen_of(values)
    try:
        with shown_progress(quiet):
            from needs_assessment.batch.run import run_batch

            finished = run_batch(
                chosen,
                areas,
                workers=processes,
                scheduler=scheduler,
                memory=memory,
                results_only=results_only,
                before=tell if is_watched(sys.stderr) and not quiet else lambda words: None,
            )
    except KeyboardInterrupt:
        raise Interrupted(
            "Interrupted: the areas that were finished are kept, and the same command goes on from there."
        ) from None
    speak = tell if quiet else say
    for line in finished.lines() if not quiet or finished.of("failed") else []:
        speak(line)
    say(str(finished.folder) if quiet else f"\nNational summary: {finished.folder}")
    finished.raise_if_incomplete()

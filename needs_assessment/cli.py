"""The command line: parse, call, print, exit code; nothing else."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from needs_assessment.cli_material import Debug, areas, fetch, verify

app = typer.Typer(
    name="needs-assessment",
    help="Domestic abuse needs assessment by ward: prevalence, unmet need and the safe-accommodation gap.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Area = Annotated[
    list[str] | None,
    typer.Option(
        "--area", help="Authority code, such as E06000056; repeat it for a partnership.", show_default=False
    ),
]
ScenarioFile = Annotated[str, typer.Option("--scenario", help="Scenario file in TOML.", show_default=False)]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="One choice as key=value; may be repeated.", show_default=False),
]
Population = Annotated[
    str,
    typer.Option(
        "--population",
        help="Population file of wards or small areas, as published (CSV, XLSX or Parquet).",
        show_default=False,
    ),
]
Lookup = Annotated[
    str,
    typer.Option("--lookup", help="Best-fit lookup that brings small areas to wards.", show_default=False),
]
Boundaries = Annotated[str, typer.Option("--boundaries", help="Ward boundary file.", show_default=False)]
Services = Annotated[str, typer.Option("--services", help="The council's own returns.", show_default=False)]
Template = Annotated[
    str,
    typer.Option(
        "--template",
        help="Word document whose styles, headers and footers the paper takes.",
        show_default=False,
    ),
]
Rates = Annotated[
    str,
    typer.Option(
        "--rates",
        help="Rate set by name, or a file of rates (CSV, or a prevalence workbook).",
        show_default=False,
    ),
]
Method = Annotated[
    str,
    typer.Option("--method", help="crude, sex, age_sex (default), composition or local.", show_default=False),
]
DrawCount = Annotated[
    int | None, typer.Option("--draws", help="Number of draws (default 10000).", show_default=False)
]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of the draws.", show_default=False)]
Output = Annotated[
    str, typer.Option("--output", help="Parent folder of results (default: outputs).", show_default=False)
]
NoPaper = Annotated[bool, typer.Option("--no-paper", help="Leave out the Word, PDF and HTML paper.")]

OPTIONS = (
    "area",
    "population",
    "lookup",
    "boundaries",
    "services",
    "rates",
    "method",
    "draws",
    "seed",
    "output",
    "template",
)


def _scenario(scenario_file: str, settings: list[str] | None, options: dict[str, Any]) -> Any:
    from pathlib import Path

    from needs_assessment.scenario import Scenario, parse_setting, read_scenario_file, refuse_unknown

    choices: dict[str, Any] = read_scenario_file(Path(scenario_file)) if scenario_file else {}
    set_by_hand = dict(parse_setting(text) for text in settings or [])
    refuse_unknown(set_by_hand, "--set")
    choices.update(set_by_hand)
    choices.update({name: value for name, value in options.items() if value not in (None, "", [])})
    return Scenario.build(choices, "scenario")


def _chosen(values: dict[str, Any]) -> Any:
    """The scenario of a command's options, as the command received them."""
    options = {name: values[name] for name in OPTIONS}
    options["paper"] = False if values["no_paper"] else None
    return _scenario(values["scenario"], values["set_"], options)


@app.command()
def run(
    area: Area = None,
    scenario: ScenarioFile = "",
    set_: Settings = None,
    population: Population = "",
    lookup: Lookup = "",
    boundaries: Boundaries = "",
    services: Services = "",
    rates: Rates = "",
    method: Method = "",
    draws: DrawCount = None,
    seed: Seed = None,
    output: Output = "",
    template: Template = "",
    no_paper: NoPaper = False,
    debug: Debug = False,
) -> None:
    """Run the needs assessment and write its folder of outputs."""
    chosen = _chosen(locals())
    from needs_assessment.publish.run import run_scenario

    finished = run_scenario(chosen)
    for sentence in finished.summary():
        typer.echo(sentence)
    typer.echo(f"\nOutputs: {finished.folder}")
    finished.raise_if_not_reconciled()


@app.command()
def check(
    area: Area = None,
    scenario: ScenarioFile = "",
    set_: Settings = None,
    population: Population = "",
    lookup: Lookup = "",
    boundaries: Boundaries = "",
    services: Services = "",
    rates: Rates = "",
    method: Method = "",
    draws: DrawCount = None,
    seed: Seed = None,
    output: Output = "",
    template: Template = "",
    no_paper: NoPaper = False,
    debug: Debug = False,
) -> None:
    """Validate everything, say what would be used and what is missing or stale, and write nothing."""
    chosen = _chosen(locals())
    from needs_assessment.review import review

    for line in review(chosen):
        typer.echo(line)


@app.command()
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
    debug: Debug = False,
) -> None:
    """Say why each figure of RUN_B differs from RUN_A, and write tables, charts and a paper of it."""
    from needs_assessment.compare import RunsToCompare, compare_runs

    found = compare_runs(RunsToCompare(run_a, run_b, services_a, services_b, tuple(file or ()), to))
    for sentence in (*found.about().sentences, "", *found.sentences):
        typer.echo(sentence)
    typer.echo(f"\nOutputs: {found.write(to)}")


@app.command()
def batch(
    areas: Annotated[
        str,
        typer.Option(
            "--areas",
            help="all (every tier-one authority and London borough), tier-one, districts, or a file with one area a line.",
        ),
    ],
    workers: Annotated[int, typer.Option("--workers", help="Processes on this machine.")] = 1,
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
    boundaries: Boundaries = "",
    services: Services = "",
    rates: Rates = "",
    method: Method = "",
    draws: DrawCount = None,
    seed: Seed = None,
    output: Output = "",
    no_paper: NoPaper = False,
    debug: Debug = False,
) -> None:
    """Assess many areas and write a national summary; start it again to go on where it stopped."""
    values = {**locals(), "area": None}
    chosen = _chosen(values)
    from needs_assessment.batch.run import run_batch

    finished = run_batch(
        chosen, areas, workers=workers, scheduler=scheduler, memory=memory, results_only=results_only
    )
    for line in finished.lines():
        typer.echo(line)
    typer.echo(f"\nNational summary: {finished.folder}")
    finished.raise_if_incomplete()


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="Population file, as published.", show_default=False)],
    to: Annotated[str, typer.Option("--to", help="The CSV or Parquet file to write.")],
    lookup: Lookup = "",
    area: Area = None,
    debug: Debug = False,
) -> None:
    """Bring any published population layout to the one table that every run reads."""
    from pathlib import Path

    from needs_assessment.inputs.geography import resolve_area
    from needs_assessment.inputs.population import load_population
    from needs_assessment.inputs.population_import import import_population
    from needs_assessment.publish.population_table import check_target, write_population
    from needs_assessment.resources import data_dir

    check_target(Path(to))
    best_fit = Path(lookup) if lookup else None
    if area:
        chosen = resolve_area(area, data_dir(), any_authority=True)
        read = load_population(chosen, path=Path(file), lookup=best_fit, data=data_dir())
    else:
        read = import_population(Path(file), lookup=best_fit, data=data_dir())
    write_population(Path(to), read.frame, read.estimate_date, read.ward_vintage)
    for note in read.notes:
        typer.echo(note)
    typer.echo(
        f"Written: {to}: {read.frame['ward_code'].nunique():,} wards of {read.ward_vintage}, "
        f"{read.frame['persons'].sum():,} residents, {read.estimate_date}"
    )


@app.command()
def template(
    to: Annotated[str, typer.Option("--to", help="The XLSX file to write.")],
    area: Area = None,
    debug: Debug = False,
) -> None:
    """Write a workbook to fill in with the council's own returns and evidence, for --services and --set evidence=FILE."""
    from pathlib import Path

    from needs_assessment.errors import EnvironmentFault
    from needs_assessment.inputs.evidence import load_themes
    from needs_assessment.inputs.geography import resolve_area
    from needs_assessment.inputs.register import load_registers
    from needs_assessment.publish.returns_template import write_template
    from needs_assessment.resources import data_dir

    chosen = _scenario("", None, {"area": area})
    themes = load_themes(data_dir(), load_registers(data_dir()))
    try:
        write_template(Path(to), resolve_area(chosen.area, data_dir()).name, themes=themes)
    except OSError as error:
        raise EnvironmentFault(
            f"The file {to} cannot be written: {error.strerror or error}.", action="choose another --to"
        ) from error
    typer.echo(f"Written: {to}")


for _command in (areas, fetch, verify):
    app.command()(_command)


def main() -> None:
    """Run the command line; a user's mistake prints what, where and what to do, and sets the exit code."""
    # outputs never depend on a screen
    os.environ.setdefault("MPLBACKEND", "Agg")
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    from needs_assessment.errors import NeedsAssessmentError

    command = typer.main.get_command(app)
    try:
        code = command.main(args=arguments, prog_name="needs-assessment", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except NeedsAssessmentError as error:
        if "--debug" in arguments:
            raise
        print(error.report(), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted: nothing was written.", file=sys.stderr)
        return 130
    except Exception as error:
        if type(error).__name__ == "Abort":
            return 130
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        error.show()
        return int(error.exit_code)

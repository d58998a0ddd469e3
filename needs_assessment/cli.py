"""The command line: parse, call, print, exit code; nothing else."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from needs_assessment.cli_material import areas, fetch, import_, verify
from needs_assessment.cli_options import (
    Area,
    Boundaries,
    Debug,
    DrawCount,
    Lookup,
    Method,
    NoPaper,
    Output,
    Population,
    Rates,
    ScenarioFile,
    Seed,
    Services,
    Settings,
    Template,
    chosen_of,
    scenario_of,
)
from needs_assessment.cli_several import batch, compare

app = typer.Typer(
    name="needs-assessment",
    help="Domestic abuse needs assessment by ward: prevalence, unmet need and the safe-accommodation gap.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
    chosen = chosen_of(locals())
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
    chosen = chosen_of(locals())
    from needs_assessment.review import review

    for line in review(chosen):
        typer.echo(line)


@app.command()
def template(
    to: Annotated[str, typer.Option("--to", help="The XLSX file to write.")],
    area: Area = None,
    debug: Debug = False,
) -> None:
    """Write a workbook to fill in with the council's own returns and evidence, for --services and --set evidence=FILE."""
    from pathlib import Path

    from needs_assessment.errors import EnvironmentFault, UsageError
    from needs_assessment.inputs.evidence import load_themes
    from needs_assessment.inputs.geography import resolve_area
    from needs_assessment.inputs.register import load_registers
    from needs_assessment.publish.returns_template import write_template
    from needs_assessment.resources import data_dir

    if Path(to).suffix.casefold() != ".xlsx":
        raise UsageError(
            f"The workbook cannot be written to {to}.", action="give --to a name that ends in .xlsx"
        )
    if Path(to).exists():
        raise UsageError(
            f"{to} is there already and may be filled in, so it was not replaced.",
            action="choose another --to, or move the file away",
        )
    chosen = scenario_of("", None, {"area": area})
    themes = load_themes(data_dir(), load_registers(data_dir()))
    try:
        write_template(Path(to), resolve_area(chosen.area, data_dir()).name, themes=themes)
    except OSError as error:
        raise EnvironmentFault(
            f"The file {to} cannot be written: {error.strerror or error}.", action="choose another --to"
        ) from error
    typer.echo(f"Written: {to}")


for _command in (areas, batch, compare, fetch, verify):
    app.command()(_command)
app.command("import")(import_)


def main() -> None:
    """Run the command line; a user's mistake prints what, where and what to do, and sets the exit code."""
    # outputs never depend on a screen
    os.environ.setdefault("MPLBACKEND", "Agg")
    # the arrays are too small for threads of the linear algebra to do more than wait for each other
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    # a run keeps most of what it makes: searched through as often as by default, that takes a tenth of its time
    gc.set_threshold(50_000, 20, 50)
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    from needs_assessment.errors import Interrupted, NeedsAssessmentError, fault_of_the_computer, unspoken

    command = typer.main.get_command(app)
    try:
        try:
            code = command.main(args=arguments, prog_name="needs-assessment", standalone_mode=False)
        except (OSError, MemoryError) as error:
            raise fault_of_the_computer(error) from error
        if code == Interrupted.exit_code:
            # the library that reads the options makes a number of Ctrl-C
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except NeedsAssessmentError as error:
        if "--debug" in arguments:
            import traceback

            # a library's own words may repeat what it was given
            print(unspoken(traceback.format_exc()), file=sys.stderr)
        print(error.report(), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:
        if type(error).__name__ == "Abort":
            return _interrupted()
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        if isinstance(getattr(error, "message", None), str):
            vars(error)["message"] = unspoken(vars(error)["message"])
        error.show()
        return int(error.exit_code)


def _interrupted() -> int:
    from needs_assessment.errors import Interrupted

    print("Interrupted: nothing was written.", file=sys.stderr)
    return Interrupted.exit_code

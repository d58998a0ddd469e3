"""The command line: parse, call, print, exit code; nothing else."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated, Any

import typer

from needs_assessment.cli.lab import lab
from needs_assessment.cli.material import areas, fetch, import_, verify
from needs_assessment.cli.options import (
    Area,
    Boundaries,
    Debug,
    DrawCount,
    Json,
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
    scenario_of,
)
from needs_assessment.cli.several import batch, compare
from needs_assessment.command_name import NAME, command_name
from needs_assessment.streams import flush_result, open_streams, say, say_json, shown_progress, tell

DEBUG = "--debug"
COMPLETE = "_NEEDS_ASSESSMENT_COMPLETE"
COMPLETIONS = ("--install-completion", "--show-completion")
USAGE = 2

app = typer.Typer(
    name="needs-assessment",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Domestic abuse needs assessment by ward: prevalence, unmet need and the safe-accommodation gap.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        from needs_assessment.version import __version__

        say(f"{NAME} {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    """Domestic abuse needs assessment by ward: prevalence, unmet need and the safe-accommodation gap."""


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
    draws: DrawCount = "",
    seed: Seed = "",
    output: Output = "",
    template: Template = "",
    no_paper: NoPaper = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Run the needs assessment and write its folder of outputs."""
    chosen = chosen_of(locals())
    with shown_progress(quiet):
        from needs_assessment.runs.run import run_scenario

        finished = run_scenario(chosen)
    if quiet:
        say(str(finished.folder))
    else:
        for sentence in finished.summary():
            say(sentence)
        say(f"\nOutputs: {finished.folder}")
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
    draws: DrawCount = "",
    seed: Seed = "",
    output: Output = "",
    template: Template = "",
    no_paper: NoPaper = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Validate everything, say what would be used and what is missing or stale, and write nothing."""
    chosen = chosen_of(locals())
    with shown_progress(quiet):
        from needs_assessment.runs.check import review, review_facts

        # a review stops at what would stop a run, so it is made whole even where nothing is printed
        found = review_facts(chosen) if json else list(review(chosen))
    if json:
        say_json(found)
    elif not quiet:
        say("\n".join(found))


@app.command()
def template(
    to: Annotated[str, typer.Option("--to", help="The XLSX file to write.")],
    area: Area = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a workbook to fill in with the council's own returns and evidence, for --services and --set evidence=FILE."""
    from pathlib import Path

    from needs_assessment.errors import EnvironmentFault, UsageError
    from needs_assessment.inputs.areas.geography import resolve_area
    from needs_assessment.inputs.returns.evidence import load_themes
    from needs_assessment.registers.registers import load_registers
    from needs_assessment.report.writers.returns_workbook import write_template
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
    say(to if quiet else f"Written: {to}")


for _command in (areas, batch, compare, fetch, verify):
    app.command()(_command)
app.command("import")(import_)
app.command("lab", context_settings={"ignore_unknown_options": True})(lab)


def main() -> None:
    """Run the command line; a user's mistake prints what, where and what to do, and sets the exit code."""
    # outputs never depend on a screen
    os.environ.setdefault("MPLBACKEND", "Agg")
    # the arrays are too small for threads of the linear algebra to do more than wait for each other
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    # a run keeps most of what it makes: searched through as often as by default, that takes a tenth of its time
    gc.set_threshold(50_000, 20, 50)
    open_streams()
    if DEBUG not in sys.argv[1:]:
        _silence_libraries()
    sys.exit(_run(sys.argv[1:]))


def _silence_libraries() -> None:
    """Remarks of libraries are for who works on the program: they are shown with --debug."""
    import logging
    import warnings

    logging.disable(logging.CRITICAL)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")  # of the processes that a batch starts


def _run(arguments: list[str]) -> int:
    from needs_assessment.errors import NeedsAssessmentError, fault_of_the_computer, unspoken

    try:
        try:
            code = _called(arguments)
            flush_result()
        except (OSError, MemoryError) as error:
            raise fault_of_the_computer(error) from error
        return code
    except NeedsAssessmentError as error:
        if DEBUG in arguments:
            import traceback

            # a library's own words may repeat what it was given
            tell(unspoken(traceback.format_exc()))
        tell(error.report())
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted()


def _called(arguments: list[str]) -> int:
    """Parse the arguments and call the command; its exit code. Mistakes in them are told here."""
    from needs_assessment.errors import Interrupted

    command = typer.main.get_command(app)
    # a completion serves the installed command, however this one was called
    completion = COMPLETE in os.environ or any(word.startswith(COMPLETIONS) for word in arguments)
    try:
        code = command.main(
            args=arguments,
            prog_name=NAME if completion else command_name(),
            complete_var=COMPLETE,
            standalone_mode=False,
        )
    except SystemExit as ended:
        # the library ends the program itself after a completion, and when a reader of its help has left
        return USAGE if completion and ended.code else 0
    except Exception as error:
        if type(error).__name__ == "Abort":
            raise KeyboardInterrupt from error
        if not hasattr(error, "exit_code") or not hasattr(error, "format_message"):
            raise
        named = arguments[0] if arguments and arguments[0] in getattr(command, "commands", {}) else ""
        _tell_mistake(error, named)
        return int(error.exit_code)
    if code == Interrupted.exit_code:
        # the library that reads the options makes a number of Ctrl-C
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _tell_mistake(error: Any, command: str) -> None:
    """A mistake in the arguments, in the form of every other refusal; without arguments, the help itself."""
    from needs_assessment.errors import unspoken

    message = unspoken(error.format_message().strip())
    if type(error).__name__ == "NoArgsIsHelpError":
        tell(message)
        return
    path = command_name(*filter(None, [command]), "--help")
    tell(f"{message}\n  what to do: {path} lists the {'options' if command else 'commands'}")


def _interrupted() -> int:
    from needs_assessment.errors import Interrupted

    tell("Interrupted: nothing was written.")
    return Interrupted.exit_code

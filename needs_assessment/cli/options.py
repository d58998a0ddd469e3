"""What the commands share: the options of a run, and the scenario that they make."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def complete_area(incomplete: str) -> list[tuple[str, str]]:
    """Codes with their names, for a shell that completes what was begun as a code or a name."""
    from needs_assessment.choices.area_names import named_areas
    from needs_assessment.resources import data_dir

    begun = incomplete.strip("'\"").casefold()
    return [
        (code, name)
        for code, name in named_areas(data_dir()).items()
        if code.casefold().startswith(begun) or name.casefold().startswith(begun)
    ]


Debug = Annotated[bool, typer.Option("--debug", help="Show where in the code an error arose.")]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Print only the path of what was written, and errors."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, for another program.")]
Area = Annotated[
    list[str] | None,
    typer.Option(
        "--area",
        help="Authority by code or name, such as E06000056; repeat it for a partnership.",
        show_default=False,
        autocompletion=complete_area,
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
    str,
    typer.Option("--draws", metavar="N", help="Number of draws (default 10000).", show_default=False),
]
Seed = Annotated[str, typer.Option("--seed", metavar="N", help="Seed of the draws.", show_default=False)]
Output = Annotated[
    str, typer.Option("--output", help="Parent folder of results (default: outputs).", show_default=False)
]
NoPaper = Annotated[bool, typer.Option("--no-paper", help="Leave out the Word, PDF and HTML paper.")]

NUMBERS = ("draws", "seed")
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


def scenario_of(scenario_file: str, settings: list[str] | None, options: dict[str, Any]) -> Any:
    """The scenario of a file, of --set and of options, each in place of the one before."""
    from pathlib import Path

    from needs_assessment.scenario import Scenario, parse_setting, read_scenario_file

    choices: dict[str, Any] = {}
    origins: dict[str, str] = {}
    given = {
        # a number is read as --set reads it, so that what is no number is refused in the same words
        name: parse_setting(f"{name}={value}")[1] if name in NUMBERS else value
        for name, value in options.items()
        if value not in (None, "", [])
    }
    for origin, part in (
        (
            f"scenario file {Path(scenario_file).name}",
            read_scenario_file(Path(scenario_file), check=False) if scenario_file else {},
        ),
        ("--set", dict(parse_setting(text) for text in settings or [])),
        ("command line", given),
    ):
        choices.update(part)
        origins.update(dict.fromkeys(part, origin))
    return Scenario.build(choices, origins)


def chosen_of(values: dict[str, Any]) -> Any:
    """The scenario of a command's options, as the command received them."""
    options = {name: values.get(name) for name in OPTIONS}
    options["paper"] = False if values["no_paper"] else None
    return scenario_of(values["scenario"], values["set_"], options)

"""Commands about material rather than about a run's choices: what there is, fetching it, verifying what was made."""

from __future__ import annotations

from typing import Annotated

import typer

from needs_assessment.cli.options import Area, Debug, Json, Lookup, Quiet, complete_area
from needs_assessment.cli.streams import say, say_json, shown_progress
from needs_assessment.command_name import command_name


def areas(json: Json = False, quiet: Quiet = False, debug: Debug = False) -> None:
    """List what is bundled, what was fetched into the cache, and the council's own files; --quiet: the areas' codes."""
    from pathlib import Path

    from needs_assessment.fetch.listing import list_cached
    from needs_assessment.fetch.store import cache_folder
    from needs_assessment.inputs.areas.bundled import list_areas
    from needs_assessment.inputs.returns.local_files import list_local
    from needs_assessment.resources import data_dir
    from needs_assessment.version import __version__

    bundled, cached = list_areas(data_dir()), list_cached(cache_folder())
    folders = dict.fromkeys((data_dir() / "local", Path.cwd() / "data" / "local"))
    local = {folder: files for folder in folders if len(files := list_local(folder))}
    if json:
        say_json(
            {
                "command": "areas",
                "version": __version__,
                "bundled": bundled.to_dict("records"),
                "cache": {"folder": str(cache_folder()), "areas": cached.to_dict("records")},
                "local": [
                    {"folder": str(folder), "files": files.to_dict("records")}
                    for folder, files in local.items()
                ],
            }
        )
        return
    if quiet:
        say("\n".join(dict.fromkeys([*bundled["area_code"], *cached["area_code"]])))
        return
    say("Bundled with the project:\n" + bundled.to_string(index=False))
    say(f"\nFetched, in the cache {cache_folder()}:")
    say(cached.to_string(index=False) if len(cached) else f"nothing; {command_name('fetch', 'AREA')}")
    for folder, files in local.items():
        say(f"\nThe council's own files, in {folder}:\n{files.to_string(index=False)}")


def fetch(
    area: Annotated[
        list[str],
        typer.Argument(
            metavar="AREA...",
            help="Authorities by code or name, such as E06000056; join those of a partnership by '+'.",
            show_default=False,
            autocompletion=complete_area,
        ),
    ],
    wards: Annotated[
        str, typer.Option("--wards", help="Year of the ward boundaries (default: the newest registered).")
    ] = "",
    only: Annotated[
        str,
        typer.Option(
            "--only", help="Some of population,boundaries,characteristics,lookups,small_areas (default: all)."
        ),
    ] = "",
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask again for what is kept already.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Use the cache only; ask nothing.")] = False,
    register: Annotated[
        str,
        typer.Option("--register", help="Your own copy of data/services_online.toml.", show_default=False),
    ] = "",
    mirror: Annotated[
        list[str] | None,
        typer.Option("--mirror", help="Ask another address, as nomis=https://host/path.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Fetch population, boundaries, Census tables and lookups from the official services into the cache."""
    from needs_assessment.errors import Interrupted
    from needs_assessment.fetch.command import fetch_areas

    try:
        with shown_progress(quiet):
            fetched = fetch_areas(
                area,
                (lambda line: None) if quiet else say,
                wards=wards,
                only=only,
                refresh=refresh,
                offline=offline,
                register=register,
                mirrors=mirror or [],
            )
    except KeyboardInterrupt:
        raise Interrupted(
            "Interrupted: what has arrived is kept, and the same command goes on from there."
        ) from None
    for one in fetched if quiet else []:
        # the scenario that a run takes, or the folder where there is none
        written = one.scenario or (one.files[0].path.parent if one.files else None)
        if written is not None:
            say(str(written))


def verify(
    folder: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a finished run.")],
    files: Annotated[
        str,
        typer.Option(
            "--files",
            help="Folder with the files that the run was given; their check sums are compared.",
            show_default=False,
        ),
    ] = "",
    sums_only: Annotated[
        bool, typer.Option("--sums-only", help="Compare check sums and do not run again.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check that a run's outputs still match its manifest, and that running again gives the same tables."""
    from pathlib import Path

    with shown_progress(quiet):
        from needs_assessment.runs.verify import verify_run

        found = verify_run(Path(folder), Path(files) if files else None, again=not sums_only)
    if json:
        say_json(found.facts())
    elif not quiet:
        say("\n".join(found.lines()))
    found.raise_if_different()


def import_(
    file: Annotated[str, typer.Argument(help="Population file, as published.", show_default=False)],
    to: Annotated[str, typer.Option("--to", help="The CSV or Parquet file to write.")],
    lookup: Lookup = "",
    area: Area = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Bring any published population layout to the one table that every run reads."""
    from pathlib import Path

    from needs_assessment.inputs.areas.geography import resolve_area
    from needs_assessment.inputs.population.population import import_population, load_population
    from needs_assessment.report.writers.population_table import check_target, write_population
    from needs_assessment.resources import data_dir

    check_target(Path(to))
    best_fit = Path(lookup) if lookup else None
    if area:
        chosen = resolve_area(area, data_dir(), any_authority=True)
        read = load_population(chosen, path=Path(file), lookup=best_fit, data=data_dir())
    else:
        read = import_population(Path(file), lookup=best_fit, data=data_dir())
    write_population(Path(to), read.frame, read.estimate_date, read.ward_vintage)
    if quiet:
        say(to)
        return
    for note in read.notes:
        say(note)
    say(
        f"Written: {to}: {read.frame['ward_code'].nunique():,} wards of {read.ward_vintage}, "
        f"{read.frame['persons'].sum():,} residents, {read.estimate_date}"
    )

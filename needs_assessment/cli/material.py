"""Commands about material rather than about a run's choices: what there is, fetching it, verifying what was made."""

from __future__ import annotations

from typing import Annotated

import typer

from needs_assessment.cli.options import Area, Debug, Lookup


def areas(debug: Debug = False) -> None:
    """List what is bundled, what was fetched into the cache, and the council's own files."""
    from pathlib import Path

    from needs_assessment.fetch.listing import list_cached
    from needs_assessment.fetch.store import cache_folder
    from needs_assessment.inputs.areas.bundled import list_areas
    from needs_assessment.inputs.returns.local_files import list_local
    from needs_assessment.resources import data_dir

    typer.echo("Bundled with the project:\n" + list_areas(data_dir()).to_string(index=False))
    cached = list_cached(cache_folder())
    typer.echo(f"\nFetched, in the cache {cache_folder()}:")
    typer.echo(cached.to_string(index=False) if len(cached) else "nothing; needs-assessment fetch AREA")
    for folder in dict.fromkeys((data_dir() / "local", Path.cwd() / "data" / "local")):
        files = list_local(folder)
        if len(files):
            typer.echo(f"\nThe council's own files, in {folder}:\n{files.to_string(index=False)}")


def fetch(
    area: Annotated[
        list[str],
        typer.Argument(
            metavar="AREA...",
            help="Codes of authorities, such as E06000056; join those of a partnership by '+'.",
            show_default=False,
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
    debug: Debug = False,
) -> None:
    """Fetch population, boundaries, Census tables and lookups from the official services into the cache."""
    from needs_assessment.errors import Interrupted
    from needs_assessment.fetch.command import fetch_areas

    try:
        fetch_areas(
            area,
            typer.echo,
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
    debug: Debug = False,
) -> None:
    """Check that a run's outputs still match its manifest, and that running again gives the same tables."""
    from pathlib import Path

    from needs_assessment.runs.verify import verify_run

    found = verify_run(Path(folder), Path(files) if files else None, again=not sums_only)
    for line in found.lines():
        typer.echo(line)
    found.raise_if_different()


def import_(
    file: Annotated[str, typer.Argument(help="Population file, as published.", show_default=False)],
    to: Annotated[str, typer.Option("--to", help="The CSV or Parquet file to write.")],
    lookup: Lookup = "",
    area: Area = None,
    debug: Debug = False,
) -> None:
    """Bring any published population layout to the one table that every run reads."""
    from pathlib import Path

    from needs_assessment.inputs.areas.geography import resolve_area
    from needs_assessment.inputs.population.population import load_population
    from needs_assessment.inputs.population.population_import import import_population
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
    for note in read.notes:
        typer.echo(note)
    typer.echo(
        f"Written: {to}: {read.frame['ward_code'].nunique():,} wards of {read.ward_vintage}, "
        f"{read.frame['persons'].sum():,} residents, {read.estimate_date}"
    )

"""``lab``: the notebooks in JupyterLab."""

from __future__ import annotations

from typing import Annotated

import typer

from needs_assessment.cli.options import Debug

START = "needs_assessment.ipynb"


def lab(
    further: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[JUPYTER OPTIONS]...",
            help="Further options of JupyterLab, such as --no-browser or --port=8890.",
            show_default=False,
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Open the notebooks in JupyterLab, on this machine only, in copies of your own below outputs/notebooks."""
    # nothing of it looks at web addresses, and its import takes over a second
    import sys

    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from jupyterlab.labapp import LabApp

    from needs_assessment.lab.copies import refresh_copies
    from needs_assessment.lab.server import address, open_server, serve
    from needs_assessment.resources import notebooks_dir, project_dir

    project = project_dir().resolve()
    copies = refresh_copies(notebooks_dir(), project / "outputs" / "notebooks")
    for note in copies.notes:
        typer.echo(note)
    start = f"/lab/tree/{(copies.folder / START).relative_to(project).as_posix()}"
    server = open_server(LabApp, project, start, further or [])
    typer.echo(f"JupyterLab: {address(server, start)}\nYour copies of the notebooks: {copies.folder}")
    typer.echo(
        "Leave this window open while you work. To stop, press Ctrl-C here, or choose File > Shut Down."
    )
    serve(server)

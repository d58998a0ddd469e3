"""The one place for the settings of every server that the project starts: this machine only, and nothing asked of others.

JupyterLab as it comes looks for news and newer releases, offers extensions from a package index, and writes twins of
paired notebooks. Here all of that is off, by JupyterLab's own settings: the server listens on the loopback address and
wants its token, its root is the project's folder, and its pages may load from and speak to nothing but itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from needs_assessment.errors import EnvironmentFault, UsageError
from needs_assessment.resources import PROJECT_VARIABLE

if TYPE_CHECKING:
    from jupyter_server.extension.application import ExtensionApp
    from jupyter_server.serverapp import ServerApp

LOOPBACK = "127.0.0.1"
# The browser itself refuses whatever a page, a notebook or an extension asks of another machine. The interface is built
# with styles, workers and compiled checks of its settings that stand in the page itself.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob: data:",
        "object-src 'self' blob:",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
# Parts of JupyterLab's page that speak to other machines, or only lead to them.
LEFT_OUT = (
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/help-extension:resources",
    "@jupyterlab/help-extension:jupyter-forum",
    "jupyterlab-jupytext",
)


def server_settings() -> dict[str, Any]:
    """Settings that are tables, which a command line cannot carry; given to the server as its own configuration."""
    return {
        "Application": {"log_level": "WARN"},
        "ServerApp": {
            # pairing would write a twin of every notebook that is saved
            "jpserver_extensions": {"jupyterlab_jupytext": False},
            "tornado_settings": {
                "headers": {"Content-Security-Policy": POLICY},
                "page_config_hook": leave_out,
            },
        },
    }


def leave_out(_: object, page: dict[str, Any]) -> dict[str, Any]:
    """JupyterLab's settings of a page without the parts that speak to other machines, and without an address of one."""
    return {
        **page,
        "disabledExtensions": sorted({*page.get("disabledExtensions", ()), *LEFT_OUT}),
        "fullMathjaxUrl": "",
    }


def server_options(project: Path, start: str) -> list[str]:
    """Settings as options, which count more than what a person's own Jupyter files say. ``start``: the first page.

    Jupyter refuses an administrator because others might reach the server; here nobody else can.
    """
    return [
        *["--allow-root"] * is_administrator(),
        f"--ServerApp.ip={LOOPBACK}",
        f"--ServerApp.root_dir={project}",
        "--ServerApp.allow_remote_access=False",
        f"--ExtensionApp.default_url={start}",
        f"--LabApp.default_url={start}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]


def is_administrator() -> bool:
    """Whether the person is root, as in many a container; Windows knows no such user."""
    return sys.platform != "win32" and os.geteuid() == 0


def open_server(
    application: type[ExtensionApp], project: Path, start: str, further: Sequence[str]
) -> ServerApp:
    """A server ready to be started, with ``application`` on it and the project's folder as its root.

    further: options of Jupyter that a person adds (a port, no browser). Raises UsageError when they, or a person's own
    Jupyter files, would open the server to other machines, and EnvironmentFault when Jupyter gives up.
    """
    from traitlets.config import Config

    # the kernels that the server starts know the project from this
    os.environ[PROJECT_VARIABLE] = str(project)
    # for runs without a screen; a chart that a person draws in a notebook is to be seen there
    if os.environ.get("MPLBACKEND") == "Agg":
        del os.environ["MPLBACKEND"]
    try:
        server = application.initialize_server(
            argv=[*server_options(project, start), *further], config=Config(server_settings())
        )
    except SystemExit as stopped:
        raise _not_started() from stopped
    wrong = _opened_to_others(server, project)
    if wrong:
        raise UsageError(
            f"JupyterLab was not started: {wrong}.",
            action="leave out the option that says so, or take it out of your own Jupyter settings; here the notebooks "
            "are for this machine alone",
        )
    return server


def serve(server: ServerApp) -> None:
    """Serve until a person stops it. Raises EnvironmentFault when Jupyter gives up."""
    try:
        server.start()
    except SystemExit as stopped:
        if stopped.code:
            raise _not_started() from stopped


def _not_started() -> EnvironmentFault:
    return EnvironmentFault(
        "JupyterLab did not start; the lines above say why.",
        action="correct the option that they name, or choose another --port",
    )


def address(server: ServerApp, start: str) -> str:
    """The address to open in a browser on this machine, with its token."""
    token = server.identity_provider.token
    return f"http://{LOOPBACK}:{server.port}{server.base_url.rstrip('/')}{start}" + (
        f"?token={quote(token)}" if token else ""
    )


def _opened_to_others(server: ServerApp, project: Path) -> str:
    """What of the settings that came out would open the server to others or speak to them; nothing when all is well."""
    lab = next(iter(server.extension_manager.extension_apps.get("jupyterlab", ())), None)
    headers = server.web_app.settings.get("headers", {})
    doors = {
        f"it would listen on {server.ip or 'every address'}": server.ip != LOOPBACK,
        "it would answer other machines": server.allow_remote_access,
        "it would want neither token nor password": not server.identity_provider.auth_enabled,
        f"its folder would be {server.root_dir}": Path(server.root_dir) != project,
        "its pages could load from elsewhere": headers.get("Content-Security-Policy") != POLICY,
        "it would look for news": lab is not None and lab.news_url is not None,
        "it would look for newer releases": lab is not None
        and lab.check_for_updates_class.__name__ != "NeverCheckForUpdate",
        "it would offer extensions": lab is not None and lab.extension_manager != "readonly",
    }
    return "; ".join(words for words, open_ in doors.items() if open_)

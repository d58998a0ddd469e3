"""One room opens the network, certificates are always checked, and a run never asks a service."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "needs_assessment"
MODULES = sorted(PACKAGE.rglob("*.py"))
NETWORK = {"httpx", "httpx2", "requests", "urllib3", "aiohttp", "socket", "http", "ftplib", "pooch"}
ADDRESSING = {"urllib"}  # urllib.parse only takes addresses apart; urllib.request would open them


def opened(source: str) -> set[str]:
    """Libraries that open connections, among those a module imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for name in names:
            if name.split(".")[0] in NETWORK or (name.split(".")[0] in ADDRESSING and name != "urllib.parse"):
                found.add(name)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_the_room_fetch_opens_the_network(path: Path) -> None:
    if path.relative_to(PACKAGE).parts[0] != "fetch":
        assert not opened(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source", ["import httpx2", "from urllib.request import urlopen", "import http.client"]
)
def test_such_an_import_is_seen(source: str) -> None:
    assert opened(source)


def test_certificates_are_never_left_unchecked() -> None:
    """No setting that turns the check off stands anywhere in the room."""
    for path in sorted((PACKAGE / "fetch").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {
                getattr(node, "arg", None),
                getattr(node, "attr", None),
                getattr(node, "id", None),
            }
            assert not names & {"verify", "check_hostname", "verify_mode", "CERT_NONE"}, path.name


def test_no_address_stands_in_the_code() -> None:
    for path in sorted((PACKAGE / "fetch").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert "nomisweb.co.uk" not in text
        assert "arcgis.com" not in text
        assert "NM_" not in text

"""What every test shares: the data folders, a closed network, a fixed order of random examples, no screen."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
# the key of check sums that a test makes is thrown away with it, and is never that of who runs the tests
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="needs-assessment-tests-")

ROOT = Path(__file__).resolve().parents[1]
REFERENCE_VARIABLE = "NEEDS_ASSESSMENT_REFERENCE"
LOOPBACK = {"localhost", "127.0.0.1", "::1", "", None}

# The same examples every time, so that a failure seen once is seen again.
settings.register_profile("project", derandomize=True, database=None, deadline=None, max_examples=50)
settings.load_profile("project")


class NetworkUsed(RuntimeError):
    """A test, or the code it runs, tried to leave this machine."""


@pytest.fixture(scope="session")
def data() -> Path:
    """The project's own registers and bundled tables."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published files for tests, which is not part of the project."""
    named = os.environ.get(REFERENCE_VARIABLE, "")
    if not named:
        pytest.skip(f"{REFERENCE_VARIABLE} is not set, so the published reference files cannot be read")
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip(f"{REFERENCE_VARIABLE} names a folder that does not exist")
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Files in the repository, and new ones that are not git-ignored, as paths relative to the top."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so the repository's files are not known")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted(path for path in map(Path, filter(None, listing.split("\0"))) if (ROOT / path).is_file())


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> Iterator[None]:
    """Any connection beyond this machine fails; loopback and local sockets (notebook kernels) stay open."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(name))
        find = socket.getaddrinfo

        def find_here(host: Any, *arguments: Any, **options: Any) -> Any:
            _refuse_remote(host)
            return find(host, *arguments, **options)

        patch.setattr(socket, "getaddrinfo", find_here)
        yield


def _guarded(name: str) -> Any:
    original = getattr(socket.socket, name)

    def method(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(arguments[-1], tuple):
            _refuse_remote(arguments[-1][0])
        return original(self, *arguments)

    return method


def _refuse_remote(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name not in LOOPBACK and not str(name).startswith("127."):
        raise NetworkUsed(f"no test may use the network, but something asked for {name!r}")

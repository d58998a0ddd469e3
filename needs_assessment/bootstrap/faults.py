"""Why a set-up failed, told from what the installer (pip, uv or venv) answered, and what to do about it."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

LEAST_ROOM = 50_000_000  # bytes; with less than this left on the disk the answers of installers say little
LONGEST_LINE = 300
BUNDLE = (
    "where the office blocks the network, run `python assess.py bundle` on another computer and copy the folder that it "
    "makes beside assess.py"
)


@dataclass(frozen=True)
class Cause:
    """One cause of a failed set-up.

    sign: what the installer's answer holds then, {package} in the sentence being its group of that name; shared: whether
    the other installer would fail in the same way.
    """

    name: str
    sign: str
    sentence: str
    action: str
    shared: bool = False


@dataclass(frozen=True)
class Fault:
    """A cause found in an answer, with the line of the answer that shows it."""

    cause: Cause
    sentence: str
    line: str

    def report(self) -> str:
        """What happened, what to do, and the installer's own words."""
        said = f"\n  the installer said: {self.line}" if self.line else ""
        return f"{self.sentence}\n  what to do: {self.cause.action}.{said}"


DISK_FULL = Cause(
    "disk full",
    r"No space left on device|os error (?:28|112)\b|WinError 112\b|not enough space on the disk|[Dd]isk quota exceeded",
    "The disk is full.",
    "make room (2 GB is enough) and start again",
    shared=True,
)
# The first whose sign is in the answer is told: what is sure stands before what may follow from something else.
CAUSES = (
    Cause(
        "hash mismatch",
        r"DO NOT MATCH THE HASHES(?:.*\n)+?\s+(?P<package>[\w.\[\]-]+==\S+)|"
        r"Hash mismatch for `(?P<package_of_uv>[^`]+)`",
        "The package {package} is not the one that this project was made with: its fingerprint (hash) is another.",
        "start again, for a download can be damaged; if it happens again, do not use that package: tell those who look "
        "after your computers, and name the package index or proxy that it came from",
        shared=True,
    ),
    DISK_FULL,
    Cause(
        "certificate",
        r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate|SSLError",
        "The package index was reached, but its certificate is not trusted; an office network that looks into encrypted "
        "connections is the usual reason.",
        "ask for the file of your office's certificate and name it in the environment variables PIP_CERT and SSL_CERT_FILE; "
        + BUNDLE,
    ),
    Cause(
        "proxy",
        r"407 Proxy Authentication|ProxyError|[Cc]annot connect to proxy|tunnel error|Tunnel connection failed",
        "The proxy of this network did not let the set-up through.",
        "ask for the proxy's address and sign-in, and name it in the environment variable HTTPS_PROXY; "
        + BUNDLE,
    ),
    Cause(
        "no network",
        r"connection broken by|NewConnectionError|NameResolutionError|[Cc]onnection (?:refused|reset|aborted|timed out)|"
        r"[Tt]imeoutError|[Tt]imed out|dns error|error sending request|Failed to fetch|ProtocolError|IncompleteRead|"
        r"Network is unreachable|HTTP error [45]\d\d|[45]\d\d (?:Client|Server) Error",
        "The package index could not be reached. The first start needs a network connection.",
        "check the connection, and the addresses in PIP_INDEX_URL or UV_DEFAULT_INDEX if they are set, then start again; "
        + BUNDLE,
    ),
    Cause(
        "no permission",
        r"Permission ?[Dd]enied|PermissionError|WinError (?:5|32)\b|Access is denied|Read-only file system|Errno 13\b",
        "A file or folder of the private environment cannot be written.",
        "check that the project folder can be written to, and close whatever still uses its .venv-assess folder "
        "(JupyterLab, an editor); on Windows a virus scanner may hold a file, so start again",
        shared=True,
    ),
    Cause(
        "long path",
        r"Long Path support|[Ff]ile ?name too long|WinError 206\b",
        "The name of the project folder is too long for this system.",
        "move the project to a folder with a short name, such as C:\\needs, and start again",
        shared=True,
    ),
    Cause(
        "old installer",
        r"no such option|[Uu]nexpected argument|unrecognized arguments|InvalidMarker|Invalid requirement|InvalidVersion",
        "The installer that came with this Python is too old to read the list of packages.",
        "install a newer Python from python.org (its pip is newer) and start with it",
    ),
    Cause(
        "no venv",
        r"ensurepip|No module named '?(?:venv|pip)\b",
        "This Python cannot make a private environment: its venv or pip part is missing.",
        "on Debian or Ubuntu install the package python3-venv; elsewhere install Python from python.org",
    ),
    Cause(
        "nothing in the index",
        r"requirement (?P<package>\S+) \(from versions: none\)|(?P<package_of_uv>\S+) was not found in the package registry",
        "The package index has nothing under the name {package} for this computer.",
        "the network or its package index may block it: ask those who look after it; " + BUNDLE,
    ),
    Cause(
        "not in the index",
        r"No matching distribution found for (?P<package>\S+)|there is no version of (?P<package_of_uv>\S+)|"
        r"(?P<package_of_wheel>\S+) has no wheels with a matching",
        "The package index has other versions, but not {package} for this computer.",
        "a package index of your office may be out of date: ask those who look after it; " + BUNDLE,
    ),
    Cause(
        "no ready-made package",
        r"Failed (?:to build|building wheel)(?: for)? `?(?P<package>[\w.=-]+)|subprocess-exited-with-error|not a supported wheel",
        "There is no ready-made package of {package} for this computer, and it could not be built.",
        "use a 64-bit Python 3.11 to 3.14 from python.org",
    ),
)
UNKNOWN = Cause(
    "unknown", "", "The packages could not be installed.", "start again, and pass on the lines below"
)
SMALL_PYTHON = Cause(
    "32-bit Python",
    "",
    "This is a 32-bit Python, for which the packages are not made.",
    "install the 64-bit Python from python.org and start with it",
    shared=True,
)


def explain(answer: str, free: int, *, bits: int = struct.calcsize("P") * 8) -> Fault:
    """The cause of a failed step.

    answer: all that the installer wrote; free: bytes left on the disk, for venv does not say that it is full; bits: of the
    Python, for 32 of them few packages are made.
    """
    for cause in CAUSES:
        if match := re.search(cause.sign, answer):
            named = next((text for text in match.groupdict().values() if text), "one of them")
            # what is said of the index is so for any computer; a 32-bit Python explains it better
            if bits < 64 and cause.name in {
                "nothing in the index",
                "not in the index",
                "no ready-made package",
            }:
                return Fault(SMALL_PYTHON, SMALL_PYTHON.sentence, named)
            if free < LEAST_ROOM and not cause.shared:
                break
            return Fault(cause, cause.sentence.format(package=named), line_at(answer, match.end()))
    if free < LEAST_ROOM:
        return Fault(DISK_FULL, DISK_FULL.sentence, "")
    return Fault(UNKNOWN, UNKNOWN.sentence, "".join(f"\n    {line}" for line in last_lines(answer)))


def line_at(answer: str, place: int) -> str:
    """The line of an answer that holds a place, cut to a length one can read."""
    start = answer.rfind("\n", 0, place) + 1
    end = answer.find("\n", place)
    line = answer[start : end if end >= 0 else len(answer)].strip()
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def last_lines(answer: str, count: int = 5) -> list[str]:
    """The last lines of an answer that say something."""
    return [line.strip()[:LONGEST_LINE] for line in answer.splitlines() if line.strip()][-count:]

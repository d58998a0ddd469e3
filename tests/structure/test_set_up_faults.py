"""Each cause of a failed set-up is told from what the installer answered; the answers are real ones, addresses changed."""

from __future__ import annotations

import pytest

from needs_assessment.bootstrap.faults import LEAST_ROOM, LONGEST_LINE, explain

ROOM = 10**10
RETRY = "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by "
NONE = (
    "ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)\n"
    "ERROR: No matching distribution found for six==1.17.0\n"
)
UV_FETCH = (
    "error: Request failed after 3 retries in 1.4s\n  cause: Failed to fetch: https://index.example/six\n"
)
ANSWERS = {
    "pip 23.2 hash": (
        "hash mismatch",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, "
        "please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.\n"
        "    six==1.17.0 from https://index.example/six-1.17.0-py2.py3-none-any.whl (from -r requirements.lock (line 1)):\n"
        "        Expected sha256 0000\n             Got        4721\n",
    ),
    "pip hash with an extra after a line between": (
        "hash mismatch",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    unpinned requirements:\n"
        "    bleach[css]==6.4.0 from https://index.example/bleach:\n        Expected sha256 0000\n",
    ),
    "uv hash": (
        "hash mismatch",
        "error: Failed to download `six==1.17.0`\n  cause: Hash mismatch for `six==1.17.0`\n\n         Expected:\n",
    ),
    "pip disk": (
        "disk full",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device: 'six.py'\n",
    ),
    "uv disk": ("disk full", "error: failed to write\n  cause: failed to copy file (os error 28)\n"),
    "pip disk on Windows": (
        "disk full",
        "ERROR: [WinError 112] Es steht nicht genug Speicherplatz zur Verfügung\n",
    ),
    "pip quota": ("disk full", "OSError: [Errno 122] Disk quota exceeded: 'six.py'\n"),
    "pip certificate": (
        "certificate",
        RETRY
        + "'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] self-signed'))': /six/\n"
        + NONE,
    ),
    "uv certificate": (
        "certificate",
        "error: Failed to fetch: https://index.example/six\n  cause: error sending request for url\n"
        "  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer\n",
    ),
    "pip 23.2 proxy": (
        "proxy",
        RETRY
        + "'ProxyError('Cannot connect to proxy.', NewConnectionError('Connection refused'))': /six/\n"
        + NONE,
    ),
    "pip 26 proxy sign-in": (
        "proxy",
        RETRY + "'OSError('Tunnel connection failed: 407 Proxy Authentication Required')': /six/\n" + NONE,
    ),
    "uv proxy": ("proxy", UV_FETCH + "  cause: tunnel error: proxy authorization required\n"),
    "pip 23.2 no name": (
        "no network",
        RETRY
        + "'NewConnectionError('<HTTPSConnection>: Failed to establish a new connection: [Errno -2] Name or service "
        "not known')': /six/\n" + NONE,
    ),
    "pip 26 no name": (
        "no network",
        RETRY + "'NameResolutionError(\"HTTPSConnection(host='x'): Failed to resolve\")': /six/\n" + NONE,
    ),
    "pip cut off": (
        "no network",
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.\n",
    ),
    "uv no name": ("no network", UV_FETCH + "  cause: client error (Connect)\n  cause: dns error\n"),
    "pip server error": (
        "no network",
        "ERROR: HTTP error 503 while getting https://index.example/six\n",
    ),
    "venv permission": ("no permission", "Error: [Errno 13] Permission denied: '.venv-assess'\n"),
    "pip on Windows in use": (
        "no permission",
        "ERROR: Could not install packages due to an OSError: [WinError 5] Zugriff verweigert\n",
    ),
    "read-only disk": ("no permission", "[Errno 30] Read-only file system: '.venv-assess.lock'\n"),
    "long path": (
        "long path",
        "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory\n"
        "HINT: This error might have occurred since this system does not have Windows Long Path support enabled.\n",
    ),
    "pip 21": ("old installer", "Usage:\n  python -m pip <command> [options]\n\nno such option: --python\n"),
    "pip that does not know a condition": (
        "old installer",
        "    raise InvalidMarker(\npip._vendor.packaging.markers.InvalidMarker: Invalid marker: 'x == \"1\"'\n",
    ),
    "uv of long ago": ("old installer", "error: unexpected argument '--compile' found\n"),
    "venv without ensurepip": (
        "no venv",
        "The virtual environment was not created successfully because ensurepip is not available. On Debian/Ubuntu systems, "
        "you need to install the python3-venv package using the following command.\n",
    ),
    "no venv": ("no venv", "python3: No module named venv\n"),
    "pip blocked": ("nothing in the index", NONE),
    "uv blocked": (
        "nothing in the index",
        "error: No solution found\n  cause: Because six was not found in the package registry and you require six\n",
    ),
    "pip old mirror": (
        "not in the index",
        NONE.replace("none", "1.15.0, 1.16.0"),
    ),
    "uv old mirror": (
        "not in the index",
        "  cause: Because there is no version of six==1.17.0 and you require six==1.17.0\n",
    ),
    "pip builds": ("no ready-made package", "ERROR: Failed building wheel for shapely\n"),
    "uv builds": ("no ready-made package", "error: Failed to build `shapely==2.2.0`\n"),
    "something else": ("unknown", "first\n\nERROR: the moon is full\n"),
}


@pytest.mark.parametrize(("cause", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_each_answer_tells_its_cause(cause: str, answer: str) -> None:
    fault = explain(answer, ROOM, bits=64)
    assert fault.cause.name == cause
    assert "what to do: " in fault.report()
    assert "{" not in fault.report()


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("pip 23.2 hash", "six==1.17.0"),
        ("pip hash with an extra after a line between", "bleach[css]==6.4.0"),
        ("uv hash", "six==1.17.0"),
        ("pip blocked", "six==1.17.0"),
        ("uv blocked", "six"),
        ("pip old mirror", "six==1.17.0"),
        ("uv old mirror", "six==1.17.0"),
        ("pip builds", "shapely"),
        ("uv builds", "shapely==2.2.0"),
    ],
)
def test_the_package_is_named(name: str, package: str) -> None:
    assert f" {package} " in explain(ANSWERS[name][1], ROOM, bits=64).sentence


def test_only_a_cause_that_pip_would_share_keeps_it_from_being_tried() -> None:
    shared = {name for name, (_, answer) in ANSWERS.items() if explain(answer, ROOM, bits=64).cause.shared}
    assert {ANSWERS[name][0] for name in shared} == {
        "hash mismatch",
        "disk full",
        "no permission",
        "long path",
    }


def test_the_line_that_shows_the_cause_is_told() -> None:
    report = explain("one\nERROR: No space left on device: x\nthree", ROOM).report()
    assert report.endswith("\n  the installer said: ERROR: No space left on device: x")


def test_a_long_line_is_cut() -> None:
    assert len(explain("Connection refused" + "x" * 1000, ROOM).line) == LONGEST_LINE


def test_of_an_unknown_cause_the_last_lines_are_told() -> None:
    report = explain("\n".join(f"line {number}" for number in range(9)), ROOM).report()
    assert "line 8" in report
    assert "line 4" in report
    assert "line 3" not in report


@pytest.mark.parametrize("name", ["venv without ensurepip", "something else"])
def test_a_full_disk_explains_what_venv_does_not_say(name: str) -> None:
    """On a full disk venv says only that one of its own commands failed."""
    assert explain(ANSWERS[name][1], LEAST_ROOM - 1).cause.name == "disk full"
    assert explain(ANSWERS[name][1], LEAST_ROOM).cause.name == ANSWERS[name][0]


def test_a_full_disk_does_not_hide_a_surer_cause() -> None:
    assert explain(ANSWERS["uv hash"][1], 0).cause.name == "hash mismatch"


@pytest.mark.parametrize("name", ["pip blocked", "pip old mirror", "pip builds"])
def test_a_32_bit_python_explains_what_the_index_has_not(name: str) -> None:
    assert explain(ANSWERS[name][1], ROOM, bits=32).cause.name == "32-bit Python"
    assert explain(ANSWERS["uv hash"][1], ROOM, bits=32).cause.name == "hash mismatch"


def test_a_blocked_network_is_led_to_the_bundle() -> None:
    for cause, answer in ANSWERS.values():
        leads = "assess.py bundle" in explain(answer, ROOM, bits=64).report()
        assert leads == (
            cause in {"certificate", "proxy", "no network", "nothing in the index", "not in the index"}
        )

"""Services that fail: what passes is asked again, what does not is refused in words, and nothing half arrives."""

from __future__ import annotations

import datetime as dt
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.command import fetch_areas
from needs_assessment.fetch.register import Patience
from needs_assessment.fetch.transport import Transport
from tests.unit.fetch.online_services import (
    ROOT,
    WEB_PAGE,
    Fault,
    Services,
    breaks_off,
    cut,
    instead,
    late,
    quick_register,
    running,
    send,
    status,
)

BEDFORD = "E06000055"
POPULATION = "population_wards2025_mid2024.csv"
NOMIS, LAYER, QUERY = "NM_2014_1", "FeatureServer/0?f=json", "resultOffset=0"


@pytest.fixture
def services() -> Iterator[Services]:
    with running() as server:
        yield server


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def register(tmp_path: Path) -> str:
    return quick_register(tmp_path / "services.toml", timeout_seconds=0.5)


def fetch(services: Services, register: str, **options: Any) -> list[str]:
    said: list[str] = []
    options = {"only": "population", **options}
    fetch_areas([BEDFORD], said.append, register=register, mirrors=services.mirrors, **options)
    return said


def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, register: str) -> bytes:
    """The population as it arrives when nothing goes wrong."""
    with monkeypatch.context() as patch, running() as calm:
        patch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path / "calm"))
        fetch(calm, register)
    return (tmp_path / "calm" / "areas" / BEDFORD / POPULATION).read_bytes()


def kept(cache: Path) -> bytes:
    return (cache / "areas" / BEDFORD / POPULATION).read_bytes()


ERROR_500 = b'{"error":{"code":500,"message":"Error performing query operation","details":[]}}'
PASSING = {
    "busy once": Fault(NOMIS, status(429, Retry_After="0")),
    "four failures": Fault(NOMIS, status(500), times=4),
    "gateway": Fault(QUERY, status(503), times=2),
    "connection breaks, table": Fault(NOMIS, breaks_off, times=2),
    "connection breaks, features": Fault(QUERY, breaks_off),
    "table cut": Fault(NOMIS, cut),
    "features cut": Fault(QUERY, cut),
    "layer cut": Fault(LAYER, cut),
    "too slow": Fault(NOMIS, late(1.5)),
    "web page for a table": Fault(NOMIS, WEB_PAGE, times=2),
    "web page for features": Fault(QUERY, WEB_PAGE),
    "a line of text for a table": Fault(NOMIS, instead(b"Rate limit reached, try later", "text/plain")),
    "an error inside": Fault(QUERY, instead(ERROR_500, "application/json")),
    "bytes that are no text, without an end of line": Fault(NOMIS, instead(b"\xff\xfe\x80", "text/plain")),
    "features that are none": Fault(QUERY, instead(b'{"features": [1], "count": 1}', "application/json")),
    "features whose fields are none": Fault(
        QUERY, instead(b'{"features": [{"attributes": [1]}], "count": 1}', "application/json")
    ),
    "a layer that allows a word of features": Fault(
        LAYER, instead(b'{"fields": [{"name": "x"}], "maxRecordCount": "many"}', "application/json")
    ),
    "something else than features": Fault(QUERY, instead(b"[1, 2]", "application/json")),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_changes_nothing(
    services: Services,
    cache: Path,
    register: str,
    fault: Fault,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = reference(tmp_path, monkeypatch, register)
    copy = Fault(fault.where, fault.act, fault.times)
    services.faults.append(copy)
    fetch(services, register)
    assert copy.times == 0, "the fault did not happen"
    assert kept(cache) == expected


ERROR_400 = b'{"error":{"code":400,"message":"Cannot perform query. Invalid query parameters.","details":[]}}'
LASTING = {
    "always failing": (Fault(NOMIS, status(500), times=99), "failed \\(status 500\\)", 5),
    "always busy": (Fault(QUERY, status(503), times=99), "is busy \\(status 503\\)", 5),
    "long wait asked": (Fault(NOMIS, status(429, Retry_After="86400"), times=99), "wait 86400 seconds", 1),
    "not there": (Fault(LAYER, status(404), times=99), "does not have the table", 1),
    "not allowed": (Fault(NOMIS, status(403), times=99), "does not allow", 1),
    "web page": (Fault(NOMIS, WEB_PAGE, times=99), "a web page where a table", 5),
    "text": (
        Fault(NOMIS, instead(b"Dataset NM_2014_1 is unknown\n", "text/plain"), times=99),
        "not the table asked for: 'Dataset NM_2014_1 is unknown'",
        5,
    ),
    "refused query": (
        Fault(QUERY, instead(ERROR_400, "application/json"), times=99),
        "refused the request \\(400\\): Cannot perform query",
        1,
    ),
    "always cut": (Fault(QUERY, cut, times=99), "cut off", 5),
    "always too slow": (Fault(NOMIS, late(1.5), times=99), "did not answer within 0.5 seconds", 5),
}


@pytest.mark.parametrize(("fault", "words", "tries"), LASTING.values(), ids=LASTING)
def test_a_fault_that_lasts_is_told_in_words(
    services: Services, cache: Path, register: str, fault: Fault, words: str, tries: int
) -> None:
    services.faults.append(Fault(fault.where, fault.act, fault.times))
    with pytest.raises(EnvironmentFault, match=words) as told:
        fetch(services, register)
    assert told.value.exit_code == 4
    assert told.value.action
    assert sum(fault.where in address for address in services.asked) == tries
    assert not (cache / "areas").exists()
    assert not [path for path in (cache / "answers").glob("*") if not _known(path)]


def _known(path: Path) -> bool:
    """Every file in the cache is a whole answer or its note: nothing half arrived, nothing was left lying."""
    note = path.with_name(path.name + ".provenance.json")
    return path.name.endswith(".provenance.json") or note.exists()


def test_the_wait_that_a_service_asks_for_is_given(services: Services) -> None:
    waited: list[float] = []
    patience = Patience(
        attempts=5,
        first_wait_seconds=1,
        longest_wait_seconds=60,
        timeout_seconds=5,
        longest_answer_seconds=5,
        largest_answer_bytes=10_000_000,
    )
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=40)
    services.faults += [
        Fault("x", status(429, Retry_After="7")),
        Fault("x", status(503)),
        Fault("x", status(503, Retry_After=format_datetime(soon, usegmt=True))),
        Fault("x", status(500, Retry_After="soon")),
    ]
    with Transport(patience, sleep=waited.append) as transport:
        transport.get(
            f"http://127.0.0.1:{services.port}/geo/WD25_LAD25_UK_LU_v2/FeatureServer/0?x", lambda _: None
        )
    # 7 as asked, then 2 doubled from 1, then up to 40 until the moment named, then 8
    assert waited[0] == 7
    assert waited[1] == 2
    assert 35 <= waited[2] <= 40
    assert waited[3] == 8


def test_an_answer_that_never_ends_is_left(services: Services) -> None:
    def drips(handler: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        try:
            for _ in range(40):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        handler.close_connection = True

    services.faults.append(Fault("x", drips, times=99))
    small = {"first_wait_seconds": 0, "longest_wait_seconds": 0, "timeout_seconds": 5}
    url = f"http://127.0.0.1:{services.port}/geo/x"
    slow = Patience(attempts=1, longest_answer_seconds=0.2, largest_answer_bytes=10_000, **small)
    with Transport(slow) as transport, pytest.raises(EnvironmentFault, match="did not end in time"):
        transport.get(url, lambda _: None)
    large = Patience(attempts=1, longest_answer_seconds=60, largest_answer_bytes=3, **small)
    with Transport(large) as transport, pytest.raises(EnvironmentFault, match="larger than a table"):
        transport.get(url, lambda _: None)


# --- pages that do not fit each other


def _twice(name: str, page: list[Any], start: int) -> list[Any]:
    return [*page[:-1], page[0]] if name == "nomis" and len(page) > 1 else page


def _short(name: str, page: list[Any], start: int) -> list[Any]:
    return page[:-1] if name.startswith("WD25") else page


def _more(name: str, page: list[Any], start: int) -> list[Any]:
    return [*page, *page] if name.startswith("WD25") else page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_twice, "a cell came twice"),
        (_short, "1 features came where 2 were announced"),
        (_more, "came twice"),
    ],
)
def test_pages_that_contradict_each_other_are_asked_again_and_then_refused(
    services: Services, cache: Path, register: str, change: Any, words: str
) -> None:
    services.change_page = change
    with pytest.raises(EnvironmentFault, match=f"do not fit each other: .*{words}"):
        fetch(services, register)
    # nothing of them stays behind: once the service has recovered, the same command succeeds
    services.change_page = None
    fetch(services, register)
    assert kept(cache)


def test_a_page_that_came_twice_once_is_mended_by_asking_again(
    services: Services, cache: Path, register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = reference(tmp_path, monkeypatch, register)
    left = [1]

    def once(name: str, page: list[Any], start: int) -> list[Any]:
        if name == "nomis" and left and len(page) > 1:
            left.pop()
            return [*page[:-1], page[0]]
        return page

    services.change_page = once
    fetch(services, register)
    assert not left
    assert kept(cache) == expected


def test_a_layer_without_the_field_is_told_with_its_name(
    services: Services, cache: Path, register: str
) -> None:
    other = b'{"fields":[{"name":"FID"},{"name":"WD25CD"}],"maxRecordCount":2000}'
    services.faults.append(Fault(LAYER, instead(other, "application/json")))
    with pytest.raises(EnvironmentFault, match="no field WD25NM, LAD25CD, LAD25NM"):
        fetch(services, register)


def test_a_layer_that_is_gone_is_told(services: Services, cache: Path, register: str) -> None:
    text = Path(register).read_text(encoding="utf-8").replace("WD25_LAD25_UK_LU_v2", "XX_gone")
    Path(register).write_text(text, encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="Invalid URL") as told:
        fetch(services, register)
    assert "--register" in told.value.action


# --- other hosts, certificates, no network


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://elsewhere.example/nomis", "on to another host"),
        ("//elsewhere.example/x", "on to another host"),
        ("https://127.0.0.1:1/x", "on to another host"),
        ("//[::1", "no address"),
        ("http://127.0.0.1:many/", "no address"),
    ],
)
def test_a_redirection_to_another_host_or_to_no_address_is_not_followed(
    services: Services, cache: Path, register: str, target: str, words: str
) -> None:
    services.faults.append(Fault(NOMIS, status(302, Location=target), times=99))
    with pytest.raises(EnvironmentFault, match=words):
        fetch(services, register)
    assert sum(NOMIS in address for address in services.asked) == 1


def test_a_redirection_on_the_same_host_is_followed_but_not_for_ever(
    services: Services, cache: Path, register: str
) -> None:
    def onward(handler: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
        send(handler, 302, b"", "text/plain", Location=handler.path + "&again=1")

    services.faults.append(Fault(NOMIS, onward))
    fetch(services, register)
    services.faults.append(Fault(NOMIS, onward, times=99))
    with pytest.raises(EnvironmentFault, match="every request on"):
        fetch(services, register, refresh=True)


def test_a_certificate_that_is_not_trusted_stops_everything(
    tmp_path: Path, cache: Path, register: str
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, so no certificate can be made for the test")
    pair = [str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")]
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", pair[0], "-out", pair[1]),
        ],
        check=True,
        capture_output=True,
    )
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair[1], pair[0])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"https://127.0.0.1:{server.server_address[1]}"
    try:
        with pytest.raises(EnvironmentFault, match=r"certificate .* is not trusted"):
            fetch_areas(
                [BEDFORD], print, register=register, mirrors=[f"nomis={address}", f"geography={address}"]
            )
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


def test_without_network_the_command_says_so_and_exits_with_4(tmp_path: Path, register: str) -> None:
    """Port 9 of this computer, where nothing listens, stands for a network that is not there."""
    nowhere = "http://127.0.0.1:9"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "needs_assessment", "fetch", BEDFORD, "--register", register),
            *("--mirror", f"nomis={nowhere}", "--mirror", f"geography={nowhere}"),
        ],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "NEEDS_ASSESSMENT_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 4
    assert "There is no connection to 127.0.0.1" in done.stderr
    assert "what to do:" in done.stderr
    assert "Traceback" not in done.stderr

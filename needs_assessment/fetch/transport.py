"""One request over HTTP: asked again while the fault may pass, refused in plain words when it does not.

Certificates are always checked. A redirection is followed on the same host only. Nothing but the project's name and
version is said about who asks.
"""

from __future__ import annotations

import email.utils
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpx2
import tenacity

from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.register import Patience
from needs_assessment.version import __version__

AGENT = f"needs-assessment/{__version__}"
MAY_PASS = {408, 425, 429, 500, 502, 503, 504}
REDIRECTS = 5
REFUSED_CONNECTIONS = 2
GO_ON = "try again later: what has arrived is kept, and the same command goes on where it stopped"
NO_NETWORK = "check the network, or fetch on a computer that has one and copy its cache folder; a run itself needs no network"
Check = Callable[[bytes], None]


class MayPass(Exception):
    """A fault that may be gone at the next try; wait: seconds that the service asked for, if it did."""

    def __init__(
        self, message: str, *, action: str = GO_ON, wait: float | None = None, tries: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.action = action
        self.wait = wait
        self.tries = tries


class Transport:
    """Asks the services; use as a context, so that connections are closed."""

    def __init__(self, patience: Patience, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._patience = patience
        self._sleep = sleep
        self._client = self._open(through_proxy=True)
        # what is asked without encryption is on this computer, and no proxy is to see it
        self._local = self._open(through_proxy=False)

    def _open(self, *, through_proxy: bool) -> httpx2.Client:
        """A client that keeps to the proxy of this computer, or to none. Raises EnvironmentFault for one that is none."""
        try:
            return httpx2.Client(
                headers={"User-Agent": AGENT},
                timeout=httpx2.Timeout(self._patience.timeout_seconds),
                follow_redirects=False,
                trust_env=through_proxy,
            )
        except (httpx2.InvalidURL, ValueError, ImportError):
            # the address is not repeated: it may hold a password
            raise EnvironmentFault(
                "The proxy that this computer names cannot be used.",
                action="write HTTPS_PROXY, HTTP_PROXY and ALL_PROXY (in capital or small letters) as http://host:port and "
                "NO_PROXY as names of hosts, or unset them",
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        self._local.close()

    def get(self, url: str, check: Check) -> bytes:
        """The body at ``url`` once ``check`` accepts it; check raises MayPass for a body that may be a passing fault.

        Raises EnvironmentFault when the service cannot be reached, keeps failing, answers with something else than
        data, or sends us to another host.
        """
        asking = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(MayPass),
            stop=self._give_up,
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return asking(self._once, url, check)
        except MayPass as fault:
            raise EnvironmentFault(fault.message, action=fault.action) from fault

    def _give_up(self, state: tenacity.RetryCallState) -> bool:
        fault = _fault_of(state)
        asked_too_long = (fault.wait or 0) > self._patience.longest_wait_seconds
        return asked_too_long or state.attempt_number >= (fault.tries or self._patience.attempts)

    def _pause(self, state: tenacity.RetryCallState) -> float:
        fault = _fault_of(state)
        doubled = self._patience.first_wait_seconds * 2 ** (state.attempt_number - 1)
        return min(fault.wait if fault.wait is not None else doubled, self._patience.longest_wait_seconds)

    def _once(self, url: str, check: Check) -> bytes:
        host = httpx2.URL(url).host
        try:
            body = self._read(httpx2.URL(url), host)
        except httpx2.TimeoutException:
            raise MayPass(
                f"{host} did not answer within {self._patience.timeout_seconds:g} seconds."
            ) from None
        except httpx2.ConnectError as fault:
            raise _no_connection(host, fault) from None
        except httpx2.ProxyError:
            raise EnvironmentFault(
                f"The proxy of this computer did not let us reach {host}.", action=NO_NETWORK
            ) from None
        except httpx2.RemoteProtocolError:
            raise MayPass(f"The answer of {host} was cut off.") from None
        except (httpx2.InvalidURL, UnicodeError):
            raise EnvironmentFault(
                f"{host} is no address that can be asked, or sends the request on to none.",
                action="check --mirror where you gave one, else " + GO_ON,
            ) from None
        except httpx2.HTTPError:
            raise MayPass(f"The connection to {host} broke.") from None
        check(body)
        return body

    def _read(self, url: httpx2.URL, host: str) -> bytes:
        first = url
        for _ in range(REDIRECTS + 1):
            client = self._client if url.scheme == "https" else self._local
            with client.stream("GET", url) as answer:
                if answer.is_redirect:
                    url = _same_host(first, url.join(answer.headers.get("Location", "")))
                    continue
                _check_status(answer, host)
                return self._body(answer, host)
        raise EnvironmentFault(f"{host} sends every request on to another address.", action=GO_ON)

    def _body(self, answer: httpx2.Response, host: str) -> bytes:
        end = time.monotonic() + self._patience.longest_answer_seconds
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > self._patience.largest_answer_bytes:
                raise EnvironmentFault(f"The answer of {host} is larger than a table can be.", action=GO_ON)
            if time.monotonic() > end:
                raise MayPass(f"The answer of {host} did not end in time.")
        return bytes(body)


def _fault_of(state: tenacity.RetryCallState) -> MayPass:
    fault = state.outcome.exception() if state.outcome else None
    return fault if isinstance(fault, MayPass) else MayPass("")


def _no_connection(host: str, fault: httpx2.ConnectError) -> Exception:
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(cause):
            return EnvironmentFault(
                f"The certificate of {host} is not trusted by this computer, so nothing was fetched.",
                action="ask your network's administrators; where they replace certificates, SSL_CERT_FILE names theirs",
            )
        cause = cause.__cause__ or cause.__context__
    return MayPass(f"There is no connection to {host}.", action=NO_NETWORK, tries=REFUSED_CONNECTIONS)


def _same_host(first: httpx2.URL, target: httpx2.URL) -> httpx2.URL:
    same = (target.host, target.scheme, target.port) == (first.host, first.scheme, first.port)
    secured = target.host == first.host and target.scheme == "https" and target.port is None
    if not (same or secured) or target.userinfo:
        raise EnvironmentFault(
            f"{first.host} sent the request on to another host, {target.host or 'without a name'}; it was not followed.",
            action="a network may ask you to sign in first: open the service in a browser, then try again",
        )
    return target


def _check_status(answer: httpx2.Response, host: str) -> None:
    status = answer.status_code
    if status in MAY_PASS:
        wait = _retry_after(answer.headers.get("Retry-After", ""))
        asked = f" and asks to wait {wait:.0f} seconds" if wait is not None else ""
        busy = "is busy" if status in (429, 503) else "failed"
        raise MayPass(f"{host} {busy} (status {status}){asked}.", wait=wait)
    if status != 200:
        known = {
            401: "asks for a password",
            403: "does not allow the request",
            404: "does not have the table (any more)",
            407: "is behind a proxy that asks for a password",
        }
        raise EnvironmentFault(
            f"{host} {known.get(status, 'refused the request')} (status {status}).",
            action="look the table up at the service; a changed name goes into a copy of data/services_online.toml, "
            "given with --register",
        )


def _retry_after(text: str) -> float | None:
    """Seconds, from a number or a date; None when the service named no time that can be read."""
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - datetime.now(UTC)).total_seconds(), 0.0)

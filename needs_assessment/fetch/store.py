"""The cache: answers of the services as plain files with their SHA-256, and the tables made from them.

Where it lies and how a file arrives (written beside its place, checked, then moved) is pooch's work; here is only what
belongs to an answer: its address, its day and its check sum.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pooch

from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.transport import Check, Transport
from needs_assessment.registers.provenance import SIDECAR

VARIABLE = "NEEDS_ASSESSMENT_CACHE"
# it would otherwise write the address and the place of every file to the screen
pooch.get_logger().setLevel("ERROR")


def cache_folder() -> Path:
    """Where the cache lies: as ``NEEDS_ASSESSMENT_CACHE`` says, else the system's folder for caches.

    Raises EnvironmentFault for a home folder (``~name``) that is none.
    """
    chosen = os.environ.get(VARIABLE, "")
    try:
        folder = Path(chosen).expanduser()
    except RuntimeError:
        raise EnvironmentFault(
            f"The folder for the cache cannot be found: {chosen}.",
            action=f"name a folder with its whole path in the environment variable {VARIABLE}",
        ) from None
    return folder if chosen else Path(pooch.os_cache("needs-assessment"))


@dataclass(frozen=True)
class Answer:
    """One answer in the cache; url: the official address; mirror: whether another host gave it."""

    url: str
    body: bytes
    sha256: str
    fetched_on: str
    mirror: bool


class Store:
    """Answers by address: from the cache where they are whole, else from the service, which ``transport`` reaches.

    Without a transport nothing is asked. ``mended`` lists the addresses whose kept answer was damaged.
    """

    def __init__(
        self, folder: Path, transport: Transport | None, today: dt.date, *, refresh: bool = False
    ) -> None:
        self.folder = folder / "answers"
        self._transport = transport
        self._today = today
        self._refresh = refresh
        self._fresh: set[str] = set()
        self.mended: list[str] = []

    def answer(self, url: str, asked_at: str, ending: str, check: Check) -> Answer:
        """The answer to the request ``url``, asked at ``asked_at`` when it has to be.

        Raises EnvironmentFault when it is not kept, or damaged, and the network may not be used.
        """
        path = self._path(url, ending)
        kept = None if self._refresh and url not in self._fresh else self._kept(url, path)
        if kept is not None:
            return kept
        if self._transport is None:
            damaged = path.exists() and url in self.mended
            raise EnvironmentFault(
                "An answer in the cache is damaged, and the network is not to be used."
                if damaged
                else "This material is not in the cache, and the network is not to be used.",
                action="fetch again without --offline",
            )
        self._fetch(url, asked_at, path, check)
        self._fresh.add(url)
        arrived = self._kept(url, path)
        if arrived is None:
            raise EnvironmentFault(
                "An answer could not be kept whole in the cache.", action="check the disk, then fetch again"
            )
        return arrived

    def forget(self, urls: Iterable[str], ending: str) -> None:
        """Drop answers that do not fit each other, so that they are asked for again."""
        for url in urls:
            self._fresh.discard(url)
            if self._transport is not None:
                _sidecar(self._path(url, ending)).unlink(missing_ok=True)

    def _path(self, url: str, ending: str) -> Path:
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:40]}.{ending}"

    def _kept(self, url: str, path: Path) -> Answer | None:
        facts = read_sidecar(path)
        if facts is None or facts.get("url") != url:
            return None
        if not is_whole(path, facts):
            if url not in self.mended:
                self.mended.append(url)
            return None
        return Answer(
            url, path.read_bytes(), str(facts["sha256"]), str(facts["fetched_on"]), bool(facts["mirror"])
        )

    def _fetch(self, url: str, asked_at: str, path: Path, check: Check) -> None:
        transport = self._transport
        if transport is None:  # pragma: no cover - the caller has looked
            raise EnvironmentFault("The network is not to be used.")

        def download(address: str, target: str, _: object) -> None:
            Path(target).write_bytes(transport.get(address, check))

        try:
            # an older answer stays until the new one is here
            arriving = path.with_name(f"{path.name}.arriving")
            arriving.unlink(missing_ok=True)
            pooch.retrieve(
                asked_at, known_hash=None, fname=arriving.name, path=self.folder, downloader=download
            )
            arriving.replace(path)
            facts = {
                "url": url,
                "sha256": pooch.file_hash(str(path), alg="sha256"),
                "fetched_on": self._today.isoformat(),
                "mirror": url != asked_at,
            }
            write_whole(_sidecar(path), _as_json(facts))
        except OSError as fault:
            raise _disk_fault(fault) from fault


def is_whole(path: Path, facts: Mapping[str, Any]) -> bool:
    """Whether a kept file still has the check sum that was noted when it arrived."""
    return path.is_file() and pooch.file_hash(str(path), alg="sha256") == facts.get("sha256")


def read_sidecar(path: Path) -> dict[str, Any] | None:
    """What was noted about a kept file; None when nothing, or nothing that can be read."""
    try:
        facts = json.loads(_sidecar(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def keep(path: Path, content: bytes, facts: Mapping[str, Any]) -> None:
    """Write a table, then what is known about it: cut off between the two, the check sum does not fit and it is made again."""
    write_whole(path, content)
    noted = {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), **facts}
    write_whole(_sidecar(path), _as_json(noted))


def write_whole(path: Path, content: bytes) -> None:
    """Beside its place under another name, then moved: a reader never sees half a file. Raises EnvironmentFault."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as fault:
        raise _disk_fault(fault) from fault
    finally:
        beside.unlink(missing_ok=True)


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR)


def _as_json(facts: Mapping[str, Any]) -> bytes:
    return (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _disk_fault(fault: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        f"The cache cannot be written: {fault.strerror or fault}.",
        action=f"check that the disk has room, or name another folder in the environment variable {VARIABLE}",
    )

"""What an output says of the files a run was given: what it calls them, and their check sums.

A file is called by what it is (``services file 1``), never by its name on somebody's machine.

A SHA-256 of a small file can be guessed: whoever tries every likely return finds the one that was used. Of the council's
own files a run therefore keeps an HMAC under a key that lies in the user's data directory, made once and never written
anywhere else. Without that key nobody can check them, and ``verify`` says so.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import platformdirs

# choices that name a file of the council's own; the others name published tables
OWN_FIELDS = ("services", "overlaps", "evidence", "ward_series", "scenarios", "template")
MARK = "hmac-sha256:"
KEY_FILE = "check-sum-key"
# one process hands a key that could not be kept to those it starts, and to nobody else
_PASSED_ON = "NEEDS_ASSESSMENT_PASSING_KEY"
_LENGTH = 32


@dataclass(frozen=True)
class Key:
    """The key of this user. kept: whether a later run will have it; place: the file it is kept in, or would be."""

    secret: bytes
    kept: bool
    place: Path

    @property
    def name(self) -> str:
        """What tells two keys apart and says nothing of either; blank where the key is not kept."""
        return hmac.new(self.secret, b"name of the key", sha256).hexdigest()[:16] if self.kept else ""


def user_key() -> Key:
    """The key in the user's data directory, made the first time; one for this process where it cannot be kept there."""
    place = Path(platformdirs.user_data_dir("needs-assessment", appauthor=False)) / KEY_FILE
    secret = _read(place) or _make(place)
    if secret is not None:
        return Key(secret, True, place)
    passed = os.environ.setdefault(_PASSED_ON, secrets.token_hex(_LENGTH))
    return Key(bytes.fromhex(passed), False, place)


def _read(place: Path) -> bytes | None:
    try:
        secret = place.read_bytes()
    except OSError:
        return None
    return secret if len(secret) == _LENGTH else None


def _make(place: Path) -> bytes | None:
    """Write a new key that only this user may read, whole or not at all; another process that was first has made it."""
    beside = place.with_name(f".{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(_LENGTH))
            stream.flush()
            os.fsync(stream.fileno())
        if place.exists() and _read(place) is None:
            return None  # something else lies there; it is not ours to replace
        try:
            os.link(beside, place)
        except FileExistsError:
            pass
        except OSError:
            beside.replace(place)
    except OSError:
        return None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return _read(place)


def check_sum(field: str, digest: str, key: Key | None = None) -> str:
    """What may be printed of a file's SHA-256: itself, or for a file of the council's own an HMAC of it.

    field: the choice that names the file; digest: its SHA-256 in hexadecimal, or ''.
    """
    if not digest or field not in OWN_FIELDS:
        return digest
    secret = (key or user_key()).secret
    return MARK + hmac.new(secret, digest.encode(), sha256).hexdigest()


def own_files_given(scenario: object) -> bool:
    """Whether a scenario names a file of the council's own."""
    return any(getattr(scenario, field) for field in OWN_FIELDS)


def file_check_sum(field: str, path: Path) -> str:
    """The check sum of a file as the choice ``field`` prints it."""
    with path.open("rb") as stream:
        digest = sha256()
        while part := stream.read(1 << 20):
            digest.update(part)
    return check_sum(field, digest.hexdigest())


def file_word(field: str, given: str = "") -> str:
    """What an output calls a file that was given: ``services file 1``, with what was chosen within it behind a ``#``."""
    if field == "scenarios":
        return given if Path(given).name == "bundled" and not Path(given).exists() else "scenario files"
    if field == "previous":
        return "previous release 1"
    word = f"{field.replace('_', ' ')} {'1' if field.endswith('file') else 'file 1'}"
    # only these two are chosen within; elsewhere a # is part of a name
    mark, choice = given.partition("#")[1:] if field in ("population", "rates") else ("", "")
    return word + mark + choice

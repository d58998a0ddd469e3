"""Zip files that come out the same every time: no clock, no user, no machine in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip entry can carry
ALREADY_PACKED = (".png", ".jpg", ".jpeg", ".gif")


def with_fixed_times(archive: bytes, change: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """The same entries in the same order with fixed times; ``change(name, content)`` may mend an entry."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            entry = zipfile.ZipInfo(name, EPOCH)
            stored = name.lower().endswith(ALREADY_PACKED)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.create_system = 0  # otherwise the zip says which kind of system wrote it
            new.writestr(entry, change(name, content) if change else content)
    return packed.getvalue()

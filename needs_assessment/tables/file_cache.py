"""Files that are read once in a process and not again while they stay as they are.

Registers and populations are remembered, and only as frames and tables that nobody changes: a process that assesses many
areas reads them once. A file that was changed in the meantime (its length or the moment it was written) is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
MOST = 64


def remembered(
    files: Callable[P, Iterable[Path]], *, most: int = MOST
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember a function's answers for as long as the files it reads stay as they are.

    files: the files behind an answer, from the function's own arguments; the arguments must be hashable, and the answer
    is handed to every caller as it is, so it must be one that no caller changes. most: how many answers are kept.
    A file that is missing is asked for again each time.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize=most)
        def kept(_: Hashable, arguments: tuple[Any, ...], names: tuple[tuple[str, Any], ...]) -> T:
            return function(*arguments, **dict(names))

        def ask(*arguments: P.args, **names: P.kwargs) -> T:
            stamps = tuple(_stamp(path) for path in files(*arguments, **names))
            if None in stamps:
                return function(*arguments, **names)
            return kept(stamps, arguments, tuple(sorted(names.items())))

        ask.__doc__, ask.__name__ = function.__doc__, function.__name__
        return ask

    return decorate


def _stamp(path: Path) -> tuple[str, int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return str(path), facts.st_mtime_ns, facts.st_size

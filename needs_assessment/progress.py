"""What the program is doing, in words, for whoever wants to hear it: nobody, unless a terminal listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str], None]
_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


def report(words: str) -> None:
    """Say what begins now, such as *Reading the population*. Nothing happens when nobody listens."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(words)


@contextmanager
def heard_by(listener: Listener | None) -> Iterator[None]:
    """Within the block, reports go to ``listener``; with None nobody hears them."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


@contextmanager
def within(work: str) -> Iterator[None]:
    """Within the block, reports are of a part of some work, and name it: *Luton (2 of 5): Reading the population*."""
    listener = _LISTENER.get()
    with heard_by(None if listener is None else lambda words: listener(f"{work}: {words}")):
        report("beginning")
        yield

"""An error in JupyterLab: its own message where it arises and once more at the end, and nothing stale between.

JupyterLab stops at the first error, leaves the view at the end of the notebook, and leaves the figures of an earlier run
standing there. So in front of a person nothing is raised: the object that a notebook asks for its sections remembers what
went wrong, gives nothing for the sections that are left, and says it again where the notebook ends.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, TypeVar

from needs_assessment.errors import NeedsAssessmentError, fault_of_the_computer

T = TypeVar("T")
# what the last cell of each notebook asks for
ENDS = ("publish", "finish")
AGAIN = "Change the choices in the first cell, then choose Run and Run All Cells."


class Refusal:
    """A message in a notebook, with the words of the command line and without a line of code."""

    def __init__(self, error: NeedsAssessmentError, *, end: bool = False) -> None:
        self.error = error
        self.heading = f"Nothing was written. {AGAIN}" if end else "The notebook stopped here."

    def _repr_html_(self) -> str:
        return (
            '<div role="alert" style="border-left: 6px solid #b00020; padding: 0.5em 1em;">'
            f"<p><strong>{html.escape(self.heading)}</strong></p>"
            f'<div style="white-space: pre-wrap;">{html.escape(self.error.report())}</div></div>'
        )

    def __repr__(self) -> str:
        return f"{self.heading}\n{self.error.report()}"


class Blank:
    """What a stopped notebook gets for a section: it shows nothing, and clears what an earlier run showed there."""

    def __init__(self, answer: Callable[[], Refusal | Blank]) -> None:
        self._answer = answer

    def __call__(self, *_: object, **__: object) -> Refusal | Blank:
        return self._answer()

    def _ipython_display_(self) -> None:
        """Show nothing at all, not even a line that says so."""


class Guard:
    """An object as a notebook in front of a person holds it: its methods give a message instead of raising.

    make: makes the object. Errors that are the user's to mend, of the disk and of memory are caught; any other is a fault
    of the library and is raised as it is.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self._error: NeedsAssessmentError | None = None
        self._told = False
        self._made = self._try(make)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self._error is not None:
            return Blank(lambda: self._say(name))
        value = getattr(self._made, name)
        if not callable(value):
            return value

        def asked(*arguments: Any, **options: Any) -> Any:
            answer = self._try(lambda: value(*arguments, **options))
            return answer if self._error is None else self._say(name)

        return asked

    def _try(self, work: Callable[[], T]) -> T | None:
        try:
            try:
                return work()
            except (OSError, MemoryError) as error:
                raise fault_of_the_computer(error) from error
        except NeedsAssessmentError as error:
            self._error = error
            return None

    def _say(self, name: str) -> Refusal | Blank:
        """The message for the cell that met the error and for the last cell; nothing for those between."""
        if self._error is None or (self._told and name not in ENDS):
            return Blank(lambda: self._say(name))
        self._told = True
        return Refusal(self._error, end=name in ENDS)


def guarded(make: Callable[[], T]) -> T | Guard:
    """What ``make`` makes: under a guard when a person's program runs the cell, else as it is, and errors are raised."""
    return Guard(make) if is_watched() else make()


def is_watched() -> bool:
    """Whether the running cell was sent by a program that a person looks at: it alone tells the kernel the cell's id."""
    from IPython.core.getipython import get_ipython

    parent = getattr(get_ipython(), "get_parent", None)
    message = parent() if callable(parent) else {}
    return bool((message.get("metadata") or {}).get("cellId"))

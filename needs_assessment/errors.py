"""Errors a user can act on: each says what is wrong, where, and what to do, and carries an exit code.

Exit codes (the command line's contract): 2 usage, 3 input refused, 4 environment, 5 a reconciliation failed,
130 interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence


class NeedsAssessmentError(Exception):
    """Base of every error that is the user's to mend; printed in a few lines, never as a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, action: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.action = action

    def report(self) -> str:
        """The lines a person reads on standard error; what names or locates somebody is never among them."""
        return unspoken("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """The lines as they were written."""
        return [self.message, *([f"  what to do: {self.action}"] if self.action else [])]

    def __str__(self) -> str:
        return self.report()

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of the error: the message alone, for the frames of library code help nobody."""
        return self.report().splitlines()


def unspoken(text: str) -> str:
    """A text for a screen without the stretches that name or locate somebody, whoever wrote them."""
    # the rules are read only where something went wrong
    from needs_assessment.printable_text import masked

    return masked(text)


class UsageError(NeedsAssessmentError):
    """An unknown option, key or parameter, or a value of the wrong kind."""

    exit_code = 2


class InputError(NeedsAssessmentError):
    """A file or a figure that cannot be used as it stands.

    ``row`` counts as a spreadsheet shows it (the header of a plain CSV is row 1); ``found`` must never
    hold a person-level value or a location of safe accommodation; ``position`` says which characters of the cell;
    ``others`` says in a line each where else the file has such a fault, and ``more`` counts further
    problems of the same file that are not printed.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        file: str = "",
        row: int | None = None,
        column: str = "",
        found: object = None,
        expected: str = "",
        action: str = "",
        more: int = 0,
        position: str = "",
        others: Sequence[str] = (),
    ) -> None:
        super().__init__(message, action=action)
        self.file = file
        self.row = row
        self.column = column
        self.found = found
        self.expected = expected
        self.more = more
        self.position = position
        self.others = tuple(others)

    def lines(self) -> list[str]:
        """What is wrong, where, what was found and expected, and what to do."""
        place = ", ".join(
            part
            for part in (
                f"file {self.file}" if self.file else "",
                f"row {self.row}" if self.row is not None else "",
                f"column {_printable(self.column)}" if self.column else "",
                self.position,
            )
            if part
        )
        found = "" if self.found is None else _printable(_shorten(self.found))
        lines = [
            self.message,
            f"  where: {place}" if place else "",
            *(f"  and: {other}" for other in self.others),
            f"  found: {found}" if found else "",
            f"  expected: {self.expected}" if self.expected else "",
            f"  what to do: {self.action}" if self.action else "",
            f"  and {self.more} more problem{'s' if self.more != 1 else ''} in this file"
            if self.more
            else "",
        ]
        return [line for line in lines if line]


class EnvironmentFault(NeedsAssessmentError):
    """The disk, the network or a program is missing or failing."""

    exit_code = 4


class Interrupted(NeedsAssessmentError):
    """The user stopped the work where something of it is kept: the message says what, and how to go on."""

    exit_code = 130


class ReconciliationError(NeedsAssessmentError):
    """Two figures that must agree do not; the output folder is complete and says so on its first page."""

    exit_code = 5


def fault_of_the_computer(error: OSError | MemoryError) -> EnvironmentFault:
    """What nobody has put into words of its own: a file or folder that the system refuses, or no memory left."""
    if isinstance(error, MemoryError):
        return EnvironmentFault(
            "There is not enough memory for this.", action="use fewer --draws, or a computer with more memory"
        )
    where = f" ({_shorten(error.filename)})" if error.filename else ""
    return EnvironmentFault(
        f"A file or folder cannot be used: {error.strerror or type(error).__name__}{where}.",
        action="check its name, whether you may read or write it, and that the disk has room",
    )


def _printable(text: str) -> str:
    from needs_assessment.printable_text import may_be_shown

    return may_be_shown(text)


def _shorten(found: object, limit: int = 160) -> str:
    text = str(found) if str(found) != "" else "an empty cell"
    return text if len(text) <= limit else text[: limit - 1] + "…"

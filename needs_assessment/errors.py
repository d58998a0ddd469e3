"""Errors a user can act on: each says what is wrong, where, and what to do, and carries an exit code.

Exit codes (the command line's contract): 2 usage, 3 input refused, 4 environment, 5 a reconciliation failed,
130 interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_EACH = 8  # so many places are told one by one; of more, rows and columns are listed
_RANGES = 12


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
    ``others`` are the further faults of the same file, each of which is told in the report.
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
        position: str = "",
        others: Sequence[InputError] = (),
    ) -> None:
        super().__init__(message, action=action)
        self.file = file
        self.row = row
        self.column = column
        self.found = found
        self.expected = expected
        self.position = position
        self.others = tuple(others)

    @property
    def more(self) -> int:
        """How many further faults the file has."""
        return len(self.others)

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
            f"  found: {found}" if found else "",
            f"  expected: {self.expected}" if self.expected else "",
            f"  what to do: {self.action}" if self.action else "",
            *_also(self.message, self.others),
        ]
        return [line for line in lines if line]


def _also(message: str, others: Sequence[InputError]) -> list[str]:
    """The further faults of a file in a line for each kind, with their places."""
    kinds: dict[str, list[InputError]] = {}
    for other in others:
        kinds.setdefault(other.message, []).append(other)
    return [
        "  also: " + " ".join(filter(None, ["the same" if kind == message else kind, _places(faults)]))
        for kind, faults in kinds.items()
    ]


def _places(faults: Sequence[InputError]) -> str:
    """Where faults of one kind are, with what was found while they are few."""
    if len(faults) <= _EACH or any(fault.position for fault in faults):
        return "; ".join(filter(None, map(_place, faults)))
    rows = sorted({fault.row for fault in faults if fault.row is not None})
    columns = dict.fromkeys(_printable(fault.column) for fault in faults if fault.column)
    parts = [
        f"rows {_ranges(rows)}" if rows else "",
        f"column{'s' if len(columns) > 1 else ''} " + _first(columns) if columns else "",
    ]
    return ", ".join(filter(None, parts)) + f" ({len(faults):,} places)"


def _place(fault: InputError) -> str:
    place = ", ".join(
        filter(
            None,
            [
                f"row {fault.row}" if fault.row is not None else "",
                f"column {_printable(fault.column)}" if fault.column else "",
                fault.position,
            ],
        )
    )
    found = "" if fault.found is None else _printable(_shorten(fault.found, 60))
    return f"{place} ({found})" if place and found else place or found


def _first(names: Iterable[str]) -> str:
    held = list(names)
    return ", ".join(held[:_RANGES]) + (", …" if len(held) > _RANGES else "")


def _ranges(rows: Sequence[int]) -> str:
    """Row numbers in order as '2 to 5, 9, 12 to 14'."""
    spans: list[tuple[int, int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], row)
        else:
            spans.append((row, row))
    return _first(str(low) if low == high else f"{low} to {high}" for low, high in spans)


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

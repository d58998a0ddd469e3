"""What the program is called in advice, so that a printed command can be typed as it stands."""

from __future__ import annotations

import os

VARIABLE = "NEEDS_ASSESSMENT_COMMAND"
NAME = "needs-assessment"
_LONGEST = 200


def command_name(*words: str) -> str:
    """The command as the user typed it (``python assess.py``, or ``needs-assessment``), followed by ``words``.

    ``assess.py`` says through the environment variable NEEDS_ASSESSMENT_COMMAND how it was called. Only what is printed
    for a person may depend on it; files name the tool, never the command.
    """
    typed = os.environ.get(VARIABLE, "").strip()
    fit = typed.isprintable() and 0 < len(typed) <= _LONGEST
    return " ".join((typed if fit else NAME, *words))

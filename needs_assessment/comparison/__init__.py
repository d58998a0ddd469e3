"""Two runs of one area beside each other, and the change of every headline split into its causes.

``sides`` reads the two runs, ``mixtures`` says what differs and builds the inputs that take some causes from one run and
the rest from the other, ``split`` evaluates the library's own steps on them.
"""

from __future__ import annotations

from pathlib import Path

from needs_assessment.comparison.sides import Side, read_side, side_of
from needs_assessment.comparison.split import Headlines, compare
from needs_assessment.estimate.change import Change
from needs_assessment.inputs.load import Inputs
from needs_assessment.resources import data_dir
from needs_assessment.results import Results

__all__ = ["Headlines", "Side", "change_since_previous", "compare", "read_side", "side_of"]


def change_since_previous(inputs: Inputs, results: Results, headlines: Headlines) -> Change | None:
    """What changed since the run that the scenario names as the previous one; None where it names none.

    A file that both runs were given is used for both. Raises UsageError or InputError for a folder that is no run of
    the same area or is not as it was written.
    """
    if not inputs.scenario.previous:
        return None
    now = side_of(inputs, results)
    available = {digest: Path(str(getattr(inputs.scenario, name))) for name, digest in now.files.items()}
    before = read_side(Path(inputs.scenario.previous), data_dir(), available)
    return compare(before, now, headlines)

"""Domestic-abuse needs assessment for English councils: prevalence, unmet need and the safe-accommodation gap."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from needs_assessment.version import __version__

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment, assess
    from needs_assessment.errors import (
        EnvironmentFault,
        InputError,
        NeedsAssessmentError,
        ReconciliationError,
        UsageError,
    )
    from needs_assessment.runs.compare import RunsToCompare, compare_runs
    from needs_assessment.scenario import Scenario

_HOMES = {
    "Assessment": "needs_assessment.assessment",
    "assess": "needs_assessment.assessment",
    "RunsToCompare": "needs_assessment.runs.compare",
    "compare_runs": "needs_assessment.runs.compare",
    "Scenario": "needs_assessment.scenario",
    "NeedsAssessmentError": "needs_assessment.errors",
    "UsageError": "needs_assessment.errors",
    "InputError": "needs_assessment.errors",
    "EnvironmentFault": "needs_assessment.errors",
    "ReconciliationError": "needs_assessment.errors",
}
__all__ = [
    "Assessment",
    "EnvironmentFault",
    "InputError",
    "NeedsAssessmentError",
    "ReconciliationError",
    "RunsToCompare",
    "Scenario",
    "UsageError",
    "__version__",
    "assess",
    "compare_runs",
]


def __getattr__(name: str) -> object:
    """Import the public names when first asked for, so that ``--help`` need not load the numeric stack."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

"""What a notebook or a script uses: an assessment, what it shows, and the folder that it is written to.

Example:
    scenario = Scenario.build({"area": "E06000056", "draws": 1000}, "my script")
    assessment = assess(scenario)
    print(outputs(assessment).say("victims"))
    folder = publish(assessment)
"""

from __future__ import annotations

from needs_assessment.assessment import Assessment, assess
from needs_assessment.runs.compare import RunsToCompare, compare_runs
from needs_assessment.runs.run import outputs_of as outputs
from needs_assessment.runs.run import publish
from needs_assessment.scenario import Scenario

__all__ = ["Assessment", "RunsToCompare", "Scenario", "assess", "compare_runs", "outputs", "publish"]

"""How many people several lists hold together, with or without those on none."""

from __future__ import annotations

from needs_assessment.estimate.matched_lists.bounds import log_linear

__all__ = ["log_linear"]

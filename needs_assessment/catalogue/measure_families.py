"""Families of measures that ``results.py`` puts into the catalogue: one an answer, one a tier of matched lists."""

from __future__ import annotations

# the four answers to how many places are needed
ANSWERS = {
    "standard": "the standard",
    "national_model": "the national need model",
    "queueing": "demand and queueing",
    "turned_away": "those turned away",
}
# the tiers whose lists may be matched, and what the lists are about
_ABOUT = {"told_anyone": "any agency", "community_support": "support in the community", "idva": "IDVAs"}
# id, title, unit, meaning and denominator
LIST_MEASURES = tuple(
    row
    for tier, words in _ABOUT.items()
    for row in (
        (
            f"on_matched_lists_{tier}",
            f"People on the matched lists: {words}",
            "people",
            "different people on at least one of the lists that were matched; breakdown list: on each of them",
            "",
        ),
        (
            f"hidden_population_{tier}",
            f"People by the overlap of lists, known or not: {words}",
            "people",
            "everyone of whom the matched lists hold a part, on a list or on none, by capture-recapture: an estimate that "
            "owes nothing to the survey; breakdown models: least and greatest of the models that fit",
            "",
        ),
    )
)

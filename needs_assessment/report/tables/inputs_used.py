"""What a run read: files by name and check sum, never by path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.given_files import check_sum

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs
    from needs_assessment.inputs.rates.rate_set import RateSet
    from needs_assessment.registers.registers import Registers

_YEAR_OF_RIGHT = re.compile(r"(?<=database right )(\d{4})(?=, licensed)")


def own_files(inputs: Inputs) -> list[dict[str, str]]:
    """The user's own files as rows of the table of sources."""
    rows = []
    if "population_file" in inputs.population.source_ids:
        date = inputs.population.estimate_date
        rows.append(("population_file", "File given for this run", inputs.population.file, date))
    if inputs.ward_series is not None:
        rows.append(("ward_series_file", "The council's own series", inputs.ward_series.file, "see the file"))
    if any(rate.source_id == "rates_file" for rate in inputs.rates.rates.values()):
        rows.append(("rates_file", "File given for this run", inputs.rates.file, inputs.rates.edition))
    if inputs.characteristics.own_file:
        name = inputs.characteristics.files[0][0]
        rows.append(("characteristics_file", "File given for this run", name, inputs.characteristics.period))
    if any(figure.own_file for figure in inputs.local_figures()):
        rows.append(("services_file", "The council's own return", inputs.returns.file, "see its own periods"))
    if inputs.evidence.file:
        rows.append(("evidence_file", "The council's own statements", inputs.evidence.file, "see the dates"))
    if inputs.overlaps.file:
        name = inputs.overlaps.file
        rows.append(("overlaps_file", "The council's own matching of lists", name, "see its own period"))
    if inputs.projection is not None:
        years = f"{inputs.projection.years[0]} to {inputs.projection.years[-1]}"
        rows.append(("projection_file", "File given for this run", inputs.projection.file, years))
    return [dict(zip(("id", "publisher", "title", "period"), row, strict=True)) for row in rows]


def used_inputs(inputs: Inputs) -> pd.DataFrame:
    """What the run read: each file by what it is, its date, size and check sum; never a name, a path or a local figure.

    The check sum is a SHA-256, or an HMAC of it for the council's own files (``given_files``).
    """
    population, rates, returns = inputs.population, inputs.rates, inputs.returns
    rows = [
        (
            "population",
            population.file,
            population.sha256,
            len(population.frame),
            population.estimate_date,
            population.source_ids,
        ),
        *([("lookup to wards", *population.lookup, "", ())] if population.lookup else []),
        ("rates", rates.file, rates.sha256, len(rates.rates), rates.edition, ()),
    ]
    for name, sha256 in inputs.characteristics.files:
        held = inputs.characteristics
        ids = tuple(dict.fromkeys(name for topic in held.topics.values() for name in topic.source_ids))
        cells = sum(topic.counts.size for topic in held.topics.values())
        rows.append(("characteristics", name, sha256, cells, held.period, ids))
    if returns.file:
        rows.append(
            ("local returns", returns.file, check_sum("services", returns.sha256), len(returns.frame), "", ())
        )
    if inputs.evidence.file:
        given = inputs.evidence
        rows.append(("evidence", given.file, check_sum("evidence", given.sha256), len(given.frame), "", ()))
    if inputs.overlaps.file:
        matched = inputs.overlaps
        rows.append(
            ("overlaps of lists", matched.file, check_sum("overlaps", matched.sha256), matched.rows, "", ())
        )
    if inputs.previous is not None:
        earlier = inputs.previous
        rows.append(("previous release", earlier.folder, earlier.sha256, len(earlier.counts), "", ()))
    if inputs.ward_series is not None:
        series = inputs.ward_series
        rows.append(
            (
                "ward series",
                series.file,
                check_sum("ward_series", series.sha256),
                len(series.observed),
                "",
                (),
            )
        )
    if inputs.projection is not None:
        ahead = inputs.projection
        years = f"{ahead.years[0]} to {ahead.years[-1]}"
        rows.append(("projection", ahead.file, ahead.sha256, len(ahead.frame), years, ("projection_file",)))
    for one in inputs.alternatives:
        rows.append(("scenario", one.file, check_sum("scenarios", one.sha256), 1, "", ()))
    if inputs.boundaries is not None:
        name = inputs.scenario.local_only()["boundaries"]
        rows.append(
            (
                "ward boundaries",
                name,
                inputs.boundaries_sha256,
                len(inputs.boundaries),
                "",
                boundary_sources(inputs),
            )
        )
    if inputs.template is not None:
        rows.append(
            ("word template", inputs.template.file, check_sum("template", inputs.template.sha256), 0, "", ())
        )
    frame = pd.DataFrame(rows, columns=["input", "file", "sha256", "rows_used", "date", "source_ids"])
    return frame.assign(source_ids=[" ".join(ids) for ids in frame["source_ids"]])


def boundary_sources(inputs: Inputs) -> tuple[str, ...]:
    """Ids of the sources that the ward boundaries rest on; none where a file was given without a note of them."""
    if inputs.boundaries is None:
        return ()
    return tuple(inputs.boundaries.attrs.get("source_ids", ()))


def boundary_attribution(inputs: Inputs) -> str:
    """The sentence that stands under a map of boundaries whose source is known; else blank."""
    return " ".join(licence_lines(inputs.registers, boundary_sources(inputs)))


def rate_set_table(rates: RateSet) -> pd.DataFrame:
    """The national rates a run was given, in the columns of a file of rates, so that they can be read again."""
    rows = []
    for (measure, sex), rate in rates.rates.items():
        limits = [None if end is None else _percent(end) for end in (rate.low, rate.high)]
        rows.append(
            {
                "rate_set": rates.name,
                "measure": measure,
                "sex": sex,
                "age_from": rates.age_from,
                "age_to": rates.age_to,
                "group": "all",
                "rate": _percent(rate.value),
                "low": limits[0],
                "high": limits[1],
                "meaning_of_range": "" if limits[0] is None else "95% interval",
                "unit": "percent",
                "published_count": rate.published_count,
                "base": rate.base,
                "effective_base": rate.effective_base,
                "edition": rates.edition,
                "question_set": rates.question_set,
                "population_scope": "as the rate set says",
                "source_id": rate.source_id,
                "status": rate.status,
                "reason": "as the rate set says",
            }
        )
    whole = {"age_to": "Int64", "published_count": "Int64", "base": "Int64"}
    return pd.DataFrame(rows).astype(whole)


def _percent(proportion: float) -> float:
    # the printed figure: times 100 without the rounding error that multiplying brings
    return round(proportion * 100, 10)


def licence_lines(registers: Registers, source_ids: Sequence[str]) -> list[str]:
    """The attributions that open licences ask for; sentences that differ only in their year become one."""
    years: dict[str, list[str]] = {}
    for text in registers.attributions(name for name in source_ids if name in registers.sources):
        if text.startswith("Contains"):
            found = _YEAR_OF_RIGHT.search(text)
            years.setdefault(_YEAR_OF_RIGHT.sub("{}", text), []).append(found[0] if found else "")
    return [form.replace("{}", ", ".join(sorted(set(held)))) for form, held in years.items()]

"""What the gate costs a run: the bundled areas, where nothing is small, and the largest return that a council could give.

    python benchmarks/disclosure_gate.py

The largest return: every measure that counts people, for each of the six types where it takes types, for five years. Floor: 10
seconds of one processor for each. The first figure is what every run pays; the solver is not loaded for it.
"""

from __future__ import annotations

import datetime as dt
import sys
import time

import numpy as np
import pandas as pd

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.gate import guard
from needs_assessment.disclosure.protection import Rules
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.returns.returns import load_services
from needs_assessment.registers.registers import load_registers
from needs_assessment.resources import data_dir

SECONDS = 10.0
TYPES = ("refuge", "specialist", "dispersed", "sanctuary", "second_stage", "other")
YEARS = range(2021, 2026)
DAY = dt.date(2026, 11, 22)


def largest_return(level: float) -> pd.DataFrame:
    """Counts around ``level`` for parts and four times that for wholes."""
    rng, rows = np.random.default_rng(1), []
    for year in YEARS:
        held: dict[tuple[str, str], int] = {}
        for name, measure in RETURN_MEASURES.items():
            if not measure.protected:
                continue
            for kind in TYPES if measure.typed else ("",):
                count = int(rng.poisson(level * (1 if measure.part_of else 4)))
                held[name, kind] = min(count, held.get((measure.part_of, kind), count))
                end = dt.date(year + 1, 3, 31)
                start = dt.date(year, 4, 1) if measure.flow else end
                facts = (measure.protected, measure.part_of, measure.flow)
                rows.append((name, kind, start, end, float(held[name, kind]), *facts))
    columns = ["measure", "accommodation_type", "period_start", "period_end", "value"]
    return pd.DataFrame(rows, columns=[*columns, "protected", "part_of", "flow"])


def measure(words: str, returns: pd.DataFrame) -> float:
    begun, worked = time.perf_counter(), time.process_time()
    made = guard(returns, Rules())
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    hidden = int((made.returns.frame["value"] == SUPPRESSED).sum())
    small = int(((returns["value"] > 0) & (returns["value"] < 5) & returns["protected"]).sum())
    print(
        f"{words}: {len(returns)} figures, {small} small, {hidden} hidden, {seconds:.2f} s ({processor:.2f} s of processor)",
        flush=True,
    )
    return processor


def main() -> int:
    data = data_dir()
    registers = load_registers(data)
    for code in ("E06000056", "E10000031"):
        returns = load_services(None, resolve_area([code], data), data, registers, DAY).described()
        measure(f"bundled, {code}", returns)
    loaded = any(name.startswith("needs_assessment.disclosure.suppression") for name in sys.modules)
    print(f"the solver was {'' if loaded else 'not '}loaded")
    slowest = max(measure(f"largest return, level {level}", largest_return(level)) for level in (30, 8, 3))
    return int(loaded or slowest > SECONDS)


if __name__ == "__main__":
    sys.exit(main())

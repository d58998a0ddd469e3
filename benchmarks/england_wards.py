"""England in one run: median and interval of every ward, women, men and together, against a floor of bare arithmetic.

    NEEDS_ASSESSMENT_REFERENCE=../shared/reference python benchmarks/england_wards.py

The floor is what no Monte Carlo estimate of this shape can do without, on arrays of the same shape and type and in the
same blocks: residents times rates, one normal draw a ward and draw, its exponential, and a partition that brings out the
median and both limits. The partition is numpy's fastest for this: one place at a time (several places at once take over
ten times as long). The strict floor partitions once; the plain one partitions for each of the three figures, as the
library must. Each is timed several times in turn and the least is kept. Then the time at half the wards and half the draws.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # one core each, before numpy reads them

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.models.many_wards import BLOCK_WARDS, MEDIAN_AND_INTERVAL, summarise_wards  # noqa: E402
from benchmarks.national import National  # noqa: E402
from needs_assessment.estimate.draws import Draws  # noqa: E402
from needs_assessment.inputs.load import SEXES  # noqa: E402
from needs_assessment.inputs.rates.rates import BANDS  # noqa: E402

Array = NDArray[np.float64]
FILE = Path("population") / "ons_ward_mid2020_wd20_england.csv"
TARGET_RATIO = 1.5
TARGET_BYTES = 2 * 10**9


def read_wards(path: Path) -> tuple[list[str], Array, list[str], dict[str, Array]]:
    """Ward codes, position and code of each ward's lowest-tier authority, residents by sex and band."""
    frame = pd.read_csv(path)
    authorities, codes = pd.factorize(frame["lad21cd"], sort=True)
    persons = {
        sex: np.stack(
            [
                frame[[f"{sex}{age}" for age in range(low, 91 if high is None else high + 1)]].sum(axis=1)
                for low, high in BANDS
            ],
            axis=1,
        ).astype(float)
        for sex in SEXES
    }
    return frame["wd20cd"].tolist(), authorities, list(codes), persons


def library(
    national: National, wards: tuple[list[str], Array, list[str], dict[str, Array]], count: int, seed: int
) -> dict[str, Array]:
    """What is measured: draws of every unknown, then all wards."""
    codes, authority, authorities, persons = wards
    draws = Draws(count, seed)
    spreads = []
    for name in ("ward_effect_sd", "authority_effect_sd"):
        low, value, high = national.range(name)
        spreads.append(draws.range(name, value, low, high))
    _, rates = national.rates(draws)
    return summarise_wards(
        persons,
        rates,
        authority,
        draws,
        [f"ward effect {code}" for code in codes],
        [f"authority effect {code}" for code in authorities],
        *spreads,
    )


def floor(persons: dict[str, Array], rates: dict[str, Array], count: int, figures: int) -> None:
    """The bare product, normals, exponential and partitions in blocks, float32; nothing is kept."""
    rng = np.random.default_rng(0)
    left = {sex: persons[sex].astype(np.float32) for sex in SEXES}
    right = {sex: rates[sex].astype(np.float32) for sex in SEXES}
    wards = len(left["F"])
    normal = np.empty((BLOCK_WARDS, count), dtype=np.float32)
    product = np.empty_like(normal)
    low, middle, high = (int(share * (count - 1)) for share in MEDIAN_AND_INTERVAL)
    for start in range(0, wards, BLOCK_WARDS):
        held = min(BLOCK_WARDS, wards - start)
        for sex in SEXES:
            np.matmul(left[sex][start : start + held], right[sex], out=product[:held])
        rng.standard_normal(out=normal[:held], dtype=np.float32)
        np.exp(normal[:held], out=normal[:held])
        for _ in range(figures):
            np.copyto(product[:held], normal[:held])
            product[:held].partition(middle, axis=1)
            product[:held, :middle].partition(low, axis=1)
            product[:held, middle:].partition(high - middle, axis=1)


def least_times(repeats: int, *tasks: Callable[[], object]) -> list[float]:
    """Least seconds of each task; the tasks take turns, so that a busy moment does not fall on one of them."""
    best = [np.inf] * len(tasks)
    for _ in range(repeats):
        for place, task in enumerate(tasks):
            start = time.perf_counter()
            task()
            best[place] = min(best[place], time.perf_counter() - start)
    return best


def peak_bytes() -> int:
    """Most memory this process has held."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if platform.system() == "Darwin" else used * 1024


def main() -> None:
    """Read, measure, print; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2021)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    folder = os.environ.get("NEEDS_ASSESSMENT_REFERENCE")
    if not folder or not (Path(folder) / FILE).is_file():
        raise SystemExit("NEEDS_ASSESSMENT_REFERENCE does not name a folder with the wards of England")
    national = National("E06000056")
    wards = read_wards(Path(folder) / FILE)
    codes, authority, authorities, persons = wards
    central, rates = national.rates(Draws(chosen.draws, chosen.seed))
    print(
        f"{len(codes):,} wards of {len(authorities)} authorities, {chosen.draws:,} draws, numpy {np.__version__}"
    )

    own, bare, barest = least_times(
        chosen.repeats,
        lambda: library(national, wards, chosen.draws, chosen.seed),
        lambda: floor(persons, rates, chosen.draws, len(SEXES) + 1),
        lambda: floor(persons, rates, chosen.draws, 1),
    )
    memory = peak_bytes()
    print(f"library {own:.2f} s; floor {bare:.2f} s; strict floor, one partition {barest:.2f} s")
    print(f"ratio {own / bare:.2f}, to the strict floor {own / barest:.2f} (target at most {TARGET_RATIO})")
    print(f"memory {memory / 1e9:.2f} GB (target at most {TARGET_BYTES / 1e9:.0f} GB)")

    half = authority < len(authorities) // 2
    fewer = ([c for c, kept in zip(codes, half, strict=True) if kept], authority[half], authorities,
             {sex: persons[sex][half] for sex in SEXES})  # fmt: skip
    half_wards, half_draws = least_times(
        chosen.repeats,
        lambda: library(national, fewer, chosen.draws, chosen.seed),
        lambda: library(national, wards, chosen.draws // 2, chosen.seed),
    )
    print(f"time per ward, half the wards ÷ all: {half_wards / half.mean() / own:.2f} (1 is linear)")
    print(f"time per draw, half the draws ÷ all: {half_draws * 2 / own:.2f} (1 is linear)")

    found = library(national, wards, chosen.draws, chosen.seed)["all"]
    expected = sum(persons[sex] @ central[sex] for sex in SEXES)
    print(f"sum of ward medians ÷ sum of central values: {found[:, 1].sum() / expected.sum():.4f}")
    print(
        f"first ward, {codes[0]}: central {expected[0]:.0f}, low, median, high "
        + ", ".join(f"{v:.0f}" for v in found[0])
    )
    if own > TARGET_RATIO * bare or memory > TARGET_BYTES:
        raise SystemExit("a target is missed")


if __name__ == "__main__":
    main()

"""Six runs whose ``results.csv`` is kept byte for byte: their choices, and the check sum of each.

``python -m tests.golden_runs --record`` writes ``golden_results.sha256`` anew.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import pandas as pd

from needs_assessment import Scenario, assess
from needs_assessment.disclosure.gate import release_file
from needs_assessment.disclosure.of_assessment import release_results
from needs_assessment.runs.write_outputs import write_csv
from tests.list_files import ABENI, COMMUNITY, overlap_rows, write_overlaps, write_services

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "tests" / "golden_results.sha256"
DAY = dt.date(2026, 11, 22)
DRAWS = 2_000
# A sum is rounded in another order where a processor adds more numbers at a time, or several processors share it.
# These hold it to what one x86-64 processor of any maker since 2015 does, so that the last digit does not depend on
# the machine.
SAME_ARITHMETIC = {
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
CLIENTS = dict(zip(COMMUNITY, (478, 617, 854, 236), strict=True))
YEAR, DATE = "2025-04-01,2026-03-31", "2026-03-31,2026-03-31"
# counts of a year and of a day, by type of accommodation and in all; some are too small to be published
SERVICES = (
    f"places_available,refuge,family places,21,{DATE}",
    f"places_available,dispersed,family places,9,{DATE}",
    f"referrals,refuge,referrals,317,{YEAR}",
    f"referrals_declined_capacity,refuge,referrals,96,{YEAR}",
    f"households_supported,,households,132,{YEAR}",
    f"households_not_supported,,households,88,{YEAR}",
    f"length_of_stay_days,refuge,days,121,{YEAR}",
    f"police_incidents,,incidents,3119,{YEAR}",
    f"police_victims,,people,2404,{YEAR}",
    f"marac_cases,,cases,347,{YEAR}",
    f"marac_repeat_cases,,cases,3,{YEAR}",
    f"community_idva_clients,,people,402,{YEAR}",
    f"health_idva_clients,,people,2,{YEAR}",
)


def services_file(folder: Path) -> Path:
    """The council's own returns."""
    path = folder / "services.csv"
    header = "measure,accommodation_type,unit,value,period_start,period_end,source"
    rows = (f"{row},Annual return" for row in SERVICES)
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def partnership(folder: Path, data: Path) -> Path:
    """A population of two authorities: one as bundled, and three wards of a neighbour made from its first three."""
    bundled = pd.read_csv(data / "areas" / "E06000056" / "population.csv", dtype={"age_to": "Int64"})
    wards = bundled["ward_code"].drop_duplicates().tolist()[:3]
    rows = bundled[bundled["ward_code"].isin(wards)].copy()
    rows["ward_name"] = "North of " + rows["ward_name"]
    rows["ward_code"] = rows["ward_code"].map({code: f"E0599900{place}" for place, code in enumerate(wards)})
    rows["authority_code"], rows["authority_name"] = "E06000055", "Bedford"
    rows["persons"] = rows["persons"] // 2
    path = folder / "population.csv"
    pd.concat([bundled, rows]).to_csv(path, index=False, lineterminator="\n")
    return path


CHOICES: dict[str, Callable[[Path, Path], dict[str, object]]] = {
    "central_bedfordshire": lambda _folder, _data: {},
    "warwickshire": lambda _folder, _data: {"area": ("E10000031",)},
    "partnership": lambda folder, data: {
        "area": ("E06000055", "E06000056"),
        "population": str(partnership(folder, data)),
    },
    "services": lambda folder, _data: {"services": str(services_file(folder))},
    "matched_lists": lambda folder, _data: {
        "services": str(write_services(folder / "services.csv", CLIENTS)),
        "overlaps": str(write_overlaps(folder / "overlaps.csv", overlap_rows(ABENI))),
    },
    "composition": lambda _folder, _data: {"method": "composition"},
}


def scenario_of(name: str, folder: Path, data: Path) -> Scenario:
    """The choices of one golden run; what it needs beside the bundled data is written into ``folder``."""
    return Scenario.build({**CHOICES[name](folder, data), "as_of": DAY, "draws": DRAWS}, name)


def digest_of(name: str, folder: Path) -> str:
    """The SHA-256 of ``results.csv`` as that run writes it."""
    released = release_results(assess(scenario_of(name, folder, ROOT / "data")))
    write_csv(release_file("results.csv", released.frame), folder)
    return sha256((folder / "results.csv").read_bytes()).hexdigest()


def digests() -> dict[str, str]:
    """The check sum of each run, in a process of its own with arithmetic that does not depend on the machine."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.golden_runs"],
        cwd=ROOT,
        env={**os.environ, **SAME_ARITHMETIC},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return read_digests(done.stdout)


def read_digests(text: str) -> dict[str, str]:
    """Lines of a check sum and a name, by name."""
    return {name: digest for digest, name in map(str.split, text.splitlines())}


def main(arguments: Sequence[str]) -> None:
    """Print the check sum and the name of every run; with ``--record`` write them where the test looks."""
    if arguments == ["--record"]:
        lines = [f"{digest}  {name}\n" for name, digest in digests().items()]
        RECORDED.write_text("".join(lines), encoding="utf-8")
        return
    for name in CHOICES:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{digest_of(name, Path(folder))}  {name}")


if __name__ == "__main__":
    main(sys.argv[1:])

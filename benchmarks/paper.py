"""How long the paper of 103 wards takes beyond its results, against a paper of one sentence, in the same minute.

    python benchmarks/paper.py [pairs]

The floor writes Word, HTML and PDF of one sentence; the measure writes the county's whole paper from outputs that are
already made. They take turns in one process whose libraries are loaded; the ratio of each pair and its median are printed,
with seconds and file sizes. Goals: under 8 seconds, and a Word file under 5 MB.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from needs_assessment import Scenario, assess
from needs_assessment.api import outputs as outputs_of
from needs_assessment.report.paper import build_paper
from needs_assessment.report.writers.document import Document, Paragraph
from needs_assessment.report.writers.html import write_html
from needs_assessment.report.writers.pdf import write_pdf
from needs_assessment.report.writers.word import write_word

AREA = "E10000031"
SECONDS, BYTES = 8.0, 5_000_000


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    assessment = assess(Scenario(area=(AREA,), draws=1000))
    outputs = outputs_of(assessment)
    sentence = Document("Floor", "", "", "2026-11-22", blocks=(Paragraph("One sentence."),))
    ratios, seconds = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _timed(sentence, folder)
        for number in range(1, pairs + 1):
            floor = _timed(sentence, folder)
            start = time.perf_counter()
            paper = build_paper(assessment, outputs)
            whole = time.perf_counter() - start + _timed(paper, folder)
            ratios.append(whole / floor)
            seconds.append(whole)
            print(f"pair {number}: floor {floor:.2f} s, paper {whole:.2f} s, ratio {whole / floor:.1f}")
        sizes = {path.suffix: path.stat().st_size for path in sorted(folder.glob("paper.*"))}
    median = statistics.median(seconds)
    print(f"median ratio {statistics.median(ratios):.1f}; {median:.2f} s, goal under {SECONDS:.0f} s")
    print("sizes: " + ", ".join(f"{ending} {size / 1e6:.2f} MB" for ending, size in sizes.items()))
    met = median < SECONDS and sizes[".docx"] < BYTES
    print("goals met" if met else "goals MISSED")


def _timed(paper: Document, folder: Path) -> float:
    start = time.perf_counter()
    write_word(paper, folder / "paper.docx")
    write_html(paper, folder / "paper.html")
    write_pdf(paper, folder / "paper.pdf")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

"""The three forms of the paper, and which of them may be written by a copy of the process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from needs_assessment.report.writers.pdf import write_pdf
from needs_assessment.runs.background import Beside
from needs_assessment.runs.write_outputs import write_paper

ROOT = Path(__file__).parents[2]
FORMS = ["commissioning_paper.docx", "commissioning_paper.html", "commissioning_paper.pdf"]
FRESH = """\
import pathlib, sys
from needs_assessment.report.writers.document import Document, Paragraph
from needs_assessment.runs.write_outputs import write_paper

paper = Document("A paper", "", "", "2026-03-31", blocks=(Paragraph("Words."),))
given = []
write_paper(paper, None, pathlib.Path(sys.argv[1]), given.append)
assert len(given) == 2, given
[work() for work in given]
"""


def test_a_process_that_has_set_a_page_sets_the_next_itself(samples, tmp_path: Path) -> None:
    paper, given = samples.paper(), list[Beside[None]]()

    def begin(work: Callable[[], None]) -> None:
        given.append(Beside(work))

    before, folder = tmp_path / "before.pdf", tmp_path / "run"
    folder.mkdir()
    write_pdf(paper, before)
    write_paper(paper, None, folder, begin)
    # written by now, for a copy of this process would wait for threads that it does not have
    assert (folder / "commissioning_paper.pdf").read_bytes() == before.read_bytes()
    for work in given:
        work.wait()
    assert sorted(path.name for path in folder.iterdir()) == FORMS


def test_a_fresh_process_leaves_pdf_and_word_to_copies(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FRESH, str(tmp_path)], cwd=ROOT, check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == FORMS

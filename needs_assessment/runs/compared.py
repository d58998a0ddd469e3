"""Two runs compared, ready to be shown and written: what the command, the notebook and the folder have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.estimate.change import Change
from needs_assessment.report.charts.waterfall import change_figures
from needs_assessment.report.figure import Figure
from needs_assessment.report.outputs import Gallery, Statement, TableGroup
from needs_assessment.report.paper_change import change_document
from needs_assessment.report.tables.change import change_statement, change_tables
from needs_assessment.report.writers.document import long_date
from needs_assessment.resources import code_digest
from needs_assessment.runs.run_folder import staged_folder, write_manifest
from needs_assessment.runs.write_outputs import write_figures, write_tables
from needs_assessment.version import __version__


@dataclass(frozen=True)
class Compared:
    """Everything a comparison shows, from what both runs published; ``folder`` is where it is written by default."""

    change: Change
    area: str
    tables: Mapping[str, PublishedTable]
    figures: tuple[Figure, ...]
    sentences: tuple[str, ...]
    attributions: list[str]
    manifests: Mapping[str, str]
    folder: Path

    def about(self) -> Statement:
        """The two runs, and each cause that differs between them."""
        runs = [
            f"{when}: {run.name}, as at {long_date(run.date)}. Population {run.population}; rates {run.rates}."
            for when, run in (("Before", self.change.before), ("Now", self.change.after))
        ]
        differs = [f"{cause.title}: {cause.differs}." for cause in self.change.causes]
        return Statement((f"{self.area}.", *runs, *(differs or ["Nothing differs."])))

    def say(self) -> Statement:
        """The paragraph for the paper."""
        return Statement(self.sentences)

    def figure(self) -> Gallery:
        """A waterfall for each main figure that changed."""
        return Gallery(self.figures)

    def group(self, *names: str) -> TableGroup:
        """The tables whose names start so, in order; all of them without a name."""
        wanted = names or ("change",)
        return TableGroup(tuple(table for name, table in self.tables.items() if name.startswith(wanted)))

    def publish(self, to: str | Path = "") -> Path:
        """Write the folder, and return ``<area>/<runs>`` of it: what a notebook may show of where a machine keeps it."""
        return Path(*self.write(to).parts[-2:])

    def write(self, to: str | Path = "") -> Path:
        """Write the tables, workbook, charts and the paper of the comparison; returns the folder.

        to: the parent of all comparisons; blank: ``compare`` beside the runs of the second. A comparison of the same
        two runs is replaced.
        """
        final = Path(to) / self.folder.parent.name / self.folder.name if to else self.folder
        with staged_folder(final.parent, final.name) as folder:
            self._write(folder)
        return final

    def _write(self, folder: Path) -> None:
        from needs_assessment.report.writers.html import write_html
        from needs_assessment.report.writers.word import write_word
        from needs_assessment.report.writers.workbook import write_workbook

        date = self.change.after.date
        write_tables(self.tables, folder / "tables", f"Why the figures changed: {self.area}")
        write_figures(self.figures, folder / "figures")
        write_workbook(
            f"Why the numbers changed: {self.area}",
            list(self.tables.values()),
            notes=["Modelled figures are estimates, not counts of people known to any service."],
            sources=self.attributions,
            path=folder / "tables.xlsx",
            date=date,
        )
        paper = change_document(self.area, date, self.sentences, self.tables, self.figures)
        write_word(paper, folder / "change.docx")
        write_html(paper, folder / "change.html")
        (folder / "paragraph.txt").write_text("\n".join(self.sentences) + "\n", encoding="utf-8")
        write_manifest(
            folder,
            {
                "tool": "needs-assessment",
                "version": __version__,
                "code": code_digest(),
                "area": self.area,
                "compares": dict(self.manifests),
            },
        )


def make_compared(
    change: Change,
    area: str,
    *,
    round_people: float,
    coarse: float,
    attributions: list[str],
    manifests: Mapping[str, str],
    folder: Path,
) -> Compared:
    """Tables, charts and sentences of a change between two published runs.

    round_people, coarse: roundings of modelled people in tables and in words (registered); manifests: SHA-256 of each
    run's manifest, by the run's name.
    """
    tables = change_tables(change, area, round_people)
    return Compared(
        change=change,
        area=area,
        tables=tables,
        figures=change_figures(tables, change, area),
        sentences=change_statement(change, coarse),
        attributions=attributions,
        manifests=manifests,
        folder=folder,
    )

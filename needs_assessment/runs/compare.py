"""``compare``: two finished runs of one area, and why each figure of the second differs from the first."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from needs_assessment.assessment import headlines
from needs_assessment.choices.parameters_cell import found_file, given_parameters, in_kernel
from needs_assessment.comparison import Side, compare, read_side
from needs_assessment.errors import InputError, UsageError
from needs_assessment.given_files import file_check_sum
from needs_assessment.inputs.finished_run import MANIFEST
from needs_assessment.report.tables.inputs_used import licence_lines
from needs_assessment.resources import data_dir, project_dir
from needs_assessment.runs.compared import Compared, make_compared
from needs_assessment.tables.files import file_sha256


@dataclass(frozen=True)
class RunsToCompare:
    """The choices of a comparison: the parameters of its notebook and the options of the command.

    run_a, run_b: folders of the earlier and the later run; services_a, services_b: the local returns that each was
    given, where the part of local returns is wanted; files: any other file of the council that a run was given
    (overlaps, characteristics), known again by its check sum; output: parent folder of comparisons.
    """

    run_a: str = ""
    run_b: str = ""
    services_a: str = ""
    services_b: str = ""
    files: tuple[str, ...] = ()
    output: str = ""

    @classmethod
    def from_notebook(cls, names: Mapping[str, Any]) -> RunsToCompare:
        """The choices that a notebook's parameters cell assigns; a name there that is none of them is a UsageError.

        In a kernel files and folders are looked for in the notebook's own folder and then in the project's.
        """
        known = [field.name for field in fields(cls)]
        chosen = given_parameters(names, known)
        for name in chosen:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                raise UsageError(
                    f"notebook parameters: there is no choice called '{name}'.",
                    action=(f"did you mean '{near[0]}'? " if near else "")
                    + "The choices are: "
                    + ", ".join(known),
                )
        listed = chosen.get("files") or ()
        files = (listed,) if isinstance(listed, str) else tuple(listed)
        if not in_kernel(names):
            return cls(**{**chosen, "files": files})
        project = project_dir()
        located = {name: found_file(value, project) for name, value in chosen.items()}
        if located.get("output"):
            located["output"] = str(project / located["output"])
        return cls(**{**located, "files": tuple(found_file(name, project) for name in files)})


def compare_runs(choices: RunsToCompare) -> Compared:
    """Compare two finished runs from what their folders keep.

    Raises UsageError where a folder is no run, InputError where a folder is not as it was written, the runs are of
    different areas, or a file is not the one that a run was given.
    """
    for name in ("run_a", "run_b"):
        if not getattr(choices, name):
            raise UsageError(
                f"No folder is given for {name}.", action="name the folders of two finished runs"
            )
    folders = [Path(choices.run_a), Path(choices.run_b)]
    digests = {digest: Path(path) for path in _given(choices) for digest in _check_sums(path)}
    sides = [read_side(folder, data_dir(), digests) for folder in folders]
    _check_files(choices, sides)
    before, after = _told_apart(sides, folders)
    registers = after.inputs.registers
    sources = sorted({name for side in sides for item in side.figures.values() for name in item.source_ids})
    return make_compared(
        compare(before, after, headlines),
        after.inputs.area.name,
        round_people=registers.figure("rounding_ward"),
        coarse=registers.figure("rounding_authority"),
        attributions=licence_lines(registers, sources),
        manifests={
            side.name.name: file_sha256(folder / MANIFEST)
            for side, folder in zip((before, after), folders, strict=True)
        },
        folder=folders[1].resolve().parent.parent
        / "compare"
        / after.area_code
        / f"{before.name.name.replace('/', '_')}__{after.name.name.replace('/', '_')}",
    )


def _given(choices: RunsToCompare) -> list[str]:
    return [path for path in (choices.services_a, choices.services_b, *choices.files) if path]


def _check_sums(path: str) -> set[str]:
    """The check sums that manifests have of a file: its own, and the keyed one of the council's own files."""
    if not Path(path).is_file():
        raise InputError(
            f"There is no file called '{Path(path).name}'.",
            expected="a file that one of the runs was given",
            action="check its name and folder",
        )
    return {file_check_sum(field, Path(path)) for field in ("population", "services")}


def _check_files(choices: RunsToCompare, sides: list[Side]) -> None:
    """Every file given must be one that a run read: another file would explain another change."""
    for side, path in zip(sides, (choices.services_a, choices.services_b), strict=True):
        if path and side.files.get("services") not in _check_sums(path):
            raise _another_file(path, side.name.name)
    known = {digest for side in sides for digest in side.files.values()}
    for path in choices.files:
        if not _check_sums(path) & known:
            raise _another_file(path, "either run")


def _another_file(path: str, run: str) -> InputError:
    return InputError(
        f"The file is not the one that {run} was given.",
        file=Path(path).name,
        expected="the same file, byte for byte",
        action="give the file that the run read; inputs_used.csv of the run has its check sum",
    )


def _told_apart(sides: list[Side], folders: list[Path]) -> tuple[Side, Side]:
    """The two sides with names that differ, also where two folders have one name."""
    before, after = sides
    if before.name.name != after.name.name:
        return before, after
    outer = [folder.resolve().parent for folder in folders]
    names = [
        f"{parent.parent.name}/{side.name.name}" if outer[0] != outer[1] else f"{side.name.name} ({place})"
        for place, (parent, side) in enumerate(zip(outer, sides, strict=True), start=1)
    ]
    if names[0] == names[1]:
        names = [f"{side.name.name} ({place})" for place, side in enumerate(sides, start=1)]
    before, after = (
        replace(side, name=replace(side.name, name=name)) for side, name in zip(sides, names, strict=True)
    )
    return before, after

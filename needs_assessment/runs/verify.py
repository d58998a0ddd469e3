"""What ``verify`` says of a finished run: its files still match the manifest, and running again gives the same tables."""

from __future__ import annotations

import json
import platform
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from needs_assessment.errors import InputError, UsageError
from needs_assessment.given_files import OWN_FIELDS, file_word, user_key
from needs_assessment.inputs.alternatives import BUNDLED
from needs_assessment.inputs.given_again import find_given, without_keyed
from needs_assessment.inputs.given_again import input_row as _row
from needs_assessment.plain_file import read_words
from needs_assessment.registers.provenance import SIDECAR
from needs_assessment.resources import code_digest, data_dir, register_digests
from needs_assessment.runs.run import run_scenario
from needs_assessment.runs.run_folder import file_digest
from needs_assessment.scenario import PATH_FIELDS, Scenario
from needs_assessment.version import __version__

MANIFEST = "manifest.json"
NEEDED = ("tool", "version", "code", "libraries", "python", "scenario", "inputs", "registers", "outputs")
# facts of a run that must come out again, whatever the program's version
SAME_AGAIN = ("area", "area_code", "seed", "inputs", "disclosure", "checks", "warnings")
UNCHECKED = (
    "The check sums of the council's own files cannot be checked: they were made with a key that this user does not have. "
    "The tables alone are compared."
)
# how the source of a file is called that came without a note of where it was fetched
OWN = "_file"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass
class Verification:
    """What was found. differences: what does not match; versions: what this program has that the run had not."""

    run: str
    files: int = 0
    differences: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    again: str = ""
    unchecked: str = ""

    def lines(self) -> list[str]:
        """What a person reads."""
        sums = [line for line in self.differences if not line.startswith("run again")]
        found = [f"{self.run}: {self.files} files are named in the manifest."]
        found += [] if sums else ["Every file is there and unchanged, and there is no other."]
        found += [f"Different: {line}" for line in self.differences]
        found += [f"Version: {line}" for line in self.versions]
        return [*found, *([self.unchecked] if self.unchecked else []), self.again]

    def facts(self) -> dict[str, Any]:
        """The same for a program: what ``verify --json`` prints."""
        return {
            "command": "verify",
            "version": __version__,
            "run": self.run,
            "files": self.files,
            "matches": not self.differences,
            "differences": self.differences,
            "versions": self.versions,
            "again": self.again,
        }

    def raise_if_different(self) -> None:
        """Raise InputError (exit code 3) when anything differs."""
        if not self.differences:
            return
        reason = (
            " The run was made with other versions, listed above, which may be why the tables differ."
            if self.versions and any(line.startswith("run again") for line in self.differences)
            else ""
        )
        raise InputError(
            f"The run does not match its manifest: {len(self.differences)} "
            f"difference{'s' if len(self.differences) > 1 else ''}.{reason}",
            file=MANIFEST,
            found=self.differences[0],
            expected="the files and tables as they were when the run was made",
            action="do not rely on this folder; make the run again, or restore the folder",
        )


def verify_run(folder: Path, files: Path | None = None, *, again: bool = True) -> Verification:
    """Compare a run's folder with its manifest, then its tables with those of a new run of the same scenario.

    folder: of the run, or its manifest. files: where the files that the run was given lie; their check sums are
    compared first. Without them a run that was given files is not run again, and the finding says so. Raises InputError
    when the folder is not a run or its manifest cannot be read.
    """
    folder = folder.parent if folder.name == MANIFEST else folder
    manifest = _read_manifest(folder)
    found = Verification(folder.resolve().name)
    _compare_files(folder, manifest["outputs"], found)
    _compare_versions(manifest, found)
    if not again:
        found.again = "Not run again, as was asked."
        return found
    choices = _given(manifest, files, found)
    if choices is not None:
        _run_again(folder, manifest, choices, found)
    return found


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(
            "This is not the folder of a run.",
            file=str(folder),
            found=f"no {MANIFEST}",
            expected="a folder that the command run has written, outputs/<area>/<run>",
            action="check the name of the folder",
        )
    try:
        manifest = json.loads(read_words(path))
    except (ValueError, RecursionError):
        raise _not_a_manifest("text that is not JSON, or is cut off") from None
    if not isinstance(manifest, dict) or manifest.get("tool") != "needs-assessment":
        raise _not_a_manifest("another kind of file")
    absent = [name for name in NEEDED if name not in manifest]
    if absent:
        raise _not_a_manifest("no " + ", ".join(absent))
    outputs = manifest["outputs"]
    fit = isinstance(outputs, dict) and all(
        isinstance(digest, str) and _SHA256.fullmatch(digest) and not _leads_out(name)
        for name, digest in outputs.items()
    )
    kinds = (("scenario", dict), ("inputs", list), ("registers", dict), ("libraries", dict))
    if not fit or not all(isinstance(manifest[name], kind) for name, kind in kinds):
        raise _not_a_manifest("entries of another form")
    return manifest


def _leads_out(name: str) -> bool:
    path = Path(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name


def _not_a_manifest(found: str) -> InputError:
    return InputError(
        "The manifest of the run cannot be used.",
        file=MANIFEST,
        found=found,
        expected="a manifest as the command run writes it",
        action="restore the folder, or make the run again",
    )


def _compare_files(folder: Path, outputs: Mapping[str, str], found: Verification) -> None:
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink()) and path != folder / MANIFEST
    }
    found.files = len(outputs)
    for name in sorted(there | set(outputs)):
        if name not in there:
            found.differences.append(f"{name} is missing")
        elif name not in outputs:
            found.differences.append(f"{name} is not in the manifest: it was added")
        elif file_digest(folder / name) != outputs[name]:
            found.differences.append(f"{name} was changed")


def _compare_versions(manifest: Mapping[str, Any], found: Verification) -> None:
    pairs = [("needs-assessment", manifest["version"], __version__)]
    pairs.append(("Python", manifest["python"], platform.python_version()))
    for name, version in sorted(manifest["libraries"].items()):
        pairs.append((name, version, _installed(name)))
    found.versions += [
        f"{name} was {old} when the run was made and is {new} now." for name, old, new in pairs if old != new
    ]
    if manifest["code"] != code_digest():
        found.versions.append("the program's code is not the one that made the run.")
    now = register_digests(data_dir())
    changed = sorted(
        name
        for name in now.keys() | manifest["registers"].keys()
        if now.get(name) != manifest["registers"].get(name)
    )
    if changed:
        found.versions.append("these registers changed since the run: " + ", ".join(changed) + ".")


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _given(manifest: Mapping[str, Any], files: Path | None, found: Verification) -> dict[str, Any] | None:
    """The scenario with the user's files in place, or None with the reason in ``found.again``."""
    choices = dict(manifest["scenario"])
    wanted = {name: str(choices.get(name) or "") for name in PATH_FIELDS if choices.get(name)}
    if str(choices.get("rates", "")).partition("#")[0] == file_word("rates"):
        wanted["rates"] = str(choices["rates"])
    if wanted.get("scenarios") == BUNDLED:
        del wanted["scenarios"]
    if wanted and files is None:
        found.again = (
            "Not run again: the run was given files that its folder does not hold ("
            + ", ".join(wanted.values())
            + "). Name the folder where they lie with --files."
        )
        return None
    keyed = bool(set(wanted) & set(OWN_FIELDS))
    checked = not keyed or (manifest.get("key") or "") == user_key().name != ""
    if not checked:
        found.unchecked = UNCHECKED
    for name, word in wanted.items():
        path = find_given(name, manifest, files or Path(), by_name=not checked and name in OWN_FIELDS)
        if path is None:
            found.again = (
                f"Not run again: the folder given with --files does not hold {word}, as the run was given it"
                + (f"; name the file {name} with its own ending, such as {name}.csv." if not checked else ".")
            )
            found.differences += (
                [] if not checked else [f"no file given with --files has the check sum of {word}"]
            )
            return None
        sources = str(_row(manifest, name).get("source_ids", "")).split()
        fetched = bool(sources) and not any(source.endswith(OWN) for source in sources)
        if fetched and not path.with_name(path.name + SIDECAR).is_file():
            found.again = f"Not run again: {path.name} was fetched, and its note {path.name}{SIDECAR} does not lie beside it."
            return None
        mark, choice = word.partition("#")[1:]
        choices[name] = str(path) + mark + choice
    return choices


def _run_again(
    folder: Path, manifest: Mapping[str, Any], choices: dict[str, Any], found: Verification
) -> None:
    """The same scenario once more in a folder of its own, without the paper, which changes no table."""
    before = len(found.differences)
    with tempfile.TemporaryDirectory(prefix="needs-assessment-verify-") as elsewhere:
        try:
            scenario = Scenario.build(
                {**choices, "output": elsewhere, "run": "again", "paper": False}, MANIFEST
            )
            made = run_scenario(scenario).folder
        except (InputError, UsageError) as fault:
            found.differences.append(f"run again: it could not be made: {fault.message}")
            found.again = "Run again, and it stopped."
            return
        names = sorted(
            {"results.csv"}
            | {
                path.relative_to(home).as_posix()
                for home in (folder, made)
                for path in home.glob("tables/*.csv")
            }
        )
        for name in names:
            if not (made / name).is_file() or not (folder / name).is_file():
                found.differences.append(f"run again: {name} is in one of the two only")
            elif (made / name).read_bytes() != (folder / name).read_bytes():
                found.differences.append(f"run again: {name} comes out different")
        new = json.loads((made / MANIFEST).read_text(encoding="utf-8"))
        for fact in SAME_AGAIN:
            mine, theirs = new.get(fact), manifest.get(fact)
            if found.unchecked and fact == "inputs":
                mine, theirs = without_keyed(mine), without_keyed(theirs)
            if mine != theirs:
                found.differences.append(f"run again: the manifest's entry '{fact}' comes out different")
    if len(found.differences) == before:
        found.again = f"Run again: results.csv and {len(names) - 1} tables come out the same, byte for byte."
    else:
        found.again = "Run again: not everything comes out the same."

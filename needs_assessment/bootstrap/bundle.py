"""A folder with the packages of requirements.lock, made on one computer for another whose network is blocked.

``python assess.py bundle`` fills it; ``python assess.py run`` installs from it when it lies beside assess.py or beside the
project's folder. The hashes of the lock are checked then as ever.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from needs_assessment.bootstrap.faults import explain

LOCK_NAME = "requirements.lock"
NOTE = "needs-assessment-bundle.json"
README = """\
The Python packages that a needs assessment needs, for {for_whom}.

Copy this folder beside assess.py (or beside the project's folder) on a computer of that kind and start there:
    python assess.py run
No network is used then. Every package is checked against the fingerprints of requirements.lock.
"""
USAGE, ENVIRONMENT_FAULT = 2, 4
SYSTEMS = {  # by how a platform's name begins: markers of the lock, and how Python calls the system
    "win": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
    "macosx": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    "manylinux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
}
MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}  # one name for one kind of processor
OWN_NAMES = {("Windows", "x86_64"): "AMD64", ("Windows", "arm64"): "ARM64", ("Linux", "arm64"): "aarch64"}
OLDEST_GLIBC = 5
LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
PLATFORM = re.compile(
    r"(win)_(amd64|arm64)|(macosx)_\d+_\d+_(arm64|x86_64)|(manylinux)_2_(?P<glibc>\d+)_(?P<linux>x86_64|aarch64)"
)


@dataclass(frozen=True)
class Target:
    """The computer that a bundle is for: Python as 3.12, system and machine as Python calls them."""

    python: str
    system: str
    machine: str

    def words(self) -> str:
        system = {"Darwin": "macOS"}.get(self.system, self.system)
        return f"Python {self.python} on {system} ({self.machine})"


def this_computer() -> Target:
    """The Python that runs now."""
    return Target(
        f"{sys.version_info[0]}.{sys.version_info[1]}", platform.system(), machine_name(platform.machine())
    )


def machine_name(name: str) -> str:
    return MACHINES.get(name.casefold(), name.casefold())


def find_bundle(root: Path, target: Target) -> tuple[Path | None, str]:
    """The bundle beside a project that fits it, and otherwise why one that lies there was not taken."""
    why = ""
    for note in [*sorted(root.glob(f"*/{NOTE}")), *sorted(root.parent.glob(f"*/{NOTE}"))]:
        try:
            content = json.loads(note.read_text(encoding="utf-8"))
            made_for, lock = Target(**content["target"]), content["lock"]
        except (OSError, ValueError, TypeError, KeyError):
            why = f"The folder {note.parent.name} is not a complete bundle."
            continue
        if lock != lock_digest(root / LOCK_NAME):
            why = f"The bundle {note.parent.name} was made for another version of this project."
        elif made_for != target:
            why = f"The bundle {note.parent.name} is for {made_for.words()}; this is {target.words()}."
        else:
            return note.parent, ""
    return None, why


def lock_digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of ``assess.py bundle``; a wrong one ends with its explanation and exit code 2."""
    parser = argparse.ArgumentParser(
        prog="python assess.py bundle",
        description="Download the packages of requirements.lock into a folder, for a computer whose network is blocked.",
    )
    parser.add_argument("folder", nargs="?", help="the folder to make (default: bundle, beside assess.py)")
    parser.add_argument("--python", metavar="3.12", help="the Python of that computer (default: this one)")
    parser.add_argument(
        "--platform",
        metavar="NAME",
        help="the system of that computer (default: this one): win_amd64, macosx_14_0_arm64 (Apple silicon), "
        "macosx_14_0_x86_64 (Intel), manylinux_2_28_x86_64 or manylinux_2_28_aarch64",
    )
    options = parser.parse_args(arguments)
    if options.python and not re.fullmatch(r"3\.1[1-4]", options.python):
        parser.error(f"--python {options.python}: give one of 3.11, 3.12, 3.13, 3.14")
    if options.platform and not PLATFORM.fullmatch(options.platform):
        parser.error(f"--platform {options.platform}: such a system is not known; see --help for the names")
    return options


def main(arguments: Sequence[str]) -> int:
    """Make the bundle; the exit code."""
    options = parse(arguments)
    try:
        return fill(options)
    except OSError as error:
        return fail(explanation(str(error), Path(__file__).parent), ENVIRONMENT_FAULT)


def fill(options: argparse.Namespace) -> int:
    root = Path(__file__).resolve().parents[2]
    folder = Path(options.folder) if options.folder else root / "bundle"
    here = this_computer()
    target = Target(options.python or here.python, here.system, here.machine)
    if options.platform:
        target = target_of(options.platform, target.python)
    if folder.exists() and any(folder.iterdir()) and not (folder / NOTE).exists():
        return fail(
            f"The folder {folder} is not empty and not a bundle, so nothing was written to it.", USAGE
        )
    for_whom = target.words()
    print(f"Downloading the packages for {for_whom} into {folder} (about 290 MB) ...", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    # a folder that is half filled is not taken for a bundle
    (folder / NOTE).unlink(missing_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    for wheel in folder.glob("*.whl"):
        wheel.unlink()
    with TemporaryDirectory() as name:
        wanted = Path(name, LOCK_NAME)
        wanted.write_text(
            lock_for((root / LOCK_NAME).read_text("utf-8"), markers(target)), "utf-8", newline="\n"
        )
        command = [*pip(), "download", *download_options(target, options.platform), "--dest", str(folder)]
        done = subprocess.run([*command, "-r", str(wanted)], capture_output=True, text=True, check=False)
    if done.returncode:
        return fail(explanation(done.stdout + done.stderr, folder), ENVIRONMENT_FAULT)
    (folder / LOCK_NAME).write_bytes((root / LOCK_NAME).read_bytes())
    (folder / "README.txt").write_text(README.format(for_whom=for_whom), encoding="utf-8")
    note = {"target": asdict(target), "lock": lock_digest(root / LOCK_NAME)}
    (folder / NOTE).write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(
        f"{folder}: {len(list(folder.glob('*.whl')))} packages, {size:.0f} MB, for {for_whom}.\n"
        "Copy it beside assess.py on that computer and start there: python assess.py run"
    )
    return 0


def target_of(name: str, python: str) -> Target:
    """The computer that a platform's name stands for."""
    match = PLATFORM.fullmatch(name)
    if match is None:
        raise ValueError(name)
    system, machine = (part for part in match.group(1, 2, 3, 4, 5, "linux") if part)
    return Target(python, SYSTEMS[system]["platform_system"], machine_name(machine))


def markers(target: Target) -> dict[str, str]:
    """What the conditions of the lock are read against, for the target instead of for this computer."""
    system = next(entry for entry in SYSTEMS.values() if entry["platform_system"] == target.system)
    return {
        **system,
        "python_version": target.python,
        "python_full_version": f"{target.python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": OWN_NAMES.get((target.system, target.machine), target.machine),
    }


def lock_for(lock: str, environment: Mapping[str, str]) -> str:
    """The lines of a lock that hold in an environment, without their conditions: pip would read those for this computer."""
    from packaging.markers import Marker

    kept: list[str] = []
    keep = False
    for line in lock.splitlines(keepends=True):
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            package, _, condition = line.rstrip("\\\n ").partition(" ; ")
            keep = not condition or Marker(condition).evaluate(dict(environment))
            kept += [f"{package} \\\n"] * keep
        elif keep:
            kept.append(line)
    return "".join(kept)


def download_options(target: Target, name: str | None) -> list[str]:
    """Ready-made packages alone, each with its hash; for another computer its Python and all names of its system."""
    options = (
        "--quiet --no-input --disable-pip-version-check --no-deps --require-hashes --only-binary :all:"
    ).split()
    if name is None and target == this_computer():
        return options
    platforms = platform_names(name) if name else own_platforms()
    options += ["--implementation", "cp", "--python-version", target.python]
    return [*options, *(word for platform_name in platforms for word in ("--platform", platform_name))]


def own_platforms() -> list[str]:
    """The names of the system that runs now, newest first."""
    from packaging.tags import platform_tags

    return list(platform_tags())


def platform_names(name: str) -> list[str]:
    """All names under which packages for a system are made; pip finds the older ones itself but for Linux."""
    match = PLATFORM.fullmatch(name)
    if match is None or not match["linux"]:
        return [name]
    names: list[str] = []
    for minor in range(int(match["glibc"]), OLDEST_GLIBC - 1, -1):
        names.append(f"manylinux_2_{minor}_{match['linux']}")
        if minor in LEGACY:
            names.append(f"{LEGACY[minor]}_{match['linux']}")
    return names


def pip() -> list[str]:
    """pip of this environment; uv makes one without, and then it is put in from Python's own copy."""
    if importlib.util.find_spec("pip") is None:
        subprocess.run([sys.executable, "-m", "ensurepip"], capture_output=True, check=False)
    return [sys.executable, "-m", "pip"]


def explanation(answer: str, folder: Path) -> str:
    return explain(answer, shutil.disk_usage(folder).free).report()


def fail(message: str, code: int) -> int:
    print(f"The bundle was not made.\n  {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

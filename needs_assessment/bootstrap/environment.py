"""The private environment of assess.py: known from its stamp, made from the locks, shared by starts at the same time."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from needs_assessment.bootstrap.bundle import find_bundle, this_computer
from needs_assessment.bootstrap.faults import Fault, explain
from needs_assessment.bootstrap.variables import OWN_HOME, WINDOWS, clean_environment

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
PROJECT = ROOT / "pyproject.toml"
# Not .venv: uv keeps that one for itself, with other versions, whenever somebody types `uv run`.
ENVIRONMENT = ROOT / ".venv-assess"
STAMP = ENVIRONMENT / "needs-assessment.stamp"
TEST_STAMP = ENVIRONMENT / "needs-assessment-test.stamp"
ONE_AT_A_TIME = ROOT / ".venv-assess.lock"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")
# The interpreter under any active environment, so that the private one can be made anew from within itself.
BASE_PYTHON = str(getattr(sys, "_base_executable", None) or sys.executable)


class SetUpFailed(Exception):
    """The private environment could not be made; the message says what to do."""


class StepFailed(Exception):
    """One step of the set-up failed; the message is all that the program answered."""


def prepare(*, tests: bool = False) -> None:
    """Leave a complete, current environment, for the tests too if asked; return at once when it is there already."""
    try:
        wanted, wanted_for_tests = stamp(), test_stamp()
        if is_ready(wanted) and not (tests and found(TEST_STAMP) != wanted_for_tests):
            return
        with one_at_a_time():
            if not is_ready(wanted):  # another start may have made it while this one waited
                build(wanted)
            if tests and found(TEST_STAMP) != wanted_for_tests:
                add_test_tools(wanted_for_tests)
    except OSError as fault:
        raise SetUpFailed(explained(str(fault))) from fault


def stamp() -> list[str]:
    """Two lines that tell a current environment: one for its packages, one for the project's own install."""
    place = f"{sys.implementation.cache_tag} {sys.platform} {ROOT}"
    packages = hashlib.sha256(LOCK.read_bytes() + place.encode()).hexdigest()
    return [packages, hashlib.sha256(PROJECT.read_bytes() + packages.encode()).hexdigest()]


def test_stamp() -> list[str]:
    """One line that tells that the test tools of this lock were added to the packages of that one."""
    return [hashlib.sha256(TEST_LOCK.read_bytes() + stamp()[0].encode()).hexdigest()]


def is_ready(wanted: Sequence[str]) -> bool:
    """Whether the last step of an earlier set-up was reached, for this lock, project, Python and folder."""
    return found(STAMP) == wanted and PYTHON.exists()


def found(stamp_file: Path) -> list[str]:
    try:
        return stamp_file.read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []


def build(wanted: Sequence[str]) -> None:
    """Make the environment, or only install the project again when nothing but pyproject.toml has changed.

    The stamp goes first and comes back last, so an interrupted build is never taken for a finished one.
    """
    keep = found(STAMP)[:1] == wanted[:1] and PYTHON.exists()
    STAMP.unlink(missing_ok=True)
    if keep:
        try:
            with_an_installer(add_project)
        except SetUpFailed:
            keep = False
    if not keep:
        say(f"Setting up a private environment in {ENVIRONMENT.name} (once; one to three minutes) ...")
        if clean_environment().get("HOME") == str(OWN_HOME):
            say(
                f"  nothing can be made in your home folder; {OWN_HOME.name} beside assess.py takes its place"
            )
        with_an_installer(build_with)
        say("Set-up done.")
    write_stamp(STAMP, wanted)


def add_test_tools(wanted: Sequence[str]) -> None:
    """Add the packages of the tests' lock to a complete environment."""
    TEST_STAMP.unlink(missing_ok=True)
    say(f"Adding the tools of the tests to {ENVIRONMENT.name} ...")
    with_an_installer(add_tools_with)
    write_stamp(TEST_STAMP, wanted)


def write_stamp(stamp_file: Path, lines: Sequence[str]) -> None:
    beside = stamp_file.with_suffix(".new")
    beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    beside.replace(stamp_file)


def with_an_installer(work: Callable[[str | None], None]) -> None:
    """Do a piece of the set-up with uv where it is there, else with pip, which may know a way where uv does not."""
    uv = shutil.which("uv")
    if uv:
        try:
            return work(uv)
        except StepFailed as failed:
            fault = fault_of(str(failed))
            if fault.cause.shared:
                raise SetUpFailed(fault.report()) from failed
            say(f"uv did not succeed ({fault.cause.name}); trying pip.")
    try:
        work(None)
    except StepFailed as failed:
        raise SetUpFailed(explained(str(failed))) from failed


def build_with(uv: str | None) -> None:
    install = make_environment(uv)
    say("  installing the packages of requirements.lock ...")
    install_lock(install, LOCK, packages_beside())
    add_project(uv, install)


def add_tools_with(uv: str | None) -> None:
    install_lock(install_words(uv), TEST_LOCK, [])


def add_project(uv: str | None, install: Sequence[str] | None = None) -> None:
    """The project itself: without its dependencies (the lock has them) and with the locked build backend."""
    words = install or install_words(uv)
    step([*words, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])


def install_lock(install: Sequence[str], lock: Path, source: Sequence[str]) -> None:
    """All packages of a lock, and nothing but them: no resolver runs, so a newer release changes nothing."""
    step([*install, *source, "--no-deps", "--require-hashes", "-r", str(lock)])
    # afterwards and on every core; some packages carry files for other Pythons, which need not compile
    with suppress(StepFailed):
        step([str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(ENVIRONMENT)])


def packages_beside() -> list[str]:
    """Where the packages come from: a bundle that lies beside, else the package index."""
    bundle, why_not = find_bundle(ROOT, this_computer())
    if bundle:
        say(f"  using the packages in {bundle.name}; no network is needed")
        return ["--no-index", "--find-links", str(bundle)]
    if why_not:
        say(f"  {why_not} The packages come over the network instead.")
    return []


def make_environment(uv: str | None) -> list[str]:
    """An empty environment; the words that an installation into it begins with."""
    remove_environment()
    if uv:
        step([uv, "venv", "--quiet", "--python", BASE_PYTHON, str(ENVIRONMENT)])
        return install_words(uv)
    try:
        step([BASE_PYTHON, "-m", "venv", str(ENVIRONMENT)])
    except StepFailed as without_pip:
        # Debian and Ubuntu leave pip out of venv without python3-venv; a pip from outside can fill it too.
        remove_environment()
        try:
            step([BASE_PYTHON, "-m", "pip", "--version"])
            step([BASE_PYTHON, "-m", "venv", "--without-pip", str(ENVIRONMENT)])
        except StepFailed:
            raise without_pip from None
    return install_words(None)


def install_words(uv: str | None) -> list[str]:
    """The words that an installation into the environment begins with.

    An environment that uv made has no pip: Python's own copy is put in, or the pip from outside is used.
    """
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    pip = [str(PYTHON), "-m", "pip"]
    try:
        step([*pip, "--version"])
    except StepFailed:
        try:
            step([str(PYTHON), "-m", "ensurepip"])
        except StepFailed:
            step([BASE_PYTHON, "-m", "pip", "--version"])
            pip = [BASE_PYTHON, "-m", "pip", "--python", str(PYTHON)]
    return [*pip, "install", "--quiet", "--no-input", "--disable-pip-version-check"]


def remove_environment() -> None:
    if not ENVIRONMENT.exists():
        return
    if WINDOWS and Path(sys.prefix).resolve() == ENVIRONMENT:
        raise SetUpFailed(
            f"The environment in {ENVIRONMENT.name} must be made anew, but is in use: type `deactivate` first."
        )
    shutil.rmtree(ENVIRONMENT)


def step(command: Sequence[str]) -> None:
    """Run one step of the set-up from the project's folder, whatever folder one stands in. StepFailed with its answer."""
    environment = clean_environment()
    if environment.get("HOME") == str(OWN_HOME):
        environment.update(PIP_NO_CACHE_DIR="1", UV_NO_CACHE="1")  # the packages need not be kept twice
    finished = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if finished.returncode:
        raise StepFailed(finished.stdout.decode(errors="replace"))


def fault_of(answer: str) -> Fault:
    """Why a step failed, told from what the program answered and from the room on the disk."""
    return explain(answer, shutil.disk_usage(ROOT).free)


def explained(answer: str) -> str:
    return fault_of(answer).report()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts at the same moment: the second waits here and then finds the environment made.

    The operating system drops the lock with the process, so a killed set-up blocks nobody.
    """
    with ONE_AT_A_TIME.open("a+b") as handle:
        if not try_lock(handle):
            import time

            say("Another start is setting up the environment; waiting for it ...")
            while not try_lock(handle):
                time.sleep(0.2)
        yield


def try_lock(handle: BinaryIO) -> bool:
    """Take the lock if it is free; false when another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
    else:
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()

"""Start here: ``python assess.py run`` makes a needs assessment, ``python assess.py test`` runs the tests.

The file needs nothing but Python 3.11 or newer. The first time (and again when the lock changes) it makes a
private environment in ``.venv`` beside it, installs exactly the packages of ``requirements.lock`` with their
hashes checked, adds the project itself, and then hands over. Every later start costs a few hundredths of a
second. Any command of ``needs-assessment`` can be given; ``test`` and ``lab`` (JupyterLab on the main
notebook) are added here. Why it is built this way: ``docs/decisions/0001-set-up-and-lock.md``.
"""

import sys

if sys.version_info < (3, 11):  # before anything an older Python would not understand
    sys.stderr.write(
        "This project needs Python 3.11 or newer; this is Python {}.{} ({}).\n"
        "  what to do: install a newer Python from python.org or your software centre and start this file\n"
        "  with it, for example: python3.12 assess.py run   (on Windows: py -3.12 assess.py run)\n".format(
            sys.version_info[0], sys.version_info[1], sys.executable
        )
    )
    sys.exit(4)

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "needs-assessment.stamp"
ONE_AT_A_TIME = ROOT / ".venv.lock"
WINDOWS = os.name == "nt"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")
# The interpreter under any active environment, so that .venv can be made anew from within itself.
BASE_PYTHON = str(getattr(sys, "_base_executable", None) or sys.executable)

ENVIRONMENT_FAULT = 4
INTERRUPTED = 130
HELP = """\
python assess.py run        make the needs assessment (any needs-assessment command and option works here)
python assess.py lab        open the main notebook in JupyterLab
python assess.py test       lint, type check and tests; further arguments go to pytest
"""


class SetUpFailed(Exception):
    """The private environment could not be made; the message says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Prepare the environment if need be, then hand over; the exit code is that of what was started."""
    try:
        prepare()
    except SetUpFailed as fault:
        sys.stderr.write(f"The set-up did not finish.\n  {fault}\n")
        return ENVIRONMENT_FAULT
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The next start makes the environment anew.\n")
        return INTERRUPTED
    command, rest = (arguments[0], list(arguments[1:])) if arguments else ("--help", [])
    if command == "test":
        return test(rest)
    if command == "lab":
        os.chdir(ROOT)
        notebook = str(Path("notebooks", "needs_assessment.ipynb"))
        return hand_over([str(PYTHON), "-m", "jupyter", "lab", notebook, *rest])
    if command in {"-h", "--help"}:
        sys.stdout.write(HELP + "\n")
    # -P: a file in the folder one happens to stand in must not pass for a library.
    return hand_over([str(PYTHON), "-P", "-m", "needs_assessment", command, *rest])


def test(extra: Sequence[str]) -> int:
    """The whole test command: lint, format, types, tests. All four run; the first failure gives the code."""
    import subprocess

    environment = clean_environment()
    reference = ROOT.parent / "shared" / "reference"
    if reference.is_dir():
        environment.setdefault("NEEDS_ASSESSMENT_REFERENCE", str(reference))
    spread = [] if extra else ["-n", "auto", "--dist", "worksteal"]
    checks = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy"],
        "pytest": ["pytest", *spread, *extra],
    }
    failed = {}
    for name, check in checks.items():
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        code = subprocess.run([str(PYTHON), "-m", *check], cwd=ROOT, env=environment, check=False).returncode
        if code:
            failed[name] = code
    if failed:
        sys.stderr.write(f"Failed: {', '.join(failed)}\n")
    return next(iter(failed.values()), 0)


def prepare() -> None:
    """Leave a complete, current environment in ``.venv``; return at once when it is there already."""
    try:
        wanted = stamp()
        if is_ready(wanted):
            return
        with one_at_a_time():
            if not is_ready(wanted):  # another start may have made it while this one waited
                build(wanted)
    except OSError as fault:
        raise SetUpFailed(
            f"{fault}\n  what to do: check that the project folder can be written to and has 2 GB free, and "
            "close whatever still uses its .venv folder (JupyterLab, an editor)."
        ) from fault


def stamp() -> list[str]:
    """Two lines that tell a current environment: one for its packages, one for the project's own install."""
    place = f"{sys.implementation.cache_tag} {sys.platform} {ROOT}"
    packages = hashlib.sha256(LOCK.read_bytes() + place.encode()).hexdigest()
    return [packages, hashlib.sha256(PROJECT.read_bytes() + packages.encode()).hexdigest()]


def is_ready(wanted: Sequence[str]) -> bool:
    """Whether the last step of an earlier set-up was reached, for this lock, project, Python and folder."""
    return found_stamp() == wanted and PYTHON.exists()


def found_stamp() -> list[str]:
    try:
        return STAMP.read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []


def build(wanted: Sequence[str]) -> None:
    """Make the environment, or only install the project again when nothing but pyproject.toml has changed.

    The stamp goes first and comes back last, so an interrupted build is never taken for a finished one.
    """
    import shutil

    keep = found_stamp()[:1] == wanted[:1] and PYTHON.exists()
    STAMP.unlink(missing_ok=True)
    uv = shutil.which("uv")
    if not (keep and add_project(uv_install(uv) if uv else pip_install())):
        say("Setting up a private environment in .venv (once; one to three minutes) ...")
        if not (uv and build_with_uv(uv)):
            build_with_pip()
        say("Set-up done.")
    beside = STAMP.with_suffix(".new")
    beside.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    beside.replace(STAMP)


def build_with_uv(uv: str) -> bool:
    remove_environment()
    install = uv_install(uv)
    done = (
        step([uv, "venv", "--quiet", "--python", BASE_PYTHON, str(ENVIRONMENT)])
        and step([*install, "--require-hashes", "--compile-bytecode", "-r", str(LOCK)])
        and add_project(install)
    )
    if not done:
        say("uv did not succeed; trying pip.")
    return done


def build_with_pip() -> None:
    remove_environment()
    install = pip_install()
    if not step([BASE_PYTHON, "-m", "venv", str(ENVIRONMENT)]):
        # Debian and Ubuntu leave pip out of venv without python3-venv; a pip from outside can fill it too.
        remove_environment()
        install = [BASE_PYTHON, "-m", "pip", "--python", str(PYTHON), *install[3:]]
        without_pip = [BASE_PYTHON, "-m", "venv", "--without-pip", str(ENVIRONMENT)]
        if not (step([BASE_PYTHON, "-m", "pip", "--version"]) and step(without_pip)):
            raise SetUpFailed(
                "This Python cannot make a private environment (its venv or pip part is missing).\n"
                "  what to do: on Debian or Ubuntu install the package python3-venv; elsewhere "
                "install Python from python.org."
            )
    say("  downloading and installing the packages of requirements.lock ...")
    # Compiling afterwards uses every core; pip would use one.
    if not step([*install, "--no-compile", "--require-hashes", "-r", str(LOCK)]):
        raise SetUpFailed(
            "The packages could not be installed; the lines above say why.\n"
            "  what to do: check the network connection (the first start needs it), and on an office network "
            "ask for the proxy or package index that pip should use; then start again."
        )
    step([str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(ENVIRONMENT)], quiet=True)
    if not add_project(install):
        raise SetUpFailed("The project itself could not be installed; the lines above say why.")


def add_project(install: Sequence[str]) -> bool:
    """The project itself: without its dependencies (the lock has them) and with the locked build backend."""
    return step([*install, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])


def uv_install(uv: str) -> list[str]:
    return [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]


def pip_install() -> list[str]:
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]


def remove_environment() -> None:
    if not ENVIRONMENT.exists():
        return
    if WINDOWS and Path(sys.prefix).resolve() == ENVIRONMENT:
        raise SetUpFailed(
            "The environment in .venv must be made anew, but is in use: type `deactivate` first."
        )
    import shutil

    shutil.rmtree(ENVIRONMENT)


def step(command: Sequence[str], *, quiet: bool = False) -> bool:
    """Run one step of the set-up; it prints to standard error, so that standard output stays the run's."""
    import subprocess

    output = subprocess.DEVNULL if quiet else sys.stderr
    finished = subprocess.run(
        command, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
    )
    return finished.returncode == 0


def clean_environment() -> dict[str, str]:
    """The shell's variables without those that would leave the private environment or forbid bytecode.

    Without stored bytecode every start compiles all libraries again, which costs more than a whole run.
    """
    unwanted = {
        "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "PYTHONPYCACHEPREFIX",
        "VIRTUAL_ENV", "CONDA_PREFIX", "UV_SYSTEM_PYTHON", "UV_TARGET",
        "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_NO_DEPS", "PIP_REQUIRE_VIRTUALENV",
    }  # fmt: skip
    return {name: value for name, value in os.environ.items() if name.upper() not in unwanted}


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


def hand_over(command: Sequence[str]) -> int:
    """Become the command where the system can; otherwise wait for it and pass its exit code on."""
    environment = clean_environment()
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execve(command[0], list(command), environment)
    import subprocess

    with subprocess.Popen(command, env=environment) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the child got it too, and decides
                continue


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

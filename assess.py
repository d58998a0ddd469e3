"""Start here: ``python assess.py run`` makes a needs assessment; ``python assess.py --help`` lists what else there is.

The file needs nothing but Python 3.11 or newer. The first time (and again when the lock changes) it makes a
private environment in ``.venv-assess`` beside it, installs exactly the packages of ``requirements.lock`` with their
hashes checked, adds the project itself, and then hands over. Every later start costs a few hundredths of a
second. ``test`` adds the packages of ``requirements-test.lock``. How the environment is made is in
``needs_assessment/bootstrap``; why it is built this way, in ``docs/decisions/0030-two-locks-from-one-resolution.md``
and ``0031-what-a-start-does.md``.
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

import os
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:  # Python leaves the folder of this file out when it is asked to be careful
    sys.path.insert(0, str(ROOT))

from needs_assessment import __version__
from needs_assessment.bootstrap.bundle import parse
from needs_assessment.bootstrap.environment import PYTHON, SetUpFailed, prepare, say
from needs_assessment.bootstrap.variables import WINDOWS, clean_environment

ENVIRONMENT_FAULT = 4
INTERRUPTED = 130
TYPED = {
    "NEEDS_ASSESSMENT_COMMAND": "python assess.py"
}  # so that printed advice names the command that was typed
HELP = """\
python assess.py run            make the needs assessment
python assess.py check-install  try a small assessment: does everything work on this computer?
python assess.py lab            open the main notebook in JupyterLab
python assess.py bundle         download the packages into a folder, for a computer whose network is blocked
python assess.py test           lint, type check and tests, for developers; further arguments go to pytest
python assess.py --version      which version this is

Also: areas, batch, check, compare, fetch, import, template, verify. What each of them does and takes is told by,
for example, python assess.py run --help. The first command sets up a private environment in .venv-assess, once.
"""


def main(arguments: Sequence[str]) -> int:
    """Prepare the environment if need be, then hand over; the exit code is that of what was started."""
    command, rest = (arguments[0], list(arguments[1:])) if arguments else ("--help", [])
    if command in {"-h", "--help", "help"}:
        sys.stdout.write(HELP)
        return 0
    if command == "--version":
        sys.stdout.write(f"needs-assessment {__version__}\n")
        return 0
    if command == "bundle":
        parse(rest)  # a wrong option is told, and --help answered, before anything is set up
    try:
        prepare(tests=command == "test")
    except SetUpFailed as fault:
        sys.stderr.write(f"The set-up did not finish.\n  {fault}\n")
        return ENVIRONMENT_FAULT
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The next start goes on with the set-up.\n")
        return INTERRUPTED
    if command == "test":
        return test(rest)
    if command == "check-install":
        return check_install()
    if command == "bundle":
        return hand_over([str(PYTHON), "-P", "-m", "needs_assessment.bootstrap.bundle", *rest])
    # -P: a file in the folder one happens to stand in must not pass for a library.
    return hand_over([str(PYTHON), "-P", "-m", "needs_assessment", command, *rest])


def test(extra: Sequence[str]) -> int:
    """The whole test command: lint, format, tests, and types beside them. All run; the first failure gives the code.

    mypy keeps one core busy for longer than everything before the tests, so it starts first and is told last.
    """
    import subprocess
    from tempfile import TemporaryFile

    environment = clean_environment()
    reference = ROOT.parent / "shared" / "reference"
    if reference.is_dir():
        environment.setdefault("NEEDS_ASSESSMENT_REFERENCE", str(reference))
    spread = [] if extra else ["-n", "auto", "--dist", "worksteal"]
    checks = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "pytest": ["pytest", *spread, *extra],
    }
    python = [str(PYTHON), "-m"]
    codes = {}
    with TemporaryFile() as answer:
        types = subprocess.Popen(
            [*python, "mypy"], cwd=ROOT, env=environment, stdout=answer, stderr=subprocess.STDOUT
        )
        for name, check in checks.items():
            tell(f"== {name}\n")
            codes[name] = subprocess.run([*python, *check], cwd=ROOT, env=environment, check=False).returncode
        codes["mypy"] = types.wait()
        answer.seek(0)
        tell(f"== mypy\n{answer.read().decode(errors='replace')}")
    failed = [name for name, code in codes.items() if code]
    if failed:
        sys.stderr.write(f"Failed: {', '.join(failed)}\n")
    return next((code for code in codes.values() if code), 0)


def tell(text: str) -> None:
    """Show it at once, before the next program writes."""
    sys.stdout.write(text)
    sys.stdout.flush()


def check_install() -> int:
    """A small assessment with all its documents, made and verified in a temporary folder; the first failure's code."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="needs-assessment-", ignore_cleanup_errors=True) as folder:
        say("Making a small assessment of Central Bedfordshire ...")
        code = quiet_command("run", "--draws", "1000", "--set", "run=check", "--output", folder)
        if not code:
            say("Making it again, to see that it comes out the same ...")
            code = quiet_command("verify", str(Path(folder, "E06000056", "check")))
    if code:
        say("It does not work yet: the lines above say why. Nothing was left behind.")
    else:
        sys.stdout.write(
            "It works: a needs assessment can be made on this computer with: python assess.py run\n"
        )
    return code


def quiet_command(*words: str) -> int:
    """Run a command of needs-assessment; what it wrote is shown only if it failed. Its exit code."""
    import subprocess

    command = [str(PYTHON), "-P", "-m", "needs_assessment", *words]
    environment = {**clean_environment(), **TYPED}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace"))
    return done.returncode


def hand_over(command: Sequence[str]) -> int:
    """Become the command where the system can; otherwise wait for it and pass its exit code on."""
    environment = {**clean_environment(), **TYPED}
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

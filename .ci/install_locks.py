"""Install both locks with pip 22.3.1, 23.2.1 and the newest, and with uv, each into an environment of its own.

What a lock promises shows only when it is installed: an old pip refuses what a newer one takes. The four go two at a time,
share what pip has downloaded, and leave nothing behind. Without a network nothing can be installed: that is said, and the
exit code is 4.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock")
# each with the first Python that it cannot run on
INSTALLERS = {"pip==22.3.1": (3, 12), "pip==23.2.1": (3, 14), "pip": (4, 0), "uv": (4, 0)}
AT_A_TIME = 2
LONGEST = 300  # seconds for one installer
SAMPLE = "import distributed, geopandas, jupyterlab, papermill, pytest, typst"
PIP = "-m pip --quiet --disable-pip-version-check --no-input --retries 2 --timeout 30".split()
INSTALL = "--no-deps --require-hashes --no-compile".split()


class Refused(Exception):
    """An installer did not install the locks; the message is what it said."""


def main() -> int:
    """Try every installer; 1 when one refuses, 4 when there is no network."""
    fitting = [name for name, too_new in INSTALLERS.items() if sys.version_info < too_new]
    for name in INSTALLERS.keys() - set(fitting):
        print(f"{name}: not tried, for it does not run on this Python")
    with TemporaryDirectory(prefix="locks-") as folder:
        try:
            step([sys.executable, *PIP, "download", "--no-deps", "--dest", str(Path(folder, "probe")), "pip"])
        except Refused as refused:
            print(
                f"The package index cannot be reached, so the locks were not installed.\n{refused}",
                file=sys.stderr,
            )
            return 4
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            told = list(pool.map(lambda name: attempt(name, Path(folder)), fitting))
    for line, _ in told:
        print(line)
    return 0 if all(done for _, done in told) else 1


def attempt(installer: str, folder: Path) -> tuple[str, bool]:
    """Both locks by one installer, and a few of the libraries imported: what to print, and whether it went well."""
    began = time.monotonic()
    try:
        install(installer, folder / installer.replace("=", ""))
    except Refused as refused:
        return f"{installer}: refused\n{refused}", False
    return f"{installer}: both locks installed in {time.monotonic() - began:.0f} s", True


def install(installer: str, environment: Path) -> None:
    """Make an environment, put the installer into it, and install both locks with it."""
    step([sys.executable, "-m", "venv", str(environment)])
    python = str(environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    step([python, *PIP, "install", "--upgrade", installer])
    for lock in LOCKS:
        if installer == "uv":
            options = ["--quiet", "--python", python, "--no-deps", "--require-hashes"]
            step([python, "-m", "uv", "pip", "install", *options, "-r", lock])
        else:
            step([python, *PIP, "install", *INSTALL, "-r", lock])
    step([python, "-I", "-c", SAMPLE])


def step(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Refused(f"no end after {LONGEST} seconds") from late
    if done.returncode:
        raise Refused(done.stdout.decode(errors="replace")[-2000:])


if __name__ == "__main__":
    sys.exit(main())

"""Install both locks with pip 22.3.1, 23.2.1 and the newest, and with uv, each into an environment of its own.

What a lock promises shows only when it is installed: an old pip refuses what a newer one takes. The packages are downloaded
once; beside them lies an invented newer release of every package that the locks name with an extra, for on the day after a
release an old pip wants that one. The four go two at a time and leave nothing behind. Without a network nothing can be
installed: that is said, and the exit code is 4.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock")
# each with the first Python that it cannot run on
INSTALLERS = {"pip==22.3.1": (3, 12), "pip==23.2.1": (3, 14), "pip": (4, 0), "uv": (4, 0)}
AT_A_TIME = 2
LONGEST = 900  # seconds for one step; a busy machine needs many, and a stuck one has to end
NO_NETWORK = {"no network", "proxy", "certificate"}
SAMPLE = "import distributed, geopandas, jupyterlab, papermill, pytest, typst"
PIP = "-m pip --quiet --disable-pip-version-check --no-input --retries 2 --timeout 30".split()
EXACT = "--no-deps --require-hashes".split()
NEWER = "9999.0"
EXTRA = re.compile(r"^([\w.-]+)\[([\w-]+)", re.MULTILINE)


class Refused(Exception):
    """An installer did not install the locks; the message is what it said."""


def main() -> int:
    """Try every installer; 1 when one refuses, 4 when there is no network."""
    fitting = [name for name, too_new in INSTALLERS.items() if sys.version_info < too_new]
    for name in INSTALLERS.keys() - set(fitting):
        print(f"{name}: not tried, for it does not run on this Python")
    with TemporaryDirectory(prefix="locks-") as folder:
        wheels = Path(folder, "wheels")
        try:
            for lock in LOCKS:
                step([sys.executable, *PIP, "download", *EXACT, "--dest", str(wheels), "-r", lock])
        except Refused as refused:
            print(f"The packages of the locks could not be downloaded.\n{refused}", file=sys.stderr)
            return 4 if cause_of(str(refused)) in NO_NETWORK else 1
        add_newer_releases(wheels)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            told = list(pool.map(lambda name: attempt(name, Path(folder)), fitting))
    for line, _ in told:
        print(line)
    return 0 if all(done for _, done in told) else 1


def cause_of(answer: str) -> str:
    """The name of the cause of a failed download, as assess.py tells it."""
    sys.path.insert(0, str(ROOT))
    from needs_assessment.bootstrap.faults import explain

    return explain(answer, shutil.disk_usage(ROOT).free).cause.name


def add_newer_releases(wheels: Path) -> None:
    """A newer release, which is nothing but a name, of every package that a lock names with an extra."""
    for name, extra in sorted(
        set(re.findall(EXTRA, "".join((ROOT / lock).read_text("utf-8") for lock in LOCKS)))
    ):
        stem = f"{name.replace('-', '_')}-{NEWER}"
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {NEWER}\nProvides-Extra: {extra}\n"
        with zipfile.ZipFile(wheels / f"{stem}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{stem}.dist-info/METADATA", about)
            wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{stem}.dist-info/RECORD", "")


def attempt(installer: str, folder: Path) -> tuple[str, bool]:
    """Both locks by one installer, and a few of the libraries imported: what to print, and whether it went well."""
    began = time.monotonic()
    try:
        install(installer, folder / installer.replace("=", ""), folder / "wheels")
    except Refused as refused:
        return f"{installer}: refused\n{refused}", False
    return f"{installer}: both locks installed in {time.monotonic() - began:.0f} s", True


def install(installer: str, environment: Path, wheels: Path) -> None:
    """Make an environment, put the installer into it, and install both locks with it."""
    step([sys.executable, "-m", "venv", str(environment)])
    python = str(environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    step([python, *PIP, "install", "--upgrade", installer])
    program = [python, "-m", "uv", "pip", "install", "--python", python]
    if installer != "uv":
        program = [python, *PIP, "install", "--no-compile"]
    for lock in LOCKS:
        step([*program, "--no-index", "--find-links", str(wheels), *EXACT, "-r", lock])
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

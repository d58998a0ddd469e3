"""JupyterLab as a person uses it, in a real browser: a mistyped choice, its message, the correction, the links.

Neither the page nor the server, the kernel and the run that it starts may ask another machine for anything.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notebooks.browser import Page, opened_page

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-for-the-test"
RETURNS = (
    "measure,unit,value,period_start,period_end,source\n"
    "refuge_units,units,7,2025-04-01,2026-03-31,The council's own return\n"
)
# started by every Python that sees this folder: writes down each address that is looked up or connected to
SPY = """
import os, sys

def note(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        where = arguments[0] if event.startswith("socket.get") else arguments[1]
        host = where[0] if isinstance(where, tuple) else where
        with open(os.environ["SPY_FILE"], "a", encoding="utf-8") as file:
            file.write(f"{event}\\t{host}\\n")

sys.addaudithook(note)
"""
HERE = {"127.0.0.1", "localhost", "::1", "None", ""}

CODE = "[...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell')]"
# where a line of the first code cell holds a text, as a range that can be clicked
TEXT = """(() => {{
  const lines = [...{code}[0].querySelectorAll('.cm-line')];
  const line = lines.find(one => one.textContent.startsWith({start!r}));
  if (!line) return null;
  line.scrollIntoView({{block: 'center'}});
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {{
    const at = node.data.indexOf({text!r});
    if (at >= 0) {{
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + {text!r}.length);
      return range;
    }}
  }}
  return null;
}})()"""
# what stands in the window just now, of all outputs of the notebook
SEEN = """(() => {
  const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer');
  const frame = panel.getBoundingClientRect();
  return [...panel.querySelectorAll('.jp-OutputArea-output')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.height && box.top >= frame.top && box.bottom <= frame.bottom + 1;
  }).map(one => one.innerText).join('\\n');
})()"""
IDLE = "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
# the number of the last cell's last run, and the links of the notebook
RAN = f"({CODE}.at(-1)?.querySelector('.jp-InputPrompt')?.innerText.trim() || '')"
LINK = "[...document.querySelectorAll('.jp-NotebookPanel .jp-OutputArea-output a[href]')]"
LINKS = (
    f"{LINK}.filter(one => one.href.includes('/files/'))"
    ".map(one => [one.pathname.split('/').pop(), one.href])"
)

pytestmark = [pytest.mark.documents, pytest.mark.slow]


@pytest.fixture(scope="module")
def chromium() -> str:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("Chromium is not installed, so JupyterLab cannot be opened in a browser")
    return program


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder that stands for the project: a council's own file, and a name with a space."""
    folder = tmp_path / "our project"
    (folder / "data" / "local").mkdir(parents=True)
    (folder / "data" / "local" / "returns.csv").write_text(RETURNS, encoding="utf-8")
    return folder


@pytest.fixture
def lab(project: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab that ``needs-assessment lab`` has started, with a home of its own."""
    spy = tmp_path / "spy"
    spy.mkdir()
    (spy / "sitecustomize.py").write_text(SPY, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "NEEDS_ASSESSMENT_PROJECT": str(project),
        "PYTHONPATH": os.pathsep.join((str(spy), str(ROOT))),
        "SPY_FILE": str(tmp_path / "asked.txt"),
    }
    options = ["--no-browser", f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "needs_assessment", "lab", *options],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if line.startswith("JupyterLab: "):
                yield line.removeprefix("JupyterLab: ").strip()
                break
        else:
            raise AssertionError(told)
    finally:
        process.terminate()
        process.wait(60)


def _change(page: Page, start: str, text: str, new: str) -> None:
    """Double-click a word of the parameters cell, and type another in its place."""
    page.click(TEXT.format(code=CODE, start=start, text=text), times=2)
    page.type(new)


def _run_all(page: Page, seconds: float) -> None:
    """Run > Run All Cells, and wait until the last cell has run too."""
    before = page.tell(RAN)
    page.click(
        "[...document.querySelectorAll('.lm-MenuBar-item')].find(one => one.innerText.trim() === 'Run')"
    )
    page.click(
        "[...document.querySelectorAll('.lm-Menu-item')].find(one => one.innerText.includes('Run All Cells'))"
    )
    page.wait(f"/^\\[\\d+\\]:$/.test({RAN}) && {RAN} !== {before!r} && {IDLE}", seconds)


def _open(address: str) -> tuple[str, bytes]:
    """What the server gives to the browser's address: the kind of file, and its first bytes."""
    joined = "&" if "?" in address else "?"
    with urllib.request.urlopen(f"{address}{joined}token={TOKEN}", timeout=30) as answer:
        assert answer.status == 200
        return answer.headers.get_content_type(), answer.read()


def test_a_mistyped_choice_is_seen_and_corrected_and_the_links_open(
    lab: str, project: Path, tmp_path: Path, chromium: str
) -> None:
    photographs = Path(os.environ.get("NEEDS_ASSESSMENT_PHOTOGRAPHS", tmp_path))
    with opened_page(chromium, tmp_path / "browser") as page:
        page.call("Page.navigate", url=lab)
        page.wait(f"{CODE}.length > 1 && {IDLE}", 120)
        _change(page, "draws =", "10000", "500")
        _change(page, "services =", "services", "servcies")
        page.photograph(photographs / "mistyped.png")
        _run_all(page, 240)
        page.photograph(photographs / "message.png")
        seen = page.wait(SEEN)
        assert "there is no choice called 'servcies'" in seen
        assert "did you mean 'services'" in seen
        assert "Nothing was written" in seen
        assert "Traceback" not in seen
        assert not list((project / "outputs").glob("E*"))

        _change(page, "servcies =", "servcies", "services")
        page.click(TEXT.format(code=CODE, start="services =", text='""'))
        page.type("data/local/returns.csv")
        _run_all(page, 480)
        page.wait(f"{LINKS}.length >= 4")
        page.photograph(photographs / "links.png")
        seen = page.tell(SEEN)
        assert "Written to outputs/E06000056/" in seen
        assert "Path(" not in seen
        links = dict(page.tell(LINKS))
        (folder,) = (project / "outputs" / "E06000056").iterdir()
        for name, kind, start in (
            (
                "commissioning_paper.docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                b"PK",
            ),
            ("commissioning_paper.pdf", "application/pdf", b"%PDF"),
            ("commissioning_paper.html", "text/html", b"<!"),
            ("tables.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ):
            told, content = _open(links[name])
            assert told == kind
            assert content.startswith(start)
            assert content == (folder / name).read_bytes()
        page.click(f"{LINK}.find(one => one.innerText.includes('.pdf'))")
        page.wait(
            "[...document.querySelectorAll('.jp-PDFContainer')].some(one => one.getBoundingClientRect().width)"
        )
        page.photograph(photographs / "pdf.png")
        assert page.hosts() == {"127.0.0.1"}

    asked = {line.split("\t")[1] for line in (tmp_path / "asked.txt").read_text("utf-8").splitlines()}
    assert "127.0.0.1" in asked, "the spy has seen nothing"
    assert asked <= HERE

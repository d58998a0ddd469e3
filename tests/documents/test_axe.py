"""axe-core finds no barrier in the HTML paper nor in the page of the executed notebook.

axe runs inside headless Chromium on the real files; nothing is loaded from anywhere. Where Chromium or axe-core is
missing the tests are skipped: ``.ci/run`` provides both, and the variable below names the folder that holds axe.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

AXE_VARIABLE = "NEEDS_ASSESSMENT_AXE"
# every rule for WCAG 2.0 to 2.2, levels A and AA, and axe's own best practices
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# axe writes what it found into the page, as Chromium prints the page when it is done
AUDIT = """
<script>{axe}</script>
<script>
axe.run(document, {{runOnly: {tags}, resultTypes: ["violations", "incomplete"]}}).then(found => {{
  const told = document.createElement("pre");
  told.id = "axe-found";
  told.textContent = JSON.stringify({{
    rules: found.passes.length + found.violations.length + found.incomplete.length,
    violations: found.violations.map(one => ({{id: one.id, help: one.help,
      where: one.nodes.slice(0, 5).map(node => node.html.slice(0, 200))}})),
  }});
  document.body.append(told);
}});
</script>
"""

pytestmark = pytest.mark.documents


@pytest.fixture(scope="module")
def axe() -> str:
    folder = os.environ.get(AXE_VARIABLE, "")
    found = sorted(Path(folder).rglob("axe.min.js")) if folder else []
    if not found:
        pytest.skip(
            f"{AXE_VARIABLE} names no folder with axe.min.js, so pages cannot be audited with axe-core"
        )
    return found[0].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> str:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("Chromium is not installed, so pages cannot be opened in a browser")
    return program


def _audit(page: str, folder: Path, axe: str, chromium: str) -> dict[str, Any]:
    """What axe finds in ``page``; the page's own policy against scripts is lifted for axe alone."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    script = AUDIT.format(axe=axe.replace("</script", "<\\/script"), tags=json.dumps(TAGS))
    file = folder / "page.html"
    file.write_text(page.replace("</body>", script + "</body>"), encoding="utf-8")
    done = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            f"--user-data-dir={folder / 'browser'}",
            "--virtual-time-budget=60000",
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=300,
    )
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, "axe did not finish"
    return json.loads(html.unescape(found[1]))


@pytest.mark.parametrize(
    ("run", "name"),
    [
        ("bedfordshire", "commissioning_paper.html"),
        ("bedfordshire", "needs_assessment.html"),
        ("warwickshire", "commissioning_paper.html"),
        ("with_everything", "commissioning_paper.html"),
    ],
)
def test_axe_finds_nothing(
    run: str, name: str, request: pytest.FixtureRequest, tmp_path: Path, axe: str, chromium: str
) -> None:
    folder = request.getfixturevalue(run)
    found = _audit((folder / name).read_text(encoding="utf-8"), tmp_path, axe, chromium)
    assert found["rules"] > 20
    assert found["violations"] == []


def test_axe_sees_a_planted_barrier(bedfordshire: Path, tmp_path: Path, axe: str, chromium: str) -> None:
    page = (bedfordshire / "commissioning_paper.html").read_text(encoding="utf-8")
    worse = re.sub(r' alt="[^"]*"', "", page, count=1).replace(' lang="en-GB"', "", 1)
    found = _audit(worse.replace("#1a1a1a", "#cccccc"), tmp_path, axe, chromium)
    assert {one["id"] for one in found["violations"]} >= {"image-alt", "html-has-lang", "color-contrast"}

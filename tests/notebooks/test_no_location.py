"""No output of any run holds a location of supply, whatever the returns said."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tests.finished_runs import DAY
from tests.notebooks.conftest import Command

POSTCODE = re.compile(rb"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b")
ADDRESS = re.compile(
    rb"\b\d+[A-Za-z]? [A-Z][a-z]+ (?:Street|Road|Avenue|Lane|Close|Drive|Crescent|Terrace)\b"
)
HEADER = "measure,accommodation_type,unit,value,period_start,period_end,source,note\n"
SUPPLY = "places_available,refuge,family places,20,2026-03-31,2026-03-31,commissioning record,"


def _texts(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in folder.rglob("*"):
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as archive:
                found.update({f"{path.name}/{name}": archive.read(name) for name in archive.namelist()})
        elif path.is_file() and path.suffix != ".png":
            found[path.name] = path.read_bytes()
    return {name: content for name, content in found.items() if not name.endswith(".png")}


def _run(command: Command, folder: Path, row: str) -> tuple[int, str]:
    returns = folder / "returns.csv"
    returns.write_text(HEADER + row + "\n", encoding="utf-8")
    done = command(
        "run", "--services", str(returns), "--output", str(folder / "out"), "--set", "run=x", "--set", DAY,
        "--draws", "500", drawn=True,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_outputs_of_a_run_with_supply_hold_no_postcode_and_no_address(
    command: Command, tmp_path: Path
) -> None:
    code, errors = _run(command, tmp_path, SUPPLY + "total of two contracts")
    assert code == 0, errors
    texts = _texts(tmp_path / "out")
    assert len(texts) > 40
    for name, content in texts.items():
        assert not POSTCODE.search(content), name
        assert not ADDRESS.search(content), name
        assert b"total of two contracts" not in content, name
        assert b"commissioning record" not in content, name


def test_a_supply_row_that_locates_is_refused_without_repeating_it(command: Command, tmp_path: Path) -> None:
    for number, secret in enumerate(
        ("12 Rose Street", "MK40 1AB", "52.13, -0.46", "01234 567890", "Ampthill", "Rose House", "E05014394")
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        code, errors = _run(command, folder, SUPPLY + f'"{secret}"')
        assert code == 3, (secret, errors)
        assert secret not in errors
        assert not (folder / "out").exists()

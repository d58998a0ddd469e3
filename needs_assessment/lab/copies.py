"""The copies of the notebooks that a person works in: outside version control, and never overwritten once changed.

A copy carries the digest of the notebook it was made from, so that after an update of the project it is known whether a
person has changed it. A changed copy stays as it is, and the new notebook is put beside it under a name of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

OWN = "needs_assessment"  # the name of our part of a notebook's metadata


@dataclass(frozen=True)
class Copies:
    """The folder of the copies, and what is to be said of them: which are new, and which stand beside a changed one."""

    folder: Path
    notes: tuple[str, ...]


def refresh_copies(shipped: Path, folder: Path) -> Copies:
    """Put a copy of every notebook in ``folder``; one that a person has changed is kept as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    notes = tuple(note for notebook in sorted(shipped.glob("*.ipynb")) for note in _refresh(notebook, folder))
    return Copies(folder, notes)


def _refresh(notebook: Path, folder: Path) -> Iterator[str]:
    """Go through the names that the notebook may have until one is free, or holds it as it is shipped now."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    now = _digest(content)
    content["metadata"].pop("jupytext", None)
    content["metadata"][OWN] = {"made_from": now}
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    for number in count(1):
        name = notebook.name if number == 1 else f"{notebook.stem}-{number}.ipynb"
        copy = folder / name
        made_from, unchanged = _state(copy)
        if made_from == now:
            return
        if not copy.exists() or unchanged:
            _write(copy, text)
            if number > 1:
                yield (
                    f"The notebook {notebook.name} has changed with an update. Yours was kept as it is; the new one lies "
                    f"beside it as {name}."
                )
            return


def _state(copy: Path) -> tuple[str, bool]:
    """The digest of the notebook that a copy was made from, and whether its cells are still those."""
    try:
        content = json.loads(copy.read_text(encoding="utf-8"))
        made_from = str(content["metadata"][OWN]["made_from"])
        return made_from, made_from == _digest(content)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # none, or a file of somebody's own making under this name
        return "", False


def _digest(content: Any) -> str:
    """SHA-256 of a notebook's cells, without outputs and numbers, which change when it runs."""
    cells = [
        [cell["cell_type"], source if isinstance(source := cell["source"], str) else "".join(source)]
        for cell in content["cells"]
    ]
    return sha256(json.dumps(cells).encode()).hexdigest()


def _write(copy: Path, text: str) -> None:
    beside = copy.with_name(f".{copy.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(copy)

"""Make the tutorial's pictures from a finished run: ``python docs/make_screenshots.py outputs/E06000056/RUN``.

They are pictures of real outputs: the first page of the paper as poppler draws it, and two figures, made small enough for
a repository.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).parent / "images"
WIDTH = 760  # pixels
COLOURS = 48
FIGURES = {"tile_map.png": "ward_map.png", "places.png": "places.png"}


def main(run: Path) -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page"
        paper = run / "commissioning_paper.pdf"
        subprocess.run(["pdftoppm", "-png", "-r", "110", "-singlefile", str(paper), str(page)], check=True)
        save_small(page.with_suffix(".png"), IMAGES / "paper_page_1.png")
    for name, target in FIGURES.items():
        save_small(run / "figures" / name, IMAGES / target)


def save_small(source: Path, target: Path) -> None:
    """The picture at the width of a page on a screen, in few colours."""
    with Image.open(source) as picture:
        height = round(picture.height * WIDTH / picture.width)
        small = picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
        small.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

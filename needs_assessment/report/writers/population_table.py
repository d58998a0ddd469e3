"""The canonical population table as a file: CSV, or Parquet for a large one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from needs_assessment.csv_text import write_csv_file
from needs_assessment.errors import EnvironmentFault, UsageError

FORMATS = (".csv", ".parquet")


def check_target(path: Path) -> None:
    """Raise UsageError for a file name that says neither CSV nor Parquet, EnvironmentFault where no folder is."""
    if path.suffix.casefold() not in FORMATS:
        raise UsageError(
            f"The table cannot be written to {path.name}.",
            action="give --to a name that ends in .csv or .parquet",
        )
    if not path.parent.is_dir():
        raise EnvironmentFault(f"There is no folder {path.parent}.", action="make it, or choose another --to")


def write_population(path: Path, frame: pd.DataFrame, date: str, vintage: str) -> None:
    """Write residents by ward, sex and age band, with the date and the ward boundaries' year where they are known.

    The file is there whole or not at all. Raises EnvironmentFault where it cannot be written.
    """
    stated = {
        "date": date if date != "not stated" else "",
        "ward_vintage": vintage if vintage != "unknown" else "",
    }
    whole = frame.assign(**{name: value for name, value in stated.items() if value})
    part = path.with_name(path.name + ".part")
    try:
        if path.suffix.casefold() == ".parquet":
            whole.to_parquet(part, index=False, write_page_checksum=True)
        else:
            write_csv_file(whole, part)
        part.replace(path)
    except OSError as fault:
        raise EnvironmentFault(
            f"The file {path} cannot be written: {fault.strerror or fault}.", action="choose another --to"
        ) from fault
    finally:
        part.unlink(missing_ok=True)

"""Whether a table is rated, and ratings of input criticality from a user's file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from iomodel.errors import LabelError
from iomodel.models.shortage.survey import classification_of
from iomodel.models.shortage.survey_concordance import industries_behind

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["is_rated", "read_ratings"]


def is_rated(table: MRIOTable) -> bool:
    """Return whether the survey covers most sectors of a table."""
    return classification_of(table) is not None or industries_behind(table) is not None


def read_ratings(path: str | Path) -> dict[tuple[str, str], float]:
    """Read criticalities from a CSV file with the columns input, user and criticality.

    Parameters
    ----------
    path : str or pathlib.Path
        Labels or groups, one pair per line; later lines replace earlier ones, and lines that begin
        with ``#`` are skipped.

    Returns
    -------
    dict of (input, user) to float

    Raises
    ------
    LabelError
        If the file or a column is missing, or a value is no number.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise LabelError(f"criticality cannot be read from {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LabelError(
            f"criticality cannot be read from {path}: it is no text in UTF-8; save it as UTF-8"
        ) from error
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    ratings: dict[tuple[str, str], float] = {}
    for row in csv.DictReader(lines):
        try:
            ratings[row["input"].strip(), row["user"].strip()] = float(row["criticality"])
        except (AttributeError, KeyError, TypeError, ValueError):
            raise LabelError(
                f"{path} has a line {dict(row)}; give the columns input, user and criticality, "
                "with a number in [0, 1]"
            ) from None
    return ratings

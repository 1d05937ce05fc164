"""Errors of iomodel: each message is one sentence with the fault, its place and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "IOModelError",
    "InfeasibleError",
    "LabelError",
    "NonProductiveError",
    "NotApplicableError",
    "OutputError",
    "ScenarioError",
    "SolverError",
    "TableError",
    "in_short",
    "unknown_label",
]


class IOModelError(ValueError):
    """Base of all errors raised on purpose; the command line exits with code 2."""


class TableError(IOModelError):
    """Unusable cells or accounting identities of a table, or a file without a table."""


class LabelError(IOModelError):
    """Unknown, duplicated or unmapped label of a region, a sector or another dimension."""


class ScenarioError(IOModelError):
    """Unreadable or contradictory scenario."""


class NonProductiveError(IOModelError):
    """Technology that needs more than it makes: the Hawkins-Simon conditions fail."""


class SolverError(IOModelError):
    """Linear solve with a residual above its tolerance."""


class InfeasibleError(IOModelError):
    """Scenario that a model can only meet with negative quantities."""


class NotApplicableError(IOModelError):
    """Kind of shock outside the scope of a model."""


class OutputError(IOModelError):
    """File or folder that cannot be written."""


LONGEST_SHOWN = 60
"""Longest text of a user that a sentence repeats, in characters."""


def in_short(text: str) -> str:
    """Shorten a text for a sentence."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def unknown_label(
    kind: str, label: object, valid: Iterable[str], groups: Iterable[str] = ()
) -> LabelError:
    """Error for an unknown label, with the nearest name and all valid ones.

    Parameters
    ----------
    kind : str
        Dimension of the label, for example ``"region"``.
    label : object
        The offending label.
    valid : iterable of str
        Valid labels.
    groups : iterable of str, optional
        Valid names of groups.

    Returns
    -------
    LabelError
        Ready to be raised by the caller.
    """
    names, group_names = list(valid), list(groups)
    spellings = {name.lower(): name for name in [*group_names, *names]}
    written = str(label).lower()
    # A name that begins with the label is nearer than one that ends with it: EU27 to EU, not DEU.
    longer = [name for name in spellings if len(written) > 1 and name.startswith(written)]
    nearest = sorted(longer, key=len)[:1] or get_close_matches(written, spellings, n=1)
    text = f"unknown {kind} {in_short(str(label))!r}"
    text += f" (did you mean {spellings[nearest[0]]!r}?)" if nearest else ""
    text += f"; valid: {', '.join(names)}"
    text += f"; groups: {', '.join(group_names)}" if group_names else ""
    return LabelError(text)

"""Every error that iomodel raises on purpose: one sentence that says what, where and what to do."""

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
    "unknown_label",
]


class IOModelError(ValueError):
    """Base of every error raised on purpose; the command line turns it into exit code 2."""


class TableError(IOModelError):
    """A table whose cells or accounting identities cannot be used, or a file that holds none."""


class LabelError(IOModelError):
    """A region, sector or other label that is unknown, duplicated or unmapped."""


class ScenarioError(IOModelError):
    """A scenario that cannot be read or that makes no sense."""


class NonProductiveError(IOModelError):
    """A technology that needs more than it makes: the Hawkins-Simon conditions fail."""


class SolverError(IOModelError):
    """A linear solve whose residual stayed above its tolerance."""


class InfeasibleError(IOModelError):
    """A scenario that the chosen model can only meet with negative quantities."""


class NotApplicableError(IOModelError):
    """A model asked about a kind of shock on which it has nothing to say."""


class OutputError(IOModelError):
    """A file or folder that cannot be written."""


def unknown_label(
    kind: str, label: object, valid: Iterable[str], groups: Iterable[str] = ()
) -> LabelError:
    """Return the error for an unknown label, with the nearest and all the valid names.

    Parameters
    ----------
    kind : str
        What the label names, for example ``"region"``.
    label : object
        The offending label.
    valid : iterable of str
        Labels that would have been accepted.
    groups : iterable of str, optional
        Group names that would have been accepted.

    Returns
    -------
    LabelError
        Ready to be raised by the caller.
    """
    names, group_names = list(valid), list(groups)
    lowered = {name.lower(): name for name in [*group_names, *names]}
    near = get_close_matches(str(label).lower(), lowered, n=1)
    text = f"unknown {kind} {str(label)!r}"
    text += f" (did you mean {lowered[near[0]]!r}?)" if near else ""
    text += f"; valid: {', '.join(names)}"
    text += f"; groups: {', '.join(group_names)}" if group_names else ""
    return LabelError(text)

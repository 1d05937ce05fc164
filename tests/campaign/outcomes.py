"""Outcomes of single cases: right, refused with a sentence, or wrong with words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from iomodel.errors import IOModelError

__all__ = ["RIGHT", "Outcome", "refused", "sentence_fault", "wrong"]

Verdict = Literal["right", "refused", "wrong"]
LONGEST_SENTENCE = 2000


@dataclass(frozen=True)
class Outcome:
    """Verdict on one case, with the sentence of a refusal or the words on an error.

    Attributes
    ----------
    verdict : {"right", "refused", "wrong"}
    words : str
    counts : Counter of str
        Verdicts on the items of a case of several, such as copies of a file. Default: one item.
    """

    verdict: Verdict
    words: str = ""
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def items(self) -> Counter[str]:
        """Number of items by verdict."""
        return self.counts or Counter({self.verdict: 1})


RIGHT = Outcome("right")


def wrong(words: str) -> Outcome:
    """Outcome of a wrong answer."""
    return Outcome("wrong", words)


def refused(error: IOModelError) -> Outcome:
    """Outcome of a refusal: wrong if the message is not one readable line."""
    fault = sentence_fault(str(error))
    return wrong(f"{type(error).__name__} {fault}: {error}") if fault else _refusal(str(error))


def sentence_fault(text: str) -> str:
    """Fault of the message of a refusal; empty for one readable line."""
    if len(text.split()) < 3:
        return "has no sentence"
    if "\n" in text or "Traceback" in text:
        return "has more than one line"
    return f"has {len(text)} letters" if len(text) > LONGEST_SENTENCE else ""


def _refusal(text: str) -> Outcome:
    return Outcome("refused", text)

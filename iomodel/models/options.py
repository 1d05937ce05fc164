"""Options of models: declared once, with kind, unit, meaning and source.

A model's options are a frozen dataclass. Python, the command line, ``iomodel show``, docstrings and
refusals read the same declaration::

    @dataclass(frozen=True)
    class GravityOptions(Options):
        distance: float = option(1.0, Number(low=0.0), "exponent of distance", unit="1")
"""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from iomodel.errors import LabelError, unknown_label
from iomodel.models.kinds import EntryError, Kind, docstring_type, forms, known_words, shown

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario

__all__ = ["Declaration", "Options", "option"]

KEY = "declaration"
WIDTH = 88


@dataclass(frozen=True)
class Declaration:
    """Declaration of one option.

    Attributes
    ----------
    name : str
    default : object
        None if the model resolves it, as `meaning` says.
    kind : Kind
        Type and range.
    meaning : str
        Meaning in one sentence or two.
    unit : str
        Empty without one.
    source : str
        Citation key of the default, empty for a convention.
    """

    name: str
    default: Any
    kind: Kind
    meaning: str
    unit: str = ""
    source: str = ""

    @property
    def words(self) -> str:
        """Kind and default in words."""
        return self._with_default(self.kind.words)

    @property
    def docstring_type(self) -> str:
        """Kind and default as a docstring states types."""
        return self._with_default(docstring_type(self.kind))

    def _with_default(self, words: str) -> str:
        return (
            f"{words}, optional" if self.default is None else f"{words}; default {self.default!r}"
        )

    @property
    def sentence(self) -> str:
        """Meaning, unit and source."""
        text = self.meaning
        text += f" Unit: {self.unit}." if self.unit else ""
        return text + (f" Source: [{self.source}]_." if self.source else "")

    def read(self, model: str, value: Any) -> Any:
        """Return a value in its plain form.

        Raises
        ------
        LabelError
            If it is of another type or out of range.
        """
        if value is None and self.default is None:
            return None
        try:
            return self.kind.read(value)
        except EntryError as error:
            raise self._refusal(model, value, str(error)) from None
        except TypeError:
            raise self._refusal(model, value, f"is {shown(value)}") from None

    def _refusal(self, model: str, value: Any, fault: str) -> LabelError:
        """Return the error for a value that does not fit, with its fault and the values to give."""
        words = known_words(self.kind)
        if not (words and isinstance(value, str)):
            return LabelError(
                f"option {self.name} of model {model} {fault}; give {self.kind.words}"
            )
        error = unknown_label(f"{self.name} of model {model}", value, words)
        others = forms(self.kind)
        return LabelError(f"{error}; or {others}") if others else error


def option(default: Any, kind: Kind, meaning: str, *, unit: str = "", source: str = "") -> Any:
    """Return the field of an option; see :class:`Declaration`."""
    metadata = {KEY: Declaration("", default, kind, meaning, unit, source)}
    return dataclasses.field(default=default, metadata=metadata)


class Options:
    """Base of a model's options; a subclass is a frozen dataclass of :func:`option` fields."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @classmethod
    @cache
    def declared(cls) -> dict[str, Declaration]:
        """Return the declarations by name, in order."""
        if not dataclasses.is_dataclass(cls):
            return {}
        return {
            field.name: dataclasses.replace(field.metadata[KEY], name=field.name)
            for field in dataclasses.fields(cls)
        }

    @classmethod
    def of(cls, model: str, values: Mapping[str, Any]) -> Self:
        """Return the options of a model from names and values.

        Raises
        ------
        LabelError
            If a name is unknown, or a value is of another type or out of range.
        """
        declared = cls.declared()
        for name in values:
            if not declared:
                raise LabelError(f"unknown option of model {model} {name!r}; it has none")
            if name not in declared:
                raise unknown_label(f"option of model {model}", name, declared)
        return cls(**{name: declared[name].read(model, value) for name, value in values.items()})

    def canonical(self, scenario: Scenario, parameters: Mapping[str, Any]) -> Self:
        """Return the options as a file records them: the same for the same run.

        Models that resolve defaults themselves write None for a value that they would have chosen.

        Parameters
        ----------
        scenario : Scenario
        parameters : mapping
            Record of the run.
        """
        return self

    @classmethod
    def numpydoc(cls) -> str:
        """Return the declarations as entries of a ``Parameters`` section."""
        return "\n".join(_entry(declaration) for declaration in cls.declared().values())


def _entry(declaration: Declaration) -> str:
    body = textwrap.fill(
        declaration.sentence, WIDTH, initial_indent="    ", subsequent_indent="    "
    )
    return f"{declaration.name} : {declaration.docstring_type}\n{body}"

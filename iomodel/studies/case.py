"""A case: one question to one model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomodel.errors import LabelError
from iomodel.fingerprint import fingerprint
from iomodel.models.kinds import File
from iomodel.models.model import Model
from iomodel.models.running import default_model, model_of

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Case", "distinct"]


@dataclass(frozen=True)
class Case:
    """One question: a scenario, a model and its options.

    Attributes
    ----------
    label : str
        Short; unique together with `draw`. Names the case in tables and files.
    scenario : Scenario
    model : str, optional
        Default: that of :func:`iomodel.default_model`.
    options : mapping
        Options of the model.
    family : str
        Group of cases that it is shown with.
    draw : int, optional
        Number of the draw of its parameters, where it is one of many.
    detailed : bool
        Whether its industries are shown too.
    table : str
        Label of its table, in a batch on several.
    point : str
        Its point on the grid of options, in a batch that is a product.
    """

    label: str
    scenario: Scenario
    model: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    family: str = ""
    draw: int | None = None
    detailed: bool = False
    table: str = ""
    point: str = ""

    @property
    def name(self) -> str:
        """Label with the table, where there are several."""
        return f"{self.table}: {self.label}" if self.table else self.label

    @property
    def key(self) -> str:
        """Label with the table, where there are several, and the number of the draw."""
        return self.name if self.draw is None else f"{self.name} #{self.draw}"

    def model_for(self, table: MRIOTable) -> Model[Any]:
        """Return the model that answers, its options checked.

        Raises
        ------
        LabelError
            If the model, an option or its value is unknown.
        """
        if self.model is not None:
            return model_of(self.model, self.options)
        name = default_model(table, self.scenario, self.options).model
        return model_of(name, self.options, named=False)

    def fingerprint(self, table: MRIOTable) -> str:
        """Return a digest of all that the answer depends on: table, scenario, model, options.

        Label and draw do not enter. Of a file that the model reads its content does; a file that it
        writes does not.
        """
        model = self.model_for(table)
        options = model.read(self.options)
        contents = {
            name: _content(getattr(options, name))
            for name, declaration in model.options_type.declared().items()
            if not (isinstance(declaration.kind, File) and declaration.kind.written)
        }
        return fingerprint(table.fingerprint, self.scenario.fingerprint, model.name, contents)


def distinct(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return the cases as a tuple, each under a key of its own.

    Raises
    ------
    LabelError
        If two have the same label and draw.
    """
    collected = tuple(cases)
    repeated = [key for key, count in Counter(case.key for case in collected).items() if count > 1]
    if repeated:
        raise LabelError(f"two cases are called {repeated[0]!r}; give each a label of its own")
    return collected


# ---------------------------------------------------------------------- helpers
def _content(value: Any) -> Any:
    """Return the bytes of a file, any other value as it is; a missing file by its name."""
    if not isinstance(value, Path):
        return value
    return value.read_bytes() if value.is_file() else str(value)

"""Frame of a model: name, kinds of policy, options, and the one way to call it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from iomodel.models.option_records import recorded
from iomodel.models.options import Options
from iomodel.models.workbench import Workbench

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Model", "SideBySide", "model"]

AnyOptions = TypeVar("AnyOptions", bound=Options)
Solve = Callable[[Workbench, "Scenario", AnyOptions], "Effects"]


@dataclass(frozen=True)
class SideBySide(Generic[AnyOptions]):
    """Faster solution of many cases that differ in a few options.

    Attributes
    ----------
    options : frozenset of str
        Options in which they may differ.
    variables : frozenset of str
        All variables of the effects.
    fits : callable
        ``fits(workbench, scenario, options)``: whether a case can be one of the many.
    solve : callable
        ``solve(workbench, scenarios, options, variables) -> list of Effects`` with some of
        `variables`.
    """

    options: frozenset[str]
    variables: frozenset[str]
    fits: Callable[[Workbench, Scenario, AnyOptions], bool]
    solve: Callable[
        [Workbench, Sequence[Scenario], Sequence[AnyOptions], Collection[str]], list[Effects]
    ]


@dataclass(frozen=True, eq=False, repr=False)
class Model(Generic[AnyOptions]):
    """One model, called as ``model(table, scenario, **options)``.

    Attributes
    ----------
    name : str
        Name for :func:`iomodel.run`.
    summary : str
        Question it answers, in one line.
    handles : frozenset of str
        Kinds of policy it can speak about.
    solve : callable
        ``solve(workbench, scenario, options) -> Effects``.
    options_type : type
        Declaration of its options.
    knows : callable
        Whether it has the data it needs by default for a table; if not, they are options.
    on_request : bool
        Whether it runs only by name, since it takes long or answers a question of its own.
    side_by_side : SideBySide, optional
        Faster solution of many cases.
    """

    name: str
    summary: str
    handles: frozenset[str]
    solve: Solve[AnyOptions]
    options_type: type[AnyOptions]
    knows: Callable[[MRIOTable], bool] = lambda table: True
    on_request: bool = False
    side_by_side: SideBySide[AnyOptions] | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """Names of its options."""
        return tuple(self.options_type.declared())

    @property
    def closures(self) -> tuple[str, ...]:
        """Values of its option ``closure``; empty if it has one closure only."""
        declaration = self.options_type.declared().get("closure")
        return getattr(declaration.kind, "values", ()) if declaration else ()

    def read(self, options: Mapping[str, Any]) -> AnyOptions:
        """Return checked options; LabelError names the first unknown or out of range."""
        return self.options_type.of(self.name, options)

    def __repr__(self) -> str:
        """Return name and summary."""
        return f"<model {self.name}: {self.summary}>"

    def __call__(
        self,
        table: MRIOTable | Workbench,
        scenario: Scenario,
        *,
        progress: Callable[[str], None] | None = None,
        **options: Any,
    ) -> Effects:
        """Return the effects of a scenario on a table."""
        workbench = table if isinstance(table, Workbench) else Workbench(table, progress)
        values = self.read(options)
        return self.recorded(self.solve(workbench, scenario, values), scenario, values)

    def recorded(self, effects: Effects, scenario: Scenario, options: AnyOptions) -> Effects:
        """Return effects with all options in their attributes, so that a run can be repeated.

        A default is recorded the same, named or not.
        """
        return effects.asked(recorded(options.canonical(scenario, effects.parameters)))


def model(
    summary: str,
    handles: frozenset[str],
    *,
    knows: Callable[[MRIOTable], bool] = lambda table: True,
    on_request: bool = False,
    side_by_side: SideBySide[AnyOptions] | None = None,
) -> Callable[[Solve[AnyOptions]], Model[AnyOptions]]:
    """Turn ``def name(workbench, scenario, options: NameOptions) -> Effects`` into a model.

    The annotation of the third parameter declares the options; their entries become the section
    ``Other Parameters`` of the function's docstring.
    """

    def frame(solve: Solve[AnyOptions]) -> Model[AnyOptions]:
        options_type = typing.get_type_hints(solve, localns=_unseen())["options"]
        framed = Model(
            solve.__name__,
            summary,
            handles,
            solve,
            options_type,
            knows,
            on_request,
            side_by_side,
        )
        text = inspect.getdoc(solve) or summary
        object.__setattr__(framed, "__doc__", _with_options(text, options_type.numpydoc()))
        return framed

    return frame


def _with_options(docstring: str, entries: str) -> str:
    """Return a docstring with the entries of options, in front of a section ``Raises``."""
    if not entries:
        return docstring
    head, raises, tail = docstring.partition("\n\nRaises\n------\n")
    return f"{head}\n\nOther Parameters\n----------------\n{entries}{raises}{tail}"


def _unseen() -> dict[str, Any]:
    """Return stand-ins for types imported for type checkers only."""
    return dict.fromkeys(("Effects", "MRIOTable", "Scenario", "Workbench"), Any)

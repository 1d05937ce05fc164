"""Nothing is defined twice: type aliases, constants, lists of names."""

import pytest

from tests.architecture.definitions import (
    forwarded_scopes,
    repeated_aliases,
    repeated_constants,
    repeated_lists,
)
from tests.architecture.source import Module, source_tree


def planted(*texts: str) -> list[Module]:
    return [Module(f"m{k}", f"m{k}.py", text) for k, text in enumerate(texts)]


def test_type_aliases_are_defined_once() -> None:
    assert repeated_aliases(source_tree()) == []


def test_constants_are_defined_once() -> None:
    assert repeated_constants(source_tree()) == []


def test_lists_of_names_are_defined_once() -> None:
    assert repeated_lists(m for m in source_tree() if m.name.startswith("iomodel")) == []


def test_no_scope_is_forwarded() -> None:
    assert [place for module in source_tree() for place in forwarded_scopes(module)] == []


@pytest.mark.parametrize(
    "texts",
    [
        ("Row = dict[str, int]", "Record = dict[str, int]"),
        ("Row = dict[str, int]", "Row: TypeAlias = dict[str, float]"),
        ('Closure = Literal["a", "b"]', 'Rule = Literal["b", "a"]'),
        ("Path = str | None", "Text = str | None"),
        ("Vector = NDArray[np.float64]",),
    ],
)
def test_a_repeated_alias_is_found(texts: tuple[str, ...]) -> None:
    assert len(repeated_aliases(planted(*texts))) == 1


def test_aliases_that_differ_pass() -> None:
    assert repeated_aliases(planted("A = dict[str, int]", "B = dict[str, float]\nc = A[0]")) == []
    assert repeated_aliases([Module("iomodel.typing", "t.py", "Float = NDArray[np.float64]")]) == []


def test_a_repeated_constant_is_found() -> None:
    assert len(repeated_constants(planted("LIMIT = 1e-9", "LIMIT: float = 0.000000001"))) == 1
    assert len(repeated_constants(planted("_A = {'x': 1}", '_A = {"x": 1}'))) == 1
    differ = planted("LIMIT = 1e-9\nHERE = Path(__file__)", "LIMIT = 1e-8\nHERE = Path(__file__)")
    assert repeated_constants(differ) == []


@pytest.mark.parametrize(
    "texts",
    [
        ('CLOSURES = ("lost", "diverted")', 'RULES = frozenset({"diverted", "lost"})'),
        ('Closure = Literal["lost", "diverted"]', 'CLOSURES = ["lost", "diverted"]'),
        ('A = ("x", "y")\nB = tuple(["x", "y"])',),
    ],
)
def test_a_repeated_list_is_found(texts: tuple[str, ...]) -> None:
    assert len(repeated_lists(planted(*texts))) == 1


def test_lists_that_differ_pass() -> None:
    assert repeated_lists(planted('A = ("x", "y")\n__all__ = ["x", "y"]', 'B = ("x",)')) == []


def test_a_forwarded_scope_is_found() -> None:
    (module,) = planted("def f(x):\n    g(**locals())\n    vars(x)\n    x.__dict__\n")
    assert len(list(forwarded_scopes(module))) == 3

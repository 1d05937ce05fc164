"""Function bodies stay within sixty lines, or say why not."""

from tests.architecture.bodies import LONGEST, long_functions
from tests.architecture.source import Module, source_tree


def function(lines: int, above: str = "") -> Module:
    body = "".join(f"    x{k} = {k}\n" for k in range(lines))
    return Module("m", "m.py", f'{above}def f():\n    """Title.\n\n    More.\n    """\n{body}')


def test_bodies_are_short_or_argued_for() -> None:
    assert [place for module in source_tree() for place in long_functions(module)] == []


def test_a_long_body_is_found() -> None:
    assert list(long_functions(function(LONGEST))) == []
    assert list(long_functions(function(LONGEST + 1))) == ["m.py:1 f has 61 lines"]


def test_a_reason_stands_right_before_the_function() -> None:
    reason = "# long: one equation a line, in the order of the paper\n"
    assert list(long_functions(function(61, above=reason))) == []
    assert list(long_functions(function(61, above=f"{reason}@decorated\n"))) == []
    assert len(list(long_functions(function(61, above=f"{reason}\n")))) == 1
    assert len(list(long_functions(function(61, above="# long:\n")))) == 1

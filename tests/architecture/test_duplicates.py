"""No ten lines of code stand in two places."""

import sys
from collections.abc import Iterable

import pytest

from tests.architecture.duplicates import duplicates
from tests.architecture.source import Module, source_tree

CODE = [f"    a{k} = f(b{k}[{k}]) {op} c{k} ** {k}" for k, op in enumerate("+-*/+-*@%&+-")]


def planted(*bodies: list[str]) -> list[Module]:
    heads = ["def one(x):", "def two(x, y):", "def three(*x):"]
    return planted_files("\n".join([heads[k], *body, ""]) for k, body in enumerate(bodies))


def planted_files(texts: Iterable[str]) -> list[Module]:
    return [Module(f"m{k}", f"m{k}.py", text) for k, text in enumerate(texts)]


def renamed(lines: list[str]) -> list[str]:
    return [line.replace("a", "output_").replace("f(", "change(") for line in lines]


def test_no_ten_lines_stand_in_two_places() -> None:
    assert [str(run) for run in duplicates(source_tree())] == []


def test_identical_lines_are_found() -> None:
    (run,) = duplicates(planted(CODE[:10], CODE[:10]))
    assert str(run) == "10 lines identical: m0.py:2-11 and m1.py:2-11"
    assert duplicates(planted(CODE[:9], CODE[:9])) == []
    assert len(duplicates(planted(CODE[:9], CODE[:9]), lines=9)) == 1


def test_lines_of_the_same_shape_are_found() -> None:
    (run,) = duplicates(planted(CODE, renamed(CODE)))
    assert str(run) == "12 lines of the same shape: m0.py:2-13 and m1.py:2-13"


def test_lines_within_one_file_are_found() -> None:
    body = [*CODE[:10], "    if x: return", *CODE[:10]]
    (run,) = duplicates(planted(body))
    assert str(run) == "10 lines identical: m0.py:2-11 and m0.py:13-22"


def test_three_places_are_three_pairs() -> None:
    assert len(duplicates(planted(CODE, CODE, CODE))) == 3


def test_blank_lines_comments_docstrings_imports_and_brackets_are_passed_over() -> None:
    spaced = [
        '    """A docstring."""',
        *CODE[:5],
        "",
        "    # a comment",
        "    from somewhere import (",
        "        something,",
        "    )",
        *(line.replace(" + ", "  +  ") for line in CODE[5:10]),
    ]
    (run,) = duplicates(planted(CODE[:10], spaced))
    assert run.form == "identical"


def test_a_line_broken_otherwise_is_found() -> None:
    wide = [f"    a{k} = f(first, second) + f(third)[{k}]" for k in range(6)]
    wrapped = [f"    a{k} = f(\n        first, second\n    ) + f(third)[{k}]" for k in range(6)]
    ending = ["    if a0 > a1:", "        a0 += a2", "        a1 -= a3", "    return a0 / a1"]
    (run,) = duplicates(planted([*wide, *ending], [*wrapped, *ending]))
    assert str(run) == "10 lines identical: m0.py:2-11 and m1.py:2-23"
    assert duplicates(planted([*wide[1:], *ending], [*wrapped[1:], *ending])) == []


@pytest.mark.parametrize(
    "lines",
    [
        [f"    {name}: Float" for name in "abcdefghijkl"],
        [f"    @property\n    def {n}(self):\n        return self.d['{n}']" for n in "abcdef"],
        ["    x = Effects(", *(f"        {n}={n}.values," for n in "abcdefghijkl"), "    )"],
        ["    x = {", *(f"        '{n}': {k}," for k, n in enumerate("abcdefghijkl")), "    }"],
        ["    def f(", *(f"        {n}: str = ''," for n in "abcdefghijkl"), "    ): return 1"],
    ],
)
def test_declarations_of_the_same_shape_are_noise_but_copies_are_not(lines: list[str]) -> None:
    upper = [line.translate(str.maketrans("ghijkl", "GHIJKL")) for line in lines]
    module, other_module = planted(lines, upper)
    other_module = Module("m1", "m1.py", other_module.text.replace("def two(x, y)", "class Z(B)"))
    module = Module("m0", "m0.py", module.text.replace("def one(x)", "class Y(B)"))
    assert duplicates([module, other_module]) == []
    assert len(duplicates([module, Module("m2", "m2.py", module.text)])) == 1


def test_work_is_linear_in_the_size_of_the_tree() -> None:
    def tree(files: int) -> list[Module]:
        return planted_files(
            "\n".join(f"x = f({'+'.join('y' * (1 + k * j % 31))})" for k in range(40))
            for j in range(1, files + 1)
        )

    def calls(modules: list[Module]) -> int:
        count = 0

        def profile(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(profile)
        try:
            duplicates(modules)
        finally:
            sys.setprofile(None)
        return count

    assert calls(tree(24)) < 4.5 * calls(tree(6))

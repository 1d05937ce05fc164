"""Code that stands in two places: ``python -m tests.architecture.duplicates [--lines 10]``.

Passed over before anything is compared: docstrings, comments, blank lines, imports, and lines that
hold nothing but brackets, commas and colons. What is left are the *code lines* of a file. Each has
two forms:

- its *text*, token by token, so that spacing does not count;
- its *shape*: names (keywords stay) become ``n``, strings and f-strings ``s``, numbers ``0``.

Two places are reported if ten or more consecutive code lines of theirs have equal texts, or equal
shapes, in one of two readings of the file:

- by physical lines as they stand;
- by statements, each joined to one line (the header of a compound statement is one): this sees
  through a formatter that breaks a line because a name is longer. Such a run has four statements
  or more and covers ten code lines or more in both places.

A run of equal shape is noise where it only declares. A *declaration* is a line of

- a parameter list of a function or of a lambda,
- an assignment in the body of a class (fields of a dataclass, members of an enumeration),
- a value assigned at module level that is made of constants, names and displays of them alone,
- an item of a call or of a display, on a line of its own, that is a constant, a name, a dotted name
  or a display of these, with or without a keyword or a key in front,
- a decorator without arguments,
- an accessor: a function that only returns a constant, a name or a dotted name, or what one of
  these gives for plain arguments (an index, a call).

A run of equal shape counts if more than half of its lines are no declarations. A run of equal text
always counts. Names are not traced: two runs of equal shape may use their names differently.

Windows of ten lines (four statements) are looked up by their hash, so that the work is linear in
the size of the tree and in the number of places reported.
"""

from __future__ import annotations

import argparse
import ast
import io
import keyword
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from tests.architecture.source import ROOT, Module, has_docstring, read_modules

LINES = 10
"""Shortest run that is reported, in code lines."""

STATEMENTS = 4
"""Shortest run that is reported, in joined statements."""

_LAYOUT = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT}
_LAYOUT |= {tokenize.ENCODING, tokenize.ENDMARKER}
_FSTRING_START = getattr(tokenize, "FSTRING_START", -1)
_FSTRING_END = getattr(tokenize, "FSTRING_END", -1)
_BRACKETS = frozenset("()[]{},:")


@dataclass(frozen=True)
class _Token:
    """One token with its line and the first line of its statement."""

    line: int
    statement: int
    text: str
    shape: str


@dataclass(frozen=True)
class Line:
    """One code line of a file, or one statement joined from `span` of them."""

    start: int
    stop: int
    text: str
    shape: str
    declares: bool
    span: int


@dataclass(frozen=True)
class Run:
    """Consecutive code lines that two places share; line numbers are of the files."""

    form: str
    length: int
    place: str
    other_place: str

    def __str__(self) -> str:
        return f"{self.length} lines {self.form}: {self.place} and {self.other_place}"


# ------------------------------------------------------------------ reading a file


def code_lines(module: Module, *, whole_statements: bool = False) -> list[Line]:
    """Code lines of a module with text and shape: physical ones, or one for each statement."""
    passed_over, declaring = _passed_over(module.tree), _declaring(module.tree)
    tokens: dict[int, list[_Token]] = defaultdict(list)
    for token in _tokens(module.text):
        if token.line not in passed_over:
            tokens[token.statement if whole_statements else token.line].append(token)
    lines: list[Line] = []
    for _, line in sorted(tokens.items()):
        worded = {token.line for token in line if token.text not in _BRACKETS}
        text = " ".join(token.text for token in line)
        shape = " ".join(token.shape for token in line if token.shape)
        if worded:
            declares = worded <= declaring
            lines.append(Line(min(worded), max(worded), text, shape, declares, len(worded)))
    return lines


def _tokens(text: str) -> Iterator[_Token]:
    """Tokens that are no layout; those inside an f-string have no shape of their own."""
    statement, depth = 0, 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            statement = 0
        if token.type in _LAYOUT:
            continue
        line = token.start[0]
        statement = statement or line
        depth -= token.type == _FSTRING_END
        inside = depth > 0 or token.type == _FSTRING_END
        yield _Token(line, statement, token.string, "" if inside else _shape(token))
        depth += token.type == _FSTRING_START


def _shape(token: tokenize.TokenInfo) -> str:
    if token.type in (tokenize.STRING, _FSTRING_START):
        return "s"
    if token.type == tokenize.NUMBER:
        return "0"
    if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
        return "n"
    return token.string


# ------------------------------------------------------------------ declarations


def _span(node: ast.stmt | ast.expr | ast.keyword | ast.arg) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _passed_over(tree: ast.Module) -> set[int]:
    """Lines of docstrings and imports."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            lines.update(_span(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines.update(_span(node) if isinstance(node.value.value, str) else ())
    return lines


def _declaring(tree: ast.Module) -> set[int]:
    """Lines that only declare, by the list at the head of this file."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            lines.update(_parameter_lines(node))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                lines.update(_span(decorator) if _is_plain(decorator) else ())
        if isinstance(node, ast.FunctionDef):
            lines.update(_span(node) if _is_accessor(node) else ())
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                lines.update(_span(statement) if _assigns(statement) else ())
        if isinstance(node, ast.Module):
            for statement in node.body:
                plain = _assigns(statement) and _is_plain(getattr(statement, "value", None))
                lines.update(_span(statement) if plain else ())
        lines.update(_item_lines(node))
    return lines


def _assigns(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AnnAssign)


def _is_accessor(function: ast.FunctionDef) -> bool:
    match function.body[1:] if has_docstring(function.body) else function.body:
        case [ast.Return(value=ast.expr() as value)]:
            match value:
                case ast.Subscript(value=base, slice=key):
                    return _is_plain(base) and _is_plain(key)
                case ast.Call(func=base, args=arguments, keywords=[]):
                    return all(map(_is_plain, [base, *arguments]))
            return _is_plain(value)
    return False


def _parameter_lines(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> Iterator[int]:
    """Lines of parameters on lines of their own, below the one with the name."""
    spec = function.args
    defaults = [*spec.defaults, *(value for value in spec.kw_defaults if value is not None)]
    stars = [star for star in (spec.vararg, spec.kwarg) if star is not None]
    named = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *stars]
    parameters: list[ast.arg | ast.expr] = [*named, *defaults]
    for node in parameters:
        yield from (line for line in _span(node) if line > function.lineno)


def _item_lines(node: ast.AST) -> Iterator[int]:
    """Lines of plain items of a call or of a display, where each has lines of its own."""
    if isinstance(node, ast.Call):
        head = node.func.end_lineno
        items: Sequence[tuple[ast.expr | ast.keyword, ast.expr]] = [
            *((argument, argument) for argument in node.args),
            *((argument, argument.value) for argument in node.keywords),
        ]
    elif isinstance(node, ast.Dict):
        head = node.lineno
        items = [(key or value, value) for key, value in zip(node.keys, node.values, strict=True)]
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        head = node.lineno
        items = [(item, item) for item in node.elts]
    else:
        return
    for start, value in items:
        if start.lineno != head and _is_plain(value):
            yield from range(start.lineno, (value.end_lineno or start.lineno) + 1)


def _is_plain(value: ast.AST | None) -> bool:
    """Whether an expression is a constant, a name, a dotted name, or a display of these."""
    match value:
        case None | ast.Constant() | ast.Name():
            return True
        case ast.Attribute(value=inner) | ast.Starred(value=inner):
            return _is_plain(inner)
        case ast.UnaryOp(operand=ast.Constant()):
            return True
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return all(map(_is_plain, items))
        case ast.Dict(keys=keys, values=values):
            return all(map(_is_plain, [*keys, *values]))
    return False


# ------------------------------------------------------------------ comparing


def duplicates(modules: Iterable[Module], lines: int = LINES) -> list[Run]:
    """All pairs of places that share `lines` or more consecutive code lines."""
    modules = list(modules)
    physical = {module.path: code_lines(module) for module in modules}
    joined = {module.path: code_lines(module, whole_statements=True) for module in modules}
    runs: dict[tuple[str, str], Run] = {}
    for run in [
        *_shared_runs(physical, lines, lines),
        *_shared_runs(joined, min(STATEMENTS, lines), lines),
    ]:
        runs.setdefault((run.place, run.other_place), run)
    return sorted(runs.values(), key=lambda run: (-run.length, run.place, run.other_place))


def _shared_runs(files: dict[str, list[Line]], window: int, lines: int) -> Iterator[Run]:
    for (path, other_path, shift), starts in _matches(files, window).items():
        for start, stop in _merged(starts, window):
            run = files[path][start:stop]
            other_run = files[other_path][start + shift : stop + shift]
            length = min(_length(run), _length(other_run))
            working = sum(line.span for line in run if not line.declares)
            identical = _longest_identical(run, other_run)
            if length >= lines and (identical >= lines or 2 * working > _length(run)):
                same_text = all(a.text == b.text for a, b in zip(run, other_run, strict=True))
                form = "identical" if same_text else "of the same shape"
                yield Run(form, length, _place(path, run), _place(other_path, other_run))


def _length(lines: list[Line]) -> int:
    return sum(line.span for line in lines)


def _place(path: str, run: list[Line]) -> str:
    return f"{path}:{run[0].start}-{run[-1].stop}"


def _longest_identical(run: list[Line], other_run: list[Line]) -> int:
    longest = length = 0
    for line, other_line in zip(run, other_run, strict=True):
        length = length + line.span if line.text == other_line.text else 0
        longest = max(longest, length)
    return longest


def _matches(files: dict[str, list[Line]], window: int) -> dict[tuple[str, str, int], list[int]]:
    """Starts of equal windows of two places, by the two files and the shift between them.

    Windows that only declare have to be equal in text.
    """
    places: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for path, file in files.items():
        for start in range(len(file) - window + 1):
            lines = file[start : start + window]
            only_declares = all(line.declares for line in lines)
            key = tuple(line.text if only_declares else line.shape for line in lines)
            places[key].append((path, start))
    starts: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for equal in places.values():
        for (path, start), (other_path, other_start) in combinations(equal, 2):
            if path != other_path or other_start - start >= window:
                starts[path, other_path, other_start - start].append(start)
    return starts


def _merged(starts: list[int], window: int) -> Iterator[tuple[int, int]]:
    """Half-open ranges of lines that are covered by windows one line apart."""
    starts = sorted(starts)
    begin = previous = starts[0]
    for start in [*starts[1:], -1]:
        if start != previous + 1:
            yield begin, previous + window
            begin = start
        previous = start


def main() -> None:
    """Print all pairs; exit with 1 where there is one."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--lines", type=int, default=LINES, help="shortest run (default: 10)")
    runs = duplicates(read_modules(ROOT), parser.parse_args().lines)
    print(*runs, f"{len(runs)} pairs of places", sep="\n")
    raise SystemExit(bool(runs))


if __name__ == "__main__":
    main()

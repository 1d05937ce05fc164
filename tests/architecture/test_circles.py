"""No circles of imports between files, whether at load time or inside functions."""

from tests.architecture.imports import circles, face_names, import_edges
from tests.architecture.source import ROOT, Module, source_tree
from tests.architecture.test_floors import EXCEPTIONS


def planted(**texts: str) -> list[Module]:
    return [Module(name, f"{name}.py", text) for name, text in texts.items()]


def test_no_circles_but_results_and_their_report() -> None:
    stub = (ROOT / "iomodel/__init__.pyi").read_text()
    edges = import_edges(source_tree(), face_names(stub, "iomodel"))
    assert circles(edges, EXCEPTIONS) == []


def test_a_circle_is_found() -> None:
    assert circles(import_edges(planted(a="import b", b="import c", c="import a"))) == [
        ["a", "b", "c"]
    ]
    assert circles(import_edges(planted(a="import b", b="def f():\n    from a import x"))) == [
        ["a", "b"]
    ]
    assert circles(import_edges(planted(a="import b", b="import c", c=""))) == []


def test_a_circle_through_a_folder_is_found() -> None:
    modules = [
        Module("p", "p/__init__.py", "from p.a import x"),
        Module("p.a", "p/a.py", "import q.b"),
        Module("q", "q/__init__.py", "from .c import y"),
        Module("q.b", "q/b.py", ""),
        Module("q.c", "q/c.py", "from p import a"),
    ]
    assert circles(import_edges(modules)) == [["p", "p.a", "q", "q.c"]]


def test_a_circle_through_a_lazy_face_is_found() -> None:
    modules = [
        Module("p", "p/__init__.py", ""),
        Module("p.a", "p/a.py", "def f():\n    from p import run"),
        Module("p.b", "p/b.py", "import p.a"),
    ]
    face = face_names("from .b import run as run\nfrom . import a as a", "p")
    assert face == {"p.run": "p.b", "p.a": "p.a"}
    assert circles(import_edges(modules, face)) == [["p.a", "p.b"]]


def test_imports_for_types_and_exceptions_do_not_count() -> None:
    lazily = planted(a="import b", b="if TYPE_CHECKING:\n    import a")
    assert circles(import_edges(lazily)) == []
    assert circles(import_edges(planted(a="import b", b="import a")), [("a", "b")]) == []

"""The house as drawn: imports point down, never in a circle, and only the edges touch the world."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "src" / "backstop"
FLOORS = (
    {"errors"},
    {"scenario"},
    {"futures"},
    {"sizing", "sourcing", "authority", "campaign", "deterrence", "watch"},
    {"run", "store"},
    {"assess", "assessment", "compare", "comparison", "explore", "evidence", "check", "monitoring"},
    {"report"},
    {"cli", "web", "notebook"},
)
STAGES = FLOORS[3]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
EDGES = ("scenario/files.py", "store/", "run/", "cli/", "web/", "watch/ledger/store/")
EDGES += ("watch/adapters/", "watch/folder.py", "watch/shelf.py")
OUTSIDE_MODULES = {"os", "sys", "time", "signal", "subprocess", "multiprocessing", "asyncio"}
OUTSIDE_MODULES |= {"pathlib", "glob", "shutil", "tempfile", "importlib.resources"}
OUTSIDE_MODULES |= {"socket", "ssl", "http", "http.client", "urllib", "urllib.request"}
OUTSIDE_CALLS = {"open", "input", "print"}
OUTSIDE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes", "open"}
OUTSIDE_METHODS |= {"now", "today", "utcnow"}


def _trees() -> dict[str, tuple[Path, ast.Module]]:
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = (path, ast.parse(path.read_text(encoding="utf-8")))
    return found


TREES = _trees()


def _imports(tree: ast.Module) -> Iterator[str]:
    """Every module a file names, also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            package = str(node.module)
            for alias in node.names:
                inner = f"{package}.{alias.name}"
                # `from package import name`: a module of it, unless the package binds the name.
                yield inner if inner in TREES and alias.name not in _bound(package) else package


def _bound(package: str) -> set[str]:
    body = TREES[package][1].body if package in TREES else []
    imported = (node for node in body if isinstance(node, ast.ImportFrom))
    return {alias.asname or alias.name for node in imported for alias in node.names}


INSIDE = {
    name: {other for other in _imports(tree) if other.split(".")[0] == "backstop"}
    for name, (_, tree) in TREES.items()
}


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_every_module_has_a_floor():
    assert {_room(name) for name in TREES} - {""} <= FLOOR.keys()


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path, _ in TREES.values()}
    assert [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").exists()] == []


def test_imports_point_down():
    wrong = [
        f"{name} -> {other}"
        for name, others in INSIDE.items()
        for other in others
        if _room(name) and _room(other) and _room(name) != _room(other)
        if FLOOR[_room(other)] > FLOOR[_room(name)]
    ]
    assert wrong == []


def test_a_stage_never_imports_another_stage():
    wrong = [
        f"{name} -> {other}"
        for name, others in INSIDE.items()
        for other in others
        if {_room(name), _room(other)} <= STAGES and _room(name) != _room(other)
    ]
    assert wrong == []


def test_no_import_runs_in_a_circle():
    # The package's own names are loaded on first use, for others; nothing inside takes them.
    graph = {name: others - {name} for name, others in INSIDE.items() if name != "backstop"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("name", [n for n in TREES if n != "backstop"])
def test_only_the_edges_touch_files_clock_process_and_network(name):
    path, tree = TREES[name]
    if path.relative_to(ROOT).as_posix().startswith(EDGES):
        return
    touched = [f"imports {m}" for m in _imports(tree) if m in OUTSIDE_MODULES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=called) if called in OUTSIDE_CALLS:
                    touched.append(f"line {node.lineno}: {called}()")
                case ast.Attribute(attr=called) if called in OUTSIDE_METHODS:
                    touched.append(f"line {node.lineno}: .{called}()")
    assert touched == []


@pytest.mark.parametrize("module", ["backstop", "backstop.cli.main", "backstop.errors"])
def test_importing_it_loads_no_heavy_library(module):
    heavy = "{'numpy', 'scipy', 'highspy', 'pydantic', 'pyproj', 'rich'}"
    code = f"import sys, {module}; print(sorted({heavy} & sys.modules.keys()))"
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


def test_modules_and_functions_stay_small():
    large = []
    for name, (path, tree) in TREES.items():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        large += [f"{name}: {lines} lines"] if lines >= 450 else []
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                large += [f"{name}.{node.name}: {length} lines"] if length >= 60 else []
    assert large == []

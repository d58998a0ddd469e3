"""Public names: each is used by more than its tests, and none is defined twice."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "needs_assessment"
LIBRARY = sorted(PACKAGE.rglob("*.py"))
USERS = [*LIBRARY, ROOT / "assess.py", *sorted((ROOT / "benchmarks").rglob("*.py"))]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# Functions that only tests call, each with the reason why it stays.
ONLY_TESTED: Mapping[str, str] = {
    "needs_assessment.runs.engine.InProcessEngine.execute_managed_notebook": "papermill calls an engine by this name",
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def code_of(notebook: Path) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def names_in(node: ast.AST) -> Counter[str]:
    """How often each name is read, as a name, as an attribute or as a text that is one."""
    found: Counter[str] = Counter()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            found[part.id] += 1
        elif isinstance(part, ast.Attribute):
            found[part.attr] += 1
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.update(re.findall(r"\w+", part.value) if re.fullmatch(r"[\w.:]+", part.value) else ())
    return found


def defined(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Functions of a module and methods of its classes, with what they are; the library calls ``__dunder__`` itself."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from (
                (f"{node.name}.{part.name}", part) for part in node.body if isinstance(part, ast.FunctionDef)
            )


def only_tested(modules: Mapping[str, ast.Module], users: Mapping[str, ast.Module]) -> set[str]:
    """Public functions of modules that none of the users reads, by the module that they come from."""
    reads: dict[str, Counter[str]] = {name: names_in(tree) for name, tree in users.items()}
    anywhere: Counter[str] = Counter()
    for found in reads.values():
        anywhere.update(found)
    taken: dict[str, set[tuple[str, str]]] = defaultdict(set)  # full name -> (user, the name it has there)
    for user, tree in users.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    taken[f"{node.module}.{alias.name}"].add((user, alias.asname or alias.name))
    unused = set()
    for module, tree in modules.items():
        for name, node in defined(tree):
            leaf = name.rpartition(".")[2]
            if leaf.startswith("_") or (getattr(node, "decorator_list", None) and "." not in name):
                continue  # private, or handed to its decorator (a command, a fixture of a hook)
            own = names_in(node)[leaf]
            if "." in name:
                used = anywhere[leaf] > own
            else:
                inside = reads.get(module, Counter())[leaf] > own
                imported = any(reads[user][known] for user, known in taken[f"{module}.{leaf}"])
                whole = any(f"{known}.{leaf}" in _attributes(users[user]) for user, known in taken[module])
                handed_on = any(user_is_face(users[user]) for user, _ in taken[f"{module}.{leaf}"])
                used = inside or imported or whole or handed_on
            if not used:
                unused.add(f"{module}.{name}")
    return unused


def user_is_face(tree: ast.Module) -> bool:
    """Whether a module hands on what it imports, by ``__all__``."""
    return any(
        isinstance(node, ast.Assign) and "__all__" in ast.unparse(node.targets[0]) for node in tree.body
    )


def _attributes(tree: ast.Module) -> set[str]:
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def test_no_function_is_there_for_its_tests_only() -> None:
    modules = {module_of(path): tree_of(path) for path in LIBRARY}
    users = {module_of(path): tree_of(path) for path in USERS}
    users |= {path.stem: ast.parse(code_of(path)) for path in NOTEBOOKS}
    assert only_tested(modules, users) == set(ONLY_TESTED)
    assert all(len(reason.split()) > 3 for reason in ONLY_TESTED.values())


def test_a_function_for_tests_only_is_seen() -> None:
    source = """
class Sums:
    def total(self): return 0
    def forgotten(self): return self.forgotten()
def used(): return Sums().total()
def inside(): return inside()
def elsewhere(): return 1
def by_module(): return 2
@app.command()
def command(): return used()
"""
    modules = {"rooms.sums": ast.parse(source)}
    users = {
        **modules,
        "rooms.first": ast.parse("from rooms.sums import elsewhere as other\nother()"),
        "rooms.second": ast.parse("from rooms import sums\nsums.by_module()"),
    }
    assert only_tested(modules, users) == {"rooms.sums.Sums.forgotten", "rooms.sums.inside"}
    del users["rooms.first"], users["rooms.second"]
    assert len(only_tested(modules, users)) == 4

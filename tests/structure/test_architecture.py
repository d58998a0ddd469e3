"""The shape of the house: which room may import which, how modules and notebooks look, the top level."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "needs_assessment"
MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_MODULE = 300

COMMON = {"errors", "measures", "results", "scenario", "resources", "plain_file", "csv_text"}
ORDER = {
    "areas",
    "steps",
    "checks",
    "comparison",
}  # the rooms that only assessment.py opens, in the order that it alone knows
# Which rooms a room may import: inputs -> estimate -> publish, and never back. A new room needs a line here.
MAY_IMPORT = {
    "errors": set(),
    "measures": {"measure_families"},
    "measure_families": set(),
    "results": {"errors", "measures"},
    "plain_file": {"errors"},
    "csv_text": set(),
    "scenario": {"errors", "plain_file"},
    "resources": {"errors"},
    "inputs": COMMON | {"inputs"},
    "estimate": {"errors", "results", "estimate"},
    "suppression": {"errors", "suppression"},
    "publish": COMMON | {"publish", "estimate", "suppression"},
    "reference_docs": COMMON | {"inputs"},  # writes the generated pages of docs/
    **{room: COMMON | ORDER | {"inputs", "estimate"} for room in ORDER},
    "assessment": COMMON | ORDER | {"inputs", "estimate", "publish"},
    "review": COMMON | {"assessment", "inputs", "publish"},  # what `check` says
    "batch": COMMON | {"assessment", "inputs", "publish", "batch"},  # many areas
    "verify": COMMON | {"inputs", "publish", "package"},  # what `verify` says
    "fetch": COMMON | {"inputs", "fetch", "package"},  # the only room that opens the network
    "cli_options": COMMON,
    "cli_material": COMMON | {"cli_options", "verify", "fetch", "inputs", "publish", "package"},
    "cli_several": COMMON | {"cli_options", "batch", "compare"},
    "compare": COMMON | {"assessment", "comparison", "inputs", "publish"},  # what `compare` says
    "cli": COMMON
    | {"cli_options", "cli_material", "cli_several", "assessment", "review", "inputs", "publish", "package"},
    "__main__": {"cli"},
    "package": COMMON | {"assessment", "compare"},
}
# Named for the type checker only; nothing of it is loaded when the program runs.
MAY_NAME_AS_TYPE = {"publish": {"assessment", "inputs"}}
# Descriptions of tables, which any room may read; the rest of inputs reads files.
VERSION_AND_FOLDER = {
    "needs_assessment",
    "needs_assessment.__version__",
}  # all that publish takes from the door
NO_READERS = {
    "needs_assessment.inputs.measures",
    "needs_assessment.inputs.register",
    "needs_assessment.inputs.schemas",
}


def room_of(module: str) -> str:
    """``needs_assessment.inputs.rates`` is in the room ``inputs``; the package's own start is ``package``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "package"


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.AST, *, typing_only: bool = False) -> Iterator[tuple[str, int, bool]]:
    """Each module of the project that is imported: its name, the line, whether only for the type checker."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            # `from needs_assessment import inputs` names a room only in its last part
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "needs_assessment" else [base]
        else:
            for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            yield from imports_of(node, typing_only=typing_only or for_types)
            continue
        for name in names:
            if name.startswith("."):
                raise AssertionError(f"line {node.lineno}: write imports from the top, not {name}")
            if name.split(".")[0] == "needs_assessment":
                yield name, node.lineno, typing_only


def wrong_arrows(module: str, source: str) -> list[str]:
    """The imports of a module that point where they must not."""
    room = room_of(module)
    if room not in MAY_IMPORT:
        return [f"{module}: the room '{room}' has no line in MAY_IMPORT"]
    wrong = []
    for name, line, typing_only in imports_of(ast.parse(source)):
        target = room_of(name) if room_of(name) in MAY_IMPORT else "package"
        allowed = MAY_IMPORT[room] | (MAY_NAME_AS_TYPE.get(room, set()) if typing_only else set())
        if room == "publish" and name in NO_READERS | VERSION_AND_FOLDER:
            continue
        if target not in allowed:
            wrong.append(f"{module} line {line} imports {name}")
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_forward(path: Path) -> None:
    wrong = wrong_arrows(module_name(path), path.read_text(encoding="utf-8"))
    assert not wrong


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("needs_assessment.estimate.x", "from needs_assessment.inputs.rates import Rate"),
        ("needs_assessment.estimate.x", "import needs_assessment.publish.tables"),
        ("needs_assessment.inputs.x", "def f():\n    from needs_assessment.estimate import draws"),
        ("needs_assessment.inputs.x", "from needs_assessment import publish"),
        ("needs_assessment.publish.x", "from needs_assessment.inputs.population import load_population"),
        ("needs_assessment.publish.x", "from needs_assessment.steps import rates"),
        ("needs_assessment.publish.x", "from needs_assessment import assess"),
        ("needs_assessment.estimate.x", "from needs_assessment import assess"),
        ("needs_assessment.attic.x", ""),
    ],
)
def test_a_back_arrow_is_seen(module: str, source: str) -> None:
    assert wrong_arrows(module, source)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_module_says_what_it_is_and_is_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "no docstring"
    holds_code = len(tree.body) > 1
    assert not holds_code or "from __future__ import annotations" in source
    lines = len(source.splitlines())
    assert lines <= LONGEST_MODULE, f"{lines} lines: is this one concept?"


def test_package_imports_no_heavy_library_at_the_door() -> None:
    """The package and the command line start light: heavy libraries come with the room they serve."""
    heavy = {"geopandas", "matplotlib", "seaborn", "gptables", "docx", "pyarrow", "papermill", "scipy"}
    for name in ("__init__", "cli", "cli_material", "scenario", "errors", "resources"):
        for node in ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8")).body:
            imported = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not heavy & {name.split(".")[0] for name in imported}


def test_there_is_a_main_notebook() -> None:
    assert ROOT / "notebooks" / "needs_assessment.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_is_thin_and_clean(path: Path) -> None:
    cells = [cell for cell in read_notebook(path)["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] for cell in cells), "outputs are stored: clear them before saving"
    assert all(cell["execution_count"] is None for cell in cells), "execution counts are stored"
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1, "exactly one cell carries the tag 'parameters'"
    for cell in cells:
        assert not too_much(text_of(cell)), text_of(cell)


def too_much(source: str) -> list[str]:
    """What a notebook cell should leave to the library: definitions, loops, reading of files, shell lines."""
    banned = (
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Lambda,
        ast.For,
        ast.While,
        ast.comprehension,
        ast.With,
    )
    found = [type(node).__name__ for node in ast.walk(ast.parse(source)) if isinstance(node, banned)]
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return found + [call for call in calls if call.split(".")[-1].startswith(("open", "read_", "load"))]


@pytest.mark.parametrize(
    "source",
    [
        "def f(): pass",
        "[x for x in y]",
        "for x in y: x",
        "pd.read_csv('a.csv')",
        "open('a')",
        "Path('a').read_text()",
    ],
)
def test_a_thick_cell_is_seen(source: str) -> None:
    assert too_much(source)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_equals_its_text_twin(path: Path) -> None:
    twins = [path.with_suffix(ending) for ending in (".py", ".md") if path.with_suffix(ending).exists()]
    assert len(twins) == 1, "a notebook is paired with one text file, so that a change can be read"
    twin = jupytext.read(twins[0])
    assert [(cell["cell_type"], text_of(cell)) for cell in twin["cells"]] == [
        (cell["cell_type"], text_of(cell)) for cell in read_notebook(path)["cells"]
    ]


def read_notebook(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def text_of(cell: Any) -> str:
    source = cell["source"]
    return (source if isinstance(source, str) else "".join(source)).strip()


def test_top_level_is_as_fixed(tracked: list[Path]) -> None:
    required = {"notebooks", "needs_assessment", "data", "tests", "environment.yml", "README.md"}
    welcome = {
        "pyproject.toml",
        "docs",
        "benchmarks",
        "assess.py",
        "requirements.lock",
        "LICENCE",
        "CHANGELOG.md",
    }
    top = {path.parts[0] for path in tracked}
    assert required <= top
    strangers = {name for name in top - required - welcome if not name.startswith(".")}
    assert not strangers, f"not foreseen at the top level: {strangers}"


@pytest.mark.parametrize(
    "path", ["outputs/E06000056/run/results.csv", "data/local/returns.csv", ".venv/x", "uv.lock"]
)
def test_results_and_local_returns_are_ignored_by_git(path: str, tracked: list[Path]) -> None:
    assert Path(path) not in tracked
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0

"""The shape of the house: which room may import which, how modules and notebooks look, the top level."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "needs_assessment"
MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FULL_FOLDER = 16
LONGEST_MODULE = 600

# The rooms from the ground up: a module imports its own room and what stands on a lower line, nothing else. ``face`` is
# ``needs_assessment/__init__.py``, from which notebooks and scripts take what they use.
ORDER: tuple[tuple[str, ...], ...] = (
    # what needs nothing of the house
    ("arrays", "bootstrap", "command_name", "csv_text", "given_files", "printable_text", "progress"),
    ("errors",),
    ("plain_file", "resources"),
    ("choices",),
    ("version",),
    ("catalogue",),
    ("results",),
    ("scenario",),
    ("tables",),
    ("registers",),
    ("inputs", "estimate"),
    ("steps",),
    ("comparison",),
    ("assessment",),
    ("disclosure",),
    ("report",),
    ("runs",),
    ("api", "face"),
    ("batch",),
    ("fetch",),
    ("lab",),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: floor for floor, rooms in enumerate(ORDER) for room in rooms}
# Some packages use less than stands below them.
USES_ONLY = {
    "needs_assessment.estimate": {"arrays", "errors", "results", "estimate"},
    "needs_assessment.disclosure.suppression": {"arrays", "errors", "disclosure"},
}
# What has passed the gate is all that is written: these rooms name what comes before it for the type checker only.
FOR_TYPES_ONLY = {
    "disclosure": {"inputs", "steps", "comparison", "assessment"},
    "report": {"inputs", "steps", "comparison", "assessment"},
}
# Only these take anything from the package's own face; the library itself imports from where a thing is made.
USES_FACE = {"face", "cli", "__main__"}


def room_of(module: str) -> str:
    """``needs_assessment.inputs.rates.rates`` is in the room ``inputs``; the package's own start is ``face``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "face"


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path) for path in MODULES}


def imports_of(tree: ast.AST, *, typing_only: bool = False) -> Iterator[tuple[str, int, bool]]:
    """Each module of the project that is imported: its name, the line, whether only for the type checker."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            # `from needs_assessment.report import wording` names a module only in its last part
            named = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in NAMES or room_of(name) not in FLOOR else base for name in named]
            if base == "needs_assessment":
                names = [name if room_of(name) in FLOOR else base for name in named]
        else:
            for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            yield from imports_of(node, typing_only=typing_only or for_types)
            continue
        for name in dict.fromkeys(names):
            if name.startswith("."):
                raise AssertionError(f"line {node.lineno}: write imports from the top, not {name}")
            if name.split(".")[0] == "needs_assessment":
                yield name, node.lineno, typing_only


def wrong_arrows(module: str, source: str) -> dict[str, str]:
    """The imports of a module that point where they must not: what is imported, and why that is wrong."""
    room = room_of(module)
    if room not in FLOOR:
        return {module: f"the room '{room}' has no line in ORDER"}
    uses_only = next((rooms for name, rooms in USES_ONLY.items() if module.startswith(f"{name}.")), None)
    wrong = {}
    for name, line, typing_only in imports_of(ast.parse(source)):
        target = room_of(name)
        if target not in FLOOR:
            wrong[name] = f"line {line}: the room '{target}' has no line in ORDER"
        elif target == "face" and room not in USES_FACE:
            wrong[name] = f"line {line} imports from the package's face"
        elif target != room and FLOOR[target] >= FLOOR[room]:
            wrong[name] = f"line {line} imports {name} from above or from beside"
        elif uses_only is not None and target not in uses_only:
            wrong[name] = f"line {line} imports {name}, which its package does without"
        elif target in FOR_TYPES_ONLY.get(room, ()) and not typing_only:
            wrong[name] = f"line {line} imports {name}, which this room may only name as a type"
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_down(path: Path) -> None:
    """No import from a lower room to a higher one."""
    assert wrong_arrows(module_name(path), path.read_text(encoding="utf-8")) == {}


def test_every_room_has_a_floor() -> None:
    assert set(FLOOR) >= {room_of(name) for name in NAMES}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("needs_assessment.estimate.x", "from needs_assessment.inputs.rates.rates import Rate"),
        ("needs_assessment.estimate.x", "import needs_assessment.disclosure.gate"),
        ("needs_assessment.estimate.x", "from needs_assessment.scenario import Scenario"),
        ("needs_assessment.estimate.x", "from needs_assessment import assess"),
        ("needs_assessment.inputs.x", "def f():\n    from needs_assessment.estimate import draws"),
        ("needs_assessment.inputs.x", "from needs_assessment import report"),
        ("needs_assessment.tables.x", "from needs_assessment.registers.provenance import Source"),
        ("needs_assessment.report.x", "from needs_assessment.inputs.population.population import load"),
        ("needs_assessment.report.x", "from needs_assessment.steps import rates"),
        ("needs_assessment.report.x", "from needs_assessment.runs import notebook"),
        ("needs_assessment.report.x", "from needs_assessment import assess"),
        ("needs_assessment.disclosure.x", "from needs_assessment.report.figure import Figure"),
        ("needs_assessment.disclosure.suppression.x", "from needs_assessment.results import Results"),
        ("needs_assessment.runs.x", "import needs_assessment"),
        ("needs_assessment.batch.x", "from needs_assessment import __version__"),
        ("needs_assessment.batch.x", "from needs_assessment.cli import app"),
        ("needs_assessment.attic.x", ""),
        ("needs_assessment.cli.x", "from needs_assessment.attic import lumber"),
    ],
)
def test_an_arrow_upward_is_seen(module: str, source: str) -> None:
    assert wrong_arrows(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("needs_assessment.report.x", "from needs_assessment.disclosure.gate import SafeResults"),
        (
            "needs_assessment.report.x",
            "if TYPE_CHECKING:\n    from needs_assessment.inputs.load import Inputs",
        ),
        ("needs_assessment.inputs.x", "from needs_assessment.inputs.rates import rates"),
        ("needs_assessment.cli.x", "import needs_assessment"),
    ],
)
def test_an_arrow_downward_is_allowed(module: str, source: str) -> None:
    assert not wrong_arrows(module, source)


def circles(imported: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """The largest sets of modules that can all reach each other by their imports."""
    reached = {name: _reached(name, imported) for name in imported}
    found = {
        frozenset(other for other in reached[name] if name in reached.get(other, set()))
        for name in imported
        if name in reached[name]
    }
    return found


def _reached(start: str, imported: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for name in imported.get(waiting.pop(), set()) - seen:
            seen.add(name)
            waiting.append(name)
    return seen


def test_imports_close_no_circle() -> None:
    """Imports for the type checker and inside functions are counted too."""
    imported = {
        module_name(path): {name for name, _, _ in imports_of(ast.parse(path.read_text(encoding="utf-8")))}
        for path in MODULES
    }
    assert circles(imported) == set()


def test_a_circle_is_seen() -> None:
    line = {"a": {"b"}, "b": {"c"}, "c": set[str]()}
    assert not circles(line)
    assert circles({**line, "c": {"b"}}) == {frozenset("bc")}
    assert circles({**line, "c": {"a"}, "d": {"d"}}) == {frozenset("abc"), frozenset("d")}


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=lambda path: path.name)
def test_a_folder_is_a_package_and_not_full(folder: Path) -> None:
    assert (folder / "__init__.py").is_file()
    held = sorted(path.name for path in folder.iterdir() if path.is_file())
    assert len(held) <= FULL_FOLDER, f"{len(held)} files: which of them are a subject of their own?"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_module_says_what_it_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    docstring = ast.get_docstring(tree)
    assert docstring, "no docstring"
    holds_code = len(tree.body) > 1
    assert not holds_code or "from __future__ import annotations" in source
    lines = len(source.splitlines())
    reason = f"longer than {LONGEST_MODULE} lines because"
    assert lines <= LONGEST_MODULE or reason in " ".join(docstring.split()), (
        f"{lines} lines: is this one subject? If it is, say in its docstring that it is '{reason} ...'"
    )


MOST_BY_PLACE = 6


def calls_by_place(source: str) -> list[int]:
    """Lines of the calls that give more than ``MOST_BY_PLACE`` arguments by their place alone."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if len(call.args) > MOST_BY_PLACE]


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_long_call_names_its_arguments(path: Path) -> None:
    assert calls_by_place(path.read_text(encoding="utf-8")) == []


def test_a_long_call_by_place_is_seen() -> None:
    assert calls_by_place(
        "f(1, 2, 3, 4, 5, 6)\nf(1, 2, 3, 4, 5, 6, 7)\nf(a=1, b=2, c=3, d=4, e=5, f=6, g=7)"
    ) == [2]


def test_package_imports_no_heavy_library_at_the_door() -> None:
    """The package and the command line start light: heavy libraries come with the room they serve."""
    heavy = {"geopandas", "matplotlib", "seaborn", "gptables", "docx", "pyarrow", "papermill", "scipy"}
    light = ("__init__", "cli/__init__", "cli/options", "cli/material", "scenario", "errors", "resources")
    for name in light:
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
        "requirements-test.lock",
        "LICENCE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
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


def strangers(tests: Iterable[Path], rooms: set[str]) -> list[str]:
    """Unit tests, as paths below ``tests/unit``, that stand in no room: those of the top are named after its modules."""
    top = {room for room in rooms if (PACKAGE / f"{room}.py").is_file()}
    return [
        path.as_posix()
        for path in tests
        if (path.parent.as_posix() not in rooms)
        and not (len(path.parts) == 1 and path.stem.removeprefix("test_") in top)
    ]


def test_unit_tests_stand_in_the_rooms() -> None:
    """Who changes a room finds its tests in the folder of the same name; what only benchmarks use has one too."""
    rooms = {path.relative_to(PACKAGE).with_suffix("").as_posix() for path in MODULES}
    rooms |= {path.parent.relative_to(PACKAGE).as_posix() for path in MODULES} - {"."} | {"benchmarks"}
    held = [path.relative_to(ROOT / "tests" / "unit") for path in (ROOT / "tests" / "unit").rglob("*.py")]
    assert held
    assert not strangers(held, rooms)
    assert strangers([Path("test_views.py"), Path("attic/test_lumber.py")], rooms) == [
        "test_views.py",
        "attic/test_lumber.py",
    ]

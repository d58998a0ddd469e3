"""The gate is the only door: read from the source, and checked to see a way round it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.structure.test_architecture import MODULES, PACKAGE, module_name

DOOR = "needs_assessment.disclosure.gate"
PASSED = {"PublishedTable", "SafeResults", "SafeReturns", "Released", "Guarded"}
# what turns a frame into a file or a page, and the modules that may: the last two write no file
WRITES = {
    *(
        "to_csv",
        "as_csv",
        "write_csv_file",
        "to_excel",
        "to_json",
        "to_file",
        "to_html",
        "to_markdown",
        "to_parquet",
        "to_pickle",
    ),
    *(
        "write_table",
        "ParquetWriter",
        "to_feather",
        "to_latex",
        "to_sql",
        "to_xml",
        "to_stata",
        "to_hdf",
        "to_clipboard",
        "to_string",
    ),
}
MAY_WRITE = {
    "needs_assessment.csv_text": {"to_csv", "as_csv"},  # the one writer; who may call it stands here
    "needs_assessment.runs.write_outputs": {"write_csv_file", "to_file"},
    "needs_assessment.disclosure.published_table": {"to_string"},
    "needs_assessment.cli.material": {"to_string"},  # the lists of areas and files that `areas` prints
    # published residents and lookups, before anything local: `fetch` and `import`
    "needs_assessment.fetch.tables": {"as_csv"},
    "needs_assessment.report.writers.population_table": {"write_csv_file", "to_parquet"},
    # Arrow tables of released results (``batch.table.as_arrow``)
    "needs_assessment.batch.job": {"write_table"},
    "needs_assessment.batch.summary": {"write_table", "ParquetWriter"},
}
# the rooms after the assessment, where only what has passed the gate may be touched and written
GUARDED = ("needs_assessment.disclosure.", "needs_assessment.report.", "needs_assessment.runs.")
WRITERS = {
    "needs_assessment.report.paper",
    *(
        f"needs_assessment.report.writers.{name}"
        for name in ("word", "html", "pdf", "workbook", "reproducible_zip")
    ),
    *(f"needs_assessment.runs.{name}" for name in ("write_outputs", "run_folder", "notebook")),
}
# local returns and results before the gate, and the modules after the assessment that may touch them
BEFORE_THE_GATE = {"returns", "results", "draws", "victims", "local_figures"}
MAY_TOUCH = {
    "needs_assessment.disclosure.of_assessment": BEFORE_THE_GATE,
    # which measures are returned and how old they are, never how many
    "needs_assessment.report.tables.evidence": {"returns"},
    # names, ages and check sums of what was read
    "needs_assessment.report.tables.inputs_used": {"returns", "local_figures"},
    # published residents by ward, and what each local figure is and how old, in the office's own terminal
    "needs_assessment.runs.check": {"results", "local_figures"},
    "needs_assessment.runs.write_outputs": {"results"},  # of the outputs: those are released
}


def ways_round(module: str, source: str) -> list[str]:
    """Every place at which something could reach a writer without having passed the gate."""
    tree = ast.parse(source)
    found = []
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Call):
            found += [f"line {line}: {why}" for why in _call(module, node)]
        elif isinstance(node, ast.ClassDef) and module != DOOR:
            bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
            found += [f"line {line}: {node.name} is made of {name}" for name in bases & PASSED]
        elif isinstance(node, ast.FunctionDef) and module in WRITERS:
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            given = [ast.unparse(one.annotation) for one in arguments if one.annotation is not None]
            found += [
                f"line {line}: {node.name} takes a bare {name}" for name in given if "DataFrame" in name
            ]
        elif isinstance(node, ast.Attribute) and module.startswith(GUARDED):
            touched = node.attr in BEFORE_THE_GATE and ast.unparse(node.value).split(".")[-1] in (
                *("assessment", "inputs", "self", "run"),
                *(("outputs",) if module not in MAY_TOUCH else ()),
            )
            if touched and node.attr not in MAY_TOUCH.get(module, set()):
                found.append(f"line {line}: {ast.unparse(node)} is read before the gate")
    return found


def _call(module: str, node: ast.Call) -> list[str]:
    name = ast.unparse(node.func).split(".")[-1]
    said = {keyword.arg for keyword in node.keywords}
    wrong = []
    if module != DOOR:
        if name in PASSED:
            wrong.append(f"makes a {name}")
        # a copy with other cells is a new table; `type(table)(...)` is its constructor by another name
        if name == "replace" and said & {"frame", "columns"} and module.startswith(GUARDED):
            wrong.append("puts other cells into a table")
        if isinstance(node.func, ast.Call) and ast.unparse(node.func.func) == "type":
            wrong.append("makes a copy by its type")
        if name == "__class__" or name in ("__new__", "__setattr__"):
            wrong.append(f"calls {name}")
    if name in WRITES and name not in MAY_WRITE.get(module, set()):
        wrong.append(f"writes by {name}")
    if module == "needs_assessment.runs.write_outputs" and name == "write_csv_file":
        given = ast.unparse(node.args[0])
        if given not in ("file.frame", "table.display()"):
            wrong.append(f"writes {given}, which need not have passed the gate")
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_nothing_goes_round_the_gate(path: Path) -> None:
    assert not ways_round(module_name(path), path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("report.tables.people", "PublishedTable('t', 'T', (), frame)"),
        ("report.tables.people", "tables.PublishedTable('t', 'T', (), frame)"),
        ("report.tables.people", "replace(table, frame=frame)"),
        ("report.charts.bars", "dataclasses.replace(table, columns=columns)"),
        ("report.tables.people", "type(table)('t', 'T', (), frame)"),
        ("report.tables.people", "table.__class__('t', 'T', (), frame)"),
        ("report.tables.people", "class Other(PublishedTable): pass"),
        ("report.outputs", "SafeResults(assessment.results.frame, '', (), 5)"),
        ("runs.write_outputs", "Released('results.csv', assessment.results.frame)"),
        ("runs.write_outputs", "write_csv_file(assessment.inputs.returns.frame, path)"),
        ("runs.write_outputs", "write_csv_file(frame, path)"),
        ("report.charts.ward_map", "frame.to_csv('a.csv')"),
        ("report.charts.ward_map", "write_csv_file(frame, path)"),
        ("report.charts.ward_map", "as_csv(frame)"),
        ("runs.notebook", "frame.to_html()"),
        ("assessment", "results.frame.to_parquet('a')"),
        ("report.writers.workbook", "def write_workbook(title: str, frame: pd.DataFrame) -> None: ..."),
        ("report.writers.word", "def write(frames: Sequence[pd.DataFrame]) -> None: ..."),
        ("report.paper", "text = f'{assessment.inputs.returns.frame}'"),
        ("report.sentences", "count = assessment.results.row('met_idva').value"),
        ("report.tables.gaps", "values = [figure.value for figure in inputs.local_figures()]"),
    ],
)
def test_a_way_round_is_seen(module: str, source: str) -> None:
    assert ways_round(f"needs_assessment.{module}", source)


def test_the_door_is_where_the_types_are_made() -> None:
    """Each type is made somewhere in the door and what writes a file takes one of them: the rules above bind something."""
    door = (PACKAGE / "disclosure" / "gate.py").read_text(encoding="utf-8")
    made = {ast.unparse(node.func) for node in ast.walk(ast.parse(door)) if isinstance(node, ast.Call)}
    assert made >= PASSED
    writer = ast.parse((PACKAGE / "runs" / "write_outputs.py").read_text(encoding="utf-8"))
    takes = {
        node.name: ast.unparse(node.args.args[0].annotation)
        for node in ast.walk(writer)
        if isinstance(node, ast.FunctionDef) and node.args.args[0].annotation is not None
    }
    assert takes["write_csv"] == "Released"

"""Tests are housed as the code is: a module with much logic has a test file of its own, in the same place."""

import ast
from pathlib import Path

from tests.test_layers import ROOT, sources

MOST_STATEMENTS = 30
"""Statements in functions that a module may have without a file of its own: glue and data."""

TESTED_AS_A_WHOLE = {
    "data.intake.intake": "tests/data/feeds/test_sql.py",
    "data.intake.listed": "tests/scheduler/cycle/test_snapshot.py",
    "data.intake.rejects": "tests/scheduler/intake/test_run.py",
    "data.intake.rows": "tests/data/feeds/test_files.py",
    "data.intake.state": "tests/data/intake/test_fold.py",
    "reports.history.tables": "tests/reports/history/test_history.py",
    "scheduler.alerts.watch": "tests/scheduler/alerts/test_alerts.py",
    "scheduler.audit.facts": "tests/scheduler/audit/test_properties.py",
    "scheduler.audit.parts": "tests/scheduler/parts/test_run.py",
    "scheduler.cli.alerts": "tests/scheduler/alerts/test_alerts.py",
    "scheduler.cli.history": "tests/scheduler/history/test_history.py",
    "scheduler.cli.intake": "tests/scheduler/intake/test_run.py",
    "scheduler.explaining.remedies": "tests/scheduler/explaining/test_task.py",
    "scheduler.history.adding": "tests/scheduler/history/test_killed.py",
    "scheduler.parts.course": "tests/scheduler/parts/test_run.py",
    "scheduler.parts.jobs": "tests/scheduler/parts/test_run.py",
    "scheduler.parts.together": "tests/scheduler/parts/test_run.py",
    "scheduler.replanning.change_list": "tests/scheduler/replanning/test_run.py",
    "scheduler.serving.app": "tests/scheduler/serving/test_service.py",
    "scheduler.workers.processes": "tests/scheduler/workers/test_executors.py",
}
"""Modules whose work shows only in what they are a step of, with the file that tests that."""


def statements(source: str) -> int:
    """The statements in the functions of a source, a compound one with its first line alone."""
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return sum(len(function.body) for function in functions)


def own_file(module: str) -> Path:
    """Where the tests of a module are."""
    *rooms, name = module.split(".")
    return ROOT.joinpath("tests", *rooms, f"test_{name}.py")


def test_modules_with_logic_have_a_test_file_of_their_own():
    found = {
        module: statements(file.read_text("utf-8")) for module, file in sources().items() if file.stem != "__init__"
    }
    assert len(found) > 400
    without = {module: n for module, n in found.items() if n > MOST_STATEMENTS and not own_file(module).exists()}
    assert {module: n for module, n in without.items() if module not in TESTED_AS_A_WHOLE} == {}
    assert set(TESTED_AS_A_WHOLE) <= set(without), "these have a file of their own by now: take them off the list"


def test_what_is_tested_as_a_whole_is_tested():
    assert [file for file in TESTED_AS_A_WHOLE.values() if not (ROOT / file).exists()] == []


def test_statements_are_counted_in_functions_alone():
    assert statements("A = 1\n\ndef f():\n    '''Says.'''\n    if A:\n        return 1\n    return 2\n") == 3

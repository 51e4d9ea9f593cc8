"""The audit is a second implementation: it may share the reading of files with the first, nothing else."""

import ast
from pathlib import Path

import scheduler.audit

ALLOWED = {"data": {"Snapshot", "read_snapshot"}, "models": {"CheckError"}}


def test_the_audit_shares_nothing_with_what_it_audits():
    modules = sorted(Path(scheduler.audit.__file__).parent.glob("*.py"))
    assert len(modules) > 10
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            sources = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
            for source in sources:
                house = source.partition(".")[0]
                if house == "scheduler":
                    assert source.startswith("scheduler.audit."), f"{module.name} imports {source}"
                elif house in ("data", "models", "reports"):
                    assert set(names) <= ALLOWED.get(source, set()), f"{module.name} imports {names} of {source}"

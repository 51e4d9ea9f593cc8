"""Reads every import of the four packages; a wrong arrow fails.

    scheduler    knows all others
      |     |
    data   reports    know models, and never each other
      |     |
    models    knows nothing of ours

Packages know each other by the public names in their ``__init__`` alone, and some libraries by a few rooms only. The
folders inside a package are rooms: ``ROOMS`` says which others each may know (``python -m tests.rooms`` prints them).
"""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rooms import arrows, floors

ROOT = Path(__file__).parents[1]

MAY_KNOW = {
    "models": set(),
    "data": {"models"},
    "reports": {"models"},
    "scheduler": {"models", "data", "reports"},
}
MOST_LINES = 500

LIBRARY_ROOMS = {
    "click": {"scheduler.cli"},
    "rich_click": {"scheduler.cli"},
    "ortools": {"models.engines"},
    "pulp": {"models.engines"},
    "highspy": {"models.engines"},
    "openpyxl": {"data", "reports"},
    "numba": {"models", "scheduler.audit"},
    "holidays": {"data.calendars", "scheduler.audit"},
    "sqlalchemy": {"data.store", "data.migrations", "data.intake", "data.feeds", "data.outlets"},
    "alembic": {"data.store", "data.migrations"},
    "psycopg": {"data.store"},
    "starlette": {"scheduler.serving"},
    "uvicorn": {"scheduler.serving"},
    "anyio": {"scheduler.serving"},
    "pika": {"data.brokers", "data.feeds", "data.outlets"},
    "dask": {"scheduler.workers.cluster"},
    "distributed": {"scheduler.workers.cluster"},
    "confluent_kafka": {"data.brokers", "data.feeds", "data.outlets"},
}
"""Libraries that only some rooms may import."""

INNER_ROOMS = {
    ("scheduler.run.stages", "models.engines"),
    ("scheduler.run.arrange", "models.engines"),
    ("scheduler.explaining.attempts", "models.engines"),
    ("scheduler.explaining.what_if", "models.engines"),
    ("scheduler.replanning", "models.engines"),
    ("scheduler.parts", "models.engines"),
    ("scheduler.parts", "models.engines.parts"),
    ("scheduler.cli.warm_up", "models.engines.warm"),
}
"""Who may look behind another package's ``__init__``, and where: engines are loaded when they are needed."""

ROOMS = {
    "models.problem": {"models.errors", "models.compiled", "models.runs"},
    "models.plans": {"models.problem", "models.runs"},
    "models.bounds": {"models.plans", "models.executor"},
    "models.worth": {"models.bounds"},
    "models.variants": {"models.plans"},
    "models.runs": set(),
    "models.engines.pricing": {"models.bounds", "models.variants", "models.executor"},
    "models.engines.search": {"models.engines.pricing", "models.variants", "models.executor"},
    "models.engines.parts": {"models.engines.search"},
    "models.engines.replanning": {
        "models.engines.search",
        "models.engines.cp_sat",
        "models.engines.exact",
        "models.engines.sizes",
        "models.variants",
    },
    "data.tables": set(),
    "data.sources": {"data.tables"},
    "data.calendars": {"data.tables"},
    "data.snapshot": {"data.sources", "data.calendars"},
    "data.template": {"data.tables"},
    "data.sampling": set(),
    "data.runs": set(),
    "data.store": {"data.tables"},
    "data.migrations": {"data.store"},
    "data.intake": {"data.store"},
    "data.brokers": {"data.store"},
    "data.feeds": {"data.intake", "data.sources", "data.brokers"},
    "data.outlets": {"data.brokers"},
    "reports.words": set(),
    "reports.kpis": set(),
    "reports.content": {"reports.words", "reports.kpis"},
    "reports.terminal": {"reports.content"},
    "reports.page": {"reports.content"},
    "reports.workbook": {"reports.content"},
    "reports.handouts": {"reports.workbook"},
    "reports.comparison": {"reports.page", "reports.workbook"},
    "reports.history": {"reports.page", "reports.workbook"},
    "reports.fleet": {"reports.page"},
    "reports.board": {"reports.page"},
    "scheduler.audit": set(),
    "scheduler.workers": set(),
    "scheduler.config": {"scheduler.workers"},
    "scheduler.edits": {"scheduler.edit_kinds"},
    "scheduler.run": {"scheduler.edits", "scheduler.workers", "data.runs"},
    "scheduler.parts": {"scheduler.run", "models.engines.parts"},
    "scheduler.fleet": {"scheduler.run"},
    "scheduler.replanning": {"scheduler.run"},
    "scheduler.explaining": {"scheduler.replanning"},
    "scheduler.intake": {"scheduler.config", "scheduler.run"},
    "scheduler.publishing": {"scheduler.config", "scheduler.run", "scheduler.audit"},
    "scheduler.handout": {"scheduler.intake", "scheduler.publishing", "scheduler.replanning"},
    "scheduler.alerts": {"scheduler.intake"},
    "scheduler.history": {"scheduler.config", "scheduler.run"},
    "scheduler.cycle": {"scheduler.handout", "scheduler.alerts", "scheduler.history"},
    "scheduler.serving": {"scheduler.cycle"},
    "scheduler.cli": {
        "scheduler.serving",
        "scheduler.fleet",
        "scheduler.parts",
        "scheduler.explaining",
        "scheduler.audit",
        "scheduler.api",
        "scheduler.config",
        "models.engines.warm",
    },
}
"""Each room, and those it stands on: it may know them and all that they may know."""

AUDIT_MAY_KNOW = {"models": {"CheckError"}, "data": {"InParts", "Snapshot", "read_in_parts", "read_snapshot"}}
"""The audit shares the reading of files with the rest, and nothing else."""


class Import(NamedTuple):
    """One import: ``name`` is None for ``import module``; ``real`` is false when only types are checked."""

    line: int
    module: str
    name: str | None
    real: bool


def imports_of(source: str) -> list[Import]:
    """All imports of a source, wherever they stand."""
    tree = ast.parse(source)
    guarded = {id(node) for test in ast.walk(tree) if _is_type_checking(test) for node in ast.walk(test)}
    return [found for node in ast.walk(tree) for found in _imports(node, id(node) not in guarded)]


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _imports(node: ast.AST, real: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(node.lineno, alias.name, None, real)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield Import(node.lineno, "." * node.level + (node.module or ""), alias.name, real)


def faults(module: str, source: str) -> list[str]:
    """Every wrong arrow in the source of a module, in words."""
    found = (_fault(module, i) for i in imports_of(source))
    return [fault for fault in found if fault]


def _fault(module: str, found: Import) -> str | None:
    home, other = module.partition(".")[0], found.module.partition(".")[0]
    where = f"{module}, line {found.line}:"
    if found.module.startswith("."):
        return f"{where} relative import of {found.module}"
    rooms = LIBRARY_ROOMS.get(other)
    if rooms is not None and not any(_is_in(module, room) for room in rooms):
        return f"{where} {other} belongs in {', '.join(sorted(rooms))}"
    if other not in MAY_KNOW:
        return None
    if other != home and other not in MAY_KNOW[home]:
        return f"{where} {home} may not know {other}"
    if _is_in(found.module, "models.engines") and not _is_in(module, "models.engines"):
        known = any(_is_in(module, room) and found.module == inner for room, inner in INNER_ROOMS)
        return None if known else f"{where} only a run knows engines"
    if _is_in(module, "scheduler.audit") and not _is_in(found.module, "scheduler.audit"):
        known = found.name in AUDIT_MAY_KNOW.get(found.module, set())
        return None if known else f"{where} the audit may not know {found.module}.{found.name}"
    if other != home and not _is_public(found):
        return f"{where} {found.module}.{found.name} is not a public name of {other}"
    return None


def _is_in(module: str, room: str) -> bool:
    return module == room or module.startswith((f"{room}.", f"{room}_"))


def _is_public(found: Import) -> bool:
    # a type may be known by where it is defined: nothing of it is there when the program runs
    if not found.real:
        return True
    return found.module in MAY_KNOW and found.name in import_module(found.module).__all__


def sources() -> dict[str, Path]:
    """Every module of the four packages with its file."""
    files = (file for package in MAY_KNOW for file in sorted((ROOT / package).rglob("*.py")))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def test_no_arrow_is_wrong():
    assert len(sources()) > 80
    assert [fault for module, file in sources().items() for fault in faults(module, file.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("models.plans.plan", "import data", "models may not know data"),
        ("models.plans.plan", "from reports import RunView", "models may not know reports"),
        ("models.plans.plan", "def f():\n    from scheduler import plan", "line 2: models may not know scheduler"),
        ("data.snapshot.read", "from reports import RunView", "data may not know reports"),
        ("data.snapshot.read", "from scheduler.run.policy import Policy", "data may not know scheduler"),
        ("reports.page", "from data import TABLES", "reports may not know data"),
        ("reports.page", "if TYPE_CHECKING:\n    from data import Snapshot", "reports may not know data"),
        ("reports.page", "import scheduler.cli.app", "reports may not know scheduler"),
        (
            "data.snapshot.build",
            "from models.problem.clock import Clocks",
            "models.problem.clock.Clocks is not a public name of models",
        ),
        ("data.snapshot.build", "from models import _secret", "models._secret is not a public name"),
        ("data.snapshot.build", "import models", "models.None is not a public name"),
        (
            "scheduler.run.tables",
            "from data.tables.skills import canonical",
            "data.tables.skills.canonical is not a public name of data",
        ),
        ("data.snapshot.build", "from models.engines import make_engine", "only a run knows engines"),
        ("models.plans.check", "from models.engines.search.construct import greedy_plan", "only a run knows engines"),
        ("models.bounds.certificate", "import models.engines.pricing.dual", "only a run knows engines"),
        ("scheduler.run.tables", "from models.engines import make_engine", "only a run knows engines"),
        ("scheduler.audit.rules", "from models import evaluate", "the audit may not know models.evaluate"),
        (
            "scheduler.audit.rules",
            "from models.problem.problem import Problem",
            "the audit may not know models.problem.problem",
        ),
        ("scheduler.audit.rules", "from models.engines import make_engine", "only a run knows engines"),
        (
            "scheduler.audit.rules",
            "from scheduler.run.tables import run_tables",
            "the audit may not know scheduler.run.tables",
        ),
        ("scheduler.audit.rules", "from data import build_problem", "the audit may not know data.build_problem"),
        ("scheduler.audit.rules", "from ortools.sat.python import cp_model", "ortools belongs in models.engines"),
        ("scheduler.run.pipeline", "import rich_click as click", "rich_click belongs in scheduler.cli"),
        ("data.sampling.sample", "import click", "click belongs in scheduler.cli"),
        ("models.problem.payoff", "import highspy", "highspy belongs in models.engines"),
        ("models.plans.check", "import pulp", "pulp belongs in models.engines"),
        ("scheduler.run.tables", "from openpyxl import Workbook", "openpyxl belongs in data, reports"),
        ("data.snapshot.build", "from numba import njit", "numba belongs in models, scheduler.audit"),
        ("data.snapshot.build", "import holidays", "holidays belongs in data.calendars, scheduler.audit"),
        ("data.snapshot.build", "from . import read", "relative import"),
        (
            "data.snapshot.read",
            "import sqlalchemy as sa",
            "sqlalchemy belongs in data.feeds, data.intake",
        ),
        (
            "scheduler.cli.store",
            "from sqlalchemy import text",
            "sqlalchemy belongs in data.feeds, data.intake",
        ),
    ],
)
def test_a_wrong_arrow_is_seen(module, source, fault):
    (found,) = faults(module, source)
    assert found.startswith(f"{module}, line ")
    assert fault in found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("models.plans.plan", "from models.problem.problem import Problem\nimport numpy as np"),
        ("data.snapshot.build", "from models import Problem, assemble\nfrom data.tables.skills import canonical"),
        ("reports.page", "from openpyxl import Workbook\nfrom models import Rule"),
        ("scheduler.run.stages", "from models.engines import make_engine\nfrom reports import RunView"),
        ("scheduler.run.pipeline", "if TYPE_CHECKING:\n    from data.sources.sources import Source"),
        ("scheduler.cli.plan", "import rich_click as click"),
        ("data.store.upgrade", "from alembic import command\nimport sqlalchemy as sa"),
        ("scheduler.audit.rules", "import numba\nfrom data import Snapshot\nfrom scheduler.audit.facts import Facts"),
        ("models.engines.exact", "from ortools.sat.python import cp_model\nfrom models.problem.modes import Options"),
    ],
)
def test_a_right_arrow_passes(module, source):
    assert faults(module, source) == []


def _below(room: str) -> set[str]:
    stands_on = ROOMS.get(room, set())
    return stands_on.union(*(_below(other) for other in stands_on))


def test_rooms_know_only_rooms_below_them():
    known = arrows()
    assert floors(known)
    assert {room for room in ROOMS if room not in known} == set()
    wrong = {room: known[room] - _below(room) for room in ROOMS}
    assert {room: others for room, others in wrong.items() if others} == {}


def test_every_folder_of_a_package_is_a_room_and_says_what_belongs_in_it():
    folders = {room for room in arrows() if ROOT.joinpath(*room.split(".")).is_dir()}
    assert folders == ROOMS.keys()
    said = {room: import_module(room).__doc__ or "" for room in ROOMS}
    assert [room for room, text in said.items() if "Belongs here:" not in text or "Not here:" not in text] == []


def test_rooms_in_a_circle_are_named():
    with pytest.raises(ValueError, match=r"in a circle are among: a, b$"):
        floors({"a": {"b"}, "b": {"a"}, "c": set()})


@pytest.mark.parametrize("package", MAY_KNOW)
def test_a_package_says_what_it_is_and_exports_what_it_says(package):
    room = import_module(package)
    assert room.__doc__
    assert [name for name in room.__all__ if not hasattr(room, name)] == []


def test_files_are_short_and_rooms_have_names_that_say_something():
    lengths = {module: len(file.read_text("utf-8").splitlines()) for module, file in sources().items()}
    assert {module: n for module, n in lengths.items() if n > MOST_LINES} == {}
    empty_names = {"utils", "util", "helpers", "common", "constants", "misc", "base"}
    assert [module for module in lengths if empty_names & set(module.split("."))] == []


def test_every_folder_of_tests_is_a_package():
    # else tests/models would hide models
    folders = {file.parent for file in (ROOT / "tests").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


OURS = ("*.py", "*.toml", "*.txt", "*.md", "*.cfg", "*.yml", "*.yaml", "*.j2", "*.css", "*.js", "*.svg", "Makefile")
_HOSTS = ("py" + "pi", "python" + "hosted", "index" + "-url", r"://[\w.-]*(?:regis" + "try|artifact|nexus|proxy)")
ADDRESS = re.compile("|".join(_HOSTS), re.IGNORECASE)  # in pieces, so that this file is not one of them
MACHINE_PATH = re.compile(r"(?<![\w.*-])/(?:root|work|home/\w+|Users/\w+)/")


def test_no_address_of_a_registry_and_no_path_of_a_machine():
    folders = [ROOT / name for name in (*MAY_KNOW, "tests", "docs", ".ci")]
    nested = (
        file for folder in folders for pattern in ("run", *OURS) for file in folder.rglob(pattern) if file.is_file()
    )
    top = (file for pattern in OURS for file in ROOT.glob(pattern))
    files = {file for file in (*nested, *top, ROOT / ".ci" / "run") if file != Path(__file__)}
    assert len(files) > 150
    wrong = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in sorted(files)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if ADDRESS.search(line) or MACHINE_PATH.search(line)
    ]
    assert wrong == []

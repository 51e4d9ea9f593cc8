"""What comes in and what is kept: snapshots of tasks and people, read, checked and turned into a problem.

Imports ``models`` only. ``read_snapshot`` is the way in to a snapshot, ``open_store`` to the task list. What needs
SQLAlchemy is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from data.added import faults_of_added, like_tasks_of, read_added_tasks, with_tasks
from data.build import Build, build_problem, passed_through, restricted_shifts
from data.csvfile import read_csv_rows
from data.handwriting import plain_time
from data.headers import TEMPLATE_LANGUAGES
from data.intake.fold import Folded, fold
from data.intake.operations import Operation, OperationKind, Outcome, OutcomeKind, Ruled, Ruling, Value, version_of
from data.people import AmbiguousNameError, People
from data.presence import with_presence
from data.read import read_snapshot
from data.sample import SampleError, SampleSummary, write_sample
from data.sampling.profiles import PROFILES
from data.schemas import TABLES
from data.skills import parse_requirement
from data.snapshot import Snapshot
from data.store.errors import MissingExtraError, StoreError, StoreUnreachableError, missing_extra
from data.template import write_template
from data.times import check_timezone, parse_moment
from data.tomlfile import read_toml
from data.workbook import Workbook
from models import parse_duration

if TYPE_CHECKING:
    from data.intake.apply import apply_operations, cursor_of, known_keys, note_read, refuse_early
    from data.store.store import Store, open_store
    from data.store.upgrade import upgrade_store

__all__ = [
    "PROFILES",
    "TABLES",
    "TEMPLATE_LANGUAGES",
    "AmbiguousNameError",
    "Build",
    "Folded",
    "MissingExtraError",
    "Operation",
    "OperationKind",
    "Outcome",
    "OutcomeKind",
    "People",
    "Ruled",
    "Ruling",
    "SampleError",
    "SampleSummary",
    "Snapshot",
    "Store",
    "StoreError",
    "StoreUnreachableError",
    "Value",
    "Workbook",
    "apply_operations",
    "build_problem",
    "check_timezone",
    "cursor_of",
    "faults_of_added",
    "fold",
    "known_keys",
    "like_tasks_of",
    "missing_extra",
    "note_read",
    "open_store",
    "parse_duration",
    "parse_moment",
    "parse_requirement",
    "passed_through",
    "plain_time",
    "read_added_tasks",
    "read_csv_rows",
    "read_snapshot",
    "read_toml",
    "refuse_early",
    "restricted_shifts",
    "upgrade_store",
    "version_of",
    "with_presence",
    "with_tasks",
    "write_sample",
    "write_template",
]

_LATER = {
    "apply_operations": "data.intake.apply",
    "cursor_of": "data.intake.apply",
    "known_keys": "data.intake.apply",
    "note_read": "data.intake.apply",
    "refuse_early": "data.intake.apply",
    "Store": "data.store.store",
    "open_store": "data.store.store",
    "upgrade_store": "data.store.upgrade",
}
"""Names that need the extra `store`, with the modules that define them."""

_EXTRA = ("sqlalchemy", "alembic")


def __getattr__(name: str) -> object:
    """A name that is loaded when it is first asked for.

    Raises:
        MissingExtraError: what it needs is not installed.
    """
    if name not in _LATER:
        raise AttributeError(f"module 'data' has no attribute '{name}'")
    try:
        return getattr(import_module(_LATER[name]), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise missing_extra("the task list", "store") from error

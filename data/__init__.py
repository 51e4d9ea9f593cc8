"""What comes in and what is kept: snapshots of tasks and people, read, checked and turned into a problem.

Imports ``models`` only. ``read_snapshot`` is the way in.
"""

from data.calendars import Calendar, Calendars, read_calendars
from data.intake.mapping import Mapped, Mapping, MappingError, read_mapping
from data.intake.presets import PRESETS
from data.intake.rules import Rule, RuledFrame, RuledRow, Rules, read_rules
from data.runs.folder import SCHEMA_VERSION, NotARunFolderError, RunFolder, held, locked
from data.sampling.profiles import PROFILES
from data.sampling.sample import SampleError, SampleSummary, write_sample
from data.snapshot.added import faults_of_added, like_tasks_of, read_added_tasks, with_tasks
from data.snapshot.build import Build, build_problem, passed_through, restricted_shifts
from data.snapshot.presence import with_presence
from data.snapshot.read import read_snapshot
from data.snapshot.snapshot import Snapshot
from data.sources.csvfile import read_csv_rows
from data.sources.tomlfile import read_toml
from data.sources.workbook import Workbook
from data.tables.handwriting import plain_time
from data.tables.headers import TEMPLATE_LANGUAGES
from data.tables.people import AmbiguousNameError, People
from data.tables.schemas import TABLES
from data.tables.skills import parse_requirement
from data.tables.times import parse_moment
from data.template.template import write_template

__all__ = [
    "PRESETS",
    "PROFILES",
    "SCHEMA_VERSION",
    "TABLES",
    "TEMPLATE_LANGUAGES",
    "AmbiguousNameError",
    "Build",
    "Calendar",
    "Calendars",
    "Mapped",
    "Mapping",
    "MappingError",
    "NotARunFolderError",
    "People",
    "Rule",
    "RuledFrame",
    "RuledRow",
    "Rules",
    "RunFolder",
    "SampleError",
    "SampleSummary",
    "Snapshot",
    "Workbook",
    "build_problem",
    "faults_of_added",
    "held",
    "like_tasks_of",
    "locked",
    "parse_moment",
    "parse_requirement",
    "passed_through",
    "plain_time",
    "read_added_tasks",
    "read_calendars",
    "read_csv_rows",
    "read_mapping",
    "read_rules",
    "read_snapshot",
    "read_toml",
    "restricted_shifts",
    "with_presence",
    "with_tasks",
    "write_sample",
    "write_template",
]

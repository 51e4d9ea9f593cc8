"""What comes in and what is kept: snapshots of tasks and people, read, checked and turned into a problem.

Imports ``models`` only. ``read_snapshot`` is the way in.
"""

from data.added import faults_of_added, like_tasks_of, read_added_tasks, with_tasks
from data.build import Build, build_problem, passed_through, restricted_shifts
from data.csvfile import read_csv_rows
from data.handwriting import plain_time
from data.headers import TEMPLATE_LANGUAGES
from data.people import AmbiguousNameError, People
from data.presence import with_presence
from data.read import read_snapshot
from data.sample import SampleError, SampleSummary, write_sample
from data.sampling.profiles import PROFILES
from data.schemas import TABLES
from data.skills import parse_requirement
from data.snapshot import Snapshot
from data.template import write_template
from data.times import parse_moment
from data.tomlfile import read_toml
from data.workbook import Workbook
from models import parse_duration

__all__ = [
    "PROFILES",
    "TABLES",
    "TEMPLATE_LANGUAGES",
    "AmbiguousNameError",
    "Build",
    "People",
    "SampleError",
    "SampleSummary",
    "Snapshot",
    "Workbook",
    "build_problem",
    "faults_of_added",
    "like_tasks_of",
    "parse_duration",
    "parse_moment",
    "parse_requirement",
    "passed_through",
    "plain_time",
    "read_added_tasks",
    "read_csv_rows",
    "read_snapshot",
    "read_toml",
    "restricted_shifts",
    "with_presence",
    "with_tasks",
    "write_sample",
    "write_template",
]

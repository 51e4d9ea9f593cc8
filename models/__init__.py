"""Problems, plans, rules, payoffs, bounds and the engines that find plans.

Imports no other package of allot. The engines are in ``models.engines``. They are imported at first use, and so is all
else that has compiled loops: to load what compiles them takes longer than what most commands do.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from models.duration_text import parse_duration
from models.errors import (
    AllotError,
    CacheError,
    CapabilityError,
    CheckError,
    InternalError,
    LockError,
    OptionError,
    OptionTypeError,
    PolicyError,
    SnapshotError,
    UnreadableError,
    WorkersError,
    did_you_mean,
    disk_errors_at,
    fault_of_a_file,
    lacks_extra,
    nearest,
)
from models.executor import Done, Executor, Threads, Work, attempt, do_all, executor_of
from models.plans.changes import Change, Changes, Why, changes_between, linked_changes
from models.plans.check import CheckResult, Violation, check
from models.plans.limits import Limits, all_cores, relative_gap
from models.plans.outcome import (
    ENGINES,
    BoundSource,
    Engine,
    Observer,
    Outcome,
    Prices,
    Proof,
    Stop,
    Turn,
    proof_of,
    silent,
)
from models.plans.plan import Evaluation, Plan, empty_objective, evaluate, pinned_plan
from models.plans.rules import Rule
from models.problem.assemble import NEVER, AgentColumns, PairColumns, TaskColumns, assemble
from models.problem.builder import ProblemBuilder
from models.problem.clock import Clocks, make_clocks
from models.problem.eligibility import Eligibility, Requirement, SkillTable
from models.problem.payoff import LATE, ON_TIME, STEPS, Worth, exact
from models.problem.problem import NO_LIMIT, Pairs, Problem
from models.problem.sequencing import starts_in_time
from models.problem.terms import WEIGHT_FIELDS, Terms
from models.runs.codes import Code, msg, msgs
from models.runs.done_measures import DONE_MEASURES
from models.runs.levels import (
    AGENT,
    ENTERPRISE,
    LEVELS,
    PEOPLE_LEVELS,
    PERIOD,
    PLACES,
    SKILL,
    TASK_LEVELS,
    Level,
)
from models.runs.measures import AGES, MEASURES, Measure, Quantity
from models.runs.messages import Message, MessageColumn, message_table
from models.runs.notices import Notice
from models.runs.plain import from_plain, to_plain
from models.runs.reason import Reason
from models.runs.record import (
    SCHEMA_VERSION,
    CheckRecord,
    Counts,
    CurveRecord,
    EditCost,
    EditRecord,
    HourWorth,
    IdlePeople,
    LaterNotice,
    PartsRecord,
    PeopleTime,
    PolicyRecord,
    ReplanRecord,
    RunRecord,
)
from models.runs.tables import (
    AGENTS_TABLE,
    CERTIFICATE_TABLE,
    CERTIFICATE_TASKS_TABLE,
    CHANGES_TABLE,
    CURVE_TABLE,
    DESCRIPTIVE,
    HOURS_TABLE,
    KPIS_TABLE,
    MESSAGES_TABLE,
    PLAN_TABLE,
    REJECTS_TABLE,
    RUN_TABLES,
    UNPLANNED_TABLE,
    RunColumn,
    RunTable,
)
from models.runs.watched import (
    FIRING,
    PENDING,
    RED,
    RESOLVED,
    RUN_AGE,
    SOURCE,
    SOURCE_AGE,
    YELLOW,
    AlertRecord,
    TargetRecord,
)
from models.variants.choice import done_by, done_by_nobody
from models.variants.fixing import STABILITY_STEP, fix, freeze, obliging, preferring

if TYPE_CHECKING:
    from models.bounds.certificate import (
        UNIT_BITS,
        bound_of_parts,
        certified_bound,
        is_too_large,
        make_prices,
        task_surplus,
    )
    from models.bounds.task_prices import certified_by_task_prices
    from models.compiled import Compiling, compiling, require_cache
    from models.plans.reasons import Shortage, on_time_possible, reasons, shortage
    from models.variants.excerpt import Excerpt, excerpt
    from models.worth.hour_value import HourWork, hour_values, hour_work, hours_of, window_starts, work_together
    from models.worth.making_room import most_lost
    from models.worth.priced_modes import PricedModes, modes_of, price_at, priced_modes
    from models.worth.skill_value import worth_of_allowing
    from models.worth.thresholds import Threshold, Thresholds, earned_per_point, thresholds

_MODULES = {
    "models.bounds.certificate": "UNIT_BITS bound_of_parts certified_bound is_too_large make_prices task_surplus",
    "models.bounds.task_prices": "certified_by_task_prices",
    "models.compiled": "Compiling compiling require_cache",
    "models.plans.reasons": "Shortage on_time_possible reasons shortage",
    "models.variants.excerpt": "Excerpt excerpt",
    "models.worth.hour_value": "HourWork hour_values hour_work hours_of window_starts work_together",
    "models.worth.making_room": "most_lost",
    "models.worth.priced_modes": "PricedModes modes_of price_at priced_modes",
    "models.worth.skill_value": "worth_of_allowing",
    "models.worth.thresholds": "Threshold Thresholds earned_per_point thresholds",
}
_LATER = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """A name that is loaded when it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"module 'models' has no attribute '{name}'")
    return getattr(import_module(_LATER[name]), name)


__all__ = [
    "AGENT",
    "AGENTS_TABLE",
    "AGES",
    "CERTIFICATE_TABLE",
    "CERTIFICATE_TASKS_TABLE",
    "CHANGES_TABLE",
    "CURVE_TABLE",
    "DESCRIPTIVE",
    "DONE_MEASURES",
    "ENGINES",
    "ENTERPRISE",
    "FIRING",
    "HOURS_TABLE",
    "KPIS_TABLE",
    "LATE",
    "LEVELS",
    "MEASURES",
    "MESSAGES_TABLE",
    "NEVER",
    "NO_LIMIT",
    "ON_TIME",
    "PENDING",
    "PEOPLE_LEVELS",
    "PERIOD",
    "PLACES",
    "PLAN_TABLE",
    "RED",
    "REJECTS_TABLE",
    "RESOLVED",
    "RUN_AGE",
    "RUN_TABLES",
    "SCHEMA_VERSION",
    "SKILL",
    "SOURCE",
    "SOURCE_AGE",
    "STABILITY_STEP",
    "STEPS",
    "TASK_LEVELS",
    "UNIT_BITS",
    "UNPLANNED_TABLE",
    "WEIGHT_FIELDS",
    "YELLOW",
    "AgentColumns",
    "AlertRecord",
    "AllotError",
    "BoundSource",
    "CacheError",
    "CapabilityError",
    "Change",
    "Changes",
    "CheckError",
    "CheckRecord",
    "CheckResult",
    "Clocks",
    "Code",
    "Compiling",
    "Counts",
    "CurveRecord",
    "Done",
    "EditCost",
    "EditRecord",
    "Eligibility",
    "Engine",
    "Evaluation",
    "Excerpt",
    "Executor",
    "HourWork",
    "HourWorth",
    "IdlePeople",
    "InternalError",
    "LaterNotice",
    "Level",
    "Limits",
    "LockError",
    "Measure",
    "Message",
    "MessageColumn",
    "Notice",
    "Observer",
    "OptionError",
    "OptionTypeError",
    "Outcome",
    "PairColumns",
    "Pairs",
    "PartsRecord",
    "PeopleTime",
    "Plan",
    "PolicyError",
    "PolicyRecord",
    "PricedModes",
    "Prices",
    "Problem",
    "ProblemBuilder",
    "Proof",
    "Quantity",
    "Reason",
    "ReplanRecord",
    "Requirement",
    "Rule",
    "RunColumn",
    "RunRecord",
    "RunTable",
    "Shortage",
    "SkillTable",
    "SnapshotError",
    "Stop",
    "TargetRecord",
    "TaskColumns",
    "Terms",
    "Threads",
    "Threshold",
    "Thresholds",
    "Turn",
    "UnreadableError",
    "Violation",
    "Why",
    "Work",
    "WorkersError",
    "Worth",
    "all_cores",
    "assemble",
    "attempt",
    "bound_of_parts",
    "certified_bound",
    "certified_by_task_prices",
    "changes_between",
    "check",
    "compiling",
    "did_you_mean",
    "disk_errors_at",
    "do_all",
    "done_by",
    "done_by_nobody",
    "earned_per_point",
    "empty_objective",
    "evaluate",
    "exact",
    "excerpt",
    "executor_of",
    "fault_of_a_file",
    "fix",
    "freeze",
    "from_plain",
    "hour_values",
    "hour_work",
    "hours_of",
    "is_too_large",
    "lacks_extra",
    "linked_changes",
    "make_clocks",
    "make_prices",
    "message_table",
    "modes_of",
    "most_lost",
    "msg",
    "msgs",
    "nearest",
    "obliging",
    "on_time_possible",
    "parse_duration",
    "pinned_plan",
    "preferring",
    "price_at",
    "priced_modes",
    "proof_of",
    "reasons",
    "relative_gap",
    "require_cache",
    "shortage",
    "silent",
    "starts_in_time",
    "task_surplus",
    "thresholds",
    "to_plain",
    "window_starts",
    "work_together",
    "worth_of_allowing",
]

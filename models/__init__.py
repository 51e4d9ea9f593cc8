"""Problems, plans, rules, payoffs, bounds and the engines that find plans.

Imports no other package of allot. The engines are in ``models.engines`` and are imported at first use.
"""

from models.bounds.certificate import UNIT_BITS, certified_bound, make_prices, task_surplus
from models.bounds.task_prices import certified_by_task_prices
from models.compiled import Compiling, compiling, require_cache
from models.duration_text import parse_duration
from models.errors import (
    DISK_ERRORS,
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
    did_you_mean,
    disk_errors_at,
    lacks_extra,
    nearest,
)
from models.plans.changes import Change, Changes, Why, changes_between, linked_changes
from models.plans.check import CheckResult, Violation, check
from models.plans.limits import Limits, all_cores, relative_gap
from models.plans.outcome import ENGINES, BoundSource, Engine, Observer, Outcome, Prices, Proof, Stop, silent
from models.plans.plan import Evaluation, Plan, empty_objective, evaluate, pinned_plan
from models.plans.reasons import Shortage, on_time_possible, reasons, shortage
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
from models.runs.plain import to_plain
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
from models.variants.choice import done_by, done_by_nobody
from models.variants.excerpt import Excerpt, excerpt
from models.variants.fixing import STABILITY_STEP, fix, freeze, obliging, preferring
from models.worth.hour_value import hour_values, window_starts
from models.worth.making_room import most_lost
from models.worth.priced_modes import PricedModes, modes_of, price_at, priced_modes
from models.worth.skill_value import worth_of_allowing
from models.worth.thresholds import Threshold, Thresholds, earned_per_point, thresholds

__all__ = [
    "AGENT",
    "AGENTS_TABLE",
    "AGES",
    "CERTIFICATE_TABLE",
    "CERTIFICATE_TASKS_TABLE",
    "CHANGES_TABLE",
    "CURVE_TABLE",
    "DESCRIPTIVE",
    "DISK_ERRORS",
    "DONE_MEASURES",
    "ENGINES",
    "ENTERPRISE",
    "HOURS_TABLE",
    "KPIS_TABLE",
    "LATE",
    "LEVELS",
    "MEASURES",
    "MESSAGES_TABLE",
    "NEVER",
    "NO_LIMIT",
    "ON_TIME",
    "PEOPLE_LEVELS",
    "PERIOD",
    "PLACES",
    "PLAN_TABLE",
    "REJECTS_TABLE",
    "RUN_TABLES",
    "SCHEMA_VERSION",
    "SKILL",
    "STABILITY_STEP",
    "STEPS",
    "TASK_LEVELS",
    "UNIT_BITS",
    "UNPLANNED_TABLE",
    "WEIGHT_FIELDS",
    "AgentColumns",
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
    "EditCost",
    "EditRecord",
    "Eligibility",
    "Engine",
    "Evaluation",
    "Excerpt",
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
    "TaskColumns",
    "Terms",
    "Threshold",
    "Thresholds",
    "UnreadableError",
    "Violation",
    "Why",
    "Worth",
    "all_cores",
    "assemble",
    "certified_bound",
    "certified_by_task_prices",
    "changes_between",
    "check",
    "compiling",
    "did_you_mean",
    "disk_errors_at",
    "done_by",
    "done_by_nobody",
    "earned_per_point",
    "empty_objective",
    "evaluate",
    "exact",
    "excerpt",
    "fix",
    "freeze",
    "hour_values",
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
    "worth_of_allowing",
]

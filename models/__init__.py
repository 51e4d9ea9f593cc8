"""What a problem, a plan, a rule, a payoff, a bound and a proof are, and how plans are found.

Imports nothing else of allot. The engines live in ``models.engines`` and are loaded on first use.
"""

from models.assemble import NEVER, AgentColumns, PairColumns, TaskColumns, assemble
from models.builder import ProblemBuilder
from models.certificate import UNIT_BITS, certified_bound, make_prices
from models.check import CheckResult, Violation, check
from models.clock import Clocks, make_clocks
from models.columns import DESCRIPTIVE, HOUR_COLUMNS, PLAN_COLUMNS, UNPLANNED_COLUMNS
from models.eligibility import Eligibility, Requirement, SkillTable
from models.engine_names import ENGINES
from models.errors import (
    DISK_ERRORS,
    AllotError,
    CapabilityError,
    CheckError,
    InternalError,
    LockError,
    PolicyError,
    SnapshotError,
    disk_errors_at,
    nearest,
)
from models.hour_value import hour_values, window_starts
from models.lengths import parse_duration
from models.limits import Limits, relative_gap
from models.outcome import Engine, Observer, Outcome, Prices, Proof, Stop, silent
from models.payoff import LATE, ON_TIME, STEPS, Worth, exact
from models.plan import Evaluation, Plan, empty_objective, evaluate, pinned_plan
from models.problem import NO_LIMIT, Pairs, Problem
from models.reasons import Reason, Shortage, on_time_possible, reasons, shortage
from models.rules import Rule
from models.terms import WEIGHT_FIELDS, Terms

__all__ = [
    "DESCRIPTIVE",
    "DISK_ERRORS",
    "ENGINES",
    "HOUR_COLUMNS",
    "LATE",
    "NEVER",
    "NO_LIMIT",
    "ON_TIME",
    "PLAN_COLUMNS",
    "STEPS",
    "UNIT_BITS",
    "UNPLANNED_COLUMNS",
    "WEIGHT_FIELDS",
    "AgentColumns",
    "AllotError",
    "CapabilityError",
    "CheckError",
    "CheckResult",
    "Clocks",
    "Eligibility",
    "Engine",
    "Evaluation",
    "InternalError",
    "Limits",
    "LockError",
    "Observer",
    "Outcome",
    "PairColumns",
    "Pairs",
    "Plan",
    "PolicyError",
    "Prices",
    "Problem",
    "ProblemBuilder",
    "Proof",
    "Reason",
    "Requirement",
    "Rule",
    "Shortage",
    "SkillTable",
    "SnapshotError",
    "Stop",
    "TaskColumns",
    "Terms",
    "Violation",
    "Worth",
    "assemble",
    "certified_bound",
    "check",
    "disk_errors_at",
    "empty_objective",
    "evaluate",
    "exact",
    "hour_values",
    "make_clocks",
    "make_prices",
    "nearest",
    "on_time_possible",
    "parse_duration",
    "pinned_plan",
    "reasons",
    "relative_gap",
    "shortage",
    "silent",
    "window_starts",
]

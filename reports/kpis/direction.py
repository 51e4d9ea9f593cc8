"""Which way a figure gets better."""

_LESS = (
    "late", "unplanned", "overdue", "fines", "backlog_after", "minutes_left", "minutes_open", "plannable", "rejected",
    "sla_missed", "wait", "turnaround", "start_", "finish_", "gap", "gain_gap", "at_risk", "agents_under",
    "agents_over", "load_spread",
)  # fmt: skip


def less_is_better(measure: str) -> bool:
    """Whether the measure is one of what is missed, late, waiting or lost."""
    return measure.startswith(_LESS)


def meets(measure: str, value: float, target: float) -> bool:
    """Whether a figure is as good as its target, or better."""
    return value <= target if less_is_better(measure) else value >= target

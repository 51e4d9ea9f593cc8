"""The columns of a run's tables, named once for writing and for showing them."""

DESCRIPTIVE = ("process", "tenant", "department", "segment", "channel", "value", "penalty")
"""What describes a task, planned or not."""

PLAN_COLUMNS = (
    *("task_id", "agent_id", "sequence", "start_at", "end_at", "minutes", "due_at", "outcome", "payoff", "pinned"),
    *DESCRIPTIVE,
)
UNPLANNED_COLUMNS = ("task_id", "reason", "detail", "due_at", "payoff", *DESCRIPTIVE)
HOUR_COLUMNS = ("requirement", "from_time", "until_time", "points_per_hour", "agents", "minutes_asked")

"""Taking in what the configured sources have sent.

Belongs here: which sources there are, what is told of each, what became of it. Not here: how sources are read
(`data/feeds`), what is said on the terminal (`scheduler/cli`).
"""

from scheduler.intake.rejects import rejected, retry_rejected
from scheduler.intake.run import Taken, intake_of, process_defaults, rules_of, run_intake, send_file
from scheduler.intake.status import source_status

__all__ = [
    "Taken",
    "intake_of",
    "process_defaults",
    "rejected",
    "retry_rejected",
    "rules_of",
    "run_intake",
    "send_file",
    "source_status",
]

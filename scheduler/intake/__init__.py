"""Takes in what the configured sources have sent.

Belongs here: which function reads which configured source, and what came of it. Not here: how a kind of source is read
(`data/feeds`), its settings (`scheduler/config`), text for the terminal (`scheduler/cli`).
"""

from scheduler.intake.rejects import rejected, retry_rejected
from scheduler.intake.run import Taken, intake_of, process_defaults, rules_of, run_intake, send_file
from scheduler.intake.status import age_in_words, files_in_error, max_ages, source_status

__all__ = [
    "Taken",
    "age_in_words",
    "files_in_error",
    "intake_of",
    "max_ages",
    "process_defaults",
    "rejected",
    "retry_rejected",
    "rules_of",
    "run_intake",
    "send_file",
    "source_status",
]

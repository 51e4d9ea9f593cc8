"""Edits, the changes that a planner makes by hand: read, checked against the snapshot, and applied to its tables.

All consequences of an edit (eligibility, duration, payoff, reason) then follow from the edited tables. `allot check`
applies the same edits with separate code (`scheduler/audit/edits.py`).
Belongs here: reading and applying edits. Not here: planning again (`replanning`).
"""

from scheduler.edits.apply import Edited, apply_edits
from scheduler.edits.carry import carry_over, without_taken_back
from scheduler.edits.conflicts import refuse_conflicts, without_unfit
from scheduler.edits.edit import Edit, EditError, Written
from scheduler.edits.files import edits_to_json, read_edits_file, read_edits_json, what_counts
from scheduler.edits.resolve import resolve
from scheduler.edits.sheets import SheetEdits, read_edits_workbook

__all__ = [
    "Edit",
    "EditError",
    "Edited",
    "SheetEdits",
    "Written",
    "apply_edits",
    "carry_over",
    "edits_to_json",
    "read_edits_file",
    "read_edits_json",
    "read_edits_workbook",
    "refuse_conflicts",
    "resolve",
    "what_counts",
    "without_taken_back",
    "without_unfit",
]

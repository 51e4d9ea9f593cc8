"""The memory: runs added to the history, figures read back by day, week or month, actuals, standards, retention.

Belongs here: what is kept, looked up and worked out. Not here: tables (`data/store`), pages and workbooks
(`reports/history`).
"""

from scheduler.history.adding import Added, Rebuilt, add_runs, catch_up, note_earlier, note_lacking, note_run, rebuild

__all__ = ["Added", "Rebuilt", "add_runs", "catch_up", "note_earlier", "note_lacking", "note_run", "rebuild"]

"""An explanation in plain words, of the plain values that ``--json`` prints; nothing is worked out here but words."""

from reports.explanation.agent import agent_lines
from reports.explanation.task import task_lines

__all__ = ["agent_lines", "task_lines"]

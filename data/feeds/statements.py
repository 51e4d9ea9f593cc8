"""What the statements of a source of kind sql may be, told before a database sees them; loads no library."""

import re

_SPACE = r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*"
_SELECT = re.compile(rf"{_SPACE}(SELECT|WITH)\b", re.IGNORECASE | re.DOTALL)
_UPDATE = re.compile(rf"{_SPACE}(UPDATE|WITH)\b", re.IGNORECASE | re.DOTALL)


def fault_of_read(read: str) -> str | None:
    """Why a statement is none that reads; ``None`` where it may be one."""
    return None if _SELECT.match(read) else "must be a SELECT; rows are changed by 'mark' alone"


def fault_of_mark(mark: str) -> str | None:
    """Why a statement is none that marks a row; ``None`` where it may be one."""
    return None if _UPDATE.match(mark) else "must be an UPDATE, such as UPDATE work SET taken = 1 WHERE id = :task_id"

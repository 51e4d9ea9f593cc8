"""How much the tests try of what hypothesis invents: `ALLOT_TRIES` times the usual number of examples.

Usually the examples are the same every time. With more than the usual number, they are others every time: so faults are
searched for that no test knows.
"""

import os

TIMES = float(os.environ.get("ALLOT_TRIES", "1"))
SEARCHING = TIMES > 1


def tried(count: int) -> int:
    """How many examples of so many are tried."""
    return max(5, int(count * TIMES))

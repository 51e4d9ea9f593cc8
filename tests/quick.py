"""How much the tests try: everything, or with ``make test-quick`` a tenth of what hypothesis would invent."""

import os

QUICK = bool(os.environ.get("ALLOT_QUICK_TESTS"))


def tried(count: int) -> int:
    """How many examples of so many are tried."""
    return max(5, count // 10) if QUICK else count

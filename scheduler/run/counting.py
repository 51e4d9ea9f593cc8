"""Counted nouns in the lines of commands. Those of reports are `counted` in reports/words, in any language."""


def count_of(number: int, one: str, many: str = "") -> str:
    """``1 task``, ``2,000 tasks``; ``many`` where the plural is more than an s: ``2 people``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"

"""Rows of text as lines of a terminal."""

from collections.abc import Sequence

from reports.words.wording import room


def in_columns(rows: Sequence[Sequence[str]], figures: Sequence[bool]) -> list[str]:
    """Rows as lines with aligned columns, ``figures`` aligned to the right."""
    widths = [max(map(room, column)) for column in zip(*rows, strict=True)]
    padded = (
        [padded_to(width, text, right) for text, width, right in zip(row, widths, figures, strict=True)] for row in rows
    )
    return ["  ".join(cells).rstrip() for cells in padded]


def padded_to(width: int, text: str, right: bool) -> str:
    """The text padded with spaces to a width, in front if it is aligned to the right."""
    space = " " * (width - room(text))
    return space + text if right else text + space

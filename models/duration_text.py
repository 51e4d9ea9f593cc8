"""Durations as people write them."""

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> timedelta:
    """The length of a text such as ``60s``, ``90m``, ``10h`` or ``5d`` (a day is 24 h).

    Raises:
        ValueError: the text is not of that form, or its length is not above zero.
    """
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([smhd])", text.strip())
    length = timedelta(seconds=float(match[1]) * _UNITS[match[2]]) if match else timedelta(0)
    if length <= timedelta(0):
        raise ValueError(f"'{text}' is not a length of time; write a number and s, m, h or d, such as 90m")
    return length

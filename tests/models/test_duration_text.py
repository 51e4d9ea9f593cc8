import pytest

from models import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60), ("90m", 5400), ("10h", 36000), ("5d", 432000), (" 1.5 h ", 5400)]
)
def test_reads_lengths(text: str, seconds: int) -> None:
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "90", "m", "0m", "-5m", "5 weeks", "1h30m", "nan h", "5D"])
def test_refuses_other_lengths(text: str) -> None:
    with pytest.raises(ValueError, match="is not a length of time; write a number and s, m, h or d"):
        parse_duration(text)

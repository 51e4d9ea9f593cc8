"""Alerts made shortly."""

from datetime import timedelta

from data import (
    AlertRow,
)
from tests.data.store.planned import EIGHT

LATE = AlertRow(
    name="late", level="site", key="Köln", measure="late", state="firing", severity="red", since=EIGHT, fired_at=EIGHT
)


HOUR = timedelta(hours=1)

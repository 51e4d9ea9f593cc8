"""The task list as a snapshot in memory, for those who show it or hand it out: what cannot be read is left aside."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from data import Snapshot, read_snapshot


def snapshot_of_list(
    tables: Mapping[str, Any],
    zone: str,
    as_of: datetime,
    horizon: timedelta | datetime,
    calendars: Any,
    grain_s: int | None = None,
) -> Snapshot:
    """The tables of the list from a moment on; however many rows are set aside, and also without any.

    Raises:
        SnapshotError: a row that was set aside restricts nobody knows whom.
    """
    return read_snapshot(
        {**tables, "snapshot": {"timezone": zone}},
        as_of=as_of,
        horizon=horizon,
        max_reject_share=1,
        allow_empty=True,
        grain_s=grain_s,
        calendars=calendars,
    )

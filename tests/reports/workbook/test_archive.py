"""Workbooks as files: the same run gives the same bytes."""

import hashlib
import zipfile
from datetime import datetime
from pathlib import Path

from reports import RunView, write_workbook
from tests.reports.runs import view_of
from tests.reports.workbook.sheets import SHEETS, Open


def test_the_same_run_gives_the_same_bytes(mixed: RunView, tmp_path: Path) -> None:
    digests = set()
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(mixed, tmp_path / name)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {member.date_time for member in archive.infolist()} == {(2026, 3, 2, 7, 0, 0)}


def test_document_properties_are_those_of_the_run(opened: Open, mixed: RunView) -> None:
    properties = opened(mixed).properties
    assert (properties.title, properties.creator) == ("Plan 2026-03-02 08:00", "allot")
    assert properties.created == properties.modified == datetime(2026, 3, 2, 7, 0)  # noqa: DTZ001 - UTC


def test_a_run_before_1980_can_be_packed(opened: Open) -> None:
    # zip archives know no earlier time
    assert opened(view_of(as_of="1975-01-01T00:00:00+01:00")).sheetnames == SHEETS

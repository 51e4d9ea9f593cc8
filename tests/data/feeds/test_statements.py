"""What may read and what may mark, told by the statement's first word."""

import pytest

from data.feeds.statements import fault_of_mark, fault_of_read


@pytest.mark.parametrize(
    "read", ["select 1", "  SELECT 1", "-- all work\nSELECT 1", "/* a\n b */ WITH a AS (SELECT 1) SELECT * FROM a"]
)
def test_reads(read):
    assert fault_of_read(read) is None


@pytest.mark.parametrize("read", ["", "DELETE FROM t", "selected", "-- SELECT 1", "/* SELECT */ DROP TABLE t"])
def test_reads_nothing_else(read):
    assert fault_of_read(read) == "must be a SELECT; rows are changed by 'mark' alone"


def test_marks_by_an_update_alone():
    assert fault_of_mark("\nUPDATE t SET a = 1 WHERE id = :id") is None
    assert str(fault_of_mark("DELETE FROM t WHERE id = :id")).startswith("must be an UPDATE, such as UPDATE work")

"""What is lost is said in numbers, with the rows to mend; too much of it refuses a snapshot."""

from typing import Any

import pytest

from data import Snapshot, read_snapshot
from models import Code, Notice, SnapshotError
from tests.data.small import SETTINGS, TABLES, Rows, frames

PEOPLE = [[f"B{n}", f"Person {n}"] for n in range(40)]
MANY_AGENTS: Rows = [["agent_id", "name", "max_utilization"], ["A1", "Ana", None], ["A2", "Bo", None]]


def read(*, allow_empty: bool = False, settings: dict[str, str] | None = None, **tables: Rows) -> Snapshot:
    return read_snapshot({**frames(**tables), "snapshot": settings or SETTINGS}, allow_empty=allow_empty)


def refused(**options: Any) -> str:
    with pytest.raises(SnapshotError) as refusal:
        read(**options)
    return str(refusal.value)


def test_a_clean_snapshot_has_no_notices() -> None:
    assert read().notices == ()


def test_people_who_are_set_aside() -> None:
    snapshot = read(agents=[*MANY_AGENTS, ["A3", "Cy", "much"]])
    assert snapshot.notices == (
        Notice(
            code=Code.AGENTS_SET_ASIDE,
            count=1,
            of=3,
            table="agents",
            place="agents",
            names=("A3",),
            rows=(4,),
        ),
    )


def test_work_that_goes_with_its_process_and_the_rows_to_mend() -> None:
    snapshot = read(processes=[["process", "minutes"], ["claim", "-1"], ["query", "5"]])
    found = {notice.code: notice for notice in snapshot.notices}
    cascade = found[Code.TASKS_CASCADED]
    assert (cascade.count, cascade.of, cascade.table) == (2, 3, "processes")
    assert (cascade.names, cascade.rows) == (("claim",), (2,))
    assert found[Code.PROCESSES_SET_ASIDE].count == 1
    assert Code.TASKS_SET_ASIDE not in found


def test_people_without_working_time_in_the_period() -> None:
    shifts = [*TABLES["shifts"][:2], ["A2", "2026-01-04T08:00", "2026-01-05T08:00"]]
    (notice,) = read(shifts=shifts).notices
    assert (notice.code, notice.count, notice.of) == (Code.AGENTS_WITHOUT_TIME, 1, 2)
    assert (notice.table, notice.names, notice.rows) == ("agents", ("A2",), (3,))


@pytest.mark.parametrize("table", ["agents", "processes", "agent_skills", "shifts", "pairs"])
def test_one_bad_row_of_a_table_never_refuses_and_two_of_few_do(table: str) -> None:
    good: dict[str, Rows] = {**TABLES, "pairs": [["task_id", "agent_id"], ["T1", "A1"]]}
    wide = [[*row, *["" for _ in range(len(good[table][0]) - len(row))]] for row in good[table]]
    bad = {"agents": [[None, "x"]], "processes": [["p", "much", None]], "agent_skills": [["A2", "x", "much"]]}
    more = {"shifts": [["A1", "soon", "later"]], "pairs": [["T2", "Z"]]}
    one = (bad | more)[table][0]
    two = {
        "agents": [None, "y"],
        "processes": ["q", "much", None],
        "agent_skills": ["A2", "y", "z"],
        "pairs": ["T3", "Z"],
    }
    assert read(**{table: [*wide, one]}).rejects.height == 1
    told = refused(**{table: [*wide, one, two.get(table, ["A2", "soon", "later"])]})
    assert f"{table}: 2 of {len(wide) + 1} rows break a rule, more than the 0.05" in told


def test_two_of_many_do_not_refuse() -> None:
    agents: Rows = [["agent_id", "name"], ["A1", "Ana"], ["A2", "Bo"], *PEOPLE, [None, "x"], [None, "y"]]
    assert read(agents=agents).rejects.height == 2


def test_a_table_that_loses_all_its_rows_is_refused_with_what_it_is_lost_with() -> None:
    processes: Rows = [["process", "minutes"], ["claim", "-1"], ["query", "5"]]
    tasks: Rows = [["task_id", "process"], ["T1", "claim"], ["T2", "claim"]]
    assert refused(processes=processes, tasks=tasks) == (
        "tasks: all its 2 rows are set aside (--allow-empty reads it all the same):\n"
        "  tasks row 2 (T1): process 'claim' has a row in processes that was rejected itself\n"
        "  tasks row 3 (T2): process 'claim' has a row in processes that was rejected itself\n"
        "Lost with 1 of processes; mend these first:\n"
        "  processes row 2 (claim): minutes '-1' must be above 0 and at most 10000000"
    )
    assert read(processes=processes, tasks=tasks, allow_empty=True).tasks.is_empty()


def test_a_period_in_which_nobody_works_is_refused() -> None:
    late = {**SETTINGS, "as_of": "2026-01-06T08:00", "horizon_end": "2026-01-06T18:00"}
    assert refused(settings=late) == (
        "none of the 2 people has any working time from 2026-01-06 08:00 to 2026-01-06 18:00, while 3 tasks are to be "
        "planned; the work in shifts lies between 2026-01-05 08:00 and 2026-01-05 16:00: is as_of right? "
        "(--allow-empty reads it all the same)"
    )
    snapshot = read(settings=late, allow_empty=True)
    assert [(notice.code, notice.count) for notice in snapshot.notices] == [(Code.AGENTS_WITHOUT_TIME, 2)]


def test_nobody_needs_to_work_where_nothing_is_to_be_planned() -> None:
    late = {**SETTINGS, "as_of": "2026-01-06T08:00", "horizon_end": "2026-01-06T18:00"}
    done: Rows = [["task_id", "process", "status"], ["T1", "claim", "Completed"], ["T2", "claim", "held"]]
    assert read(settings=late, tasks=done).tasks.height == 2


def test_whether_somebody_works_is_counted_in_whole_grains() -> None:
    half = [["agent_id", "start", "end"], ["A1", "2026-01-05T08:00:30", "2026-01-05T08:01:30"]]
    tables = {**frames(shifts=half), "snapshot": SETTINGS}
    assert "the 2 people" in refused(shifts=half)
    assert read_snapshot(tables, grain_s=30).agents.height == 2


def test_rows_that_take_all_time_are_named_where_nobody_is_left() -> None:
    rows = [[*row, "work"] for row in TABLES["shifts"][1:]]
    shifts: Rows = [["agent_id", "start", "end", "kind"], *rows[:1], ["A1", "?", "?", "break"]]
    assert "mend what takes it from them: shifts, rows 3" in refused(shifts=shifts)


def test_percentages_are_shares_and_a_bare_percentage_is_told_how_to_be_one() -> None:
    head, good = ["agent_id", "max_utilization"], [["A1", "90 %"], ["A2", "80%"]]
    assert read(agents=[head, *good]).agents["max_utilization"].to_list() == [0.9, 0.8]
    told = read(agents=[head, *good, ["A3", "90"]]).rejects["message"].to_list()
    assert told == ["max_utilization '90' must be above 0 and at most 1; write 0.9 or 90 %"]
    assert read(agents=[head, *good, ["A3", "120 %"]]).rejects["rule"].to_list() == ["range"]


@pytest.mark.parametrize("table", ["tasks", "agents", "shifts"])
def test_tables_without_rows_are_read_where_that_is_allowed(table: str) -> None:
    empty: dict[str, Rows] = {table: TABLES[table][:1]}
    assert "has no rows" in refused(**empty)
    if table != "agents":  # whose loss would leave the shifts to nobody
        assert read(**empty, allow_empty=True).rows_read[table] == 0

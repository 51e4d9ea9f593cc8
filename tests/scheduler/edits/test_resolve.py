from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from scheduler.edits import Edit, EditError, resolve
from tests.scheduler.edits.small import MONDAY, office, tasks


def one(kind, text, *earlier, snapshot=None):
    (edit,) = resolve([(kind, text)], snapshot or office(), earlier)
    return edit


def refused(kind, text, *earlier, snapshot=None):
    with pytest.raises(EditError) as error:
        one(kind, text, *earlier, snapshot=snapshot)
    return str(error.value)


@pytest.mark.parametrize("kind", ["pin", "forbid"])
def test_a_task_and_an_agent(kind):
    edit = one(kind, "T1=Ann")
    assert (edit.kind, edit.task, edit.agent) == (kind, "T1", "Ann")


def test_a_name_may_hold_the_sign_that_separates():
    odd = tasks(task_id=["T=1", "T", "T3", "T4", "T5", "T6"])
    assert one("pin", "T=1=Ann", snapshot=office(tasks=odd)).task == "T=1"


@pytest.mark.parametrize(
    ("text", "hours"), [("Ann", 0), ("Ann@10:00", 2), ("Ann@2026-03-02T09:00", 1), ("Ann@07:00", 0)]
)
def test_when_somebody_leaves(text, hours):
    assert one("agent_out", text).at == MONDAY + timedelta(hours=hours)


def test_times_are_local_to_the_snapshot():
    berlin = {"as_of": "2026-03-02T08:00", "horizon": "4h", "timezone": "Europe/Berlin"}
    assert one("agent_late", "Ann=10:30", snapshot=office(snapshot=berlin)).at == MONDAY + timedelta(hours=1.5)


def test_a_boost_names_what_tasks_have():
    edit = one("boost", "process:claim=2.5")
    assert (edit.level, edit.key, edit.factor) == ("process", "claim", 2.5)


def test_a_task_that_an_edit_adds_can_be_named_by_others(tmp_path: Path):
    file = tmp_path / "urgent.csv"
    file.write_text("task_id,process,value\nU1,claim,99\n", encoding="utf-8")
    pin, add = sorted(
        resolve([("pin", "U1=Ann"), ("add_task", str(file))], office()), key=lambda e: e.kind == "add_task"
    )
    assert pin.task == "U1"
    assert add.rows[0]["value"] == 99


def test_a_file_may_repeat_a_task_that_an_earlier_run_added(tmp_path: Path):
    file = tmp_path / "urgent.csv"
    file.write_text("task_id,process,value\nU1,claim,99\n", encoding="utf-8")
    earlier = one("add_task", str(file))
    file.write_text("task_id,process,value\nU1,claim,50\nU2,claim,9\n", encoding="utf-8")
    assert [row["value"] for row in one("add_task", str(file), earlier).rows] == [50, 9]


def test_a_boost_may_name_what_only_a_task_of_an_earlier_run_has():
    earlier = Edit(kind="add_task", text="urgent.csv", rows=({"task_id": "U1", "tenant": "north"}, {"task_id": "U2"}))
    assert one("boost", "tenant:north=2", earlier).key == "north"


def test_one_call_does_not_add_a_task_twice(tmp_path: Path):
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("task_id,process\nU1,claim\n", encoding="utf-8")
    files = [("add_task", str(tmp_path / name)) for name in ("one.csv", "two.csv")]
    with pytest.raises(EditError, match="task 'U1' is in the snapshot already"):
        resolve(files, office())


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("pin", "T11=Ann", "pin T11=Ann: there is no task 'T11'; did you mean 'T1'?"),
        ("pin", "T1=Anne", "pin T1=Anne: there is no agent 'Anne'; did you mean 'Ann'?"),
        ("pin", "T1", "pin T1: it is written pin TASK=AGENT."),
        ("pin", "", "pin: it is written pin TASK=AGENT."),
        (
            "agent_late",
            "Ann=07:00",
            "agent_late Ann=07:00: 07:00 is not after the moment of the snapshot, 2026-03-02 08:00",
        ),
        ("agent_late", "Ann=soon", "agent_late Ann=soon: 'soon' is not a time"),
        ("due", "T1=25:00", "a time is local to the snapshot"),
        ("boost", "team:x=2", "boost team:x=2: work is not weighted by 'team'"),
        ("boost", "tenent:x=2", "by 'tenent'; did you mean 'tenant'? Known: "),
        ("agent_out", "ann@example.com", "agent_out ann@example.com: there is no agent 'ann@example.com'"),
        ("agent_out", "ann@example.com@09:00", "there is no agent 'ann@example.com'"),
        ("agent_out", "Ann@soon", "'soon' is not a time"),
        ("boost", "process:claims=2", "no task has the process 'claims'; did you mean 'claim'?"),
        ("boost", "process:claim=-1", "'-1' is not a factor"),
        ("boost", "process:claim=much", "'much' is not a factor"),
        ("boost", "claim=2", "boost claim=2: it is written boost LEVEL:KEY=FACTOR."),
        ("resume", "T1", "resume T1: the task is not on hold, its status is queued"),
        ("unpin", "T1", "unpin T1: task 'T1' is not pinned by an earlier run; nothing is"),
        ("add_task", "nowhere.csv", "add_task nowhere.csv: there is no file nowhere.csv"),
        ("pni", "T1=Ann", "there is no edit 'pni'; did you mean 'pin'?"),
    ],
)
def test_what_cannot_be_meant_is_refused(kind, text, said):
    assert said in refused(kind, text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "task_id,process\nU1,clam\n",
            "urgent.csv row 2 (U1): process 'clam' is not in processes; did you mean 'claim'?",
        ),
        ("task_id,process\nT1,claim\n", "task 'T1' is in the snapshot already"),
        ("task_id,process\n", "urgent.csv has no rows"),
        ("task,process\nU1,claim\n", "the required column 'task_id' is missing"),
    ],
)
def test_added_tasks_keep_the_rules_of_a_snapshot(tmp_path: Path, content, said):
    file = tmp_path / "urgent.csv"
    file.write_text(content, encoding="utf-8")
    assert said in refused("add_task", str(file))


def test_only_tables_are_read_as_tasks(tmp_path: Path):
    file = tmp_path / "urgent.docx"
    file.write_bytes(b"")
    assert "urgent.docx is none of .parquet, .csv, .csv.gz" in refused("add_task", str(file))


@pytest.mark.parametrize(
    "texts", [("boost", "process:claim=2", "process:claim=2.0"), ("pin", "T1=Ann", "T1 = Ann")], ids=str
)
def test_the_same_edit_twice_counts_once(texts):
    kind, *both = texts
    assert len(resolve([(kind, text) for text in both], office())) == 1


def test_the_same_file_of_tasks_twice_is_added_once(tmp_path: Path):
    file = tmp_path / "urgent.csv"
    file.write_text("task_id,process\nU1,claim\n", encoding="utf-8")
    assert len(resolve([("add_task", str(file))] * 2, office())) == 1


def test_an_earlier_pin_is_taken_back_and_an_earlier_hold_resumed():
    assert one("unpin", "T1", Edit(kind="pin", text="T1=Ann", task="T1", agent="Ann")).task == "T1"
    assert one("resume", "T2", Edit(kind="hold", text="T2", task="T2")).task == "T2"
    assert one("resume", "T2", Edit(kind="cancel", text="T2", task="T2")).task == "T2"


def test_what_the_snapshot_has_cancelled_is_not_resumed():
    done = office(tasks=tasks(status=["canceled", *["queued"] * 5]))
    cancel = Edit(kind="cancel", text="T1", task="T1")
    assert "its status is canceled" in refused("resume", "T1", cancel, snapshot=done)


def test_the_nearest_pin_is_named():
    earlier = Edit(kind="pin", text="T1=Ann", task="T1", agent="Ann")
    assert "task 'T3' is not pinned by an earlier run" in refused("unpin", "T3", earlier)


def test_added_tasks_may_come_in_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Aufgabe", "Vorgang", "Fällig", "Minuten"])
    sheet.append(["U1", "claim", "02.03.2026 10:00", "1,5 h"])
    book.save(tmp_path / "urgent.xlsx")
    (row,) = one("add_task", str(tmp_path / "urgent.xlsx")).rows
    assert (row["task_id"], row["minutes"], row["due_at"]) == ("U1", 90.0, datetime(2026, 3, 2, 10, tzinfo=UTC))
    sheet["D2"] = "long"
    book.create_sheet("tasks")
    book.save(tmp_path / "urgent.xlsx")
    assert "urgent.xlsx, sheet 'tasks' is empty" in refused("add_task", str(tmp_path / "urgent.xlsx"))
    del book["tasks"]
    book.save(tmp_path / "urgent.xlsx")
    assert "cell D2: minutes 'long' is not a number" in refused("add_task", str(tmp_path / "urgent.xlsx"))


def test_a_name_does_where_it_is_unique():
    people = pl.DataFrame({"agent_id": ["Ann", "Bob", "Cem"], "name": ["Ann Lee", "Lee", "LEE"]})
    snapshot = office(agents=people)
    made = resolve([("pin", "T1=ann  lee"), ("agent_out", "Ann Lee@10:00"), ("agent_late", "Bob=10:00")], snapshot)
    assert [edit.agent for edit in made] == ["Ann", "Ann", "Bob"]
    with pytest.raises(EditError, match=r"forbid T1=Lee: 'Lee' is the name of Bob and Cem; write the id"):
        resolve([("forbid", "T1=Lee")], snapshot)


def test_all_that_cannot_be_made_is_told_at_once():
    with pytest.raises(EditError, match=r"edits that cannot be made: 2\n  hold T99: .*\n  pin T1=Dan: "):
        resolve([("hold", "T99"), ("hold", "T1"), ("pin", "T1=Dan")], office())

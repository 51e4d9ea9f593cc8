"""`allot config`, `allot store` and `allot tasks`: what they say, and their exit codes."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from data import apply_operations, open_store
from data.store.store import VERSION
from scheduler.cli.app import run
from tests.data.intake.operation_case import at, op

VALUES = {"process": "claim", "value": 6.0, "due_at": at(60), "note": "=1+1"}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and a store of three tasks, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALLOT_CONFIG", raising=False)
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T12:30:00Z")
    (tmp_path / "allot.toml").write_text('timezone = "Europe/Berlin"\n[source.host]\nkind = "http"\n', "utf-8")
    assert run(["store", "upgrade"]) == 0
    store = open_store("sqlite:///allot.db")
    with store.writing() as connection:
        made = [op("create", task_id=name, values=VALUES) for name in ("T1", "T2")]
        apply_operations(connection, [*made, op("create", task_id="T3"), op("complete", task_id="T3")])
    store.close()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it wrote to stdout and stderr."""
    capsys.readouterr()
    code = run(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_without_a_configuration_nothing_is_done(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALLOT_CONFIG", raising=False)
    code, _, err = said(capsys, "tasks", "list")
    assert (code, err) == (
        3,
        "there is no allot.toml in this folder; create one with: allot config template > allot.toml\n",
    )
    (tmp_path / "allot.toml").write_text("polcy = 'x'\n", "utf-8")
    assert said(capsys, "tasks", "list")[0] == 3
    assert list(tmp_path.iterdir()) == [tmp_path / "allot.toml"]


def test_the_template_is_printed_and_passes_the_check(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, out, _ = said(capsys, "config", "template")
    (tmp_path / "mine.toml").write_text(out, "utf-8")
    assert code == 0
    code, _, err = said(capsys, "config", "check", "--config", "mine.toml")
    assert code == 5
    assert "create it with: allot store upgrade" in err
    assert said(capsys, "store", "upgrade", "--config", "mine.toml")[0] == 0
    code, _, err = said(capsys, "config", "check", "--config", "mine.toml")
    assert code == 0
    assert "0 sources, 0 rules, 0 calendars" in err
    assert "store (sqlite:///allot.db): ok" in err


def test_a_store_is_made_and_then_left_alone(desk, capsys):
    code, _, err = said(capsys, "store", "upgrade")
    assert (code, err) == (0, f"the store in sqlite:///{desk}/allot.db is of the version needed, {VERSION}\n")


def test_the_check_tells_what_is_right_and_perhaps_not_meant(desk, capsys):
    rule = '[[rule]]\nname = "gold"\nwhen = "segment = platinum"\nset.value = "5"\n'
    (desk / "allot.toml").write_text(rule, "utf-8")
    code, _, err = said(capsys, "config", "check")
    assert code == 0
    assert "note: rule 'gold' looks at 'platinum', no column of tasks: one that a source brings" in " ".join(
        err.split()
    )


def test_a_newer_store_is_refused(desk, capsys):
    with closing(sqlite3.connect("allot.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (("tasks", "list"), ("store", "check"), ("store", "upgrade")):
        code, _, err = said(capsys, *command)
        assert code == 3
        assert "install the newer allot" in err


def test_the_check_of_the_store_has_exit_code_6(desk, capsys):
    code, _, err = said(capsys, "store", "check")
    assert (code, err) == (0, f"sqlite:///{desk}/allot.db holds: 3 tasks follow from 4 operations\n")
    with closing(sqlite3.connect("allot.db", isolation_level=None)) as connection:
        connection.execute("UPDATE task SET status = 'held' WHERE task_id = 'T2'")
    code, _, err = said(capsys, "store", "check")
    assert code == 6
    assert "task T2: status is 'held', but 'queued' follows from its operations" in err


def test_the_store_is_exported(desk, capsys):
    code, _, err = said(capsys, "store", "export", "out")
    names = ("runs", "assignments", "kpis", "actuals", "targets", "alerts", "actions")
    said_of = ", ".join(["3 rows of task_list", "4 rows of operations", *(f"0 rows of {name}" for name in names)])
    assert (code, err) == (0, f"wrote out: {said_of}\n")
    assert pl.read_parquet("out/task_list.parquet").height == 3


def test_tasks_are_listed(desk, capsys):
    code, out, err = said(capsys, "tasks", "list")
    assert (code, out) == (0, "")
    lines = [line.split() for line in err.splitlines()]
    assert lines[1] == ["T1", "queued", "claim", "2026-03-02", "14:00:00", "6", "host"]
    assert err.endswith("3 tasks\n")


def test_tasks_are_chosen_by_an_expression_and_printed_as_json(desk, capsys):
    code, out, _ = said(capsys, "tasks", "list", "--where", "value > 5 AND task_id <> 'T2'", "--json")
    (task,) = json.loads(out)
    assert code == 0
    assert (task["task_id"], task["due_at"], task["note"]) == ("T1", "2026-03-02T14:00:00+01:00", "=1+1")


@pytest.mark.parametrize(
    "where", ["value >", "nothing = 1", "(SELECT 1)", "value = 1; DROP TABLE task", "read_csv('allot.toml')", "value"]
)
def test_what_is_no_condition_is_wrong_use(desk, capsys, where):
    code, _, err = said(capsys, "tasks", "list", "--where", where)
    assert code == 2
    assert "is not a condition on tasks" in err


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("due_at > TIMESTAMP '2026-03-02 13:59'", ["T1", "T2"]),  # Berlin's clock, as the list shows it
        ("due_at > TIMESTAMP '2026-03-02 14:00'", []),
        ("due_at < DATE '2026-03-03' AND status = 'queued'", ["T1", "T2"]),
        ("1 = 1", ["T1", "T2", "T3"]),
    ],
)
def test_times_are_compared_as_they_are_shown(desk, capsys, where, found):
    code, out, _ = said(capsys, "tasks", "list", "--where", where, "--json")
    assert (code, [task["task_id"] for task in json.loads(out)]) == (0, found)


def test_how_a_time_is_written_is_told(desk, capsys):
    code, _, err = said(capsys, "tasks", "list", "--where", "due_at > '2026-03-02'")
    assert code == 2
    assert "a time is written TIMESTAMP '2026-03-02 08:00'" in " ".join(err.split())


def test_the_list_is_written_as_a_workbook(desk, capsys):
    code, _, err = said(capsys, "tasks", "list", "--xlsx", "list.xlsx")
    assert (code, err) == (0, "wrote list.xlsx: 3 tasks\n")
    header, first, *_ = openpyxl.load_workbook("list.xlsx")["tasks"].iter_rows(values_only=True)
    task = dict(zip(header, first, strict=True))
    assert (task["task_id"], task["note"], str(task["due_at"])) == ("T1", "=1+1", "2026-03-02 14:00:00")


def test_a_task_is_shown_with_its_history(desk, capsys):
    assert run(["tasks", "assign", "T1", "--agent", "A7"]) == 0
    code, _, err = said(capsys, "tasks", "show", "T1")
    assert code == 0
    assert "status: assigned" in err
    assert "agent_id: A7" in err
    history = [line for line in err.splitlines() if line.endswith("applied")]
    assert [line.split()[2] for line in history] == ["create", "assign"]
    assert history[1].startswith("2026-03-02 13:30:00  assign to A7 from (by hand) (")
    told = json.loads(said(capsys, "tasks", "show", "T1", "--json")[1])
    assert told["task"]["agent_id"] == "A7"
    assert [o["operation"] for o in told["operations"]] == ["create", "assign"]


def test_a_task_that_nobody_spoke_of_is_wrong_use(desk, capsys):
    code, _, err = said(capsys, "tasks", "show", "t1")
    assert (code, err) == (2, "no operation has ever been about a task 't1'; ids are case-sensitive\n")


def test_people_change_tasks(desk, capsys):
    for kind, status in (("hold", "held"), ("resume", "queued"), ("cancel", "canceled")):
        code, _, err = said(capsys, "tasks", kind, "T1", "T2")
        assert code == 0
        assert err.splitlines()[1:] == [f"T1: {kind} applied", f"T2: {kind} applied"]
        listed = json.loads(said(capsys, "tasks", "list", "--json")[1])
        assert [task["status"] for task in listed] == [status, status, "completed"]
    assert said(capsys, "store", "check")[0] == 0


def test_the_clock_that_is_set_is_told(desk, capsys):
    assert "warning: the clock is set to" in said(capsys, "tasks", "hold", "T1")[2]


def test_what_is_refused_has_a_reason_and_the_rest_is_done(desk, capsys):
    code, _, err = said(capsys, "tasks", "start", "T1", "T3", "--agent", "A7")
    assert code == 2
    assert "T1: start applied\nT3: start refused: the task is completed\n1 of 2 refused" in err


def test_final_tasks_are_restarted_where_their_source_allows_it(desk, capsys):
    assert said(capsys, "tasks", "restart", "T3")[0] == 2
    with (desk / "allot.toml").open("a") as file:
        file.write("reopen = true\n")
    assert said(capsys, "tasks", "restart", "T3")[0] == 0


def test_rules_run_again_when_a_task_is_restarted(desk, capsys):
    with (desk / "allot.toml").open("a") as file:
        file.write('[[rule]]\nname = "double"\nwhen = "process = \'claim\'"\nset.value = "value * 2"\n')
    for _ in range(2):
        assert said(capsys, "tasks", "restart", "T1")[0] == 0
        assert "value: 12  (rule double)" in said(capsys, "tasks", "show", "T1")[2].splitlines()
    assert said(capsys, "store", "check")[0] == 0


def test_why_a_task_is_held_for_an_error_is_shown(desk, capsys):
    with (desk / "allot.toml").open("a") as file:
        file.write('[[rule]]\nname = "less"\nset.value = "value - 1000"\n')
    assert said(capsys, "tasks", "restart", "T1")[0] == 0
    why = "rule 'less': set.value: -994"
    code, _, err = said(capsys, "tasks", "show", "T1")
    assert code == 0
    lines = err.splitlines()
    at = lines.index("status: errorheld")
    assert lines[at + 1].startswith(f"held for an error: {why}")
    assert ")  applied: " + why in lines[-1]
    told = json.loads(said(capsys, "tasks", "show", "T1", "--json")[1])
    assert told["task"]["error"].startswith(why)
    assert told["operations"][-1]["reason"] == told["task"]["error"]


def test_somebody_must_be_named(desk, capsys):
    assert said(capsys, "tasks", "assign", "T1")[0] == 2
    assert said(capsys, "tasks", "hold")[0] == 2


def test_somebody_whom_no_source_has_brought_is_told(desk, capsys):
    assert "warning: no source" not in said(capsys, "tasks", "assign", "T1", "--agent", "A17")[2]
    with (desk / "allot.toml").open("a") as file:
        file.write('[source.people]\nkind = "folder"\npath = "."\ntables = ["agents"]\n')
    (desk / "agents.csv").write_text("agent_id\nA16\n", "utf-8")
    assert said(capsys, "intake", "send", "agents.csv", "--source", "people")[0] == 0
    code, _, err = said(capsys, "tasks", "assign", "T2", "--agent", "A17")
    assert code == 0
    assert "warning: no source has brought an agent 'A17'; did you mean 'A16'?\nT2: assign applied\n" in err
    assert "warning: no source" not in said(capsys, "tasks", "hold", "T2")[2]


def test_escapes_reach_no_terminal(desk, capsys):
    store = open_store("sqlite:///allot.db")
    with store.writing() as connection:
        apply_operations(connection, [op("create", task_id="T\x1b[31m9", values={"process": "\x1b]0;x"})])
    store.close()
    assert "\x1b" not in said(capsys, "tasks", "list")[2]
    assert "\x1b" not in said(capsys, "tasks", "show", "T\x1b[31m9")[2]


def test_what_was_done_is_in_the_view_at_once(desk, capsys, monkeypatch):
    """The view `actuals` had it only after the next cycle."""
    assert said(capsys, "tasks", "start", "T1", "T2", "--agent", "A")[0] == 0
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T12:50:00Z")
    assert said(capsys, "tasks", "complete", "T1")[0] == 0
    with closing(sqlite3.connect(desk / "allot.db")) as connection:
        rows = connection.execute("SELECT task_id, agent_id, minutes, result FROM actuals ORDER BY task_id").fetchall()
    assert rows == [("T1", "A", 20.0, "completed"), ("T2", "A", None, "in_progress")]


def test_what_a_file_says_was_done_is_in_the_view_at_once(desk, capsys):
    (desk / "done.csv").write_text("operation,task_id,agent_id\nstart,T1,A\ncomplete,T1,A\n", "utf-8")
    assert said(capsys, "intake", "send", "done.csv", "--source", "host")[0] == 0
    with closing(sqlite3.connect(desk / "allot.db")) as connection:
        rows = connection.execute("SELECT task_id, agent_id, result FROM actuals WHERE task_id = 'T1'").fetchall()
    assert rows == [("T1", "A", "completed")]


def test_a_configuration_that_is_named_and_not_there_is_a_wrong_path(desk, capsys, monkeypatch):
    code, _, err = said(capsys, "tasks", "list", "--config", "gone.toml")
    assert (code, err.startswith("--config names gone.toml, which does not exist")) == (2, True)
    monkeypatch.setenv("ALLOT_CONFIG", "gone.toml")
    assert said(capsys, "cycle")[0] == 2


def test_the_policy_is_checked_with_the_configuration(desk, capsys):
    """A mistake in it was told by the next cycle."""
    file = desk / "allot.toml"
    file.write_text(f'policy = "policy.toml"\n{file.read_text("utf-8")}', "utf-8")
    code, _, err = said(capsys, "config", "check")
    assert (code, "policy.toml" in err) == (3, True)
    (desk / "policy.toml").write_text('slaa = "hard"\n', "utf-8")
    code, _, err = said(capsys, "config", "check")
    assert (code, "unknown key 'slaa'; did you mean 'sla'?" in err) == (3, True)
    (desk / "policy.toml").write_text('sla = "hard"\n', "utf-8")
    assert said(capsys, "config", "check")[0] == 0

"""A store: made, brought up, refused where it is of another version; its moments, its check, its export."""

import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from data import (
    Store,
    StoreError,
    StoreUnreachableError,
    apply_operations,
    open_store,
    upgrade_store,
)
from data.intake.apply import operations_on
from data.store.listing import VIEWS, task_history
from data.store.store import VERSION, store_url
from data.store.tables import METADATA, Utc, event, verdict
from tests.data.intake.operation_case import NOON, op
from tests.data.store.looked import looking
from tests.scheduler.command import allot

ROOT = Path(__file__).parents[3]


def test_a_store_is_made_once(store_url):
    made = Store(store_url)
    assert made.version() is None
    assert upgrade_store(made) == (None, VERSION)
    assert upgrade_store(made) == (VERSION, VERSION)
    made.close()
    open_store(store_url).close()


def test_the_newest_step_is_the_version():
    config = Config()
    config.set_main_option("script_location", str(ROOT / "data" / "store"))
    config.set_main_option("version_locations", str(ROOT / "data" / "migrations"))
    config.set_main_option("path_separator", "newline")
    assert ScriptDirectory.from_config(config).get_current_head() == VERSION


def test_a_store_that_is_not_there_is_refused_with_what_to_do(store_url):
    with pytest.raises(StoreError, match=r"there is no store in .* yet; create it with: allot store upgrade"):
        open_store(store_url)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0000", "older version .* upgrade it with: allot store upgrade"),
        ("9999", "newer version .* install the newer"),
    ],
)
def test_a_store_of_another_version_is_refused(store, store_url, version, said):
    with store.writing() as connection:
        connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{version}'"))
    with pytest.raises(StoreError, match=said):
        open_store(store_url)


def test_a_newer_store_is_not_brought_down(store):
    with store.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        upgrade_store(store)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_steps_make_the_tables_and_views_that_the_code_knows(store):
    found = sa.inspect(store.engine)
    assert set(found.get_table_names()) == {*METADATA.tables, "alembic_version"}
    for name, table in METADATA.tables.items():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        indexes = {
            (index["name"], tuple(index["column_names"]), bool(index["unique"])) for index in found.get_indexes(name)
        }
        known = {(i.name, tuple(c.name for c in i.columns), bool(i.unique)) for i in table.indexes}
        in_parts = {index for index in known if store.is_sqlite and index[0] == "ix_event_task_id"}
        assert indexes == known - in_parts
    assert set(found.get_view_names()) == set(VIEWS)
    for view, types in VIEWS.items():
        assert [column["name"] for column in found.get_columns(view)] == list(types)


def _as_it_was_before_parts(store):
    with store.writing() as connection:
        for statement in (
            "DROP INDEX ix_event_task_id",
            "DELETE FROM sqlite_stat1",
            "CREATE INDEX ix_event_task_id ON event (task_id)",
            "UPDATE alembic_version SET version_num = '0009'",
        ):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("older", [False, True])
def test_in_sqlite_the_operations_on_a_task_are_found_in_all_parts_of_the_index(tmp_path, older):
    made = Store("sqlite:///allot.db", tmp_path)
    upgrade_store(made)
    if older:
        _as_it_was_before_parts(made)
        assert upgrade_store(made) == ("0009", VERSION)
    made.close()
    again = open_store("sqlite:///allot.db", tmp_path)
    with again.writing() as connection:
        apply_operations(connection, [op("create"), op("create", task_id="T2")])
        later = {**event.c, "event_id": event.c.event_id + 5_000_000, "key": event.c.key + " later"}
        connection.execute(event.insert().from_select(list(later), sa.select(*later.values()).limit(1)))
    with looking(again.engine) as steps, again.reading() as connection:
        _, operations = task_history(connection, "T1")
        several = operations_on(connection, ["T1", "T2"])
    assert [row["event_id"] for row in operations] == [1, 5_000_001]
    assert {name: [o.arrival for o in found] for name, found in several.items()} == {"T1": [1, 5_000_001], "T2": [2]}
    assert not [step for step in steps if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]  # of the ids
    assert len([step for step in steps if "ix_event_task_id (ANY(<expr>) AND task_id=?)" in step]) == 3
    again.close()


def test_a_file_that_is_removed_or_replaced_is_noticed(empty_store, tmp_path):
    file, backup = tmp_path / "allot.db", tmp_path / "backup.db"
    for copy in (file, backup):
        shutil.copy(empty_store, copy)
    opened = open_store("sqlite:///allot.db", tmp_path)

    def create(name: str) -> None:
        with opened.writing() as connection:
            apply_operations(connection, [op("create", task_id=name, key=name)])

    create("before")
    file.unlink()
    with pytest.raises(StoreUnreachableError, match=r"allot.db does not answer: its file has been removed$"):
        create("lost")
    for rest in tmp_path.glob("allot.db-*"):
        rest.unlink()
    backup.rename(file)
    create("after")
    opened.close()
    with closing(sqlite3.connect(file)) as found:
        assert found.execute("SELECT task_id FROM task").fetchall() == [("after",)]


def test_a_file_is_kept_safely(tmp_path):
    made = Store("sqlite:///allot.db", tmp_path)
    upgrade_store(made)
    with made.reading() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "page_size")
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    assert (tmp_path / "allot.db").is_file()
    assert pragmas == ["wal", 2, 1, 2048]
    made.close()


@pytest.mark.parametrize("size", [2048, 4096])
def test_the_log_may_be_as_large_whatever_the_pages_are(tmp_path, size):
    with closing(sqlite3.connect(tmp_path / "allot.db")) as before:
        before.execute(f"PRAGMA page_size = {size}")
        before.execute("CREATE TABLE older (name TEXT)")
    made = Store("sqlite:///allot.db", tmp_path)
    with made.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar()
        assert connection.exec_driver_sql("PRAGMA page_size").scalar() == size
    assert 60_000_000 < pages * size <= 64_000_000
    made.close()


def test_only_where_rows_come_in_batches_is_what_would_undo_them_in_memory(tmp_path):
    made = Store("sqlite:///allot.db", tmp_path)
    upgrade_store(made)
    found = []
    for writing in (made.writing(by_batches=True), made.writing(), made.reading()):
        with writing as connection:
            found.append(connection.exec_driver_sql("PRAGMA temp_store").scalar())
    assert found == [2, 0, 0]
    made.close()


def test_one_writes_at_a_time_and_others_read_on(store, store_url):
    other = open_store(store_url)
    with store.writing() as connection:
        apply_operations(connection, [op("create")])
        with other.reading() as reader:
            assert reader.execute(sa.text("SELECT count(*) FROM task_list")).scalar() == 0
    with other.reading() as reader:
        assert reader.execute(sa.text("SELECT count(*) FROM task_list")).scalar() == 1
    other.close()


def test_a_store_needs_what_it_refers_to(store):
    with pytest.raises(sa.exc.IntegrityError), store.writing() as connection:
        connection.execute(verdict.insert().values(event_id=1, outcome="stale", reason="", changed_at=NOON))


def test_moments_are_utc_with_microseconds(store):
    moment = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    table = sa.Table("probe", sa.MetaData(), sa.Column("at", Utc))
    with store.writing() as connection:
        table.create(connection)
        connection.execute(table.insert().values(at=moment))
        kept = connection.execute(sa.select(table.c.at)).scalar_one()
    assert kept == moment
    assert kept.tzinfo == UTC
    with pytest.raises(sa.exc.StatementError, match="has no time zone"), store.writing() as connection:
        connection.execute(table.insert().values(at=datetime(2026, 3, 2)))  # noqa: DTZ001  that is refused


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "not a URL"),
        ("mysql://x/y", "not mysql"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_what_is_no_store_is_refused(url, said):
    with pytest.raises(StoreError, match=said):
        store_url(url)


def test_a_server_that_does_not_answer_is_told_without_the_password():
    with pytest.raises(StoreUnreachableError, match=r"postgresql://ann:\*\*\*@localhost:1/x does not answer") as told:
        open_store("postgresql://ann:hidden@localhost:1/x")
    assert "hidden" not in str(told.value)


def test_a_file_that_is_no_store_is_told(tmp_path):
    (tmp_path / "allot.db").write_bytes(b"no database at all, but a long text" * 100)
    with pytest.raises(StoreUnreachableError, match="does not answer: file is not a database"):
        open_store("sqlite:///allot.db", tmp_path)


def test_a_locked_file_is_waited_for_and_then_told(store, store_url, monkeypatch):
    if store.is_sqlite:
        monkeypatch.setattr("data.store.store._PATIENCE_S", 0)
        with sqlite3.connect(store.url.database) as holder:
            holder.execute("BEGIN IMMEDIATE")
            impatient = open_store(store_url)
            with pytest.raises(StoreUnreachableError, match="locked"), impatient.writing():
                pass
            impatient.close()
        holder.close()


@pytest.mark.slow
@pytest.mark.parametrize("gone", ["sqlalchemy", "alembic"])
def test_a_part_that_is_not_installed_is_told_with_the_command_that_installs_it(gone):
    without = f"import sys; sys.modules['{gone}'] = None"
    program = (sys.executable, "-c", f"{without}; from scheduler.cli.app import run; sys.exit(run(sys.argv[1:]))")
    done = allot("store", "upgrade", "--config", ROOT / "scheduler/config/template.toml", program=program)
    assert (done.code, done.err) == (
        5,
        "the task list needs a part that is not installed; install it with: pip install 'allot[store]'\n",
    )

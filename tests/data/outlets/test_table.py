"""Tables of both databases: the newest of each task stays, in one transaction or not at all."""

import pytest
import sqlalchemy as sa

from data import OutletError, TableTarget, hand_to_table
from data.outlets import table as table_outlet
from tests.data.outlets.rows import Known, frame, row
from tests.data.store.planned import EIGHT

STRANGE = "=1+1,\"'; DROP TABLE plan; --\n%s :x \\ é"


def content(url, table="plan"):
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.execute(sa.text(f"SELECT task_id, version, agent_id, sequence, state FROM {table}")).all()
    return {found[0]: tuple(found[1:]) for found in rows}


def execute(url, *statements):
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def test_the_highest_version_stays(store_url):
    known, target = Known(), TableTarget(store_url, "plan")
    hand_to_table(target, frame(row("T1", 2), row("T2", 2), row(STRANGE, 2, "Ö")), known)
    assert known.tasks == ["T1", "T2", STRANGE]
    hand_to_table(target, frame(row("T1", 1, "old"), row("T2", 3, None), row("T3", 3)), known)
    after = content(store_url)
    assert after == {
        "T1": (2, "A", 1, "planned"),
        "T2": (3, None, None, "withdrawn"),
        STRANGE: (2, "Ö", 1, "planned"),
        "T3": (3, "A", 1, "planned"),
    }
    hand_to_table(target, frame(row("T2", 3, None), row("T3", 3)), known)
    assert content(store_url) == after


def test_moments_are_exact(store_url):
    hand_to_table(TableTarget(store_url, "plan"), frame(row("T1")), Known())
    engine = sa.create_engine(store_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT start_at FROM plan")).scalar_one()
    assert (EIGHT.fromisoformat(found) if isinstance(found, str) else found) == EIGHT


def test_a_table_of_others_is_used_as_it_is(store_url):
    execute(
        store_url,
        "CREATE TABLE desk (note TEXT DEFAULT 'x', task_id TEXT UNIQUE, version INTEGER, agent_id TEXT, "
        "sequence INTEGER, start_at TIMESTAMP, end_at TEXT, state TEXT)",
    )
    hand_to_table(TableTarget(store_url, "desk"), frame(row("T1"), row("T2")), Known())
    hand_to_table(TableTarget(store_url, "desk"), frame(row("T1", 2, None)), Known())
    assert content(store_url, "desk") == {"T1": (2, None, None, "withdrawn"), "T2": (1, "A", 1, "planned")}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("task_id TEXT PRIMARY KEY, version INTEGER", "lacks agent_id, sequence, start_at, end_at, state"),
        (
            "task_id TEXT, version INTEGER, agent_id TEXT, sequence INTEGER, start_at TEXT, end_at TEXT, state TEXT",
            "has no primary key or unique index on task_id",
        ),
    ],
)
def test_a_table_that_cannot_take_the_rows_is_refused(store_url, columns, said):
    execute(store_url, f"CREATE TABLE plan ({columns})")
    known = Known()
    with pytest.raises(OutletError, match=said):
        hand_to_table(TableTarget(store_url, "plan"), frame(row("T1")), known)
    assert known.tasks == []


def test_a_row_that_is_refused_takes_all_back(store_url):
    execute(
        store_url,
        "CREATE TABLE plan (task_id TEXT PRIMARY KEY, version INTEGER, agent_id TEXT CHECK (agent_id <> 'BAD'), "
        "sequence INTEGER, start_at TEXT, end_at TEXT, state TEXT)",
    )
    known = Known()
    with pytest.raises(OutletError):
        hand_to_table(TableTarget(store_url, "plan"), frame(row("T1"), row("T2", 1, "BAD")), known)
    assert (known.tasks, content(store_url)) == ([], {})


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "is not a URL"),
        ("postgresql+psycopg://ann:hidden@localhost:1/x", "connection"),
        ("sqlite:////nowhere/at/all.db", "there is no folder /nowhere/at"),
        ("mysql+nodriver://x/y", "mysql"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(url, said):
    with pytest.raises(OutletError, match=said) as refused:
        hand_to_table(TableTarget(url, "plan"), frame(row("T1")), Known())
    assert "hidden" not in str(refused.value)
    assert "hidden" not in repr(TableTarget(url, "plan"))


@pytest.mark.services
def test_a_table_in_a_schema(request):
    from tests.services.postgres import new_database

    url = new_database(request.getfixturevalue("postgres_url"))
    execute(url, "CREATE SCHEMA work")
    hand_to_table(TableTarget(url, "work.plan"), frame(row("T1")), Known())
    assert content(url, "work.plan") == {"T1": (1, "A", 1, "planned")}


@pytest.mark.services
def test_a_database_that_goes_away_in_the_middle_has_nothing_and_gets_all_later(request, monkeypatch):
    from tests.services.postgres import new_database

    url = new_database(request.getfixturevalue("postgres_url"))
    bring, known, target = table_outlet._bring, Known(), TableTarget(url, "plan")

    def cut_off(connection, brought, rows):
        bring(connection, brought, rows)
        execute(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )

    with monkeypatch.context() as patch:
        patch.setattr(table_outlet, "_bring", cut_off)
        with pytest.raises(OutletError, match="terminating connection"):
            hand_to_table(target, frame(row("T1"), row("T2")), known)
    assert (known.tasks, content(url)) == ([], {})
    hand_to_table(target, frame(row("T1"), row("T2")), known)
    assert (known.tasks, len(content(url))) == (["T1", "T2"], 2)

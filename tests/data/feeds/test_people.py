"""Tables of people: kept for the snapshot, replaced or merged, never emptied by a bad file."""

import pytest
import sqlalchemy as sa

from data import people_tables, take_people_folder, take_people_sql, try_people_sql
from tests.data.feeds.case import drop, fault_of, intake_of

AGENTS = "agent_id;name;max_utilization\nA1;Zoë;0,9\nA2;Bo;90 %\n"


@pytest.fixture
def place(tmp_path):
    """A folder with an inbound."""
    (tmp_path / "hr" / "inbound").mkdir(parents=True)
    return tmp_path / "hr"


def taken(store, place, mode="replace", tables=("agents", "shifts", "pairs"), source="hr"):
    """The intake of the people in a folder."""
    intake = intake_of(store, source, zone="Europe/Berlin")
    take_people_folder(intake, place, tables, mode)
    return intake


def kept(store, table="agents", sources=None):
    """The rows of a table, without what is missing."""
    with store.reading() as connection:
        found = people_tables(connection, sources)
    rows = found[table].iter_rows(named=True) if table in found else []
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def test_files_called_after_their_tables_are_kept_in_one_notation(store, place):
    drop(place, "agents.csv", AGENTS)
    drop(place, "shifts.csv", "agent_id,start,end,place\nA1,2026-03-02 08:00,2026-03-02 16:00,home\n")
    assert taken(store, place).counts.applied == 3
    assert kept(store) == [
        {"agent_id": "A1", "name": "Zoë", "max_utilization": "0.9"},
        {"agent_id": "A2", "name": "Bo", "max_utilization": "0.9"},
    ]
    (shift,) = kept(store, "shifts")
    assert (shift["start"][:16], shift["place"]) == ("2026-03-02T07:00", "home")


def test_replace_takes_the_place_of_all_rows_and_merge_of_those_with_the_same_key(store, place):
    drop(place, "agents.csv", AGENTS)
    taken(store, place)
    drop(place, "agents.csv", "agent_id,name\nA2,Bob\nA3,Cy\n")
    taken(store, place, mode="merge")
    assert [(row["agent_id"], row["name"]) for row in kept(store)] == [("A1", "Zoë"), ("A2", "Bob"), ("A3", "Cy")]
    drop(place, "agents.csv", "agent_id,name\nA4,Di\n")
    taken(store, place)
    assert [row["agent_id"] for row in kept(store)] == ["A4"]


def test_rows_that_share_a_key_or_cannot_be_read_are_kept_for_the_snapshot_to_tell(store, place):
    drop(place, "agents.csv", "agent_id,max_tasks\nA1,many\nA1,3\n")
    taken(store, place)
    assert [row["max_tasks"] for row in kept(store)] == ["many", "3"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("agents.csv", "agent_id,name\n", "has no rows; agents stay as they are"),
        ("agents.csv", "name\nZoë\n", "the required column 'agent_id' is missing"),
        ("agent.csv", AGENTS, "did you mean 'agents'?"),
        ("processes.csv", "process\nclaim\n", "not named for a table of the source: agents, shifts, pairs"),
        ("agents.pdf", AGENTS, "not a file of a table; these end in .parquet, .csv"),
    ],
)
def test_a_file_that_cannot_be_goes_to_error_and_nothing_changes(store, place, name, content, said):
    drop(place, "agents.csv", AGENTS)
    taken(store, place)
    drop(place, name, content)
    intake = taken(store, place)
    assert said in intake.said[0]
    assert (place / "error" / name).exists()
    assert len(kept(store)) == 2


def test_several_sources_follow_each_other_in_the_order_asked_for(store, place):
    for source, agent in (("b", "B1"), ("a", "A1")):
        drop(place, "agents.csv", f"agent_id\n{agent}\n")
        taken(store, place, source=source)
    assert [row["agent_id"] for row in kept(store)] == ["A1", "B1"]
    assert [row["agent_id"] for row in kept(store, sources=["b", "a"])] == ["B1", "A1"]
    assert kept(store, sources=["c"]) == []


def test_a_database_brings_all_its_tables_or_none(store, tmp_path):
    url = f"sqlite:///{tmp_path / 'hr.db'}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE staff (nr INTEGER, share FLOAT, team TEXT)"))
        connection.execute(sa.text("INSERT INTO staff VALUES (7, 0.5, 'red'), (8, NULL, NULL)"))
    reads = {
        "agents": "SELECT nr AS agent_id, share AS max_utilization, team FROM staff;",
        "shifts": "SELECT nr AS agent_id, '2026-03-02T08:00Z' AS start, '2026-03-02T16:00Z' AS \"end\" FROM staff",
    }
    intake = intake_of(store, "hr")
    take_people_sql(intake, url, reads, "replace")
    assert kept(store) == [{"agent_id": "7", "max_utilization": "0.5", "team": "red"}, {"agent_id": "8"}]
    assert (intake.counts.applied, len(kept(store, "shifts"))) == (4, 2)
    again = intake_of(store, "hr")
    take_people_sql(again, url, reads, "replace")
    assert (again.counts.applied, again.counts.duplicate) == (0, 4)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM staff"))
    assert "agents has no rows" in fault_of(take_people_sql, intake_of(store, "hr"), url, reads, "replace")
    reads["shifts"] = "SELECT nr AS agent FROM staff UNION SELECT 7"
    assert "read.shifts" in fault_of(take_people_sql, intake_of(store, "hr"), url, reads, "replace")
    reads["shifts"] = "SELECT nr, nr FROM staff"
    said = "read.shifts: 'read' returns the column 'nr' twice"
    assert said in fault_of(take_people_sql, intake_of(store, "hr"), url, reads, "replace")
    assert said in fault_of(try_people_sql, url, reads)
    assert len(kept(store)) == 2

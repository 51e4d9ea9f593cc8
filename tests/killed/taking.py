"""A process that takes in files and rows of a database, in small steps, so that it can be killed between any two."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from data import Intake, SqlReading, Terms, open_store, take_folder, take_sql
from data.feeds import database, folder
from data.feeds import sql as sql_feed
from data.intake import bulk, changes, intake

STEP = 7  # operations of a transaction
MANY = 3  # so many of a kind are written at once
COLUMNS = "capture_id, kind AS operation, amount AS value, seq AS version, seq, rowid AS arrived"
READ = f"SELECT {COLUMNS} FROM work WHERE taken = 0"
MARK = "UPDATE work SET taken = 1 WHERE seq = :seq"


def take_all(store_url: str, place: Path) -> None:
    """Takes in all that there is."""
    folder.BATCH = database.BATCH = sql_feed._MARKED_AT_ONCE = STEP
    bulk.LEAST = changes.LEAST = intake.LEAST = MANY
    store = open_store(store_url)
    for name in ("files", "more"):
        take_folder(Intake(store, Terms(source=name), lambda: datetime.now(UTC)), place / name)
    host = Intake(store, Terms(source="host"), lambda: datetime.now(UTC))
    take_sql(host, SqlReading(url=f"sqlite:///{place / 'host.db'}", read=READ, mark=MARK))
    marked = Intake(store, Terms(source="rows"), lambda: datetime.now(UTC))
    read = READ.replace(" WHERE taken = 0", "").replace("capture_id", "'R' || capture_id AS capture_id")
    take_sql(marked, SqlReading(url=f"sqlite:///{place / 'host.db'}", read=read, cursor="arrived"))
    store.close()


if __name__ == "__main__":
    print("at work", flush=True)  # noqa: T201
    take_all(sys.argv[1], Path(sys.argv[2]))

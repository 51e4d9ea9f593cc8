"""A source read into a store from where it was left, by a process that may be killed: URL, number of operations."""

import random
import sys
from datetime import UTC, datetime

from data import Operation, OperationKind, apply_operations, cursor_of, open_store

KINDS = ("update", "hold", "resume", "assign", "update", "complete", "restart")
_EPOCH = datetime(2026, 3, 2, tzinfo=UTC)


def script(count: int) -> list[Operation]:
    """What a source sends: shuffled, a fifth of it twice; on each task a create and what follows."""
    dice = random.Random(7)
    sent = []
    for number in range(count):
        task, version = number % (count // 8), number // (count // 8)
        kind = OperationKind("create" if version == 0 else dice.choice(KINDS))
        values = {"value": float(number)} if kind in ("create", "update") else {}
        more = {"version": version, "agent_id": "A7", "values": values}
        sent.append(
            Operation(source="host", key=f"k{number}", kind=kind, task_id=f"T{task}", received_at=_EPOCH, **more)
        )
    sent += dice.sample(sent, count // 5)
    dice.shuffle(sent)
    return sent


def read_on(url: str, count: int, at_once: int = 40) -> None:
    """Reads to the end what has not been read."""
    store, sent = open_store(url), script(count)
    while True:
        with store.writing() as connection:
            done = cursor_of(connection, "host") or 0
            if done >= len(sent):
                break
            apply_operations(connection, sent[done : done + at_once], cursors={"host": done + at_once})
            sys.stdout.write(f"{done}\n")
            sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    read_on(sys.argv[1], int(sys.argv[2]))

"""However operations arrive: in any order, in batches of any size, more than once, with pauses between transactions."""

import shutil
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from data import Operation, Store, apply_operations, check_store, fold, upgrade_store
from tests.data.intake.operation_case import op
from tests.quick import tried

ACTS = ("update", "hold", "resume", "cancel", "complete", "restart", "assign", "start", "create")
_VALUES = st.dictionaries(st.sampled_from(("process", "segment")), st.sampled_from(("a", "b", None)), max_size=2)


def fails(operation: Operation, values) -> str | None:
    """A rule that cannot be worked out for some values."""
    return "rule 'r': no" if values.get("segment") == "b" else None


def ruling(rows):
    """The same rule as the store is given it."""
    from data import Ruled

    return [Ruled({k: v for k, v in row.items() if k != "task_id"}, failed=fails(None, row)) for row in rows]


@st.composite
def scripts(draw: st.DrawFn) -> list[Operation]:
    """Operations of one source on a task or two, with distinct versions, the first of each mostly a create."""
    made = []
    for name in draw(st.sampled_from((("T1",), ("T1", "T2")))):
        kinds = draw(st.lists(st.sampled_from(ACTS), min_size=1, max_size=7))
        for version, kind in enumerate(["create", *kinds] if draw(st.booleans()) else kinds):
            given = {"values": draw(_VALUES)} if kind in ("create", "update") else {}
            if kind in ("create", "update"):
                given["status"] = draw(st.sampled_from((None, None, "queued", "held", "completed", "in_progress")))
            agent = draw(st.sampled_from(("A7", "A8")))
            more = {"task_id": name, "version": version, "agent_id": agent, "reopen": draw(st.booleans()), **given}
            made.append(op(kind, key=f"{name}-{version}", **more))
    return made


class Interleaving(RuleBasedStateMachine):
    """Operations arrive one by one or together; the list is always what follows from those that have arrived."""

    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        file = Path(self.folder.name) / "allot.db"
        shutil.copy(self.empty, file)
        self.store = Store(f"sqlite:///{file}")
        self.script: list[Operation] = []
        self.left: list[Operation] = []

    @initialize(script=scripts(), order=st.randoms(use_true_random=False))
    def begin(self, script, order) -> None:
        """What is to arrive, shuffled."""
        self.script, self.left = script, list(script)
        order.shuffle(self.left)

    @precondition(lambda self: self.left)
    @rule(count=st.integers(1, 4))
    def arrive(self, count) -> None:
        """The next ones, in one transaction."""
        now, self.left = self.left[:count], self.left[count:]
        with self.store.writing() as connection:
            apply_operations(connection, now, ruling=ruling)

    @precondition(lambda self: len(self.left) < len(self.script))
    @rule(data=st.data())
    def come_again(self, data) -> None:
        """One that has arrived before."""
        again = data.draw(st.sampled_from([o for o in self.script if o not in self.left]))
        with self.store.writing() as connection:
            (outcome,) = apply_operations(connection, [again], ruling=ruling)
        assert outcome.kind == "duplicate"

    @invariant()
    def the_list_is_what_follows(self) -> None:
        """The list is that of the same operations in the order of their versions."""
        arrived = [operation for operation in self.script if operation not in self.left]
        assert listed(self.store) == followed(arrived)
        with self.store.reading() as connection:
            assert check_store(connection).differences == []

    def teardown(self) -> None:
        """Lets go of the store."""
        self.store.close()
        self.folder.cleanup()


def listed(store: Store) -> dict[str, tuple[object, ...]]:
    """The task list, in short."""
    with store.reading() as connection:
        rows = connection.execute(sa.text("SELECT * FROM task_list")).all()
    return {row.task_id: (row.status, row.agent_id, row.process, row.segment, row.value) for row in rows}


def followed(operations: list[Operation]) -> dict[str, tuple[object, ...]]:
    """The task list when the operations arrive in their order."""
    on: dict[str, list[Operation]] = defaultdict(list)
    for number, operation in enumerate(sorted(operations, key=lambda o: o.version or 0)):
        on[operation.task_id].append(op(**_with(operation, number)))
    tasks = [fold(some, fails).task for some in on.values()]
    return {
        task.task_id: (task.status, task.agent_id, *(task.values.get(name) for name in ("process", "segment", "value")))
        for task in tasks
        if task is not None
    }


def _with(operation: Operation, arrival: int) -> dict[str, object]:
    given = {name: getattr(operation, name) for name in Operation.__slots__}
    return {**given, "arrival": arrival, "kind": operation.kind.value}


@pytest.fixture(scope="module", autouse=True)
def _empty_store(tmp_path_factory: pytest.TempPathFactory) -> None:
    Interleaving.empty = tmp_path_factory.mktemp("empty") / "allot.db"
    made = Store(f"sqlite:///{Interleaving.empty}")
    upgrade_store(made)
    made.close()


TestInterleaving = Interleaving.TestCase
TestInterleaving.settings = settings(max_examples=tried(60), stateful_step_count=12, deadline=None)

"""The processes of a sample and what they ask for."""

from data.snapshot.snapshot import Snapshot
from tests.data.sampling.figures import per_task


def test_requirements_are_of_every_form(snapshot: Snapshot) -> None:
    texts = per_task(snapshot)["skills"].unique()
    for form in (r"^[\w-]+$", r"^[\w-]+>=\d$", r"^[^|]+;[^|]+$", r"^[^;]+\|[^;]+$"):
        assert texts.str.contains(form).any(), form

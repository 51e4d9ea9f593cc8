"""Near an earlier plan: what a change must earn, and who did what before."""

from pathlib import Path

import pytest

from scheduler.replanning.near import before_in, stability_of
from scheduler.replanning.request import ReplanRequest
from scheduler.run.policy import read_policy
from tests.scheduler.replanning.test_earlier import earlier, problem


def test_who_did_what_before_without_those_who_are_gone():
    found = before_in(earlier(T1="A", T2="Z"), problem("A"))
    assert (found.agent.tolist(), found.order.tolist(), found.timely.tolist()) == ([0, -1], [1, 0], [True, False])


@pytest.mark.parametrize(
    ("given", "most_changes", "hundredths"),
    [("0", None, 0), ("2.5", None, 250), ("10%", None, 100), (None, 3, 0), (None, None, 100)],
)
def test_what_a_change_must_earn(given, most_changes, hundredths):
    request = ReplanRequest(source=Path("s"), earlier=Path("run"), min_gain=given, max_changes=most_changes)
    assert stability_of(request, read_policy({}), earlier(T1="A", payoff=10.0)) == hundredths


def test_a_share_of_nothing_or_of_a_loss_is_nothing():
    request = ReplanRequest(source=Path("s"), earlier=Path("run"), min_gain="10%")
    for run in (earlier(), earlier(T1="A", payoff=-10.0)):
        assert stability_of(request, read_policy({}), run) == 0

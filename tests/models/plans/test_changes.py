import numpy as np

from models import Change, ProblemBuilder, Why, changes_between, fix
from tests.models.case import make_plan


def two_people(**more) -> ProblemBuilder:
    return ProblemBuilder(60).agent("a", ["x"]).agent("b", ["x"])


def told(problem, before, kept, now, known=True):
    """(kind, why, instead) of every change, by task id."""
    n = problem.n_tasks
    known = np.full(n, known) if isinstance(known, bool) else np.array(known)

    def plan(agents):
        starts, clock = [], {}
        for i, a in enumerate(agents):
            starts.append(-1 if a < 0 else clock.get(a, 0))
            if a >= 0:
                clock[a] = starts[-1] + int(problem.durations([i], [a])[0])
        return make_plan(agents, starts)

    found = changes_between(problem, np.array(before, np.int32), known, plan(kept), plan(now))
    names = problem.task_ids.gather(found.tasks).to_list()
    others = [None if i < 0 else problem.task_ids[int(i)] for i in found.instead]
    return {t: (k, w, o) for t, k, w, o in zip(names, found.kind, found.why, others, strict=True)}


def test_what_is_where_it_was_is_no_change():
    problem = two_people().task("t", "x", minutes=10).build()
    assert told(problem, [0], [0], [0]) == {}
    assert told(problem, [-1], [-1], [-1]) == {}


def test_new_work_and_work_there_is_room_for():
    problem = two_people().task("t", "x", minutes=10).build()
    assert told(problem, [-1], [-1], [0], known=False) == {"t": (Change.ADDED, Why.NEW, None)}
    assert told(problem, [-1], [-1], [0]) == {"t": (Change.ADDED, Why.ROOM, None)}


def test_somebody_who_is_gone_or_does_not_work():
    absent = ProblemBuilder(60).agent("a", ["x"], []).agent("b", ["x"]).task("t", "x", minutes=10).build()
    assert told(absent, [0], [-1], [1]) == {"t": (Change.MOVED, Why.AGENT_GONE, None)}
    gone = ProblemBuilder(60).agent("b", ["x"]).task("t", "x", minutes=10).build()
    assert told(gone, [-2], [-1], [-1]) == {"t": (Change.DROPPED, Why.AGENT_GONE, None)}


def test_what_a_planner_gave_to_somebody():
    problem = fix(two_people().task("t", "x", minutes=10).build(), [0], [1])
    assert told(problem, [0], [1], [1]) == {"t": (Change.MOVED, Why.PINNED, None)}


def test_what_a_pin_takes_the_time_of():
    builder = two_people().task("t", "x", minutes=50).task("u", "x", minutes=50)
    problem = fix(builder.build(), [1], [0])
    assert told(problem, [0, -1], [-1, 0], [-1, 0]) == {
        "t": (Change.DROPPED, Why.NO_ROOM, "u"),
        "u": (Change.ADDED, Why.PINNED, None),
    }


def test_somebody_who_may_not_any_more():
    excluded = two_people().task("t", "x", minutes=10).pair("t", "a", allowed=False).build()
    assert told(excluded, [0], [-1], [1]) == {"t": (Change.MOVED, Why.NOT_ALLOWED, None)}
    unskilled = ProblemBuilder(60).agent("a").agent("b", ["x"]).task("t", "x", minutes=10).build()
    assert told(unskilled, [0], [-1], [1]) == {"t": (Change.MOVED, Why.NOT_ALLOWED, None)}


def test_what_somebody_else_has_begun():
    problem = two_people().task("t", "x", minutes=10, started_by="b").build()
    assert told(problem, [0], [1], [1]) == {"t": (Change.MOVED, Why.BEGUN, None)}


def test_by_choice_for_new_work_or_for_more_value():
    problem = two_people().task("t", "x", minutes=10).task("u", "x", minutes=10, value=9).build()
    kept, now = [0, -1], [1, 0]
    moved = told(problem, [0, -1], kept, now, known=[True, False])["t"]
    assert moved == (Change.MOVED, Why.NEW_WORK, "u")
    assert told(problem, [0, -1], kept, now)["t"] == (Change.MOVED, Why.MORE_VALUE, "u")


def test_the_gain_is_against_only_keeping():
    problem = two_people().task("t", "x", minutes=10, value=3, due=30, penalty=2).build()
    nobody, a = make_plan([-1], [-1]), make_plan([0], [0])
    found = changes_between(problem, np.array([-1], np.int32), np.array([False]), nobody, a)
    assert found.gain.tolist() == [500]

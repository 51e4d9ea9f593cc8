"""Payoffs: exact decimals, rounded half-even once."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given

from models import LATE, ON_TIME, Problem, SnapshotError, Terms, Worth, exact
from models.problem.payoff import round_half_even
from tests.models.case import Agent, Case, Pair, Task, exact_terms
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples, randoms

ANN = Agent(id="ann", windows=((0, 10),), cost_per_hour="36.5")
DAY = 1440


def problem_of(task: Task, bonus: str = "0", **terms: object) -> Problem:
    return Case(
        horizon=10,
        agents=(ANN,),
        tasks=(task,),
        pairs=(Pair(task=task.id, agent="ann", bonus=bonus),),
        terms=exact_terms(**terms),
    ).build()


def test_numbers_mean_their_shortest_decimal_text() -> None:
    assert exact(0.1) == Fraction(1, 10)
    assert exact(1e-7) == Fraction(1, 10**7)
    assert exact(np.float64(2.675)) == Fraction("2.675")


@pytest.mark.parametrize(
    ("value", "hundredths"),
    [("0.125", 12), ("0.135", 14), ("1.005", 100), ("1.015", 102), ("2.675", 268), ("0.005", 0), ("0.0150001", 2)],
)
def test_ties_go_to_the_even_hundredth(value: str, hundredths: int) -> None:
    assert problem_of(Task(id="t", value=value)).payoff[0, ON_TIME] == hundredths


@pytest.mark.parametrize(("penalty", "hundredths"), [("0.005", 0), ("0.015", -2), ("1.025", -102), ("7", -700)])
def test_fines_are_rounded_like_payoffs(penalty: str, hundredths: int) -> None:
    assert problem_of(Task(id="t", penalty=penalty, due=5)).undone[0] == hundredths


@pytest.mark.parametrize(("due", "fined"), [(None, False), (-1, False), (0, False), (1, True), (10, True), (11, False)])
def test_who_is_fined_when_left_undone(due: int | None, fined: bool) -> None:
    assert problem_of(Task(id="t", penalty="3", due=due)).undone[0] == (-300 if fined else 0)


def test_late_work_earns_its_share_less_the_fine() -> None:
    task = Task(id="t", value="9.99", penalty="1.5", due=5)
    assert problem_of(task).payoff[0].tolist() == [999, 350]  # 4.995 - 1.5 = 3.495 -> 3.50
    assert problem_of(task, late_share="0").payoff[0, LATE] == -150
    assert problem_of(task, late_share="1").payoff[0, LATE] == 849


@pytest.mark.parametrize(("days", "expected"), [(0, 500), (1, 550), (5, 750), (20, 1500), (365, 1500)])
def test_overdue_work_ages_up_to_the_cap_and_is_not_fined_again(days: int, expected: int) -> None:
    task = Task(id="t", value="10", penalty="4", due=-days * DAY)
    assert problem_of(task).payoff[0, LATE] == expected


def test_a_fraction_of_a_day_counts() -> None:
    assert problem_of(Task(id="t", value="10", due=-DAY // 2)).payoff[0, LATE] == 525
    assert problem_of(Task(id="t", value="10", due=-1), ageing_per_day="0.1").payoff[0, LATE] == 500
    assert problem_of(Task(id="t", value="1000", due=-1), ageing_per_day="0.1").payoff[0, LATE] == 50003


def agents_payoff(task: Task, bonus: str = "0", **terms: object) -> int:
    return int(problem_of(task, bonus, **terms).payoffs([0], [0], [ON_TIME])[0])


def test_agents_terms_are_added_before_rounding() -> None:
    assert agents_payoff(Task(id="t", value="0.125")) == 12
    assert agents_payoff(Task(id="t", value="0.125"), bonus="0.001") == 13
    assert agents_payoff(Task(id="t", value="0.125"), bonus="-0.2") == -8  # -0.075 -> -0.08
    assert agents_payoff(Task(id="t", value="0.135", requested="ann")) == 15  # 0.1485
    assert agents_payoff(Task(id="t", value="0.135", requested="ann"), requested_agent_share="0") == 14


def test_cost_is_charged_for_whole_grains() -> None:
    task = Task(id="t", value="10", minutes="1.5")  # two minutes charged at 36.5 an hour: 1.2166..
    assert agents_payoff(task, cost_weight="1") == 878
    assert agents_payoff(task, cost_weight="0.5") == 939
    assert agents_payoff(task, cost_weight="0") == 1000


@given(case=cases)
@examples(250)
def test_every_payoff_is_the_oracles(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    assert problem.undone.tolist() == [oracle.undone(i) for i in range(len(case.tasks))]
    for i, task in enumerate(case.tasks):
        for a in range(len(case.agents)):
            if oracle.efficiency(i, a) is None and oracle.started.get(i, (-1, 0))[0] != a:
                continue
            late = int(problem.payoffs([i], [a], [LATE])[0])
            if task.due is not None:
                assert late == oracle.payoff(i, a, end=10**6)
            if not oracle.overdue(i):
                assert problem.payoffs([i], [a], [ON_TIME])[0] == oracle.payoff(i, a, end=0)


def worth_of(terms: Terms, value: list[str], penalty: list[str], overdue_us: list[int], **more: object) -> Worth:
    n = len(value)
    worth = Worth(
        terms=terms,
        value=np.array([float(v) for v in value]),
        weight=np.zeros(n, np.int32),
        weights=(Fraction(1),),
        penalty=np.array([float(p) for p in penalty]),
        overdue_us=np.array(overdue_us, np.int64),
        fined=np.zeros(n, np.bool_),
    )
    return replace(worth, **more)


def test_weights_multiply_values_and_no_fines() -> None:
    worth = worth_of(Terms(), ["0.1", "0.1"], ["1", "1"], [-1, -1], weights=(Fraction(1), Fraction("1.25")))
    worth = replace(worth, weight=np.array([0, 1], np.int32))
    assert worth.rounded().tolist() == [[10, -95], [12, -94]]  # 0.125 -> 0.12, 0.0625 - 1 -> -0.94


@given(random=randoms)
@examples(150)
def test_large_values_and_fines_are_exact_too(random: Random) -> None:
    """Where fine and late payoff nearly cancel out, the float estimate is off by more than its own size says."""
    size = random.choice([10**3, 10**6, 10**9])
    values = [f"{random.randint(1, size * 100)}" for _ in range(20)]
    values = [f"{v[:-2] or 0}.{v[-2:]:0>2}" for v in values]
    fines = [f"{float(Fraction(v) / 2) + random.choice([0, 0.01, 0.5, 1]):.2f}" for v in values]
    exactly = [(Fraction(v), Fraction(v) / 2 - Fraction(p)) for v, p in zip(values, fines, strict=True)]
    expected = [[round(100 * on_time), round(100 * late)] for on_time, late in exactly]
    assert worth_of(Terms(), values, fines, [-1] * 20).rounded().tolist() == expected


@given(random=randoms)
@examples(100)
def test_payoffs_are_rounded_exactly_however_long_their_decimals_are(random: Random) -> None:
    """In whole numbers or with fractions: ties of up to 17 digits, thirds among the weights, and tasks that age."""
    digits = random.choice([2, 3, 5, 6, 7, 9])
    most = 10 ** random.choice([3, 6, 9])
    values = [str(Decimal(random.randint(1, most) * 5 + 5) / 10**digits) for _ in range(20)]
    fines = [str(Decimal(random.randint(0, most) * 5) / 10**digits) for _ in range(20)]
    weights = (Fraction(1), Fraction("1.5"), Fraction(random.randint(1, 9), 3), Fraction(1, random.choice([8, 10**25])))
    overdue = [random.choice([-1, -1, DAY * 60_000_000, 17]) for _ in range(20)]
    worth = worth_of(Terms(), values, fines, overdue, weights=weights, weight=np.arange(20, dtype=np.int32) % 4)
    expected = [[round(100 * worth.exact_payoff(i, step)) for step in (ON_TIME, LATE)] for i in range(20)]
    assert worth.rounded().tolist() == expected


def test_ties_of_usual_values_need_no_fractions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Worth, "exact_payoff", lambda *_, **__: pytest.fail("with fractions"))
    assert worth_of(Terms(), ["0.01", "0.03", "1.25"], ["0"] * 3, [-1] * 3).rounded()[:, LATE].tolist() == [0, 2, 62]


@given(random=randoms)
@examples(100)
def test_large_bonuses_are_exact_too(random: Random) -> None:
    value = Fraction(random.randint(10**6, 10**12), 1000)
    total = Fraction(random.randint(-400, 400), 100) + Fraction(5, 1000)  # a tie
    value, bonus = str(Decimal(int(1000 * value)) / 1000), str(Decimal(int(1000 * (total - value))) / 1000)
    assert agents_payoff(Task(id="t", value=value), bonus=bonus) == round(100 * total)


def test_only_doubtful_elements_are_settled_exactly_and_each_case_once() -> None:
    asked = []

    def points(k: int) -> Fraction:
        asked.append(k)
        return Fraction("0.125")

    estimate = np.array([12.5, 3.2, 12.5, 7.8])
    assert round_half_even(estimate, estimate, estimate[:, None], points).tolist() == [12, 3, 12, 8]
    assert asked == [0]


def test_values_too_large_to_add_up_are_refused() -> None:
    with pytest.raises(SnapshotError, match="Give the values in a larger unit"):
        problem_of(Task(id="t", value="1e14"))

"""People of two trades with work for each."""

from models import ProblemBuilder
from models.problem.problem import Problem


def two_trades(tasks: int = 60, agents: int = 8, every: int = 1) -> Problem:
    """Half of the people do x, the others y; all tasks, or one in so many."""
    builder = ProblemBuilder(100)
    for number in range(agents):
        builder.agent(f"a{number}", ["x" if number % 2 == 0 else "y"])
    for number in range(0, tasks, every):
        due, value = 20 + number % 90, 10 + number % 11
        builder.task(str(number), "xy"[number % 2], minutes=10.0 + number % 7, due=due, value=value)
    return builder.build()

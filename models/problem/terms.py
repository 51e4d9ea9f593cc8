"""The numbers of a policy that enter rules and payoffs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from models.runs.levels import TASK_LEVELS

WEIGHT_FIELDS = TASK_LEVELS
"""The task columns a policy can weight by, in the order their weights multiply."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The policy's numbers about time, deadlines and value, all exact.

    ``grain_s`` is the length of a grain in seconds. ``weights`` maps a field of
    :data:`WEIGHT_FIELDS` to the weights of its values; the weight of all other values is 1.

    Raises:
        ValueError: a number is outside its range.
    """

    grain_s: int = 60
    sla_hard: bool = False
    default_value: Fraction = Fraction(1)
    late_share: Fraction = Fraction(1, 2)
    ageing_per_day: Fraction = Fraction(1, 10)
    ageing_cap: Fraction = Fraction(3)
    requested_agent_share: Fraction = Fraction(1, 10)
    cost_weight: Fraction = Fraction(0)
    weights: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.grain_s < 1:
            raise ValueError(f"a grain of {self.grain_s} s: at least 1 s is needed")
        if not 0 <= self.late_share <= 1:
            raise ValueError(f"late_share {float(self.late_share)} is outside 0..1")
        unknown = set(self.weights) - set(WEIGHT_FIELDS)
        if unknown:
            raise ValueError(f"weights by {sorted(unknown)}: known are {', '.join(WEIGHT_FIELDS)}")

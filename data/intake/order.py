"""The order in which the operations on a task count: by version, else by when they happened, else by arrival.

Versions compare within a source. So that operations of several sources, with and without versions, have one order,
those with versions are a chain: none counts as earlier than the one before it in its chain.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from data.intake.operations import Operation


class Place(NamedTuple):
    """A moment, and what arrived first among equal ones."""

    moment: datetime
    arrival: int


class ChainEnd(NamedTuple):
    """The last of the operations with versions of one source."""

    version: int
    place: Place


@dataclass(frozen=True, slots=True)
class Order:
    """What must be known of operations in their order to say whether another one comes after all of them."""

    last: Place | None = None
    chains: Mapping[str, ChainEnd] = field(default_factory=dict)

    def after(self, operation: Operation) -> "Order | None":
        """The order with a newly arrived operation at its end; ``None`` when its place is further up."""
        place = Place(operation.moment, operation.arrival)
        if operation.version is None:
            return None if self.last is not None and place < self.last else Order(place, self.chains)
        end = self.chains.get(operation.source)
        if end is not None:
            if operation.version < end.version:
                return None
            place = max(place, end.place)
        if self.last is not None and place < self.last:
            return None
        return Order(place, {**self.chains, operation.source: ChainEnd(operation.version, place)})


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """The operations on one task in the order in which they count."""
    chains: dict[str, list[Operation]] = defaultdict(list)
    placed: list[tuple[Place, int, Operation]] = []
    for operation in operations:
        if operation.version is None:
            placed.append((Place(operation.moment, operation.arrival), 0, operation))
        else:
            chains[operation.source].append(operation)
    for chain in chains.values():
        place: Place | None = None
        for number, operation in enumerate(sorted(chain, key=lambda o: (o.version, o.arrival))):
            own = Place(operation.moment, operation.arrival)
            place = own if place is None else max(place, own)
            placed.append((place, number, operation))
    return [operation for _, _, operation in sorted(placed, key=lambda entry: entry[:2])]

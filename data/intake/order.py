"""The order of the operations on a task: by version, else by the moment they happened, else by arrival.

Versions are compared within a source only. To give operations of several sources, with and without versions, one order,
the operations of a source with versions form a chain: none is placed before its predecessor in the chain.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from data.intake.operations import Operation


class Place(NamedTuple):
    """A place in the order: a moment, then the number of arrival among equal moments."""

    moment: datetime
    arrival: int


class ChainEnd(NamedTuple):
    """The end of a source's chain: the highest version so far, and its place."""

    version: int
    place: Place


@dataclass(frozen=True, slots=True)
class Order:
    """The ends of the order so far: enough to decide whether a new operation comes after all others."""

    last: Place | None = None
    chains: Mapping[str, ChainEnd] = field(default_factory=dict)

    def after(self, operation: Operation) -> "Order | None":
        """The order with a new operation at its end; ``None`` if the operation belongs before the end."""
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


def is_older(operation: Operation, than: Operation) -> bool:
    """Whether an operation says itself that it is older than another one: by version, else by ``at``."""
    if operation.source == than.source and operation.version is not None and than.version is not None:
        return operation.version < than.version
    return operation.at is not None and than.at is not None and operation.moment < than.moment


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Sorts the operations on one task."""
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

"""How work travels: packed here, and done where it arrives, if that has the same versions as here.

Deadlines travel as seconds that are left: no two machines need the same clock.
"""

import hashlib
import pickle
import platform
import threading
import time
import traceback
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, NamedTuple

from models import Done, Limits, Work, WorkersError, attempt

_PACKAGES = ("numpy", "numba", "polars", "ortools", "highspy")
_OURS = ("models", "data", "reports", "scheduler")


class Parcel(NamedTuple):
    """A packed piece of work, and the versions that it is meant for."""

    content: bytes
    versions: dict[str, str]


def packed(work: Work[Any, Any], number: int, item: Any, limits: Limits) -> Parcel:
    """The work on one item within the limits, as they are now."""
    left = None if limits.deadline is None else limits.remaining_s()
    terms = {"effort": limits.effort, "gap": limits.gap, "seed": limits.seed}
    return Parcel(pickle.dumps((work, number, item, left, terms), protocol=5), versions_here())


def done_here(parcel: Parcel, number: int, cancelled: threading.Event, where: str) -> Done[Any]:
    """Does the work, until ``cancelled`` is set; ``where`` names this worker in messages."""
    other = [name for name, needed in parcel.versions.items() if versions_here().get(name) != needed]
    if other:
        said = "; ".join(f"{name} {versions_here().get(name)} instead of {parcel.versions[name]}" for name in other)
        return Done(number, fault=WorkersError(f"{where} has other versions ({said}): install the same everywhere"))
    work, number, item, left, terms = pickle.loads(parcel.content)
    deadline = None if left is None else time.monotonic() + left
    done: Done[Any] = attempt(work, number, item, Limits(**terms, deadline=deadline, workers=1, cancelled=cancelled))
    return done if done.fault is None else Done(number, fault=_portable(done.fault, where))


@cache
def versions_here() -> dict[str, str]:
    """What must be the same for the same results."""
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "allot": f"{version('allot')}-{_sources()}",
        **{name: version(name) for name in _PACKAGES},
    }


def _sources() -> str:
    digest = hashlib.sha256()
    for package in _OURS:
        root: Any = files(package)
        for file in sorted(root.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def _portable(fault: Exception, where: str) -> Exception:
    """The fault as it can travel, with a note of where it happened."""
    fault.add_note("".join(["at ", where, ":\n", *traceback.format_exception(fault)]))
    try:
        pickle.loads(pickle.dumps(fault))
    except Exception:  # whatever an error of somebody else's holds
        return WorkersError(f"{where}: {fault!r}")
    return fault

"""Compiles loops, and makes sure that compiled code on disk fits the source.

numba keeps compiled functions beside their source and compiles one again when *its own* file has changed, but not
when a function it calls has (numba 0.68). So whenever any source of this package has changed, all are forgotten.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from numba import config, njit
from numba.core import event
from numba.misc.appdirs import AppDirs

from models.errors import CacheError

_SETTINGS: Any = config  # numba makes its names when it is loaded, so mypy knows none
_DIRECTORIES: Any = AppDirs
_Loop = TypeVar("_Loop", bound=Callable[..., Any])
_UNKEPT: list[str] = []
"""Loops for which numba finds no cache folder."""


def _keep_what_fits(package: Path) -> None:
    """Makes numba find only compiled functions of the present sources.

    Others beside the sources are dropped. In a folder that NUMBA_CACHE_DIR names each state of the sources has one of
    its own, and in the user's cache folder, which is taken where nothing can be written beside the sources.
    """
    digest = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        digest.update(source.read_bytes())
    folder = _SETTINGS.CACHE_DIR or (
        "" if _can_write(package) else _DIRECTORIES("numba", appauthor=False).user_cache_dir
    )
    if folder:
        _SETTINGS.CACHE_DIR = str(Path(folder) / f"allot-{digest.hexdigest()[:16]}")
    else:
        _forget_outdated(package, digest.hexdigest())


def _can_write(package: Path) -> bool:
    beside = package / "__pycache__"
    return os.access(beside if beside.exists() else package, os.W_OK)


def _forget_outdated(package: Path, digest: str) -> None:
    stamp = package / "__pycache__" / "compiled.sha256"
    with suppress(OSError):
        if stamp.exists() and stamp.read_text() == digest:
            return
        for kept in package.rglob("*.nb[ic]"):
            kept.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest)


class _Compiler(Protocol):
    """A decorator that leaves the types of a function as they are written."""

    def __call__(self, function: _Loop, /) -> _Loop: ...


def _kept(**options: Any) -> _Compiler:
    """A decorator that compiles a function and keeps it on disk, where there is a place for it."""

    def decorate(function: Any) -> Any:
        try:
            return njit(cache=True, nogil=True, **options)(function)
        except RuntimeError:  # no folder can be written: said when somebody needs the loops, not when they are loaded
            _UNKEPT.append(function.__name__)
            return njit(nogil=True, **options)(function)

    return decorate


_keep_what_fits(Path(__file__).parent)

Whole: TypeAlias = Any
"""A whole number in a loop, `int` or `np.int64`: mypy would keep them apart, numba counts in 64 bits in any case."""
Real: TypeAlias = Any
"""A `float` or `np.float64` in a loop."""

compiled = _kept()
"""Compiles a loop that Python calls, or that allocates memory for others; the first call compiles, later processes load
the result from disk."""
inner = _kept(no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False, forceinline=True)
"""Compiles a part that only other loops call, without the costly ways in from Python: never call one from there.

It becomes part of its caller: to hand dozens of arrays on took longer than what most parts do. It counts no references
to arrays either. So it may allocate none (numba refuses to compile that) and must not return any. Arrays come in as
they are or as fields of named tuples, which may be nested; the types written at a loop are for the reader and for mypy,
numba goes by what is handed in.
"""


def require_cache() -> None:
    """Refuses to start if all loops would be compiled again in every process.

    Raises:
        CacheError: compiled loops can be kept nowhere.
    """
    if _UNKEPT:
        raise CacheError(
            "the compiled loops can be kept nowhere, neither beside the code nor in a cache folder of the user's: set "
            "NUMBA_CACHE_DIR to a folder that can be written"
        )


@dataclass
class Compiling:
    """The seconds spent on compiling."""

    seconds: float = 0.0


class _Listener(event.Listener):
    """Hears of every function that is compiled, and not of those that are loaded; they are compiled one in another."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self.found = Compiling()
        self._tell, self._depth, self._began = tell, 0, 0.0

    def on_start(self, _event: event.Event) -> None:
        if self._depth == 0:
            self._began = time.monotonic()
            self._tell()
        self._depth += 1

    def on_end(self, _event: event.Event) -> None:
        self._depth -= 1
        if self._depth == 0:
            self.found.seconds += time.monotonic() - self._began


@contextmanager
def compiling(tell: Callable[[], None]) -> Iterator[Compiling]:
    """Measures compiling in its body; ``tell`` is called whenever a loop is not yet compiled."""
    with event.install_listener("numba:compile", _Listener(tell)) as listener:
        yield listener.found

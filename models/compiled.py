"""Compiled loops: how they are compiled, and that what is kept on disk fits the source.

numba keeps compiled functions beside their source and compiles one again when *its own* file has changed, but not
when a function it calls has (numba 0.68). So whenever any source of this package has changed, all are forgotten.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba import config, njit

_SETTINGS: Any = config  # numba makes its names when it is loaded, so mypy knows none


def _keep_what_fits(package: Path) -> None:
    """Has numba find compiled functions of the present sources alone.

    Others beside the sources are dropped; in a folder that NUMBA_CACHE_DIR names each state of the sources has one of
    its own. Where nothing can be written, what is there is kept.
    """
    digest = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        digest.update(source.read_bytes())
    if _SETTINGS.CACHE_DIR:
        _SETTINGS.CACHE_DIR = str(Path(_SETTINGS.CACHE_DIR) / f"allot-{digest.hexdigest()[:16]}")
    else:
        _forget_outdated(package, digest.hexdigest())


def _forget_outdated(package: Path, digest: str) -> None:
    stamp = package / "__pycache__" / "compiled.sha256"
    with suppress(OSError):
        if stamp.exists() and stamp.read_text() == digest:
            return
        for kept in package.rglob("*.nb[ic]"):
            kept.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest)


_keep_what_fits(Path(__file__).parent)

compiled: Any = njit(cache=True, nogil=True)
"""Compiles a loop that Python calls; the first call compiles, later processes load the result from disk."""
inner: Any = njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
"""Compiles a part that only other loops call, without the costly ways in from Python: never call one from there."""

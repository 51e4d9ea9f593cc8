"""Compiled loops: how they are compiled, and that what is kept on disk fits the source.

numba keeps compiled functions beside their source and compiles one again when *its own* file has changed, but not
when a function it calls has (numba 0.68). So whenever any source of this package has changed, all are forgotten.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba import njit


def _forget_outdated(package: Path) -> None:
    """Drops compiled functions of other sources than the present ones; read-only installations keep theirs."""
    digest = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        digest.update(source.read_bytes())
    stamp = package / "__pycache__" / "compiled.sha256"
    with suppress(OSError):
        if stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        for kept in package.rglob("*.nb[ic]"):
            kept.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest.hexdigest())


_forget_outdated(Path(__file__).parent)

compiled: Any = njit(cache=True, nogil=True)
"""Compiles a loop that Python calls; the first call compiles, later processes load the result from disk."""
inner: Any = njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
"""Compiles a part that only other loops call, without the costly ways in from Python: never call one from there."""

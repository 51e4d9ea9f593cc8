"""What ``--workers`` and the section ``[executor]`` say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from models import OptionError, OptionTypeError, nearest

FORMS = "auto, N, processes:N or tls://HOST:PORT"
_KEYS = ("workers", "ca", "cert", "key")
_ADDRESS = re.compile(r"tls://(\[[0-9A-Fa-f:.]+\]|[^\s/:@]+):([0-9]{1,5})")

Given: TypeAlias = "int | str | Mapping[str, Any] | Workers | None"
"""What a caller may give: a number of threads, a text as for ``--workers``, or the keys of ``[executor]``."""


@dataclass(frozen=True, kw_only=True)
class Workers:
    """Who does the work: ``number`` threads or processes (``None``: one for each core), or a cluster at ``address``.

    ``ca``, ``cert`` and ``key`` are the files by which the cluster and this side prove who they are.
    """

    number: int | None = None
    processes: bool = False
    address: str | None = None
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


def workers_of(given: Given) -> Workers:
    """The workers that are asked for; ``None`` and ``auto`` are threads on all cores.

    Raises:
        OptionError: it is none of the forms, or a cluster without its certificates.
        OptionTypeError: it is something else than a number, a text, or a mapping of texts.
    """
    if isinstance(given, Workers):
        return given
    if isinstance(given, Mapping):
        return _of_keys(given)
    if given is None:
        return Workers()
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise OptionTypeError(f"workers is {given!r}, and takes a number, a text or a mapping")
    return _of_text(str(given))


def fault_of_text(text: str) -> str | None:
    """What is wrong with a text for ``--workers``, if anything."""
    if text == "auto" or re.fullmatch(r"(processes:)?0*[1-9][0-9]{0,8}", text) or _is_address(text):
        return None
    if text.startswith(("tcp://", "ws://", "wss://", "ucx://", "inproc://")):
        return f"{text} is refused: work and results cross the network encrypted only; use tls://HOST:PORT"
    return f"'{text}' is none of {FORMS}"


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    return found is not None and 0 < int(found[2]) < 65536


def _of_text(text: str, files: Mapping[str, Path] | None = None) -> Workers:
    fault = fault_of_text(text)
    if fault is not None:
        raise OptionError(f"workers: {fault}")
    if text == "auto":
        return Workers()
    if not text.startswith("tls://"):
        kind, _, number = text.rpartition(":")
        return Workers(number=int(number), processes=kind == "processes")
    files = files or {}
    missing = [name for name in _KEYS[1:] if name not in files]
    if missing:
        raise OptionError(
            f"workers: {text} needs {', '.join(missing)}: the files of the certificates, "
            "in the section [executor] of allot.toml (see docs/cluster.md)"
        )
    return Workers(address=text, ca=files["ca"], cert=files["cert"], key=files["key"])


def _of_keys(keys: Mapping[str, Any]) -> Workers:
    for name, value in keys.items():
        if name not in _KEYS:
            raise OptionError(f"workers: unknown key '{name}'{nearest(str(name), _KEYS)}")
        if not isinstance(value, str | Path) and not (name == "workers" and isinstance(value, int)):
            raise OptionTypeError(f"workers: {name} is {value!r}, and takes text")
    files = {name: Path(keys[name]) for name in _KEYS[1:] if name in keys}
    for name, file in files.items():
        if not file.is_file():
            raise OptionError(f"workers: {name} names {file}, which does not exist")
    return _of_text(str(keys.get("workers", "auto")), files)

"""What a plan is made from, as a short text: the same files, policy and options have the same."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scheduler.run.policy import Policy


def basis_of(options: Mapping[str, Any]) -> str:
    """The digest of a request's options, and of the files and the policy that they name."""
    digest = hashlib.sha256()
    for name, value in sorted(options.items()):
        if name == "source":
            told = repr(_files(Path(value)))
        elif isinstance(value, Policy):
            told = value.model_dump_json()
        elif name == "out":
            continue
        else:
            told = repr(value)
        digest.update(f"{name}={told}\n".encode())
    return digest.hexdigest()[:16]


def _files(source: Path) -> list[tuple[str, str]]:
    """The files of a snapshot with what is in them."""
    if source.is_file():
        return [(source.name, _digest(source))]
    files = sorted(file for file in source.rglob("*") if file.is_file())
    return [(file.relative_to(source).as_posix(), _digest(file)) for file in files]


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

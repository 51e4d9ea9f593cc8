"""Rooms, the arrows between them, and their floors, as the imports have them: ``python -m tests.rooms`` prints them.

A room is a folder of a package; what stands at the root of one is a room of its own. The ``__init__`` of a folder that
has folders is its front door: it may know all that it shows, so it is left out here.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("models", "data", "reports", "scheduler")

Arrows = Mapping[str, set[str]]


@cache
def arrows() -> dict[str, set[str]]:
    """Every room, and the rooms that it imports when the program runs."""
    found: dict[str, set[str]] = {}
    for module, file in _modules().items():
        if file.name == "__init__.py" and _has_rooms(file.parent):
            continue
        known = found.setdefault(room_of(module), set())
        known |= {room_of(name) for name in _imported(file) if not _is_front_door(name)}
        known.discard(room_of(module))
    return found


def room_of(module: str) -> str:
    """The folder a module is in, or the module itself where that folder has others inside."""
    folder = ROOT.joinpath(*module.split("."))
    if folder.is_dir():
        return module
    home = module.rpartition(".")[0]
    return module if _has_rooms(ROOT.joinpath(*home.split("."))) else home


def floors(known: Arrows) -> list[list[str]]:
    """The rooms from the ground up: each knows only rooms of the floors below.

    Raises:
        ValueError: some rooms know each other in a circle; the message names them.
    """
    left, found = {room: set(others) for room, others in known.items()}, []
    while left:
        floor = sorted(room for room, others in left.items() if not others & left.keys())
        if not floor:
            raise ValueError(f"rooms that know each other in a circle are among: {', '.join(sorted(left))}")
        found.append(floor)
        left = {room: others for room, others in left.items() if room not in floor}
    return found


def _modules() -> dict[str, Path]:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def _has_rooms(folder: Path) -> bool:
    return any((inner / "__init__.py").exists() for inner in folder.iterdir() if inner.is_dir())


def _is_front_door(module: str) -> bool:
    folder = ROOT.joinpath(*module.split("."))
    return folder.is_dir() and _has_rooms(folder)


def _imported(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text("utf-8"))
    guards = (node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    types_only = {id(node) for guard in guards for node in ast.walk(guard)}
    for node in ast.walk(tree):
        if id(node) in types_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom) and _is_ours(node.module or ""):
            yield from (_defining(str(node.module), alias.name) for alias in node.names)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


def _defining(module: str, name: str) -> str:
    inner = ROOT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if inner.is_dir() or inner.with_suffix(".py").exists() else module


def table() -> str:
    """Each room with the rooms it knows, floor by floor, the highest first."""
    known = arrows()
    levels = floors(known)
    lines = [f"{len(known)} rooms, {sum(map(len, known.values()))} arrows, {len(levels)} floors"]
    for number, floor in reversed(list(enumerate(levels))):
        lines += ["", f"floor {number}"]
        lines += [f"  {room:28} {', '.join(sorted(known[room])) or '-'}" for room in floor]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201  (what it is run for)

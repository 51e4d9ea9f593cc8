"""Names of a package that are loaded when they are first asked for, so that nobody waits for what they do not use."""

from collections.abc import Callable, Mapping
from importlib import import_module


def loaded_later(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of a package; ``modules`` has the names that each module offers, with spaces between them.

    What it returns raises AttributeError for any other name.
    """
    module_of = {name: module for module, names in modules.items() for name in names.split()}

    def load(name: str) -> object:
        if name not in module_of:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(import_module(module_of[name]), name)

    return load

"""What can be wrong with a store, in words; loads no library."""

from models import AllotError


class StoreError(AllotError):
    """The store cannot be used as it is; the message says what to do."""


class StoreUnreachableError(StoreError):
    """The database does not answer, or not in time."""


class MissingExtraError(AllotError):
    """An optional part is not installed; the message has the command that installs it."""


def missing_extra(what: str, extra: str) -> MissingExtraError:
    """The error of a part that is not installed: ``what`` needs it, ``extra`` is its name in the distribution."""
    return MissingExtraError(f"{what} needs a part that is not installed: pip install 'allot[{extra}]'")

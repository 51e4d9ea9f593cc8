"""The errors of a store. This module loads no library."""

from models import AllotError, lacks_extra


class StoreError(AllotError):
    """The store cannot be used in its present state; the message says what to do."""


class StoreUnreachableError(StoreError):
    """The database does not answer, or does not answer in time."""


class MissingExtraError(AllotError):
    """An optional part is not installed; the message gives the command that installs it."""


def missing_extra(what: str, extra: str) -> MissingExtraError:
    """The error for a missing optional part: ``what`` needs it, ``extra`` is its name for pip."""
    return MissingExtraError(lacks_extra(what, extra))

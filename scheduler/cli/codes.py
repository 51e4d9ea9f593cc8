"""How errors become exit codes of the data contract, section 7."""

from scheduler.cli.options import DeliveryError

INTERNAL = 5
"""The exit code for a defect of allot or a fault of the machine, not of the input."""
INTERRUPTED = 130


def code_of(error: BaseException) -> int | None:
    """The exit code of an error that is raised on purpose; ``None`` for others."""
    from data import MissingExtraError, StoreError, StoreUnreachableError, UnreadableRunError
    from models import (
        AllotError,
        CacheError,
        CheckError,
        InternalError,
        LockError,
        PolicyError,
        SnapshotError,
        WorkersError,
    )
    from scheduler.config import ConfigError, NoConfigError
    from scheduler.fleet import ListError
    from scheduler.run.context import InterruptedEarlyError

    codes: list[tuple[type[Exception], int]] = [
        (DeliveryError, INTERNAL),
        (CacheError, INTERNAL),
        (InternalError, INTERNAL),
        (WorkersError, INTERNAL),
        (InterruptedEarlyError, INTERRUPTED),
        (LockError, 7),
        (SnapshotError, 3),
        (PolicyError, 3),
        (NoConfigError, 2),
        (ConfigError, 3),
        (ListError, 3),
        (MissingExtraError, INTERNAL),
        (StoreUnreachableError, INTERNAL),
        (StoreError, 3),
        (UnreadableRunError, 3),
        (CheckError, 6),
        (AllotError, 2),
    ]
    return next((code for kind, code in codes if isinstance(error, kind)), None)

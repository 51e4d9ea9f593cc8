"""A broker of AMQP, opened with limits on every wait."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from data.store.errors import missing_extra
from models import AllotError

if TYPE_CHECKING:
    from pika import BlockingConnection

_PATIENCE_S = 10


@contextmanager
def opened_amqp(url: str, what: str, fault: Callable[[Exception], AllotError]) -> "Iterator[BlockingConnection]":
    """A connection to the broker of a URL; ``what`` needs it. ``fault`` makes the error of what goes wrong.

    Raises:
        MissingExtraError: the client library is not installed.
        The error of ``fault``: the broker does not answer or refuses, now or later in the body.
    """
    try:
        import pika
        from pika.adapters.utils.connection_workflow import AMQPConnectorException  # of a host that is silent
        from pika.exceptions import AMQPError
    except ModuleNotFoundError as error:
        raise missing_extra(what, "amqp") from error
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # it logs errors that are told here anyway
    try:
        parameters = pika.URLParameters(url)
        parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = _PATIENCE_S
        connection = pika.BlockingConnection(parameters)
        try:
            yield connection
        finally:
            if connection.is_open:
                connection.close()
    except AMQPConnectorException as error:
        raise fault(TimeoutError(f"no answer of a broker within {_PATIENCE_S} s")) from error
    except (AMQPError, OSError, ValueError) as error:
        raise fault(error) from error

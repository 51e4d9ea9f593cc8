"""What librdkafka says: kept from the terminal, and told in plain words."""

import logging


def quiet_logger() -> logging.Logger:
    """Where librdkafka writes what people do not need to see."""
    logger = logging.getLogger("allot.kafka")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger


def said(error: Exception) -> str:
    """What an error of librdkafka says."""
    first = error.args[0] if error.args else error
    return str(first.str() if hasattr(first, "str") else first)

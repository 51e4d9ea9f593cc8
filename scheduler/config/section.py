"""What sections of allot.toml are made of: their keys' types, and what is reached by a URL."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from data import check_timezone, parse_duration
from scheduler.workers import fault_of_text


class Section(BaseModel):
    """A section: unknown keys are refused, values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _length(text: str) -> str:
    parse_duration(text)
    return text


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _variable(name: str) -> str:
    # the message does not repeat the value, which may be the secret itself
    if not _VARIABLE.fullmatch(name):
        raise ValueError("names an environment variable, such as ALLOT_SECRET; the secret itself stays out of the file")
    return name


def _workers(text: str) -> str:
    fault = fault_of_text(text)
    if fault is not None:
        raise ValueError(fault)
    return text


_ADDRESS = re.compile(r"""[^@\s,;:<>()\[\]"\\]+@[^@\s,;:<>()\[\]"\\]+""")


def _address(text: str) -> str:
    # nothing in it may begin another header or receiver
    if not _ADDRESS.fullmatch(text) or not text.isprintable():
        raise ValueError("is not a mail address; write it like planning@example.org")
    return text


Text = Annotated[str, Field(min_length=1)]
Length = Annotated[str, AfterValidator(_length)]
Zone = Annotated[str, AfterValidator(check_timezone)]
Variable = Annotated[str, AfterValidator(_variable)]
Address = Annotated[str, AfterValidator(_address)]
Workers = Annotated[str, AfterValidator(_workers)]
Addresses = Annotated[list[Address], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)]


class Place(Section):
    """A section with a URL, in the file or in an environment variable; `read` checks that it has exactly one."""

    url: Text | None = None
    url_env: Variable | None = None


class Mailing(Section):
    """A section with a mail server, and who writes."""

    host: Text
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text | None = None
    password_env: Variable | None = None
    sender: Address

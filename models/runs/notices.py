"""Notices: what a plan lacks of its input, shown beside the headline; a message about rows, with their place.

They are found while the input is read; reports show them in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.runs.codes import Code
from models.runs.messages import Message


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice about ``count`` ``of`` a whole, with the first ``names`` (ids) and ``rows`` to correct, three at most.

    ``table`` is the table of the rows, ``place`` its file or sheet, as people know it.
    """

    code: Code
    count: int
    of: int
    table: str
    place: str = ""
    names: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()

    @property
    def message(self) -> Message:
        """The count and the whole, as text."""
        return Message(self.code, n=self.count, of=self.of)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Notice":
        """The notice in run.json.

        Raises:
            KeyError, TypeError, ValueError: it is not a notice.
        """
        more = {"code": Code(plain["code"]), "names": tuple(plain["names"]), "rows": tuple(plain["rows"])}
        return cls(**{**plain, **more})

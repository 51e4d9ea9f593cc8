"""What a plan lacks of its input, said beside the headline: a message about rows, with where they stand.

Whoever reads the input finds notices; reports say them in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.runs.codes import Code
from models.runs.messages import Message


@dataclass(frozen=True, kw_only=True)
class Notice:
    """``count`` ``of`` a whole; the first ``names`` (ids) and the ``rows`` to mend, at most three of each.

    ``table`` is where the rows are, ``place`` the file or sheet as people know it.
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
        """How many of how many."""
        return Message(self.code, n=self.count, of=self.of)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Notice":
        """The notice that run.json has.

        Raises:
            KeyError, TypeError, ValueError: it is no notice.
        """
        more = {"code": Code(plain["code"]), "names": tuple(plain["names"]), "rows": tuple(plain["rows"])}
        return cls(**{**plain, **more})

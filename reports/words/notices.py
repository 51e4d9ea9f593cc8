"""What a plan lacks of its input, in words: said beside the figure of quality, wherever that stands."""

from collections.abc import Iterable, Iterator

from models import Code, LaterNotice, Notice
from reports.words.language import _, listed
from reports.words.messages import Messages, rendered
from reports.words.wording import in_words


def notice_lines(notices: Iterable[Notice | LaterNotice], messages: Messages | None = None) -> list[str]:
    """What a plan lacks of its input, a sentence each, in the language spoken now; ``messages`` are the run's."""
    return [_told(notice, messages or Messages()) for notice in notices]


def in_a_sentence(notice: Notice, messages: Messages | None = None) -> str:
    """One notice in the language spoken now: how many of how many, where, which."""
    what, where = rendered(notice.message), _where(notice, messages or Messages())
    return _("{what}: {where}", what=what, where=where) if where else what


def _told(notice: Notice | LaterNotice, messages: Messages) -> str:
    if isinstance(notice, LaterNotice):  # better in its own words than not at all
        plain = notice.plain
        return _("{what}: {where}", what=in_words({}, plain.get("code")), where=f"{plain.get('count')}")
    return in_a_sentence(notice, messages)


def _where(notice: Notice, messages: Messages) -> str:
    """The rows and names that are known, and how many there are besides."""
    known = [*_rows(notice)] or [*notice.names]
    # the names of a cascade are processes, which are not what it counts
    more = 0 if notice.code is Code.TASKS_CASCADED or not known else max(0, notice.count - len(known))
    place = messages.said(notice.place or notice.table) if notice.rows else ""
    return _("{place} {rows}", place=place, rows=listed(known, more)) if place else listed(known, more)


def _rows(notice: Notice) -> Iterator[str]:
    """Each row by its number, with its name where every row has one."""
    named = len(notice.names) == len(notice.rows)
    for place, row in enumerate(notice.rows):
        name = notice.names[place] if named else ""
        yield _("row {row} ({name})", row=row, name=name) if name else _("row {row}", row=row)

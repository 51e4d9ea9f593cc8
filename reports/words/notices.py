"""What a plan lacks of its input, in words: said beside the figure of quality, wherever that stands."""

from collections.abc import Iterable, Iterator

from models import LaterNotice, Notice, NoticeCode
from reports.words.language import _, counted, listed, msgs
from reports.words.wording import in_words

WORDS = {
    NoticeCode.AGENTS_SET_ASIDE: msgs(
        "{n} of {of} people was set aside",
        "{n} of {of} people were set aside",
    ),
    NoticeCode.AGENTS_WITHOUT_TIME: msgs(
        "{n} of {of} people has no working time in the period",
        "{n} of {of} people have no working time in the period",
    ),
    NoticeCode.AGENTS_BLOCKED: msgs(
        "{n} of {of} people is not planned for, because of an unreadable shift",
        "{n} of {of} people are not planned for, because of unreadable shifts",
    ),
    NoticeCode.AGENT_SKILLS_SET_ASIDE: msgs(
        "{n} of {of} entries of who has which skill was set aside",
        "{n} of {of} entries of who has which skill were set aside",
    ),
    NoticeCode.SHIFTS_SET_ASIDE: msgs(
        "{n} of {of} shifts was set aside",
        "{n} of {of} shifts were set aside",
    ),
    NoticeCode.TIME_TAKEN: msgs(
        "{n} of {of} shifts was set aside and its time is taken from the person, to be safe",
        "{n} of {of} shifts were set aside and their time is taken from the people, to be safe",
    ),
    NoticeCode.PAIRS_SET_ASIDE: msgs(
        "{n} of {of} pairs of task and person was set aside",
        "{n} of {of} pairs of task and person were set aside",
    ),
    NoticeCode.PAIRS_EXCLUDED: msgs(
        "{n} of {of} pairs of task and person was set aside and is excluded, to be safe",
        "{n} of {of} pairs of task and person were set aside and are excluded, to be safe",
    ),
    NoticeCode.NOBODY_RESTRICTED: msgs(
        "{n} of {of} rows names a person or a task that is not there, and restricts nobody",
        "{n} of {of} rows name a person or a task that is not there, and restrict nobody",
    ),
    NoticeCode.PROCESSES_SET_ASIDE: msgs(
        "{n} of {of} processes was set aside",
        "{n} of {of} processes were set aside",
    ),
    NoticeCode.TASKS_SET_ASIDE: msgs(
        "{n} of {of} tasks was set aside and is not planned",
        "{n} of {of} tasks were set aside and are not planned",
    ),
    NoticeCode.TASKS_CASCADED: msgs(
        "{n} of {of} tasks was lost with its process",
        "{n} of {of} tasks were lost with their processes",
    ),
    NoticeCode.ROWS_HIDDEN: msgs(
        "{n} of {of} rows is hidden by a filter and planned all the same",
        "{n} of {of} rows are hidden by a filter and planned all the same",
    ),
    NoticeCode.EXAMPLE_ROWS: msgs(
        "{n} of {of} rows is an example of the template and planned all the same",
        "{n} of {of} rows are examples of the template and planned all the same",
    ),
}
"""What each code says of one and of more; ``of`` is the whole that ``n`` are a part of."""


def notice_lines(notices: Iterable[Notice | LaterNotice]) -> list[str]:
    """What a plan lacks of its input, a sentence each, in the language spoken now."""
    return [_told(notice) for notice in notices]


def in_a_sentence(notice: Notice) -> str:
    """One notice in the language spoken now: how many of how many, where, which."""
    what = counted(notice.count, *WORDS[notice.code], of=f"{notice.of:,}")
    where = _where(notice)
    return _("{what}: {where}", what=what, where=where) if where else what


def _told(notice: Notice | LaterNotice) -> str:
    if isinstance(notice, LaterNotice):  # better in its own words than not at all
        plain = notice.plain
        return _("{what}: {where}", what=in_words({}, plain.get("code")), where=f"{plain.get('count')}")
    return in_a_sentence(notice)


def _where(notice: Notice) -> str:
    """The rows and names that are known, and how many there are besides."""
    known = [*_rows(notice)] or [*notice.names]
    # the names of a cascade are processes, which are not what it counts
    more = 0 if notice.code is NoticeCode.TASKS_CASCADED or not known else max(0, notice.count - len(known))
    place = (notice.place or notice.table) if notice.rows else ""
    return _("{place} {rows}", place=place, rows=listed(known, more)) if place else listed(known, more)


def _rows(notice: Notice) -> Iterator[str]:
    """Each row by its number, with its name where every row has one."""
    named = len(notice.names) == len(notice.rows)
    for place, row in enumerate(notice.rows):
        name = notice.names[place] if named else ""
        yield _("row {row} ({name})", row=row, name=name) if name else _("row {row}", row=row)

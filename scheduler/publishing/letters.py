"""The letters of an outlet of kind mail: to each team whose list has changed, and to people whose own has."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from scheduler.config import MailOutlet
from scheduler.run.counting import count_of

if TYPE_CHECKING:
    from data import Letter, MailServer, Post
    from reports import Handout, RunView


_MOST = 10


@dataclass(frozen=True)
class Noted:
    """What each list was when it was handed out last, and how to note what it is now.

    A list is noted as unknown before it is sent, so that what may or may not have arrived is sent again.
    """

    known: Mapping[str, str | None]
    note: Callable[[str, str | None], None]


@dataclass(frozen=True)
class _List:
    """Something to send: under which name it is noted, what it is now, to whom."""

    item: str
    digest: str
    to: list[str]
    write: Callable[[Path], "Letter"]


def hand_by_mail(server: "MailServer", outlet: MailOutlet, noted: Noted, view: "RunView") -> list[str]:
    """Sends every list that is not as it was handed out last; what people should know besides.

    Raises:
        OutletError: the server does not answer, or does not take a letter; those before it have gone.
    """
    from data import opened_post

    lists = [*_of_teams(outlet, view), *_of_people(outlet, view)]
    new = [each for each in lists if noted.known.get(each.item) != each.digest]
    sent = [each for each in new if each.to]
    if sent:
        with opened_post(server) as post:
            for each in sent:
                _send(post, each, noted)
    nobody = [each.item for each in new if not each.to]
    said = [f"{count_of(len(sent), 'letter')} sent"]
    if nobody:
        more = " and others" if len(nobody) > _MOST else ""
        said.append(f"there is no address for {', '.join(nobody[:_MOST])}{more}")
    return said


def _send(post: "Post", each: _List, noted: Noted) -> None:
    noted.note(each.item, None)
    with TemporaryDirectory(prefix="allot-") as folder:
        post.send(each.write(Path(folder)))
    noted.note(each.item, each.digest)


def _of_teams(outlet: MailOutlet, view: "RunView") -> Iterator[_List]:
    from reports import team_handouts

    for each in team_handouts(view, view.run.policy.language):
        to = outlet.teams.get(each.team, outlet.to)
        yield _List(f"team {each.team}", each.digest, to, partial(_team_letter, view, each, to))


def _team_letter(view: "RunView", each: "Handout", to: list[str], folder: Path) -> "Letter":
    from data import Letter

    files = each.write(view, folder, view.run.policy.language)
    return Letter(to=to, subject=each.subject, text=each.text, name=_name(view, each.team, each.digest), files=files)


def _of_people(outlet: MailOutlet, view: "RunView") -> Iterator[_List]:
    """The lists of people who have an address of their own."""
    from reports import person_letter

    here = (pl.col("working_minutes") > 0) | (pl.col("tasks") > 0)
    known = view.agents.filter(here & pl.col("agent_id").is_in(list(outlet.people)))
    for agent in known["agent_id"].sort():
        digest, subject, text = person_letter(view, agent, view.run.policy.language)
        to = outlet.people[agent]
        write = partial(_person_letter, view, agent, to, subject=subject, text=text, digest=digest)
        yield _List(f"person {agent}", digest, to, write)


def _person_letter(
    view: "RunView", agent: str, to: list[str], folder: Path, *, subject: str, text: str, digest: str
) -> "Letter":
    from data import Letter
    from reports import write_calendars

    files = list(write_calendars(view, folder, view.run.policy.language, frozenset([agent])).values())
    return Letter(to=to, subject=subject, text=text, name=_name(view, agent, digest), files=files)


def _name(view: "RunView", what: str, digest: str) -> str:
    """The same for the same letter, so that a copy can be told."""
    return hashlib.sha256(f"{view.run.run_id}\0{what}\0{digest}".encode()).hexdigest()[:40]

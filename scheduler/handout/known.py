"""What is known of the published plan, the people and the open work, kept between calls until it has changed."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from data import BY_HAND, BY_HTTP, current_publication, read_file, source_moments
from models import AllotError
from scheduler.config import Config
from scheduler.edits import read_edits_json
from scheduler.handout.kept import Kept
from scheduler.handout.market import Market, read_market
from scheduler.handout.staff import Staff, read_staff
from scheduler.publishing import published_run
from scheduler.replanning.earlier import EarlierRun, read_earlier

if TYPE_CHECKING:
    from pathlib import Path

    from data import Publication, Store

_GLANCE_S = 0.25
"""So long it is believed that nothing has changed, by who asks often."""
_MARKET_S = 60.0
"""After so long there is less time left for everything, so the market is read again."""


class NothingPublishedError(AllotError):
    """There is no current plan."""


@dataclass(frozen=True)
class State:
    """What the store is at: the published plan, and when each source has last brought something."""

    publication: "Publication"
    moments: Mapping[str, datetime]

    @property
    def from_outside(self) -> object:
        """Is the same as long as sources have brought nothing and no other plan is published."""
        return self.publication.version, {name: at for name, at in self.moments.items() if name != BY_HAND}

    def of_people(self, config: Config) -> object:
        """Is the same as long as no source has brought people and no other plan is published."""
        only_tasks = {BY_HAND, BY_HTTP, *(name for name, source in config.source.items() if not source.tables)}
        news = {name: at for name, at in self.moments.items() if name not in only_tasks}
        return self.publication.version, news

    @property
    def whole(self) -> object:
        """Is the same as long as people have done nothing either."""
        return self.publication.version, dict(self.moments)


class Known:
    """What calls need to know of a store."""

    def __init__(self, config: Config, store: "Store") -> None:
        self._config, self._store = config, store
        self._staff_lock, self._market_lock = threading.Lock(), threading.Lock()
        self._staff: Kept[Staff] = Kept()
        self._earlier: Kept[EarlierRun] = Kept()
        self._market: Kept[tuple[Market | None]] = Kept()
        self._seen: object = None
        self._state: State | None = None
        self._looked_at = 0.0

    def state(self, *, afresh: bool = False) -> State:
        """What the store is at, or was a moment ago, unless ``afresh``.

        Raises:
            NothingPublishedError: no plan was published yet.
        """
        known = self._state
        if known is not None and not afresh and time.monotonic() - self._looked_at < _GLANCE_S:
            return known
        with self._store.reading() as connection:
            publication = current_publication(connection)
            moments = source_moments(connection)
        if publication is None:
            raise NothingPublishedError("no plan is published yet; publish one with: allot publish RUN_DIR")
        seen = State(publication, moments)
        self._state, self._looked_at = seen, time.monotonic()
        return seen  # not the attribute: another thread may have forgotten it by now

    def look_again(self) -> None:
        """Has the next call look at the store."""
        self._state = None

    def staff(self, state: State, now: datetime) -> Staff:
        """The people as they are.

        Raises:
            SnapshotError: they cannot be read; no plan could be made either.
        """

        def read() -> Staff:
            forbidden = _forbidden(state.publication.folder)
            with self._store.reading() as connection:
                return read_staff(connection, self._config, now, forbidden)

        with self._staff_lock:
            return self._staff.get(state.of_people(self._config), read)

    def market(self, state: State, now: datetime, *, whole: bool = False) -> Market | None:
        """The open work; ``whole``: also as people have left it, not only sources.

        Raises:
            SnapshotError: no plan could be made of the list.
            NotARunFolderError, UnreadableRunError: the published run is not there any more.
        """

        def read_run() -> EarlierRun:
            published_run(state.publication)
            return read_earlier(state.publication.folder)

        def read() -> tuple[Market | None]:
            earlier = self._earlier.get(state.publication.version, read_run)
            with self._store.reading() as connection:
                market = read_market(connection, self._config, state.publication, earlier, now)
            self._seen = state.whole
            return (market,)

        with self._market_lock:
            if whole and self._seen != state.whole:
                self._market.forget()
            return self._market.get(state.from_outside, read, _MARKET_S)[0]


def _forbidden(folder: "Path") -> list[tuple[str, str]]:
    """The pairs of task and agent that an edit of the published run excludes."""
    written = folder / "edits.json"
    edits = read_file(written, read_edits_json)[0] if written.exists() else []
    return [(edit.task, edit.agent) for edit in edits if edit.kind == "forbid"]

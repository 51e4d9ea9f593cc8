"""`allot alerts` on runs in a store: what is told, how often, to whom, and what was done about it."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from data import Store, open_store, set_target
from tests.scheduler.alerts.case import EIGHT, Figures, keep_run
from tests.scheduler.command import Done
from tests.services.smtp import mail_server

Call = Callable[..., Done]
LOG = '[notify.log]\nkind = "file"\npath = "alerts.jsonl"\n'
LATE = """
[[alert]]
name = "late work"
level = "team"
measure = "late"
red = 20
yellow = 10
enabled = true
"""
PLANNER = '[[alert]]\nname = "planner"\nmeasure = "run_age"\nexpect = "30m"\nenabled = true\n'


class Place:
    """A folder with a configuration and a store."""

    def __init__(self, folder: Path, url: str, inside: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._url, self._inside, self._patch = folder, url, inside, monkeypatch

    def configure(self, text: str, zone: str = "UTC") -> None:
        said = f'timezone = "{zone}"\n[store]\nurl = "{self._url}"\n{text}'
        (self.folder / "allot.toml").write_text(said, encoding="utf-8")
        assert self("store", "upgrade").code == 0

    @property
    def store(self) -> Store:
        return open_store(self._url, self.folder)

    def __call__(self, *arguments: object, at: datetime = EIGHT) -> Done:
        self._patch.setenv("ALLOT_NOW", at.isoformat())
        return self._inside(*arguments)

    def run(self, at: datetime, figures: Figures, **people: str) -> None:
        store = self.store
        keep_run(store, self.folder, at, figures, people)
        store.close()

    def check(self, at: datetime) -> Done:
        done = self("alerts", "check", "--exit-code", at=at)
        assert done.code in (0, 4), done.err
        return done

    @property
    def sent(self) -> list[dict[str, object]]:
        file = self.folder / "alerts.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


@pytest.fixture
def place(tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch, inside: Call) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path, store_url, inside, monkeypatch)


def minutes(number: float) -> datetime:
    return EIGHT + timedelta(minutes=number)


def teams(value: float, count: int = 50) -> Figures:
    return {("team", f"T{number:02}", "late"): value for number in range(count)}


@pytest.mark.parametrize("configured", ["", LATE.replace("enabled = true", "")])
def test_without_configuration_nothing_fires_on_any_data(place, configured):
    place.configure(configured + LOG)
    place.run(EIGHT, teams(1e9))
    done = place.check(minutes(60 * 24 * 30))
    assert (done.code, done.err.splitlines()[-1]) == (0, "0 firing, 0 pending")
    assert place.sent == []


@pytest.mark.slow
def test_fifty_teams_at_once_are_one_message_and_ten_runs_later_still_one(place):
    place.configure(LATE + LOG)
    for number in range(11):
        place.run(minutes(15 * number), teams(25))
        assert place.check(minutes(15 * number)).code == 4
    (message,) = place.sent
    assert message["subject"] == "allot, red: late work (50 alerts)"
    assert len(message["alerts"]) == 50
    assert "  and 30 more" in message["text"]
    place.run(minutes(200), teams(5))
    assert place.check(minutes(200)).code == 0
    assert len(place.sent) == 1


@pytest.mark.parametrize(
    "other", ["", LATE.replace("late work", "another").replace("= 20", "= 500").replace("10", "400")]
)
@pytest.mark.parametrize("left", ["", LATE.replace("true", "false")])
def test_what_is_not_watched_any_more_is_over_at_once(place, left, other):
    place.configure(LATE + other + LOG, zone="Europe/Berlin")
    place.run(EIGHT, teams(25, 1))
    assert place.check(EIGHT).code == 4
    place.configure(left + other + LOG, zone="Europe/Berlin")
    done = place.check(minutes(1))
    assert (done.code, done.err.splitlines()[-1]) == (0, "0 firing, 0 pending")
    assert ", since 2026-03-02 09:00, until 2026-03-02 09:01" in place("alerts", "list", "--all").err


def test_a_run_counts_once_and_a_name_is_in_two_messages_a_day(place):
    place.configure(LATE.replace("enabled", "for = 2\nenabled") + LOG)
    place.run(EIGHT, teams(25, 1))
    for _ in range(3):
        assert place.check(EIGHT).code == 0
    for number in range(1, 13):  # two runs beyond the threshold, two not
        place.run(minutes(15 * number), teams(25 if number % 4 < 2 else 5, 1))
        place.check(minutes(15 * number))
    assert len(place.sent) == 2
    place.check(EIGHT + timedelta(days=1))
    assert len(place.sent) == 2
    place.run(EIGHT + timedelta(days=1), teams(25, 1))
    place.run(EIGHT + timedelta(days=1, minutes=15), teams(25, 1))
    place.check(EIGHT + timedelta(days=1, minutes=15))
    assert len(place.sent) == 3


def test_a_target_of_the_history_and_a_site_that_fires_for_its_teams(place):
    place.configure(
        LATE.replace('"team"', '"site"').replace("red = 20\nyellow = 10", 'red = "target"\ninherit = true') + LOG
    )
    store = place.store
    with store.writing() as connection:
        set_target(connection, "site", "Köln", "late", 12.0, EIGHT.date(), None)
    store.close()
    keys = {("site", "Köln", "late"): 12.0, ("team", "T", "late"): 12.0}
    place.run(EIGHT, keys, A="T")
    assert place.check(EIGHT).code == 0
    place.run(minutes(15), {**keys, ("site", "Köln", "late"): 12.5, ("team", "T", "late"): 15.0}, A="T")
    assert place.check(minutes(15)).code == 4
    assert [(alert["key"], alert["threshold"]) for alert in place.sent[0]["alerts"]] == [("Köln", 12.0)]
    assert "Team T: late 15 (red at 12), since 2026-03-02 08:15; not told: 'late work' fires for Site Köln" in (
        place("alerts", "list", at=minutes(15)).err
    )


def test_the_planner_stops_and_is_told_within_one_interval_once(place):
    place.configure(PLANNER + LOG)
    place.run(EIGHT, {("enterprise", "", "late"): 0.0})
    codes = [place.check(minutes(10 * number)).code for number in range(12)]
    assert codes == [0, 0, 0, 0] + [4] * 8
    (message,) = place.sent
    assert (message["at"], message["subject"]) == ("2026-03-02T08:40:00+00:00", "allot, red: planner (Planner)")
    assert "age of the last run 40 min (red at 30 min)" in message["text"]
    place.run(minutes(120), {("enterprise", "", "late"): 0.0})
    assert place.check(minutes(121)).code == 0
    assert len(place.sent) == 1


def test_a_source_that_sends_nothing_is_told_within_one_interval_once(place):
    source = '[source.crm]\nkind = "folder"\npath = "crm"\nmax_age = "1h"\n'
    watched = '[[alert]]\nname = "sources"\nmeasure = "source_age"\nenabled = true\n'
    place.configure(source + watched + LOG)
    (place.folder / "crm" / "inbound").mkdir(parents=True)
    (place.folder / "tasks.csv").write_text("task_id,process\nT1,motor\n", encoding="utf-8")
    assert place("intake", "send", "tasks.csv", "--source", "crm").code == 0
    codes = [place.check(minutes(20 * number)).code for number in range(7)]
    assert codes == [0, 0, 0, 0, 4, 4, 4]
    (message,) = place.sent
    assert [(a["level"], a["key"], a["value"]) for a in message["alerts"]] == [("source", "crm", 80.0)]


def test_a_mail_server_that_is_down_for_an_hour_is_told_when_it_is_back_once(place, monkeypatch):
    mail = '[notify.office]\nkind = "mail"\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n'
    configured = LATE + LOG + mail + 'sender = "allot@example.org"\nto = "office@example.org"\n'
    place.configure(configured)
    for number in range(4):
        place.run(minutes(15 * number), teams(25, 2))
        done = place.check(minutes(15 * number))
        assert (done.code, "office: 0 delivered; FAILED, 1 wait: 127.0.0.1" in done.err) == (4, True)
    assert len(place.sent) == 1
    with mail_server() as server:
        place.configure(configured.replace("port = 1", f"port = {server.port}"))
        for number in range(4, 7):
            place.check(minutes(15 * number))
        (letter,) = server.to("office@example.org")
    assert letter["Subject"] == "allot, red: late work (2 alerts)"
    assert "Team T00: late 25 (red at 20), since 2026-03-02 08:00" in letter.get_content()


def test_an_address_that_is_refused_keeps_the_others_from_nothing_and_from_no_second_letter(place):
    with mail_server() as server:
        server.refused.add("gone@example.org")
        mail = f'[notify.office]\nkind = "mail"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
        to = 'sender = "allot@example.org"\nto = ["office@example.org", "gone@example.org"]\n'
        place.configure(LATE + mail + to + 'language = "zh"\n')
        place.run(EIGHT, teams(25, 1))
        assert "takes nothing for gone@example.org" in place.check(EIGHT).err
        place.check(minutes(5))
        (letter,) = server.to("office@example.org")
    assert letter["Subject"] == "allot，红色：late work（团队 T00）"
    assert "团队 T00：逾期 25（红色阈值 20），始于 2026-03-02 08:00" in letter.get_content()


class Hook(ThreadingHTTPServer):
    """Keeps what it takes with the signature; refuses the first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[bytes, str]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((body, self.headers["X-Allot-Signature"]))
        self.send_response(400 if len(self.server.asked) == 1 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_webhook_is_signed_and_tried_again_with_the_next_check(place, hook, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", "between us")
    url = f"http://127.0.0.1:{hook.server_address[1]}/"
    place.configure(LATE + f'[notify.chat]\nkind = "webhook"\nurl = "{url}"\nsecret_env = "HOOK_SECRET"\n')
    place.run(EIGHT, teams(12, 1))
    assert "chat: 0 delivered; FAILED, 1 wait" in place.check(EIGHT).err
    assert "chat: 1 delivered" in place.check(minutes(5)).err
    place.check(minutes(10))
    (first, _), (body, signature) = hook.asked
    assert signature == f"sha256={hmac.new(b'between us', body, hashlib.sha256).hexdigest()}"
    assert first == body
    assert json.loads(body)["alerts"][0]["severity"] == "yellow"
    for file in place.folder.glob("allot.db*"):
        assert b"between us" not in file.read_bytes()


def test_a_silence_keeps_quiet_until_it_is_over(place):
    place.configure(LATE + LOG)
    assert place("alerts", "silence", "--name", "late work", "--key", "T00", "--for", "1h", "--by", "ana").code == 0
    place.run(EIGHT, teams(25, 1))
    assert place.check(EIGHT).code == 4
    assert place.sent == []
    listed = place("alerts", "list").err
    assert "not told: silenced until 2026-03-02 09:00" in listed
    assert "silence 1  name 'late work', key 'T00', until 2026-03-02T09:00:00+00:00, by ana" in listed
    place.check(minutes(61))
    assert len(place.sent) == 1
    assert place("alerts", "silence", "--end", "1", at=minutes(62)).code == 2
    assert place("alerts", "silence", "--name", "late wrk").err.count("did you mean 'late work'?") == 1


def test_an_action_with_a_known_effect_is_judged(place):
    """Every day at eight it falls by itself by 2 within the hour; after the action by 12."""
    place.configure(LATE + LOG)
    for week in range(1, 5):
        day = EIGHT - timedelta(weeks=week)
        place.run(day, teams(14 + week, 1))
        place.run(day + timedelta(hours=1), teams(12 + week, 1))
        place.run(day + timedelta(days=1), teams(14 + week, 1))
    place.run(EIGHT, teams(25, 1))
    assert place.check(EIGHT).code == 4
    text = "three people from Köln until 15:00"
    done = place("alerts", "act", "1", text, "--by", "karim", "--kind", "lend", at=minutes(1))
    assert done.err.splitlines()[-1] == "action 1 is kept with alert 1 (late work)"
    place.run(minutes(61), teams(13, 1))
    place.run(EIGHT + timedelta(days=1), teams(20, 1))
    later = EIGHT + timedelta(days=2)
    judged = json.loads(place("alerts", "judge", "1", "--json", at=later).out)["judgements"][0]
    assert [judged[name]["value"] for name in ("before", "hour", "day")] == [25, 13, 20]
    assert judged["change"]["hour"] == {"value": -12, "usual": -2, "least": -2, "most": -2, "beyond_usual": -10}
    assert judged["change"]["day"]["beyond_usual"] == -5
    assert judged["action"] == {"action_id": 1, "by": "karim", "kind": "lend", "text": text}
    said = place("alerts", "judge", "1", at=later).err
    assert "by -2 on average (-2 to -2): -10 beyond the usual" in said
    assert "one time in 5. So few cannot prove that it helped" in said
    shown = json.loads(place("alerts", "show", "1", "--json", at=later).out)
    assert [action["kind"] for action in shown["actions"]] == ["lend"]


def test_what_is_not_known_of_an_action_is_said(place):
    place.configure(LATE + LOG)
    place.run(EIGHT, teams(25, 1))
    place.check(EIGHT)
    assert place("alerts", "judge", "7").code == 2
    judged = json.loads(place("alerts", "judge", "1", "--json").out)["judgements"][0]
    assert judged["change"] == {"hour": None, "day": None}
    assert (
        judged["unknown"][0] == "What it did until one hour after is not known: there is no run before, or none after."
    )
    assert judged["unknown"][-1].startswith("No action is kept for this alert")


def test_trying_says_what_would_have_been_sent_and_sends_nothing(place):
    place.configure(LATE.replace("enabled = true", "") + PLANNER + LOG)
    for number in range(8):
        place.run(minutes(15 * number), teams(25 if number in (2, 3, 6) else 5, 3))
    tried = json.loads(place("alerts", "try", "late work", "--from", "-8w", "--json", at=minutes(200)).out)
    assert (tried["runs"], tried["fired"], tried["firing"]) == (8, {"late work": 6}, 0)
    assert [len(message["alerts"]) for message in tried["messages"]] == [3, 3]
    said = place("alerts", "try", "--from", "-8w", at=minutes(200)).err
    assert "2 messages over 8 runs; 0 would be firing now" in said
    assert "ages are not in the history, and not tried: planner" in said
    assert place.sent == []
    assert place("alerts", "try", "--from", "-8x").code == 2

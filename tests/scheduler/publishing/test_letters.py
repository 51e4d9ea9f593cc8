"""The outlet of kind mail, with a mail server of the tests' own: who is written to, once, and what a failure leaves."""

import pytest

from tests.scheduler.publishing.case import Desk
from tests.services.smtp import mail_server

pytestmark = pytest.mark.slow


@pytest.fixture
def server():
    """A mail server that runs while the test does."""
    with mail_server() as running:
        yield running


@pytest.fixture
def desk(tmp_path, monkeypatch, inside, server) -> Desk:
    """A desk whose outlet is the mail server."""
    monkeypatch.chdir(tmp_path)
    outlet = f"""
        [outlet.letters]
        kind = "mail"
        host = "127.0.0.1"
        port = {server.port}
        security = "none"
        sender = "planning@example.org"
        to = "office@example.org"
        teams."=Team 1" = ["lead@example.org", "deputy@example.org"]
        people.A = "ana@example.org"
    """
    return Desk(tmp_path, inside, outlet)


def test_each_team_gets_its_list_and_each_person_a_calendar(desk, server):
    desk.plan({"T1": "A", "T2": "C"})
    done = desk.distribute()
    assert (done["code"], done["letters"]["rows"]) == (0, 2)
    assert done["letters"]["message"] == "3 letters sent"
    (letter,) = server.to("lead@example.org")
    assert letter["To"] == "lead@example.org, deputy@example.org"
    assert letter["Subject"] == "Plan 2026-03-02 09:00: =Team 1"
    assert "1 task, planned from" in letter.get_body().get_content()
    assert [part.get_filename() for part in letter.iter_attachments()] == ["=Team 1.xlsx", "A.ics", "B.ics"]
    assert [part.get_filename() for part in server.to("ana@example.org")[0].iter_attachments()] == ["A.ics"]
    assert [letter["Subject"] for letter in server.to("office@example.org")] == ["Plan 2026-03-02 09:00: Team 2"]
    desk.distribute()
    assert len(server.taken) == 3


def test_only_those_whose_list_has_changed_are_written_to_again(desk, server):
    desk.plan({"T1": "A", "T2": "C"})
    desk.distribute()
    desk.plan({"T1": "A", "T3": "C"})
    done = desk.distribute()
    assert (done["letters"]["rows"], done["letters"]["withdrawn"]) == (2, 1)
    assert [len(server.to(f"{name}@example.org")) for name in ("lead", "ana", "office")] == [1, 1, 2]


def test_a_server_that_goes_away_in_the_middle_gets_the_rest_later(desk, server):
    desk.plan({"T1": "A", "T2": "C"})
    server.goes_after = 1
    done = desk.distribute()
    assert (done["code"], done["letters"]["left"], len(server.taken)) == (5, 2, 1)
    assert f"127.0.0.1:{server.port}: " in done["err"]
    server.goes_after = None
    done = desk.distribute()
    assert (done["code"], done["letters"]["rows"]) == (0, 2)
    assert [len(server.to(f"{name}@example.org")) for name in ("lead", "ana", "office")] == [1, 1, 1]


def test_a_letter_that_may_not_have_arrived_is_sent_again_under_the_same_name(desk, server, monkeypatch):
    desk.plan({"T1": "A"})
    from data.outlets import mail

    send = mail.Post.send

    def killed(post, letter):
        send(post, letter)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mail.Post, "send", killed)
        assert desk.call("distribute").code == 130
    desk.distribute()
    first, again = server.to("lead@example.org")
    assert first["Message-ID"] == again["Message-ID"]
    assert len(server.to("ana@example.org")) == 1


def test_an_address_that_is_refused_is_told(desk, server):
    desk.plan({"T1": "A"})
    server.refused = {"office@example.org"}
    done = desk.distribute()
    assert (done["code"], "takes nothing for office@example.org" in done["letters"]["message"]) == (5, True)


def test_a_name_begins_no_header(desk, server):
    import polars as pl

    run = desk.plan({"T1": "A"})
    agents = pl.read_parquet(run / "agents.parquet")
    evil = "Evil\r\nBcc: all@example.org\n\n<b>"
    agents.with_columns(pl.col("team").replace({"Team 2": evil}), pl.lit(evil).alias("name")).write_parquet(
        run / "agents.parquet"
    )
    done = desk.distribute()
    assert done["code"] == 0, done
    letters = [message for _, message in server.taken]
    assert {message["Subject"] for message in letters} >= {"Plan 2026-03-02 09:00: Evil Bcc: all@example.org <b>"}
    assert {message["Bcc"] for message in letters} == {None}
    assert {receiver for receivers, _ in server.taken for receiver in receivers} == {
        "lead@example.org",
        "deputy@example.org",
        "office@example.org",
        "ana@example.org",
    }

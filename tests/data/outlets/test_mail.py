"""Letters on a mail server of the tests' own: what arrives, and what is said where it does not."""

from pathlib import Path

import pytest

from data.outlets.mail import Letter, MailServer, PartlyTakenError, opened_post, reach_mail
from data.outlets.side import OutletError
from tests.services.smtp import MailServer as Taking
from tests.services.smtp import mail_server


@pytest.fixture
def taking():
    """A server that runs while the test does."""
    with mail_server() as running:
        yield running


def letter(*to: str, **more: object) -> Letter:
    given = {"subject": "Plan", "text": "Grüße\n", "name": "run-1.lead", **more}
    return Letter(to=to or ("ana@example.org",), **given)


def server(port: int) -> MailServer:
    return MailServer(host="127.0.0.1", port=port, security="none", sender="plan@example.org")


def send(taking: Taking, *letters: Letter) -> None:
    with opened_post(server(taking.port)) as post:
        for one in letters:
            post.send(one)


def test_a_letter_arrives_with_its_files_and_the_name_by_which_copies_are_known(taking, tmp_path: Path):
    (tmp_path / "Team ö.xlsx").write_bytes(b"rows")
    (tmp_path / "A.ics").write_text("BEGIN:VCALENDAR")
    send(taking, letter("ana@example.org", "bo@example.org", files=[tmp_path / "Team ö.xlsx", tmp_path / "A.ics"]))
    ((receivers, message),) = taking.taken
    assert receivers == ["ana@example.org", "bo@example.org"]
    assert (message["Message-ID"], message["Auto-Submitted"]) == ("<run-1.lead@example.org>", "auto-generated")
    assert message.get_body().get_content() == "Grüße\r\n"
    parts = list(message.iter_attachments())
    assert [(part.get_filename(), part.get_content_maintype()) for part in parts] == [
        ("Team ö.xlsx", "application"),
        ("A.ics", "text"),
    ]


def test_a_line_break_in_a_subject_begins_no_header(taking):
    send(taking, letter(subject="Team\r\nBcc: eve@example.org\u2028 ö"))
    ((receivers, message),) = taking.taken
    assert receivers == ["ana@example.org"]
    assert (message["Subject"], message["Bcc"]) == ("Team Bcc: eve@example.org ö", None)


def test_who_is_refused_is_named_and_the_others_have_it(taking):
    taking.refused = {"gone@example.org"}
    with pytest.raises(PartlyTakenError, match=r"^127\.0\.0\.1:\d+: takes nothing for gone@example\.org$"):
        send(taking, letter("gone@example.org", "ana@example.org"))
    assert [receivers for receivers, _ in taking.taken] == [["ana@example.org"]]
    with pytest.raises(OutletError, match=r"takes nothing for gone@example\.org$"):
        send(taking, letter("gone@example.org"))


def test_a_server_that_goes_away_is_told_and_what_it_took_stays(taking):
    taking.goes_after = 1
    with pytest.raises(OutletError, match=r"^127\.0\.0\.1:\d+: "):
        send(taking, letter(), letter())
    assert len(taking.taken) == 1


def test_a_server_that_does_not_answer_or_does_not_encrypt_is_told(taking):
    reach_mail(server(taking.port))
    plain = MailServer(host="127.0.0.1", port=taking.port, sender="a@example.org", username="me", password="hush")
    with pytest.raises(OutletError, match=r"STARTTLS") as told:
        reach_mail(plain)
    assert "hush" not in str(told.value) + repr(plain)
    with pytest.raises(OutletError, match=r"^127\.0\.0\.1:1: does not answer: Connection refused$"):
        reach_mail(server(1))


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_kind_of_encryption_has_its_port(security, port):
    assert MailServer(host="mail", sender="a@b.org", security=security).name == f"mail:{port}"

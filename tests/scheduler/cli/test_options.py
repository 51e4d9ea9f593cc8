"""What the commands share: lines for people, output for programs, stopping."""

import os
import signal
import threading

import pytest
import rich_click as click
from click.testing import CliRunner

from scheduler.cli.options import (
    MOST_LINES,
    WORKERS,
    cancellable,
    deliver_json,
    in_a_line,
    left_out,
    printable,
    together,
    user_name,
)


def test_what_would_tell_a_terminal_something_is_replaced():
    assert printable("a\x1b[31mö\n\u202eb 名") == "a�[31mö��b 名"


def test_a_message_of_several_lines_is_said_in_one():
    assert (
        in_a_line("2 rows break a rule:\n  row 2: \x1b[31m\n  row 3") == "2 rows break a rule; row 2: \ufffd[31m; row 3"
    )


@pytest.mark.parametrize(
    ("count", "said"), [(0, ""), (MOST_LINES, ""), (MOST_LINES + 1, ", of which the first 50 are shown")]
)
def test_a_list_that_is_cut_says_so(count, said):
    assert left_out(count) == said


def test_options_are_shown_in_the_order_they_are_given():
    @click.command()
    @together(click.option("--first"), click.option("--second"))
    def command(first: str, second: str) -> None:
        """Nothing."""

    assert [each.name for each in command.params] == ["first", "second"]


def test_workers_that_cannot_be_are_wrong_use():
    @click.command()
    @WORKERS
    def command(workers: str | None) -> None:
        click.echo(workers)

    assert CliRunner().invoke(command, ["--workers", "processes:2"]).output == "processes:2\n"
    refused = CliRunner().invoke(command, ["--workers", "-1"])
    assert refused.exit_code == 2


def test_json_is_one_line_of_the_letters_themselves(capfd):
    deliver_json({"größe": "名"})
    assert capfd.readouterr().out == '{"größe": "名"}\n'


def test_half_of_a_character_is_escaped_in_json(capfd):
    """It ended with exit code 5."""
    deliver_json({"note": "a\ud800"})
    assert capfd.readouterr().out == '{"note": "a\\ud800"}\n'


def test_the_first_request_to_stop_is_told_and_the_second_interrupts(capsys):
    before = signal.getsignal(signal.SIGINT)
    with cancellable("stopping") as event:
        os.kill(os.getpid(), signal.SIGTERM)
        assert event.wait(5)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert "stopping" in capsys.readouterr().err


def test_another_thread_has_an_event_that_no_signal_sets():
    found = []

    def work() -> None:
        with cancellable() as event:
            found.append(event.is_set())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [False]


def test_a_user_without_a_name_is_somebody(monkeypatch):
    def none() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", none)
    assert user_name() == "somebody"


@pytest.mark.parametrize(
    "arguments",
    [
        ("tasks", "list", "--xlsx"),
        ("history", "show", "--csv"),
        ("history", "actuals", "--csv"),
        ("template",),
    ],
)
def test_the_folder_of_a_file_that_is_asked_for_is_made(berlin, inside, arguments):
    file = berlin / "not" / "there" / "file.xlsx"
    done = inside(*arguments, file)
    assert done.code == 0, done.err
    assert [found.name for found in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("command", ["show", "actuals"])
def test_a_time_that_ends_before_it_begins_is_refused(berlin, inside, command):
    done = inside("history", command, "--from", "2026-03-05", "--to", "2026-03-01")
    assert (done.code, done.err) == (2, "--from 2026-03-05 is not before --to 2026-03-01\n")

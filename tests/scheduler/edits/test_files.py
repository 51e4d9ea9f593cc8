import json
from pathlib import Path
from typing import Any

import pytest

from models import CheckError
from scheduler.audit.edits import understand
from scheduler.edits import EditError, edits_to_json, read_edits_file, read_edits_json, resolve
from tests.scheduler.edits.small import office


def written(folder: Path, text: str, name: str = "today.csv") -> list[tuple[str, ...]]:
    """What is read from a file of this text."""
    (folder / name).write_text(text, encoding="utf-8")
    return read_edits_file(folder / name)


def test_capital_letters_make_no_difference(tmp_path):
    (pin,) = written(tmp_path, "Edit,What\nPIN,T1=Ann\n")
    assert pin[:2] == ("pin", "T1=Ann")


@pytest.mark.parametrize(
    "text",
    [
        "edit;what\npin;T1=Ann\n",
        "edit\twhat\r\npin\tT1=Ann\r\n",
        "\ufeffsep=|\nwhat|note|edit\nT1=Ann||pin\n",
        'edit,what\npin,"T1=Ann"\n\x1a',
    ],
)
def test_edits_are_written_in_every_dialect_of_csv(tmp_path, text):
    (pin,) = written(tmp_path, text)
    assert pin[:2] == ("pin", "T1=Ann")


@pytest.mark.parametrize(
    ("name", "encoding", "said"),
    [
        ("today.csv", "cp1252", "today.csv line 2: not UTF-8 .*; save it again as 'CSV UTF-8'"),
        ("today.csv", "utf-16", "today.csv is written in UTF-16, not UTF-8; save it again as 'CSV UTF-8'"),
        ("today.toml", "cp1252", "today.toml line 2: not UTF-8 .*; save it again as UTF-8"),
        ("today.toml", "utf-16", "today.toml is written in UTF-16, not UTF-8; save it again as UTF-8"),
    ],
)
def test_edits_in_another_encoding_are_refused_in_words(tmp_path, name, encoding, said):
    text = 'hold = ["T1"]\npin = ["T1=Jörg"]\n' if name.endswith("toml") else "edit,what\npin,T1=Jörg\n"
    (tmp_path / name).write_bytes(text.encode(encoding))
    with pytest.raises(EditError, match=said):
        read_edits_file(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("edit,what\n\n\npni,T1=Ann\n", "today.csv row 4: there is no edit 'pni'; did you mean 'pin'?"),
        ("edit,what\n\nhold\n", "today.csv line 3: 1 cell, 'hold', where the header has 2"),
        ("edit,what\nhold,T1,T2\n", "today.csv line 2: 3 cells where the header has 2"),
        ("edit,who\nhold,T1\n", "today.csv: the required column 'what' is missing"),
        ("edit,what\n\nhold,T99\n", "today.csv row 3: hold T99: there is no task 'T99'"),
        ("edit,what\nhold,\n", "today.csv row 2: hold: it is written hold TASK."),
        ("edit,what\nadd_task,\n", "today.csv row 2: add_task: it is written add_task FILE."),
    ],
)
def test_an_error_names_the_file_and_the_row(tmp_path, text, said):
    with pytest.raises(EditError) as error:
        resolve(written(tmp_path, text), office())
    assert said in str(error.value)


def test_an_error_names_the_toml_file(tmp_path):
    with pytest.raises(EditError, match=r"today\.toml: hold T99: there is no task 'T99'"):
        resolve(written(tmp_path, 'hold = ["T99"]', "today.toml"), office())


WRITTEN = [("pin", "T1=Ann"), ("hold", "T2"), ("agent_out", "Bob@10:00"), ("boost", "process:claim=2")]
"""Some edits, the damaged one of which has a place in them."""


def kept_by_a_run() -> dict[str, Any]:
    """The content of edits.json."""
    return edits_to_json(resolve(WRITTEN, office()), [("T3", "Ann")])


def test_what_a_run_keeps_is_read_back(tmp_path):
    (tmp_path / "edits.json").write_text(json.dumps(kept_by_a_run()), encoding="utf-8")
    edits, frozen = read_edits_json(tmp_path / "edits.json")
    assert edits == resolve(WRITTEN, office())
    assert frozen == [("T3", "Ann")]
    assert understand(kept_by_a_run()).frozen == (("T3", "Ann"),)


@pytest.mark.parametrize(
    ("nth", "name", "value"),
    [
        (0, "edit", ["pin"]),
        (0, "agent", 7),
        (0, "agent", None),
        (1, "task", {"a": 1}),
        (1, "task", ""),
        (2, "at", "x"),
        (2, "at", None),
        (2, "at", "2026-03-02T10:00"),
        (3, "factor", "x"),
        (3, "level", ["process"]),
        (3, "key", None),
    ],
)
def test_both_readers_refuse_a_damaged_edit(tmp_path, nth, name, value):
    content = kept_by_a_run()
    content["edits"][nth][name] = value
    (tmp_path / "edits.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CheckError, match=r"edits\.json"):
        understand(content)
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_edits_json(tmp_path / "edits.json")


@pytest.mark.parametrize("frozen", ["T3", [["T3", "Ann"]], [{"task": "T3"}], [{"task": 3, "agent": "Ann"}]])
def test_both_readers_refuse_damaged_frozen_work(tmp_path, frozen):
    content = {**kept_by_a_run(), "frozen": frozen}
    (tmp_path / "edits.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CheckError, match=r"edits\.json"):
        understand(content)
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_edits_json(tmp_path / "edits.json")

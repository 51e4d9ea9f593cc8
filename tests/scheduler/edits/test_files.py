from pathlib import Path

import pytest

from scheduler.edits import EditError, read_edits_file, resolve
from tests.scheduler.edits.small import office


def written(folder: Path, text: str, name: str = "today.csv") -> list[tuple[str, ...]]:
    """What is read from a file of this text."""
    (folder / name).write_text(text, encoding="utf-8")
    return read_edits_file(folder / name)


def test_capital_letters_make_no_difference(tmp_path):
    (pin,) = written(tmp_path, "Edit,What\nPIN,T1=Ann\n")
    assert pin[:2] == ("pin", "T1=Ann")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("edit,what\n\n\npni,T1=Ann\n", "today.csv row 4: there is no edit 'pni'; did you mean 'pin'?"),
        ("edit,what\n\nhold\n", "today.csv row 3: needs an edit and what it is about"),
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

"""The list of a fleet, in TOML and in CSV."""

from pathlib import Path

import pytest

from scheduler.fleet import ListError, read_list


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
    (tmp_path / "south.toml").touch()
    return tmp_path


def listed(folder: Path, text: str, name: str = "sites.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_both_forms_say_the_same(folder: Path) -> None:
    toml = listed(
        folder,
        '[[plan]]\nsnapshot = "north"\neffort = 3\nstrict = true\ntime_limit = "2m"\n'
        '[[plan]]\nname = "Süd-2"\nsnapshot = "south"\npolicy = "south.toml"\nlang = "zh"\n',
    )
    csv = listed(
        folder,
        "name,snapshot,policy,effort,strict,time_limit,lang\n,north,,3,yes,2m,\n\nSüd-2,south,south.toml,,,,zh\n",
        "sites.csv",
    )
    plans = read_list(toml)
    assert [(plan.name, plan.snapshot) for plan in plans] == [("north", folder / "north"), ("Süd-2", folder / "south")]
    assert plans[0].options == {"effort": 3, "strict": True, "time_limit_s": 120.0}
    assert plans[1].options == {"policy": folder / "south.toml", "language": "zh"}
    assert read_list(csv) == plans
    csv.write_text(csv.read_text("utf-8").replace(",", ";"), "utf-8-sig")
    assert read_list(csv) == plans


def test_all_that_is_wrong_is_named(folder: Path) -> None:
    file = listed(
        folder,
        "name,snapshot,policy,efort,effort,strict\n"
        "a,gone,none.toml,,,\n"
        "b,north,,3,,\n"
        "c/../d,north,,,many,perhaps\n"
        "e,,,,,\n"
        "f,north,,,,\n"
        "F,south,,,,\n",
        "sites.csv",
    )
    with pytest.raises(ListError) as refused:
        read_list(file)
    said = str(refused.value)
    for line in (
        "line 2: policy none.toml does not exist",
        "line 3: unknown key 'efort'; did you mean 'effort'?",
        "line 4: effort 'many': invalid literal",
        "line 4: strict 'perhaps': is neither true nor false",
        "line 4: name 'c/../d' is no name of a folder",
        "line 5: snapshot is missing",
        "two plans are named F: each has a folder of its name; give them a name",
    ):
        assert line in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lists no plans"),
        ("plans = 3", "a list has tables [[plan]], [[site]], [[tenant]], [[scenario]] and nothing else, not plans"),
        ("plan = 3", "and nothing else"),
        ("[[plan", "sites.toml"),
        ("[[plan]]\nsnapshot = 3", "snapshot 3 is not text"),
    ],
)
def test_what_is_no_list_is_refused(folder: Path, text: str, said: str) -> None:
    with pytest.raises(ListError) as refused:
        read_list(listed(folder, text))
    assert said in str(refused.value)


def test_options_may_be_written_as_on_the_command_line(folder: Path) -> None:
    toml = listed(
        folder,
        '[[site]]\nsnapshot = "north"\noptions = "--effort 3 --as-of=2026-03-02T08:00 --strict --no-xlsx"\n'
        '[[site]]\nsnapshot = "south"\noptions = {effort = 3, time-limit = "2m"}\n',
    )
    csv = listed(folder, "snapshot,time-limit,options\nnorth,2m,--effort 3\n", "sites.csv")
    north, south = read_list(toml)
    assert north.options == {"effort": 3, "as_of": "2026-03-02T08:00", "strict": True, "xlsx": False}
    assert south.options == {"effort": 3, "time_limit_s": 120.0}
    assert read_list(csv)[0].options == {"effort": 3, "time_limit_s": 120.0}
    for text in ("effort 3", "--efort 3", "--effort many", '"'):
        csv.write_text(f"snapshot,options\nnorth,'{text}'\n".replace("'", ""), "utf-8")
        with pytest.raises(ListError, match=r"line 2|quote"):
            read_list(csv)

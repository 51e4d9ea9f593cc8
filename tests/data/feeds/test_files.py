"""One form everywhere: CSV, Excel, JSON and XML say the same, and what cannot be read is refused with the reason."""

import io
import json
import zipfile

import openpyxl
import pytest

from data import Terms
from data.feeds.files import file_rows
from data.intake.form import formed
from models import SnapshotError
from tests.data.intake.operation_case import NOON

TERMS = Terms(source="s", zone="Europe/Berlin", prefix="S-")


def read(name: str, content: bytes | str, terms: Terms = TERMS):
    """The operations of a file."""
    raw = content.encode() if isinstance(content, str) else content
    return formed(file_rows(raw, name, "sha", terms.names), terms).operations(NOON)


def workbook(*rows: tuple[object, ...], title: str = "tasks", before: int = 0) -> bytes:
    """A workbook with a sheet of these rows."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = title
    for _ in range(before):
        sheet.append([])
    for row in rows:
        sheet.append(row)
    book.save(content)
    return content.getvalue()


SAME = {
    "t.csv": "Task ID,process,value,due_at,operation\nT1,claim,1.5,2026-03-02 09:00,create\n",
    "s.csv": "task_id;process;value;due_at\nT1;claim;1,5;2026-03-02T09:00\n",
    "t.jsonl": '{"task_id": "T1", "process": "claim", "value": 1.5, "due_at": "2026-03-02T08:00Z"}\n',
    "t.json": '[{"task_id": "T1", "process": "claim", "value": "1.50", "due_at": "2026-03-02T09:00:00+01:00"}]',
    "t.xml": '<l><t task_id="T1"><process>claim</process><value>1.5</value><dueAt>2026-03-02T08:00Z</dueAt></t></l>',
    "1.xml": "<t><task_id>T1</task_id><process>claim</process><value>1.5</value><due_at>2026-03-02T09:00</due_at></t>",
    "t.xlsx": workbook(("task_id", "process", "value", "due_at"), ("T1", "claim", 1.5, "2026-03-02T09:00")),
    "hand.xlsx": workbook(
        ("Aufgabe", "Vorgang", "value", "due_at"), ("T1", "claim", "1,5", "02.03.2026 9:00"), title="x"
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_every_kind_of_file_says_the_same(name):
    (operation,) = read(name, SAME[name])
    (expected,) = read("t.csv", SAME["t.csv"])
    assert (operation.task_id, operation.kind, operation.fault) == ("T1", expected.kind, None)
    assert {n: v for n, v in operation.values.items() if v is not None} == expected.values


def test_keys_are_the_file_and_the_row_and_arrays_add_the_index():
    assert [o.key for o in read("t.csv", "\n\ntask_id\nT1\n\nT2\n")] == ["sha:2", "sha:4"]
    assert [o.key for o in read("t.xlsx", workbook(("task_id",), (), ("T1",), before=2))] == ["sha:5"]
    assert [o.key for o in read("t.jsonl", '{"task_id": "T1"}\n\n[{"task_id": "T2"}, {"task_id": "T3"}]\n')] == [
        "sha:1",
        "sha:3:0",
        "sha:3:1",
    ]
    assert [o.key for o in read("t.xml", "<a><b task_id='T1'/><!-- x --><b task_id='T2'/></a>")] == ["sha:1", "sha:2"]
    assert read("t.csv", "task_id,key\nT1,mine\n")[0].key == "mine"


def test_ids_default_to_each_other_with_the_prefix():
    names = [(o.task_id, o.capture_id) for o in read("t.csv", "task_id,capture_id\nT1,\n,C2\nT3,C3\n")]
    assert names == [("T1", "T1"), ("S-C2", "C2"), ("T3", "C3")]


def test_versions_are_whole_numbers_or_times():
    found = read("t.csv", "task_id,version,at\nA,7,\nB,2026-03-02T09:00,2026-03-02T09:00\nC,1.5,\nD,,soon\n")
    assert [o.version for o in found] == [7, 1772438400000000, None, None]
    assert found[1].at == NOON.replace(hour=8)
    assert [o.fault for o in found[:2]] == [None, None]
    assert "version '1.5' is neither a whole number" in found[2].fault
    assert "at 'soon' is not a time" in found[3].fault


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"task_id": "T1", "operation": "hodl"}, "operation 'hodl' is unknown; did you mean 'hold'?"),
        ({"task_id": "T1", "status": "asleep"}, "status 'asleep' is unknown"),
        ({"process": "claim"}, "task_id is missing"),
        ({"task_id": "T1", "value": "much"}, "value 'much' is not a number"),
        ({"task_id": "T1", "value": "-1"}, "value -1.0 is out of range: at least 0"),
        ({"task_id": "T1", "minutes": "0"}, "minutes 0.0 is out of range: above 0"),
        ({"task_id": "T1", "due_at": "0026-03-02"}, "due_at is not in the calendar"),
        ({"task_id": "T1", "skills": "a>=x"}, "skills: "),
        ({"task_id": "T1", "Task-ID": "T2"}, "are the same column; keep one of them"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(row, fault):
    (operation,) = read("t.json", json.dumps(row))
    assert fault in (operation.fault or "")


def test_a_line_that_is_no_object_is_refused_alone():
    good, bad, number, nan = read("t.jsonl", '{"task_id": "T1"}\n{"task_id":\n17\n{"task_id": "T2", "value": NaN}\n')
    assert good.fault is None
    assert "it is no JSON" in bad.fault
    assert "no JSON object" in number.fault
    assert "NaN is no value" in nan.fault


def test_a_create_of_a_table_clears_empty_cells_and_an_update_leaves_them():
    create, update = read("t.csv", "operation,task_id,value,segment\ncreate,T1,5,\nupdate,T1,,gold\n")
    assert (create.values, update.values) == ({"value": 5.0, "segment": None}, {"segment": "gold"})
    first, second = read("t.json", '[{"task_id": "T1", "segment": null}, {"task_id": "T1", "value": 5}]')
    assert (first.values, second.values) == ({"segment": None}, {"value": 5.0})


BOMB = "<!DOCTYPE a [<!ENTITY a '{}'>{}]>".format("ha" * 50, "".join(f"<!ENTITY b{n} '&a;&a;'>" for n in range(20)))
UNREADABLE = {
    "dtd.xml": (f"<?xml version='1.0'?>\n<!-- x -->{BOMB}<t><x task_id='&b9;'/></t>", "document type (DTD)"),
    "entity.xml": ("<!DOCTYPE t [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><t><x><task_id>&e;</task_id></x></t>", "DTD"),
    "wide.xml": ("<!DOCTYPE t SYSTEM 'http://example.org/t.dtd'><t><x task_id='1'/></t>".encode("utf-16"), "DTD"),
    "cut.xml": ("<tasks><task task_id='T1'/><task", "is not well-formed XML"),
    "deep.xml": ("<a>" * 10000, "is not well-formed XML"),
    "empty.xml": ("", "is empty"),
    "t.csv": ("task_id,value\nT1,5,6\n", "3 cells where the header has 2"),
    "no_id.csv": ("process,value\nclaim,5\n", "there is no column 'task_id' or 'capture_id'"),
    "twice.csv": ("task_id,value,value\nT1,5,6\n", "the column 'value' is there twice"),
    "latin.jsonl": ('{"task_id": "Zoë"}'.encode("latin-1"), "is not UTF-8"),
    "cut.json": ('[{"task_id": "T1"}', "is not JSON"),
    "none.jsonl": ("nothing\nof use\n", "no line is a JSON object"),
    "t.xlsx": (b"PK\x03\x04 no workbook", "cannot be read as an Excel workbook"),
    "t.pdf": (b"%PDF", "these end in .csv"),
    "t.csv.gz": (b"\x1f\x8b broken", "is not a whole gzip file"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_as_a_whole_is_refused(name):
    content, said = UNREADABLE[name]
    with pytest.raises(SnapshotError, match=r".") as caught:
        read(name, content)
    assert said in str(caught.value)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    content = io.BytesIO(workbook(("task_id",), ("T1",)))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * 70_000_000)
    with pytest.raises(SnapshotError, match="unpacks to"):
        read("t.xlsx", content.getvalue())


def test_formulas_without_a_result_refuse_the_file_and_texts_that_look_like_them_stay_text():
    with pytest.raises(SnapshotError, match="formulas whose result is not stored"):
        read("t.xlsx", workbook(("task_id", "value"), ("T1", "=1+1")))
    (operation,) = read("t.csv", "task_id,segment\nT1,=1+1\n")
    assert operation.values == {"segment": "=1+1"}

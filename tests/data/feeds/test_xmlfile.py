"""XML: what is an operation, which names its values have, and what is never read."""

import pytest

from data.feeds import xmlfile
from data.feeds.xmlfile import xml_entries
from models import SnapshotError


def read(text: str | bytes) -> list[dict[str, str | None] | str]:
    """The values of each operation, or its fault."""
    entries = xml_entries(text.encode() if isinstance(text, str) else text, "t.xml", "sha")
    return [dict(entry.values) if entry.values is not None else str(entry.fault) for entry in entries]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('<task task_id="T1"/>', [{"task_id": "T1"}]),
        ("<task><task_id>T1</task_id><value/></task>", [{"task_id": "T1", "value": ""}]),
        ('<l><task task_id="T1"><value>2</value></task></l>', [{"task_id": "T1", "value": "2"}]),
        (
            "<l><task><task_id>T1</task_id></task><task><task_id>T2</task_id></task></l>",
            [{"task_id": "T1"}, {"task_id": "T2"}],
        ),
        ('<l xmlns="urn:x" xmlns:y="urn:y"><t y:task_id="T1"/></l>', [{"task_id": "T1"}]),
        ("<l><t><note>a<b>ö</b>c</note></t></l>", [{"note": "aöc"}]),
        ("<l><!-- nothing --><?php x?></l>", []),
    ],
)
def test_elements_are_operations_and_children_and_attributes_their_values(text, values):
    assert read(text) == values


def test_a_name_twice_and_an_element_without_values_are_refused_alone():
    found = read('<l><t task_id="T1"><task_id>T2</task_id></t><t> </t><t task_id="T3"/></l>')
    assert found == [
        "'task_id' is there twice; keep one of them",
        "it has neither children nor attributes",
        {"task_id": "T3"},
    ]


def test_keys_follow_the_elements():
    entries = xml_entries(b'<l><t a="1"/><!-- x --><t a="2"/></l>', "t.xml", "sha")
    assert [(entry.key, entry.place) for entry in entries] == [("sha:1", "element 1"), ("sha:2", "element 2")]


BOMB = '<!DOCTYPE l [<!ENTITY a "aaaa">]><l><t task_id="&a;"/></l>'


@pytest.mark.parametrize(
    "content",
    [
        BOMB.encode(),
        b"\xef\xbb\xbf" + BOMB.encode(),
        b'<?xml version="1.0"?>\n<!-- x -->\n' + BOMB.encode(),
        BOMB.encode("utf-16"),
        BOMB.encode("utf-16-le"),
        BOMB.encode("utf-32"),
    ],
)
def test_a_document_type_is_refused_in_every_encoding(content):
    with pytest.raises(SnapshotError, match=r"^t\.xml"):
        read(content)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "is empty"), (" \n", "is empty"), ("<l><t></l>", "is not well-formed XML"), ("x", "line 1, column 1$")],
)
def test_what_is_no_document_is_refused(text, said):
    with pytest.raises(SnapshotError, match=said):
        read(text)


def test_a_document_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(xmlfile, "MOST_BYTES", 2**20)
    with pytest.raises(SnapshotError, match="larger than 1 MB; split it"):
        read(b"<l>" + b" " * 2**20)

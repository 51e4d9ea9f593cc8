"""Reads XML as operations, one per element. No external resource is loaded and no entity is expanded."""

import re
from collections.abc import Iterator

from lxml import etree

from data.intake.rows import Entry
from data.tables.schemas import loose
from models import SnapshotError

MOST_BYTES = 256 * 2**20
"""The largest document that is read, in bytes; in memory it takes several times as much."""

_PROLOG = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*<!DOCTYPE", re.DOTALL | re.IGNORECASE)
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_IDS = (loose("task_id"), loose("capture_id"))
_NO_DTD = "a document type (DTD) is not allowed, as it can hold entities; remove <!DOCTYPE ...>"


def xml_entries(content: bytes, origin: str, sha256: str) -> list[Entry]:
    """The operations of a document: the children of its root, or the root itself if it is an operation.

    Raises:
        SnapshotError: the document is not well-formed, is too large, or has a document type.
    """
    root = _root(content, origin)
    elements = [root] if _is_operation(root) else list(_elements(root))
    return [_entry(element, f"{sha256}:{n}", f"element {n}") for n, element in enumerate(elements, start=1)]


def _root(content: bytes, origin: str) -> etree._Element:
    if not content.strip():
        raise SnapshotError(f"{origin} is empty")
    if len(content) > MOST_BYTES:
        raise SnapshotError(f"{origin} is larger than {MOST_BYTES // 2**20} MB; split it")
    encoding = _UTF_16.get(content[:2])
    head = content if encoding is None else content.decode(encoding, errors="replace").lstrip("\ufeff").encode()
    if _PROLOG.match(head):
        raise SnapshotError(f"{origin}: {_NO_DTD}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        said = getattr(error, "msg", str(error))  # without the name of a file, which lxml makes up
        raise SnapshotError(f"{origin} is not well-formed XML: {said[:200]}") from error
    if root.getroottree().docinfo.doctype:  # in an encoding that the check above did not see
        raise SnapshotError(f"{origin}: {_NO_DTD}")
    return root


def _elements(parent: etree._Element) -> Iterator[etree._Element]:
    """The child elements, without comments and processing instructions."""
    return (child for child in parent if isinstance(child.tag, str))


def _is_operation(root: etree._Element) -> bool:
    """Whether the root itself is an operation: its children are columns, or its attributes name a task."""
    children = list(_elements(root))
    if children:
        return all(not len(child) and not child.attrib for child in children)
    return any(loose(_local(str(name))) in _IDS for name in root.attrib)


def _entry(element: etree._Element, key: str, place: str) -> Entry:
    values: dict[str, str | None] = {}
    pairs = [(_local(str(name)), str(value)) for name, value in element.attrib.items()]
    pairs += [(_name(child), "".join(child.itertext())) for child in _elements(element)]
    raw = etree.tostring(element, encoding="unicode", with_tail=False)
    for name, value in pairs:
        if name in values:
            return Entry(key, place, fault=f"'{name}' is there twice; keep one of them", raw=raw)
        values[name] = value
    if not values:
        return Entry(key, place, fault="it has neither children nor attributes", raw=raw)
    return Entry(key, place, values)


def _name(element: etree._Element) -> str:
    return _local(str(element.tag))


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]

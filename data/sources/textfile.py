"""Reads text files in UTF-8; for any other encoding, the message says which it is."""

_BOM = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS_UTF8 = "save it again as UTF-8"


class NotUtf8Error(ValueError):
    """A text is in another encoding; the message says which, and on which line that shows."""


def without_mark(content: bytes, origin: str, advice: str = SAVE_AS_UTF8) -> bytes:
    """The content without byte order marks.

    Raises:
        NotUtf8Error: it is UTF-16.
    """
    if content[:2] in _UTF_16_MARKS or b"\0" in content[:2]:
        raise NotUtf8Error(f"{origin} is written in UTF-16, not UTF-8; {advice}")
    while content.startswith(_BOM):  # files that were put together have several
        content = content.removeprefix(_BOM)
    return content


def as_text(content: bytes, origin: str, advice: str = SAVE_AS_UTF8, *, first_line: int = 1) -> str:
    """The content as text; ``first_line`` is the number of its first line.

    Raises:
        NotUtf8Error: it is in another encoding.
    """
    try:
        return without_mark(content, origin, advice).decode("utf-8")
    except UnicodeDecodeError as error:
        line = first_line + content.count(b"\n", 0, error.start)
        raise NotUtf8Error(f"{origin} line {line}: not UTF-8 (an encoding such as Windows-1252?); {advice}") from error

"""Text as a worksheet can hold it: one text or a column of them."""

import polars as pl

from reports.workbook.rows import writable, writable_text

TEXTS = ["", "plain", "\0\x08\t\n\x0b\r\x1f", "\ufffd\ufffe\uffff\U0001f600", "x" * 32_766 + "yz", "汉字" * 20_000]


def test_one_text_is_written_as_those_of_a_column_are() -> None:
    column = pl.DataFrame({"text": TEXTS}).select(writable(pl.col("text")))["text"].to_list()
    assert [writable_text(text) for text in TEXTS] == column
    assert column[2] == "\ufffd\ufffd\t\n\ufffd\r\ufffd"

"""A comparison as a page."""

import re
from pathlib import Path

import pytest

from reports import (
    write_comparison_page,
)


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh-Hans")])
def test_the_page_has_every_change_and_no_markup_of_others(comparison, tmp_path, language, tag):
    path = tmp_path / "c.html"
    write_comparison_page(comparison, path, language)
    text = path.read_text("utf-8")
    assert f'<html lang="{tag}">' in text
    title = re.search("<title>(.*)</title>", text)
    assert title is not None
    assert {"before", "after"} <= set(re.findall("[a-z]+", title[1]))
    assert f"<h1>{title[1]}</h1>" in text
    assert "&lt;b&gt;三&lt;/b&gt;" in text
    assert "<b>" not in text
    assert [task for task in comparison.tasks["task_id"] if f">{task}</td>" not in text] == []
    assert "http" not in text.replace("http-equiv", "")


def test_an_unknown_language_is_refused(comparison, tmp_path: Path):
    with pytest.raises(ValueError, match="there is no language 'xx'"):
        write_comparison_page(comparison, tmp_path / "c.html", "xx")

"""Names of files that every system allows."""

import pytest

from reports.workbook.file_names import file_names


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["a/b", "a:b", "A_B"], ["a_b", "a_b (2)", "A_B (3)"]),
        (["..", "", " . "], ["_", "_ (2)", "_ (3)"]),
        (["CON", "nul.txt", "console"], ["_CON", "_nul.txt", "console"]),
        (["n" * 200, "n" * 300], ["n" * 50, "n" * 50 + " (2)"]),
        (["tab\there"], ["tab_here"]),
    ],
)
def test_names_of_files_are_allowed_everywhere_and_differ(names: list[str], files: list[str]) -> None:
    assert file_names(names) == files

"""What a browser would make of a page."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from reports import RunView, write_page


class Page(HTMLParser):
    """What a browser would make of the page: its text outside scripts, its tags, the data of its lists."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.data: list[dict[str, Any]] = []
        self._inside = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = "data" if dict(attrs).get("type") == "application/json" else "code"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data.append(json.loads(data))
        elif not self._inside:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks that can be searched, as the script shows them."""
        (run,) = self.data
        tasks, kinds, people = run["tasks"], run["kinds"], run["people"]
        return [
            {
                "task": task_id,
                "state": run["states"][tasks["state"][i]]["label"],
                "detail": word(tasks["detail"], i),
                "process": word(kinds["process"], tasks["kind"][i]),
                "agent": people["agent_id"][tasks["agent"][i]] if tasks["agent"][i] >= 0 else None,
                **{name: tasks[name][i] for name in ("start_at", "end_at", "due_at", "payoff", "due")},
            }
            for i, task_id in enumerate(tasks["task_id"])
        ]


def word(column: dict[str, Any], row: int) -> str | None:
    """The word a row has in a column, as the script finds it."""
    return column["words"][column["cells"][row]] if column["cells"][row] >= 0 else None


def page_of(view: RunView, folder: Path, **options: Any) -> Page:
    write_page(view, folder / "report.html", **options)
    return Page((folder / "report.html").read_text(encoding="utf-8"))

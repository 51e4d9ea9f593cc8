"""The first sources of docs/intake.md: each section with its script, as it is written there."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import Producer

from tests.scheduler.command import Done
from tests.services.rabbitmq import rabbitmq

PAGE = Path(__file__).parents[3] / "docs" / "intake.md"


def section(heading: str) -> tuple[str, str]:
    """The configuration and the script below a heading."""
    text = PAGE.read_text("utf-8").partition(f"### {heading}\n")[2].partition("\n### ")[0]
    found = re.search(r"```toml\n(.*?)```.*?```py(?:thon)?\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1], found[2]


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: Callable[..., Done]) -> Callable[..., list[str]]:
    """Goes through the steps of a first source; the ids of the tasks then, after the script has run twice."""
    monkeypatch.chdir(tmp_path)

    def go(heading: str, server: str = "") -> list[str]:
        settings, script = (text.replace("localhost:9092", server or "localhost:9092") for text in section(heading))
        (tmp_path / "allot.toml").write_text(settings, encoding="utf-8")
        (tmp_path / "other_side.py").write_text(script, encoding="utf-8")
        assert inside("store", "upgrade").code == 0
        for _ in range(2):
            subprocess.run([sys.executable, "other_side.py"], check=True)
            time.sleep(1.05)  # files that have just changed are left alone
            assert inside("config", "check").code == 0
            assert inside("intake", "run").code == 0
        return [task["task_id"] for task in json.loads(inside("tasks", "list", "--json").out)]

    return go


def test_files_in_a_folder(first: Callable[..., list[str]]) -> None:
    assert first("Files in a folder") == ["T1"]


def test_a_database(first: Callable[..., list[str]]) -> None:
    assert first("A database") == ["HOST-1"]


def test_a_topic(first: Callable[..., list[str]]) -> None:
    cluster = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0})
    (broker,) = cluster.list_topics(timeout=10).brokers.values()
    assert first("A topic", f"{broker.host}:{broker.port}") == ["T1"]


@pytest.mark.services
def test_a_queue(first: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    with rabbitmq() as broker:
        monkeypatch.setenv("BROKER", broker.url)
        assert first("A queue") == ["T1"]

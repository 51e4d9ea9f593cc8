"""The documents: what they show runs, what they name is there, and nothing is left out."""

import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest
from click import Command
from pydantic import BaseModel

from data import read_mapping, read_rules
from models import (
    CERTIFICATE_TABLE,
    CERTIFICATE_TASKS_TABLE,
    CHANGES_TABLE,
    ENTERPRISE,
    KPIS_TABLE,
    LEVELS,
    MEASURES,
    PEOPLE_LEVELS,
    PERIOD,
    PLACES,
    RUN_TABLES,
    SKILL,
    TASK_LEVELS,
    Measure,
    RunRecord,
)
from models.engines.sizes import MOST_WHOLE
from scheduler.cli.app import cli
from scheduler.config import read_config
from scheduler.fleet.listing import KEYS
from scheduler.run.policy import Policy, read_policy
from tests.rooms import arrows

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its page, the line it begins at, its language and text."""

    page: Path
    line: int
    language: str
    text: str


def blocks(language: str) -> list[Block]:
    """All blocks in a language."""
    found = [
        Block(page, text.count("\n", 0, match.start()) + 2, match[1], match[2])
        for page in PAGES
        for text in [page.read_text("utf-8")]
        for match in FENCED.finditer(text)
    ]
    return [block for block in found if block.language == language]


def test_there_is_python_in_the_documents():
    assert {block.page.name for block in blocks("python")} >= {"python.md"}


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: f"{block.page.name}:{block.line}")
def test_python_in_the_documents_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # blank lines before it, so that errors name the line of the page
    code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec")
    exec(code, {"__name__": "__main__"})


def test_toml_in_the_documents_is_a_configuration_a_policy_or_settings(tmp_path):
    for block in blocks("toml"):
        keys = tomllib.loads(block.text)
        if {"store", "runs", "source", "rule", "outlet", "alert", "notify", "executor"} & keys.keys():
            file = tmp_path / "allot.toml"
            file.write_text(block.text, "utf-8")
            read_config(file)
        elif "plan" in keys:
            assert keys["plan"][0].keys() <= set(KEYS)
        elif not {"as_of", "horizon", "horizon_end", "timezone"} & keys.keys():
            read_policy(keys)


def options_of(command: Command) -> set[str]:
    """The options of a command, or of all commands of a group."""
    own = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
    return own.union(*(options_of(inner) for inner in getattr(command, "commands", {}).values()))


def test_rules_and_maps_in_the_documents_are_right():
    text = (ROOT / "docs" / "rules.md").read_text("utf-8")
    shown = "\n".join(re.findall(r"^    (.*)$", text, re.MULTILINE))
    keys = tomllib.loads(shown)
    assert read_rules(keys["rule"])[1] == []
    assert [read_mapping(source["map"])[1] for source in keys["source"].values()] == [[]]


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_has_its_place(name):
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert f"allot {name}" in text
    command = cli.commands[name]
    for inner in getattr(command, "commands", {}):
        assert re.search(rf"allot {name} {inner}\b|`{inner}`", text)
    options = {option for option in options_of(command) if option.startswith("--")}
    assert {option for option in options if option not in text} == set()


def test_commands_in_the_documents_are_there():
    shown = [
        (page.name, line)
        for page in PAGES
        for line in re.findall(r"^    (?:.*&& )?(?:\.venv/bin/)?allot (.*)$", page.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(shown) > 10
    for page, line in shown:
        command: Command = cli
        for word in line.split():
            command = getattr(command, "commands", {}).get(word, command)
        known = options_of(command)
        used = set(re.findall(r"(?<!\S)\[?(--[a-z-]+)", line))
        assert used <= known, f"{page}: allot {line}"


@pytest.mark.parametrize("table", RUN_TABLES.values(), ids=lambda table: table.name)
def test_the_contract_lists_the_columns_of_every_table_of_a_run(table):
    rows = "".join(f"| {column.name} | {column.type.value} | {column.meaning} |\n" for column in table.columns)
    shown = f"**{table.name}**: a row is {table.of}.\n\n| column | type | meaning |\n|---|---|---|\n{rows}\n"
    assert shown in (ROOT / "docs" / "data-contract.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("page", "head", "table"),
    [
        ("certificate.md", "`certificate.parquet` in a run folder", CERTIFICATE_TABLE),
        ("certificate.md", "the prices are in `certificate_tasks.parquet`", CERTIFICATE_TASKS_TABLE),
        ("replanning.md", "One row per task", CHANGES_TABLE),
        ("key-figures.md", "with a row for each level, key and measure", KPIS_TABLE),
    ],
)
def test_other_pages_explain_the_same_columns(page, head, table):
    text = (ROOT / "docs" / page).read_text("utf-8").partition(head)[2].partition("\n\n")[2].partition("\n\n")[0]
    first = [row.split("|")[1] for row in text.splitlines()[2:]]
    assert [name for cell in first for name in re.findall(r"\w+", cell)] == list(table.names)


LEVELS_IN_SHORT = {
    "enterprise": {ENTERPRISE},
    "people": {*PEOPLE_LEVELS},
    "places": {*PLACES},
    "work": {*TASK_LEVELS},
    "skill": {SKILL},
    "period": {PERIOD},
}


def levels_of(measure: Measure) -> str:
    """The levels of a measure as key-figures.md calls them."""
    short = [name for name, levels in LEVELS_IN_SHORT.items() if levels <= set(measure.levels)]
    return ", ".join(name for name in short if name != "places" or "people" not in short)


def rows_of_measures(measures: Iterable[Measure]) -> list[str]:
    """The rows of a table of measures, those of one meaning in one row."""
    parts = groupby(measures, key=lambda each: (each.quantity.value, levels_of(each), each.meaning))
    return [
        f"| {', '.join(f'`{one.name}`' for one in group)} | {unit} | {levels} | {meaning} |\n"
        for (unit, levels, meaning), group in parts
    ]


def test_the_page_of_key_figures_has_every_measure_and_level():
    text = (ROOT / "docs" / "key-figures.md").read_text("utf-8")
    tables = re.findall(r"\| measure \| unit \| levels \| meaning \|\n\|---\|---\|---\|---\|\n((?:\|.*\n)+)", text)
    assert [row for table in tables for row in table.splitlines(keepends=True)] == rows_of_measures(MEASURES.values())
    parts = groupby(LEVELS.values(), key=lambda each: (each.keys, each.of))
    levels = "".join(
        f"| {', '.join(f'`{one.name}`' for one in group)} | {keys} | {of} |\n" for (keys, of), group in parts
    )
    assert f"| level | keys | figures of |\n|---|---|---|\n{levels}\n" in text


def test_the_page_of_commands_says_up_to_what_size_a_model_is_solved_whole():
    assert f"at most {MOST_WHOLE:,} modes" in (ROOT / "docs" / "cli.md").read_text("utf-8")


def test_the_contract_names_every_key_of_run_json():
    text = (ROOT / "docs" / "data-contract.md").read_text("utf-8").partition("### run.json")[2]
    cells = [row.split("|")[1] for row in text.partition("\n\n")[2].partition("\n\n")[0].splitlines()[2:]]
    named = {name for cell in cells for name in re.findall(r"\w+", cell)}
    assert named == {each.name for each in fields(RunRecord)} - {"further"}


def policy_keys() -> list[str]:
    """Every key of a policy, as ``section.key`` where it stands in a section."""
    keys = []
    for name, field in Policy.model_fields.items():
        section = field.annotation
        inner = section.model_fields if isinstance(section, type) and issubclass(section, BaseModel) else {}
        keys += [f"{name}.{key}" for key in inner] or [name]
    return keys


@pytest.mark.parametrize("key", policy_keys())
def test_every_policy_key_is_explained(key):
    text = (ROOT / "docs" / "policy.md").read_text("utf-8")
    # of several keys in a row only the first names its section
    assert f"`{key}`" in text or f"`.{key.rpartition('.')[2]}`" in text


def test_links_lead_somewhere():
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_anchors_lead_somewhere():
    def slug(heading: str) -> str:
        return re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-")

    anchors = {
        page.resolve(): {slug(h.strip()) for h in re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)}
        for page in PAGES
    }
    broken = [
        f"{page.name}: {target}#{anchor}"
        for page in PAGES
        for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)]+)\)", page.read_text("utf-8"))
        if "://" not in target and anchor not in anchors.get((page.parent / target if target else page).resolve(), ())
    ]
    assert broken == []


def test_every_page_is_reached_from_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES if page.parent != ROOT and f"docs/{page.name}" not in text] == []


def test_make_targets_in_the_documents_are_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    mentioned = re.compile(r"`make ([a-z-]+)`|^    make ([a-z-]+)", re.MULTILINE)
    found = [pair for page in PAGES for pair in mentioned.findall(page.read_text("utf-8"))]
    named = {name for pair in found for name in pair if name}
    assert {"demo", "test"} <= named <= targets
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_paths_that_docs_name_exist():
    path = re.compile(r"`((?:models|data|reports|scheduler|tests)/[\w/.-]+)`")
    named = {(page.name, name) for page in PAGES for name in path.findall(page.read_text("utf-8"))}
    assert len(named) > 50
    assert [(page, name) for page, name in sorted(named) if not (ROOT / name).exists()] == []


def test_architecture_names_every_room():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    inner = {room.partition(".")[2].replace(".", "/") for room in arrows() if ROOT.joinpath(*room.split(".")).is_dir()}
    assert [room for room in sorted(inner) if f"`{room}/`" not in text] == []

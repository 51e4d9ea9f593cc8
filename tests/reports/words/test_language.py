"""Every text has a translation, and a translation is what people read."""

import ast
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

from reports import LANGUAGES, speaking, summary_lines
from reports.words.language import ENGLISH, _, counted, spoken
from reports.words.wording import Unit, moment, shown
from scheduler.run.policy import Report
from tests.reports.runs import agent, planned, view_of

ROOT = Path(__file__).parents[3]
TRANSLATED = [code for code in LANGUAGES if code != ENGLISH]


def catalogue(code: str) -> Catalog:
    with (ROOT / "reports" / "translations" / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All texts marked in the sources, as `make texts` extracts them."""
    found = tmp_path_factory.mktemp("texts") / "texts.pot"
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("pybabel -q extract ")[2].partition("\n")[0]
    options, _, sources = recipe.partition(" -o build/texts.pot ")
    command = [
        str(Path(sys.executable).with_name("pybabel")),
        "-q",
        "extract",
        *options.split(),
        "-o",
        str(found),
        *sources.split(),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    with found.open("rb") as file:
        return read_po(file)


def messages(catalog: Catalog) -> dict[object, Message]:
    return {message.id: message for message in catalog if message.id}


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_catalogue_has_exactly_the_texts_of_the_sources(code, marked):
    here, there = messages(marked).keys(), messages(catalogue(code)).keys()
    assert here - there == set(), "run `make texts` and translate them"
    assert there - here == set(), "run `make texts`: nobody uses them any more"


def test_every_marked_text_is_extracted(marked):
    # Babel 2.18 misses some that stand within the parts of another text
    extracted = {message.id if isinstance(message.id, str) else message.id[0] for message in marked if message.id}
    assert written_texts() - extracted == set(), "give it a line of its own"


def written_texts() -> set[str]:
    """The texts that stand in marks in the sources, plural ones by their singular."""
    sources = (*(ROOT / "reports").rglob("*.py"), *(ROOT / "models" / "runs").rglob("*.py"))
    trees = (ast.parse(source.read_text("utf-8")) for source in sources)
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    place = {"_": 0, "msg": 0, "msgs": 0, "counted": 1}
    marks = [(call, place[call.func.id]) for call in calls if isinstance(call.func, ast.Name) and call.func.id in place]
    texts = (call.args[at] for call, at in marks)
    return {text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)}


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated(code):
    texts = messages(catalogue(code)).values()
    assert [m.id for m in texts if m.fuzzy or not all([m.string] if isinstance(m.string, str) else m.string)] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_fill_in_the_same_parts(code):
    def parts(text: str) -> set[str]:
        return {name for _literal, name, *_rest in Formatter().parse(text) if name is not None}

    for message in messages(catalogue(code)).values():
        ids, strings = ([t] if isinstance(t, str) else list(t) for t in (message.id, message.string))
        assert {frozenset(parts(text)) for text in strings} == {frozenset(parts(ids[-1]))}, message.id


def test_languages_are_those_a_policy_may_name():
    allowed = Report.model_fields["language"].annotation
    assert allowed is not None
    assert set(LANGUAGES) == set(allowed.__args__)


def test_english_is_spoken_unless_another_language_is_asked_for():
    assert spoken().code == "en"
    with speaking("zh"):
        assert _("Task") == "任务"
        assert counted(2000, "{n} task", "{n} tasks") == "2,000 个任务"
    assert _("Task") == "Task"
    assert [counted(n, "{n} task", "{n} tasks") for n in (1, 2000)] == ["1 task", "2,000 tasks"]


def test_braces_in_what_is_filled_in_stay():
    assert _("checked: {sentence}", sentence="{x}") == "checked: {x}"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="there is no language 'xx'; there are en, zh"), speaking("xx"):
        pass


def test_moments_and_shares_are_written_as_the_language_does():
    monday = datetime(2026, 3, 2, 8, 5)  # noqa: DTZ001  (shown as it is)
    assert (moment(monday), shown(0.979, Unit.SHARE)) == ("Mon 2 Mar 2026 08:05", "97.9 %")
    with speaking("zh"):
        assert (moment(monday), shown(0.979, Unit.SHARE)) == ("2026年3月2日 周一 08:05", "97.9%")


def test_the_summary_speaks_chinese():
    view = view_of([planned("1")], agents=[agent("A1")])
    lines = summary_lines(view, language="zh")
    assert lines[1] == "1 个任务：1 个按时，0 个逾期，0 个未安排"
    assert lines[2] == "1 人：1.7 工时中已安排 0.2 工时，利用率 10.0%"

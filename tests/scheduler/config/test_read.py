"""allot.toml: found, read, and refused with all its mistakes at once."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from data.calendars.calendar import KEYS as CALENDAR_KEYS
from data.intake.rules import KEYS as RULE_KEYS
from scheduler.config import ConfigError, find_config, read_config, store_url, template_text, try_all, url_of
from scheduler.config.alerts import NOTIFIED, AlertSection
from scheduler.config.model import OUTLETS, SOURCES, Config


def written(folder: Path, text: str) -> Path:
    """A configuration file with this text."""
    file = folder / "allot.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        read_config(written(folder, text))
    return str(refused.value)


def test_the_template_is_a_configuration_as_it_is_and_with_all_its_examples(tmp_path):
    assert read_config(written(tmp_path, template_text())).source == {}
    every = read_config(written(tmp_path, re.sub(r"(?m)^#(?! )", "", template_text())))
    assert {source.kind for source in every.source.values()} == set(SOURCES)
    assert {outlet.kind for outlet in every.outlet.values()} == set(OUTLETS)
    assert [rule["name"] for rule in every.rule] == ["platinum complaints"]
    assert list(every.calendar) == ["bank"]


def keys_of(section: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in section.model_fields.items()}


KINDS = {"source": SOURCES, "outlet": OUTLETS, "notify": NOTIFIED}
SECTIONS = {
    **{
        f"[{name}]": keys_of(type(field.default))
        for name, field in Config.model_fields.items()
        if isinstance(field.default, BaseModel)
    },
    "[[rule]]": set(RULE_KEYS),
    "[calendar.": set(CALENDAR_KEYS),
    "[[alert]]": keys_of(AlertSection),
}


def missing(keys: set[str], text: str) -> list[str]:
    return [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)]


def test_the_template_names_every_section_and_key():
    parts = template_text().split("\n\n")
    assert (
        missing({name for name, field in Config.model_fields.items() if field.default in (None, "UTC")}, parts[1]) == []
    )
    lacking = {
        header: absent
        for header, keys in SECTIONS.items()
        if (absent := missing(keys, "".join(part for part in parts if part.lstrip("#").startswith(header))))
    }
    assert lacking == {}
    for what, kinds in KINDS.items():
        of_all = next(part for part in parts if part.startswith(f"# [{what}.NAME]"))
        for kind, section in kinds.items():
            examples = [p for p in parts if p.startswith(f"#[{what}.") and f'kind = "{kind}"' in p]
            assert (what, kind, missing(keys_of(section), "".join([of_all, *examples]))) == (what, kind, [])
            assert examples


def test_nothing_need_be_said(tmp_path):
    config = read_config(written(tmp_path, ""))
    assert (config.timezone, config.policy, config.source, config.runs.folder) == ("UTC", None, {}, "runs")
    assert store_url(config, {}) == f"sqlite:///{tmp_path}/allot.db"


def test_the_file_is_the_one_given_or_named_or_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_config(None, {}) is None
    here, other, named = written(tmp_path, ""), tmp_path / "other.toml", tmp_path / "named.toml"
    other.touch()
    named.touch()
    environment = {"ALLOT_CONFIG": str(named)}
    assert find_config(None, {}) == Path(here.name)
    assert find_config(None, environment) == named
    assert find_config(other, environment) == other


def test_a_file_that_is_named_and_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"--config names .*gone.toml, which does not exist"):
        find_config(tmp_path / "gone.toml", {})
    with pytest.raises(ConfigError, match=r"ALLOT_CONFIG names gone.toml, .* template > gone.toml$"):
        find_config(None, {"ALLOT_CONFIG": "gone.toml"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("polcy = 'x'", "unknown key 'polcy'; did you mean 'policy'?"),
        ("[stor]\nurl = 'x'", "unknown key 'stor'; did you mean 'store'?"),
        ("timezone = 'Europe/Berlim'", "did you mean 'Europe/Berlin'?"),
        ("horizon = 'soon'", "'horizon': 'soon' is not a length of time"),
        ("[store]\nurl = 'x'\nurl_env = 'Y'", "'store': give either url or url_env, not both"),
        ("[source.a]\npath = 'x'", "'source.a.kind' is missing; a source is one of folder, sql, amqp, kafka, http"),
        ("[source.a]\nkind = 'floder'", "'source.a.kind' is unknown: 'floder'; did you mean 'folder'?"),
        ("[source.a]\nkind = 'folder'\npaht = 'x'", "unknown key 'source.a.paht'; did you mean 'path'?"),
        ("[source.a]\nkind = 'folder'", "'source.a.path' is missing"),
        ("[source.a]\nkind = 'sql'\nread = 'SELECT 1'", "'source.a': give either url, or url_env"),
        ("[source.a]\nkind = 'sql'\nread = 'x'\nurl = 'y'\nmissing = 'drop'", "'source.a.missing': Input should be"),
        ("[source.a]\nkind = 'folder'\npath = 'x'\ntables = ['agent']", "agent: tables of people are"),
        ("[source.'(by hand)']\nkind = 'http'", "(by hand) is the source of operations by people"),
        (
            "[source.a]\nkind = 'kafka'\nservers = 'x'\ntopic = 't'\ntables = ['agents']",
            "only sources of kind folder or sql bring people",
        ),
        ("[source.a]\nkind = 'sql'\nurl = 'y'\ntables = ['agents']\nread = 'SELECT 1'", 'read.agents = "SELECT ..."'),
        ("[source.a]\nkind = 'sql'\nurl = 'y'\nread.agents = 'SELECT 1'", 'tables = ["agents"]'),
        ("[source.a]\nkind = 'folder'\npath = 'x'\ntables = ['agents']\nmap.value = 'x'", "people are not mapped"),
        ("[source.a]\nkind = 'sql'\nurl = 'y'\nread = 'SELECT 1'\nmissing = 'cancel'", "set full = true"),
        ("[source.a]\nkind = 'folder'\npath = 'x'\nmode = 'merge'", "only a source with tables has a mode"),
        ("[source.a]\nkind = 'sql'\nurl = 'y'\nread = 'DELETE FROM w'", "'source.a.read' must be a SELECT"),
        (
            "[source.a]\nkind = 'sql'\nurl = 'y'\ntables = ['pairs']\nread.pairs = 'DROP TABLE w'",
            "'source.a.read.pairs' must be a SELECT",
        ),
        (
            "[source.a]\nkind = 'sql'\nurl = 'y'\nread = 'select 1'\nmark = 'DROP TABLE w'",
            "'source.a.mark' must be an UPDATE",
        ),
        (
            "[source.a]\nkind = 'sql'\nurl = 'y'\nread = 'WITH w AS (SELECT 1) SELECT 1'\ncursor = 'c'\nfull = true",
            "keep one of cursor and full",
        ),
        ("source = 'x'", "'source': each source is a section of its own, [source.NAME]"),
        ("[[rule]]\nname = 'r'\nset.value = '1'\nwen = 'x'", "rule 'r': unknown key 'wen'; did you mean 'when'?"),
        ("[[rule]]\nname = 'r'\nset.value = 'valu * 2 +'", "rule 'r': 'set.value'"),
        ("[calendar.bank]\nhour = 'x'", "did you mean 'hours'?"),
        ("outlet = 'x'", "'outlet': each outlet is a section of its own, [outlet.NAME]"),
        (
            "[outlet.a]\npath = 'x'",
            "'outlet.a.kind' is missing; an outlet is one of sql, amqp, kafka, http, folder, mail",
        ),
        ("[outlet.a]\nkind = 'mial'", "'outlet.a.kind' is unknown: 'mial'; did you mean 'mail'?"),
        ("[outlet.a]\nkind = 'sql'\ntabel = 'x'\nurl = 'y'", "unknown key 'outlet.a.tabel'; did you mean 'table'?"),
        ("[outlet.a]\nkind = 'http'", "'outlet.a': give either url, or url_env"),
        ("[outlet.a]\nkind = 'amqp'\nurl = 'x'", "'outlet.a': give either queue, or exchange with routing_key"),
        ("[outlet.a]\nkind = 'amqp'\nurl = 'x'\nqueue = 'q'\nexchange = 'e'", "'outlet.a': give either queue"),
        ("[outlet.a]\nkind = 'mail'\nhost = 'x'\nsender = 'a@b'", "nobody is written to; give to, teams, or people"),
        ("[outlet.a]\nkind = 'mail'\nhost = 'x'\nsender = 'a'\nto = 'b@c'", "'outlet.a.sender': is not a mail address"),
        (
            "[outlet.a]\nkind = 'mail'\nhost = 'x'\nsender = 'a@b'\nto = ['c@d', 'e@f>\\nBcc: g@h']",
            "'outlet.a.to.1': is not a mail address",
        ),
        ("[outlet.a]\nkind = 'mail'\nhost = 'x'\nsender = 'a@b'\nto = 'c@d'\nusername = 'x'", "go together"),
        (
            "[outlet.a]\nkind = 'mail'\nhost = 'x'\nsender = 'a@b'\nto = 'c@d'\nusername = 'x'\npassword_env = 'P'\n"
            "security = 'none'",
            "a password is not sent without encryption",
        ),
        (
            "[outlet.a]\nkind = 'http'\nurl = 'x'\ntoken_env = 'Bearer abc'",
            "'outlet.a.token_env': names an environment",
        ),
        ("[cycle]\npublsh = true", "unknown key 'cycle.publsh'; did you mean 'publish'?"),
        ("rule = 'x'", "'rule': Input should be a valid list"),
        ("[source.a]\nkind = 'http'\nmap.valeu = 'x'", "[source.a] unknown key 'map.valeu'; did you mean 'value'?"),
        ("[source.a]\nkind = 'http'\npreset = 'iwt'", "[source.a] 'preset': 'iwt' is not known; did you mean 'iwd'?"),
    ],
)
def test_a_mistake_is_refused_with_what_would_do(tmp_path, text, said):
    assert said in refusal(tmp_path, text)


def test_all_mistakes_are_named_at_once(tmp_path):
    said = refusal(tmp_path, "sal = 1\nhorizon = 'x'\n[source.a]\nkind = 'sql'\noverlap = 'x'\n[source.b]\nkind = 'y'")
    faults = ("'sal'", "'horizon'", "'source.a.overlap'", "'source.a.read'", "'source.a': give", "'source.b.kind'")
    assert [fault for fault in faults if fault not in said] == []
    assert "Run `allot config template`" in said


@pytest.mark.parametrize("key", ["url_env", "url"])
def test_a_refusal_tells_no_secret(tmp_path, key):
    assert "hidden" not in refusal(tmp_path, f"[source.a]\nkind = 'amqp'\nqueue = 'q'\n{key} = ['x:hidden@y']")
    assert "hidden" not in refusal(tmp_path, f"[source.a]\nkind = 'amqp'\nqueue = 7\n{key} = 'amqp://x:hidden@y'")


def test_files_start_at_the_folder_of_the_configuration(tmp_path):
    config = read_config(
        written(
            tmp_path, "[store]\nurl_env = 'S'\n[source.a]\nkind = 'sql'\nurl = 'sqlite:///x/y.db'\nread = 'SELECT 1'"
        )
    )
    assert config.path("in") == tmp_path / "in"
    assert store_url(config, {"S": "sqlite:///s.db"}) == f"sqlite:///{tmp_path}/s.db"
    assert store_url(config, {"S": "sqlite:////s.db"}) == "sqlite:////s.db"
    assert store_url(config, {"S": "postgresql://h/x"}) == "postgresql://h/x"
    assert url_of(config, config.source["a"], "source.a", {}) == f"sqlite:///{tmp_path}/x/y.db"


def test_a_variable_that_is_not_set_is_named(tmp_path):
    config = read_config(written(tmp_path, "[store]\nurl_env = 'ALLOT_STORE'"))
    with pytest.raises(ConfigError, match=r"the environment variable ALLOT_STORE, named by store.url_env, is not set"):
        store_url(config, {})


def test_everything_that_is_named_is_tried(tmp_path, monkeypatch):
    monkeypatch.delenv("TOKEN", raising=False)
    (tmp_path / "in").mkdir()
    sources = """
        [store]
        url = "postgresql://ann:hidden@localhost:1/x"
        [source.there]
        kind = "folder"
        path = "in"
        [source.gone]
        kind = "folder"
        path = "out"
        [source.host]
        kind = "sql"
        url = "sqlite:///host.db"
        read = "SELECT 1"
        [source.web]
        kind = "http"
        token_env = "TOKEN"
        [source.queue]
        kind = "amqp"
        url = "amqp://ann:hidden@localhost:1/"
        queue = "q"
        [outlet.share]
        kind = "folder"
        path = "out"
        [outlet.table]
        kind = "sql"
        url = "sqlite:///nowhere/x.db"
        table = "plan"
        [outlet.service]
        kind = "http"
        url = "http://localhost:1/"
        [outlet.letters]
        kind = "mail"
        host = "localhost"
        port = 1
        sender = "a@b"
        to = "c@d"
        [outlet.queue]
        kind = "amqp"
        url = "amqp://ann:hidden@localhost:1/"
        queue = "q"
    """
    tried = {each.name: each for each in try_all(read_config(written(tmp_path, sources)))}
    assert tried["source there"].fault is None
    assert tried["source gone"].fault == f"there is no folder {tmp_path}/out"
    assert tried["source host"].fault == f"there is no file {tmp_path}/host.db"
    assert "TOKEN, named by source.web.token_env, is not set" in str(tried["source web"].fault)
    assert "does not answer" in str(tried["source queue"].fault)
    assert "does not answer" in str(tried["store"].fault)
    assert tried["outlet share"].fault is None
    assert tried["outlet table"].fault == f"there is no folder {tmp_path}/nowhere"
    for name in ("service", "letters", "queue"):
        assert "does not answer" in str(tried[f"outlet {name}"].fault)
    assert "hidden" not in str(tried.values())


def test_a_store_is_tried_where_something_needs_one(tmp_path):
    def names(text: str) -> list[str]:
        return [each.name for each in try_all(read_config(written(tmp_path, text)))]

    assert names('horizon = "10h"\n') == []
    assert names('[store]\nurl = "sqlite:///x.db"\n') == ["store"]
    assert names('[source.web]\nkind = "http"\n') == ["store", "source web"]

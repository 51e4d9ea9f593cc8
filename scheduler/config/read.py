"""Finds, reads and checks allot.toml; all mistakes are reported at once."""

import os
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from data import BY_HAND, BY_HTTP, fault_of_mark, fault_of_read, read_calendars, read_mapping, read_rules, read_toml
from models import AllotError, SnapshotError, nearest
from scheduler.config.alerts import NOTIFIED, faults_of_alerts
from scheduler.config.model import OUTLETS, SOURCES, Config
from scheduler.config.section import Place

VARIABLE = "ALLOT_CONFIG"
"""The environment variable that names the file."""

NAME = "allot.toml"
DEFAULT_STORE = "sqlite:///allot.db"


class ConfigError(AllotError):
    """The configuration is refused, and nothing has been done."""


class NoConfigError(ConfigError):
    """The file that was named as the configuration does not exist."""


def find_config(given: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The configuration file: the one given, else ALLOT_CONFIG, else allot.toml here; ``None`` if there is none.

    Raises:
        NoConfigError: the file named does not exist.
    """
    named = given or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    if named is None:
        return Path(NAME) if Path(NAME).is_file() else None
    if not named.is_file():
        origin = "--config" if given else VARIABLE
        raise NoConfigError(f"{origin} names {named}, which does not exist; create it: allot config template > {named}")
    return named


def read_config(file: Path) -> Config:
    """Reads a configuration file.

    Raises:
        ConfigError: the file cannot be read, or keys are unknown or have invalid values; the message names all of them.
    """
    try:
        keys = read_toml(file.read_bytes(), str(file))
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    except SnapshotError as error:
        raise ConfigError(str(error)) from error
    faults = list(_faults(keys))
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise ConfigError(f"{file}:\n{lines}\nRun `allot config template` to see every key with its meaning.")
    config = Config.model_validate(keys)
    config._file = file
    return config


def template_text() -> str:
    """A configuration file with comments, as a template."""
    return files("scheduler.config").joinpath("template.toml").read_text(encoding="utf-8")


def store_url(config: Config, environment: Mapping[str, str] = os.environ) -> str:
    """The URL of the store, from the file or the environment.

    Raises:
        ConfigError: the environment variable that holds it is not set.
    """
    if config.store.url is None and config.store.url_env is None:
        return placed(DEFAULT_STORE, config.folder)
    return url_of(config, config.store, "store", environment)


def has_store(config: Config) -> bool:
    """Whether a store is configured: its URL is given, or there is one where it is by default."""
    given = config.store.url is not None or config.store.url_env is not None
    return given or (config.folder / DEFAULT_STORE.removeprefix("sqlite:///")).is_file()


def url_of(config: Config, place: Place, key: str, environment: Mapping[str, str] = os.environ) -> str:
    """The URL in the section ``key``; a relative SQLite file starts at the configuration's folder.

    Raises:
        ConfigError: the environment variable that holds it is not set.
    """
    url = place.url or secret(place.url_env or "", f"{key}.url_env", environment)
    return placed(url, config.folder)


def shown_url(config: Config) -> str:
    """The place of the store for messages: its URL without the password, or the variable that holds the URL."""
    if config.store.url_env is not None:
        return f"url in {config.store.url_env}"
    return re.sub(r"(://[^/@]*:)[^/]*@", r"\1***@", config.store.url or DEFAULT_STORE)


def placed(url: str, folder: Path) -> str:
    """The URL, with a relative SQLite file resolved against the folder."""
    scheme, separator, file = url.partition(":///")
    if not separator or not scheme.startswith("sqlite") or not file or file.startswith((":", "/", "file:")):
        return url
    return f"{scheme}:///{folder / file}"


def secret(variable: str, key: str, environment: Mapping[str, str] = os.environ) -> str:
    """The value of an environment variable that a key of the configuration names.

    Raises:
        ConfigError: the variable is not set, or empty.
    """
    value = environment.get(variable)
    if not value:
        raise ConfigError(f"the environment variable {variable}, named by {key}, is not set")
    return value


def _faults(keys: Mapping[str, Any]) -> Iterator[str]:
    """A message for every mistake in a file."""
    named = {"source": _faults_of_source, "outlet": _faults_of_outlet, "notify": _faults_of_notify}
    yield from _faults_of(Config, {name: value for name, value in keys.items() if name not in named}, ())
    yield from _faults_of_executor(keys.get("executor"))
    if _names_url(keys.get("store")) > 1:
        yield "'store': give either url or url_env, not both"
    for section, read in (("rule", read_rules), ("calendar", read_calendars)):
        if isinstance(keys.get(section), dict | list):
            yield from read(keys[section])[1]
    if isinstance(keys.get("alert"), list):
        sources = keys.get("source")
        yield from faults_of_alerts(keys["alert"], sources if isinstance(sources, dict) else {})
    for what, look in named.items():
        every = keys.get(what, {})
        if not isinstance(every, dict):
            yield f"'{what}': each {what} is a section of its own, [{what}.NAME]"
            continue
        for name, section in every.items():
            if isinstance(section, dict):
                yield from look(name, section)
            else:
                yield f"'{what}.{name}': each {what} is a section of its own, [{what}.NAME]"


def _faults_of_executor(section: object) -> Iterator[str]:
    if isinstance(section, dict) and str(section.get("workers", "")).startswith("tls://"):
        missing = [name for name in ("ca", "cert", "key") if name not in section]
        if missing:
            yield f"'executor': a cluster needs {', '.join(missing)}, the files of its certificates"


def _faults_of_kind(
    what: str, name: str, section: Mapping[str, Any], kinds: Mapping[str, type[BaseModel]]
) -> list[str]:
    """What is wrong with the keys of a source or outlet, which depend on its kind."""
    key, kind = f"{what}.{name}", section.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        said = "is missing" if kind is None else f"is unknown: {kind!r}{nearest(str(kind), kinds)}"
        return [f"'{key}.kind' {said}; {_A[what]} is one of {', '.join(kinds)}"]
    faults = list(_faults_of(kinds[kind], section, (what, name)))
    if "url_env" in kinds[kind].model_fields and _names_url(section) != 1:
        faults.append(f"'{key}': give either url, or url_env for the environment variable that holds it")
    return faults


_A = {"source": "a source", "outlet": "an outlet", "notify": "a way to be told"}


def _faults_of_outlet(name: str, outlet: Mapping[str, Any]) -> Iterator[str]:
    yield from _faults_of_kind("outlet", name, outlet, OUTLETS)
    key, kind = f"outlet.{name}", outlet.get("kind")
    if kind == "amqp" and ("queue" in outlet) == ("exchange" in outlet):
        yield f"'{key}': give either queue, or exchange with routing_key"
    if kind == "mail" and not any(outlet.get(where) for where in ("teams", "to", "people")):
        yield f"'{key}': nobody is written to; give to, teams, or people"
    if kind == "mail":
        yield from _faults_of_mail(key, outlet)


def _faults_of_notify(name: str, notify: Mapping[str, Any]) -> Iterator[str]:
    yield from _faults_of_kind("notify", name, notify, NOTIFIED)
    if notify.get("kind") == "mail":
        if notify.get("to") == []:
            yield f"'notify.{name}.to': nobody is written to"
        yield from _faults_of_mail(f"notify.{name}", notify)


def _faults_of_mail(key: str, mail: Mapping[str, Any]) -> Iterator[str]:
    if ("username" in mail) != ("password_env" in mail):
        yield f"'{key}': username and password_env go together"
    if mail.get("security") == "none" and "password_env" in mail:
        yield f"'{key}.security': a password is not sent without encryption; use starttls or tls"


def _faults_of_source(name: str, source: Mapping[str, Any]) -> Iterator[str]:
    key = f"source.{name}"
    if name in (BY_HAND, BY_HTTP):
        yield f"'{key}': {name} is the source of operations by people; give this source another name"
    yield from _faults_of_kind("source", name, source, SOURCES)
    if source.get("kind") not in SOURCES:
        return
    if source.get("kind") == "sql":
        yield from _faults_of_statements(key, source)
    yield from _faults_of_people(key, source)
    if isinstance(source.get("map", {}), dict) and isinstance(source.get("preset"), str | None):
        yield from (f"[{key}] {fault}" for fault in read_mapping(source.get("map", {}), source.get("preset"))[1])


def _faults_of_statements(key: str, source: Mapping[str, Any]) -> Iterator[str]:
    """The faults in the statements by which a source reads and marks rows."""
    read, mark = source.get("read"), source.get("mark")
    reads = read if isinstance(read, dict) else {"": read}
    for table, statement in reads.items():
        if isinstance(statement, str) and (fault := fault_of_read(statement)):
            yield f"'{key}.read{'.' if table else ''}{table}' {fault}"
    if isinstance(mark, str) and (fault := fault_of_mark(mark)):
        yield f"'{key}.mark' {fault}"
    if source.get("full") is True and "cursor" in source:
        yield f"'{key}.cursor': a source is read behind a cursor or in full; keep one of cursor and full"


def _faults_of_people(key: str, source: Mapping[str, Any]) -> Iterator[str]:
    """The faults in the keys of a source of people."""
    tables, read, kind = source.get("tables", []), source.get("read"), source["kind"]
    if not isinstance(tables, list):
        return
    if tables and kind not in ("folder", "sql"):
        yield f"'{key}.tables': only sources of kind folder or sql bring people, not {kind}"
    if tables and (source.get("map") or source.get("preset")):
        yield f"'{key}.map': columns of people are not mapped; name them in the file or in read"
    if "mode" in source and not tables:
        yield f"'{key}.mode': only a source with tables has a mode"
    if isinstance(read, str) and tables:
        yield f"'{key}.read': a source with tables has a SELECT for each, read.{tables[0]} = \"SELECT ...\""
    if isinstance(read, dict) and set(read) != set(map(str, tables)):
        named = ", ".join(f'"{name}"' for name in read)
        yield f"'{key}.tables': name the tables that read returns, tables = [{named}]"
    if source.get("missing", "keep") != "keep" and not source.get("full"):
        yield f"'{key}.missing': only full reads notice missing rows; set full = true"


def _names_url(section: object) -> int:
    """How many of the keys ``url`` and ``url_env`` a section has."""
    return sum(name in section for name in ("url", "url_env")) if isinstance(section, dict) else 0


def _faults_of(model: type[BaseModel], keys: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    try:
        model.model_validate(keys)
    except ValidationError as error:
        for fault in error.errors():
            yield _fault(model, dict(fault), above)


def _fault(model: type[BaseModel], fault: dict[str, Any], above: tuple[str, ...]) -> str:
    """A line about a key: its name, what is wrong, and the most similar known name if it is unknown."""
    path = [str(part) for part in fault["loc"]]
    key = ".".join((*above, *path))
    if fault["type"] == "extra_forbidden":
        return f"unknown key '{key}'{nearest(path[-1], _keys_at(model, fault['loc'][:-1]))}"
    if fault["type"] == "missing":
        return f"'{key}' is missing"
    message = fault["msg"].removeprefix("Value error, ")
    shown = _shown(path, fault["input"])
    return f"'{key}': {message}{'' if message.startswith(repr(fault['input'])) else shown}"


def _shown(path: list[str], value: object) -> str:
    """The value found, unless it may be a secret or is not a single value."""
    key = path[-1] if path else ""
    secret_key = key == "url" or key.endswith("_env") or "options" in path
    return "" if secret_key or not isinstance(value, str | int | float) else f", not {value!r}"


def _keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that a section may have."""
    section: Any = model
    for part in path:
        if isinstance(section, type) and issubclass(section, BaseModel):
            section = section.model_fields[str(part)].annotation
        else:  # the entries of a list or of named sections
            section = get_args(section)[-1]
    return list(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else []

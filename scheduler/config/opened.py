"""From a configuration: its store, opened, and its rules and settings of sources, ready to use."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data import Ruled, Terms, Value, read_mapping, read_rules
from models import OptionError
from scheduler.config.model import Config
from scheduler.config.read import NAME, ConfigError, find_config, read_config, store_url
from scheduler.workers import Workers, workers_of

if TYPE_CHECKING:
    import polars as pl

    from data import Ruling, Store


def configured(given: Path | None = None) -> Config:
    """The configuration in use.

    Raises:
        ConfigError: there is none, or it is refused.
    """
    file = find_config(given)
    if file is None:
        raise ConfigError(f"there is no {NAME} in this folder; create one with: allot config template > {NAME}")
    return read_config(file)


def ruling_of(config: Config, as_of: datetime, processes: "pl.DataFrame | None" = None) -> "Ruling | None":
    """The rules of a configuration for a moment; ``None`` if there are none.

    ``processes`` has the defaults of tasks, which rules see.
    """
    rules, _ = read_rules(config.rule)
    if not rules.rules:
        return None

    def rule(tasks: Sequence[Mapping[str, Value]]) -> list[Ruled]:
        return rules.apply_to_rows(tasks, as_of=as_of, zone=config.timezone, processes=processes)

    return rule


def remarks_on(config: Config) -> list[str]:
    """What is right in the configuration and perhaps not meant."""
    return read_rules(config.rule)[0].remarks()


def terms_of(config: Config, name: str) -> Terms:
    """The settings that apply to everything a source sends."""
    source = config.source[name]
    terms = Terms(
        source=name,
        zone=source.timezone or config.timezone,
        prefix=source.prefix,
        shared=source.shared,
        reopen=source.reopen,
    )
    if not source.map and source.preset is None:
        return terms
    mapping, _ = read_mapping(source.map, source.preset)

    def mapped(frame: "pl.DataFrame", origin: str, *, optional: bool) -> "tuple[pl.DataFrame, pl.Series]":
        found = mapping.apply(frame, origin, optional=optional)
        return found.frame, found.faults

    signature = f"{source.preset} {sorted(source.map.items())}"
    return replace(terms, mapper=mapped, names=mapping.names, signature=signature)


def workers_here(given: str | None = None, file: Path | None = None) -> Workers:
    """Who does the work of a command: as ``given``, else as in ``[executor]`` of a configuration that is in use.

    Raises:
        ConfigError: the configuration is refused.
        OptionError: a cluster is named without certificates.
    """
    found = None if given is not None and not given.startswith("tls://") else find_config(file)
    return workers_in(None if found is None else read_config(found), given)


def workers_beside(given: str | None) -> Workers:
    """Who does the work of a command that asks no configuration: as ``given``, else threads on all cores.

    Raises:
        ConfigError: the configuration, which has the certificates of a cluster, is refused.
        OptionError: a cluster is named without certificates.
    """
    return workers_of(None) if given is None else workers_here(given)


def workers_in(config: Config | None, given: str | None = None) -> Workers:
    """Who does the work: as ``given``, else as in ``[executor]`` of the configuration.

    Raises:
        ConfigError: the files of its certificates are not there.
        OptionError: a cluster is given, and no certificates are known.
    """
    keys: dict[str, str | Path] = {}
    if config is not None:
        section = config.executor
        files = {"ca": section.ca, "cert": section.cert, "key": section.key}
        keys = {"workers": section.workers, **{k: config.path(name) for k, name in files.items() if name is not None}}
    try:
        return workers_of({**keys, **({} if given is None else {"workers": given})})
    except OptionError as error:
        raise error if config is None else ConfigError(f"{config.file}: {error}") from error


@contextmanager
def opened_store(config: Config) -> Iterator["Store"]:
    """The store of a configuration, opened.

    Raises:
        ConfigError: the environment variable with its URL is not set.
        StoreError: it does not answer, or its version is not the code's.
    """
    from data import open_store

    store = open_store(store_url(config), config.folder)
    try:
        yield store
    finally:
        store.close()

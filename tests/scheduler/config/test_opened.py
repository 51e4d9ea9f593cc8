"""What is made of a configuration: its rules, the settings of its sources, who does its work."""

from pathlib import Path

import polars as pl
import pytest

from data import StoreError
from models import OptionError
from scheduler.config import ConfigError, configured, opened_store, read_config
from scheduler.config.model import Config
from scheduler.config.opened import remarks_on, ruling_of, terms_of, workers_here, workers_in
from tests.data.intake.operation_case import NOON

RULE = '[[rule]]\nname = "dear"\nwhen = "value > 10"\nset = { segment = "\'gold\'" }\n'
CLUSTER = '[executor]\nworkers = "tls://host:8786"\nca = "ca.pem"\ncert = "cert.pem"\nkey = "key.pem"\n'


def config_of(folder: Path, text: str) -> Config:
    """A configuration of this text."""
    (folder / "allot.toml").write_text(text, encoding="utf-8")
    return read_config(folder / "allot.toml")


def test_without_a_file_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALLOT_CONFIG", raising=False)
    with pytest.raises(ConfigError, match=r"there is no allot\.toml in this folder; create one with: allot config"):
        configured()
    assert configured_where(tmp_path, 'timezone = "Europe/Berlin"') == "Europe/Berlin"


def configured_where(folder: Path, text: str) -> str:
    (folder / "allot.toml").write_text(text, encoding="utf-8")
    return configured().timezone


def test_rules_see_the_values_of_a_task(tmp_path: Path) -> None:
    rule = ruling_of(config_of(tmp_path, RULE), NOON)
    assert rule is not None
    dear, cheap = rule([{"task_id": "T1", "value": 11.0}, {"task_id": "T2", "value": 10.0}])
    assert (dear.values["segment"], dear.set_by) == ("gold", {"segment": "dear"})
    assert (cheap.values.get("segment"), cheap.set_by) == (None, {})


def test_without_rules_there_is_nothing_to_apply_and_nothing_to_remark(tmp_path: Path) -> None:
    config = config_of(tmp_path, "")
    assert ruling_of(config, NOON) is None
    assert remarks_on(config) == []


def test_a_source_has_the_time_zone_of_the_desk_unless_it_has_its_own(tmp_path: Path) -> None:
    source = '[source.{0}]\nkind = "folder"\npath = "{0}"\n'
    text = 'timezone = "Europe/Berlin"\n' + source.format("a") + source.format("b") + 'timezone = "Asia/Tokyo"\n'
    config = config_of(tmp_path, text)
    assert [terms_of(config, name).zone for name in ("a", "b")] == ["Europe/Berlin", "Asia/Tokyo"]
    assert terms_of(config, "a").mapper is None


def test_another_mapping_has_another_signature(tmp_path: Path) -> None:
    source = '[source.a]\nkind = "folder"\npath = "a"\nmap = {{ process = "{0}" }}\n'
    first, second = (terms_of(config_of(tmp_path, source.format(name)), "a") for name in ("Art", "Kind"))
    assert first.signature != second.signature
    assert first.mapper is not None
    frame, faults = first.mapper(pl.DataFrame({"task_id": ["1"], "Art": ["claim"]}), "file.csv", optional=False)
    assert frame["process"].to_list() == ["claim"]
    assert faults.null_count() == 1


def test_who_is_asked_for_goes_before_the_configuration(tmp_path: Path) -> None:
    config = config_of(tmp_path, '[executor]\nworkers = "processes:2"\n')
    assert workers_in(config) == workers_in(None, "processes:2") != workers_in(None, "3")
    assert workers_in(config, "3") == workers_in(None, "3")


def test_a_broken_configuration_matters_only_to_who_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALLOT_CONFIG", raising=False)
    (tmp_path / "allot.toml").write_text("[executor]\nworker = 3\n", encoding="utf-8")
    assert workers_here("2") == workers_in(None, "2")
    for given in (None, "tls://host:8786"):
        with pytest.raises(ConfigError, match=r"unknown key 'executor\.worker'"):
            workers_here(given)


def test_a_cluster_needs_its_certificates(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"allot\.toml: .*ca\.pem"):
        workers_in(config_of(tmp_path, CLUSTER))
    with pytest.raises(OptionError):
        workers_in(None, "tls://host:8786")


def test_a_store_that_was_never_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="allot store upgrade"), opened_store(config_of(tmp_path, "")):
        pass

"""What `--workers` and `[executor]` may say."""

from pathlib import Path
from typing import Any

import pytest

from models import OptionError, OptionTypeError
from scheduler.workers import Workers, fault_of_text, workers_of


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (None, Workers()),
        ("auto", Workers()),
        (3, Workers(number=3)),
        ("3", Workers(number=3)),
        ("processes:2", Workers(number=2, processes=True)),
        ({"workers": "processes:4"}, Workers(number=4, processes=True)),
        ({"workers": 2}, Workers(number=2)),
        ({}, Workers()),
    ],
)
def test_says_who_works(given: Any, meant: Workers) -> None:
    assert workers_of(given) == meant


def test_a_cluster_has_its_certificates(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("ca", "cert", "key")}
    for file in files.values():
        file.touch()
    assert workers_of({"workers": "tls://head.example.org:8786", **files}) == Workers(
        address="tls://head.example.org:8786", **files
    )
    with pytest.raises(OptionError, match=r"tls://head:8786 needs cert, key: .* \[executor\]"):
        workers_of({"workers": "tls://head:8786", "ca": files["ca"]})
    with pytest.raises(OptionError, match=r"ca names .*gone, which does not exist"):
        workers_of({"ca": tmp_path / "gone"})


@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5", "many", "processes", "processes:0", "threads:2", "tls://head", "tls://head:0",
             "tls://head:70000", "tls://a b:1", "", " 2", "2\n"],
)  # fmt: skip
def test_other_texts_are_refused(text: str) -> None:
    assert fault_of_text(text) is not None
    with pytest.raises(OptionError, match="is none of auto, N, processes:N or tls://HOST:PORT"):
        workers_of(text)


@pytest.mark.parametrize("text", ["tcp://head:8786", "ws://head:8786"])
def test_what_is_not_encrypted_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match=f"{text} is refused: .* encrypted only; use tls://HOST:PORT"):
        workers_of(text)


def test_other_types_and_keys_are_refused() -> None:
    for given in (True, 1.5, ["auto"], {"workers": 1.5}):
        with pytest.raises(OptionTypeError):
            workers_of(given)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="unknown key 'certificate'"):
        workers_of({"certificate": "x"})

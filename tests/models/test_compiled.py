"""What is kept of compiled functions on disk fits the sources."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba import config, njit

import models.compiled as compilation
from models.compiled import _keep_what_fits, compiled, compiling, require_cache
from models.errors import CacheError

pytestmark = pytest.mark.slow


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of two sources in two folders, with compiled functions that fit them."""
    monkeypatch.setattr(config, "CACHE_DIR", "")
    for folder, name in ((tmp_path, "roster"), (tmp_path / "engines", "search")):
        (folder / "__pycache__").mkdir(parents=True)
        (folder / f"{name}.py").write_text("grains = 1\n")
    _keep_what_fits(tmp_path)
    for folder in (tmp_path, tmp_path / "engines"):
        for ending in ("nbi", "nbc", "pyc"):
            (folder / "__pycache__" / f"kept.{ending}").write_bytes(b"")
    return tmp_path


def kept(package: Path) -> list[str]:
    return sorted(str(file.relative_to(package)) for file in package.rglob("kept.*"))


WHOLE = [f"{folder}__pycache__/kept.{ending}" for folder in ("", "engines/") for ending in ("nbc", "nbi", "pyc")]
OTHERS = [file for file in WHOLE if file.endswith("pyc")]


def test_what_fits_is_kept(package: Path) -> None:
    _keep_what_fits(package)
    assert kept(package) == WHOLE


def test_all_is_forgotten_when_any_source_changes(package: Path) -> None:
    # numba would go on using a caller compiled with the function as it was
    (package / "roster.py").write_text("grains = 2\n")
    _keep_what_fits(package)
    assert kept(package) == OTHERS


def test_all_is_forgotten_when_a_source_comes_or_goes(package: Path) -> None:
    (package / "engines" / "search.py").unlink()
    _keep_what_fits(package)
    assert kept(package) == OTHERS


def test_once_forgotten_the_new_ones_stay(package: Path) -> None:
    (package / "roster.py").write_text("grains = 2\n")
    _keep_what_fits(package)
    (package / "__pycache__" / "kept.nbc").write_bytes(b"")
    _keep_what_fits(package)
    assert "__pycache__/kept.nbc" in kept(package)


def test_a_package_that_cannot_be_written_keeps_what_it_has(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (package / "roster.py").write_text("grains = 2\n")
    monkeypatch.setattr(Path, "unlink", refuse)
    _keep_what_fits(package)
    assert kept(package) == WHOLE


def test_a_folder_of_the_users_own_has_one_for_each_state_of_the_sources(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def folder() -> Path:
        monkeypatch.setattr(config, "CACHE_DIR", "cache")
        _keep_what_fits(package)
        return Path(config.CACHE_DIR)

    first, again = folder(), folder()
    (package / "roster.py").write_text("grains = 2\n")
    assert first == again != folder()
    assert first.parent == Path("cache")
    assert kept(package) == WHOLE


def test_numba_keeps_to_the_folder(tmp_path: Path) -> None:
    where = "from models.problem.arrays import duration; print(duration._cache.cache_path)"
    done = subprocess.run(
        [sys.executable, "-c", where],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).parents[1] == tmp_path


def test_without_a_place_beside_the_sources_it_is_the_users_folder(
    package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setattr(compilation, "_can_write", lambda package: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _keep_what_fits(package)
    assert Path(config.CACHE_DIR).parent == tmp_path / "cache" / "numba"
    assert kept(package) == WHOLE


def test_with_no_place_at_all_loops_can_be_loaded_and_not_begun_with(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(function: object) -> None:
        raise RuntimeError("cannot cache function 'one': no locator available")

    def njit(**options: object) -> object:
        return refuse if options.get("cache") else (lambda function: function)

    monkeypatch.setattr(compilation, "njit", njit)
    monkeypatch.setattr(compilation, "_UNKEPT", [])
    require_cache()

    @compiled
    def one() -> int:
        return 1

    assert one() == 1
    with pytest.raises(CacheError, match="set NUMBA_CACHE_DIR to a folder that can be written"):
        require_cache()


def test_what_is_compiled_is_told_and_timed_and_what_is_there_is_not() -> None:
    @njit
    def inner(x: int) -> int:
        return x + 1

    @njit
    def outer(x: int) -> int:
        return inner(x) + 1

    told: list[str] = []
    with compiling(lambda: told.append("compile")) as found:
        assert outer(1) == 3
    assert (told, found.seconds > 0) == (["compile"], True)
    with compiling(lambda: told.append("again")) as found:
        assert outer(2) == 4
    assert (told, found.seconds) == (["compile"], 0.0)

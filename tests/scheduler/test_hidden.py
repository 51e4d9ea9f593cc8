"""Something of the user's that hides a package of allot's is said at import, by name and path."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in a folder, whose modules come first."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["data", "models", "reports"])
@pytest.mark.parametrize("package", [False, True])
def test_it_is_said_in_one_line(tmp_path, name, package):
    file = tmp_path / name / "__init__.py" if package else tmp_path / f"{name}.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine = 1\n")
    told = f"{file.resolve()} hides the package '{name}' of allot, which is in {ROOT}"
    command = python(tmp_path, "-m", "scheduler", "policy")
    assert (command.returncode, command.stdout) == (5, "")
    assert command.stderr.startswith(f"allot: {told}: give it another name")
    assert command.stderr.count("\n") == 1
    imported = python(tmp_path, "-c", "from scheduler import plan")
    assert imported.stderr.splitlines()[-1].startswith(f"ImportError: {told}")


def test_one_that_is_loaded_already_is_seen_too(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "data.py").write_text("")
    done = python(tmp_path, "-c", "import sys; sys.path.insert(0, 'own'); import data; import scheduler")
    assert "data.py hides the package 'data' of allot" in done.stderr


def test_a_folder_that_is_no_package_hides_nothing(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "reports").mkdir()
    assert python(tmp_path, "-m", "scheduler", "policy").returncode == 0

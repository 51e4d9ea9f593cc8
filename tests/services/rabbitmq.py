"""A RabbitMQ broker of the tests' own: Debian's, with all that it writes in a temporary folder."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pika
from pika.exceptions import AMQPError

_PROGRAMS = Path("/usr/lib/rabbitmq/bin")
_PROGRAM = str(_PROGRAMS / "rabbitmq-server")
_PATIENCE_S = 60
_TRIES = 3


class BrokerEndedError(Exception):
    """A broker did not start."""


class Broker:
    """A broker that can be stopped and started again; its queues stay."""

    def __init__(self, home: Path) -> None:
        assert Path(_PROGRAM).exists(), "no RabbitMQ: make test-services installs Debian's rabbitmq-server"
        self.home = home
        home.mkdir()
        self.port, self._node_port, self._epmd_port = _free_ports()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Starts it, and waits until it answers.

        Raises:
            BrokerEndedError: It ended before, or takes too long; with what it said.
        """
        with (self.home / "said").open("ab") as said:
            self._process = subprocess.Popen(
                [_PROGRAM],
                env=self._environment(),
                stdout=said,
                stderr=said,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        end = time.monotonic() + _PATIENCE_S
        while True:
            with suppress(AMQPError, OSError):
                pika.BlockingConnection(pika.URLParameters(self.url)).close()
                return
            if self._process.poll() is not None or time.monotonic() > end:
                raise BrokerEndedError((self.home / "said").read_text(errors="replace"))
            time.sleep(0.2)

    def stop(self) -> None:
        """Stops it as a power failure would that comes after it has kept the names of its queues.

        RabbitMQ keeps messages before it confirms them, but the names of new queues only some seconds later.
        """
        keep = [str(_PROGRAMS / "rabbitmqctl"), "eval", "ok = mnesia:sync_log()."]
        subprocess.run(keep, env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, check=True)
        self._kill()

    def end(self) -> None:
        """Stops it with the name server that it has started."""
        self._kill()
        epmd = shutil.which("epmd")
        environment = {**os.environ, "ERL_EPMD_PORT": str(self._epmd_port)}
        end = time.monotonic() + 5
        while epmd is not None and time.monotonic() < end:  # it stays until it knows that the broker is gone
            done = subprocess.run([epmd, "-kill"], env=environment, capture_output=True, check=False)
            if b"living" not in done.stdout + done.stderr:
                return
            time.sleep(0.1)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOME": str(self.home),
            "RABBITMQ_NODENAME": f"allot{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._node_port),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_MNESIA_BASE": str(self.home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.home / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "plugins"),
            "RABBITMQ_PID_FILE": str(self.home / "pid"),
        }

    def _kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def rabbitmq() -> Iterator[Broker]:
    """A broker that runs while the body does."""
    with tempfile.TemporaryDirectory(prefix="allot-mq-", ignore_cleanup_errors=True) as name:
        broker = _started(Path(name))
        try:
            yield broker
        finally:
            broker.end()


def _started(home: Path) -> Broker:
    """A broker; one whose ports another program has taken in the meantime is given others."""
    for number in range(_TRIES):
        broker = Broker(home / str(number))
        try:
            broker.start()
        except BrokerEndedError as ended:
            broker.end()
            if "eaddrinuse" not in str(ended):
                raise
        else:
            return broker
    raise AssertionError("no free ports")


def _free_ports() -> tuple[int, int, int]:
    """Ports that are free, and that the system gives to no client of another server while the broker is down."""
    clients_from = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    sockets: list[socket.socket] = []
    below = range(10_000, clients_from) or range(1)  # 0: any port
    while len(sockets) < 3:
        with suppress(OSError):
            sockets.append(socket.create_server(("127.0.0.1", secrets.choice(below))))
    one, two, three = (each.getsockname()[1] for each in sockets)
    for each in sockets:
        each.close()
    return one, two, three

"""The embedded data center: Django behind its own threaded WSGI server, on the loopback interface only."""

from __future__ import annotations

import errno
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from kpublish.datacenter import database, folder
from kpublish.errors import KpublishError, UsageError
from kpublish.files import storing

if TYPE_CHECKING:
    from kpublish.datacenter.connections import Server as HttpServer

HOST = "127.0.0.1"
#: Seconds within which a child must answer.
_PATIENCE = 60.0


class Stopped(BaseException):
    """Raised in the main thread by SIGTERM."""


def serve(data: Path, port: int = 0, announce: Callable[[str, str], None] | None = None) -> None:
    """Serve the data center in ``data`` until SIGTERM (returns) or SIGINT (raises KeyboardInterrupt).

    Parameters
    ----------
    data
        The folder that holds everything; made if it is not there.
    port
        On 127.0.0.1; 0 chooses a free one.
    announce
        Called once the server answers, with its address and the lines of ``client.env``.

    Raises
    ------
    UsageError
        If the port is taken, or the folder is another program's or another server's.
    StorageError
        If the folder cannot be written, or the database not be used.
    """
    data = data.absolute()
    os.umask(0o077)
    folder.prepare(data)
    with suppress(Stopped), _sigterm_stops(), folder.locked(data):
        folder.secret_key(data)
        database.open_(data)
        database.let_in(data)
        _sweep(data)
        with _listening(port) as server:
            url = f"http://{HOST}:{server.server_address[1]}"
            lines = folder.write_client_env(data, url)
            if announce is not None:
                announce(url, lines)
            server.serve_forever(poll_interval=0.1)


def _sweep(data: Path) -> None:
    """Remove what a crash left; nobody uploads yet."""
    from kpublish.datacenter.storage import store

    with storing(data):
        store().sweep()


@contextmanager
def _listening(port: int) -> Iterator[HttpServer]:
    from kpublish.datacenter.connections import Handler, Server
    from kpublish.datacenter.wsgi import application

    try:
        server = Server((HOST, port), Handler)
    except OSError as error:
        raise _no_port(port, error) from error
    server.set_app(application)
    with server:
        yield server


def _no_port(port: int, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"Port {port} of {HOST} is taken.", remedy="Choose another with --port, or let --port 0 find a free one.")
    return UsageError(f"Port {port} of {HOST} cannot be used: {error.strerror or error}.", remedy="Choose another with --port.")


@contextmanager
def _sigterm_stops() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass
class Server:
    """A data center that runs as a child process; stopped by ``stop`` or at the end of a ``with`` block."""

    url: str
    token_file: Path
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """Stop it; safe to call twice."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def start(data: Path, port: int = 0) -> Server:
    """Start ``kpublish serve`` as a child process and return once it answers.

    Raises
    ------
    KpublishError
        If it does not come up; with the sentence it said.
    """
    data = data.absolute()
    command = [sys.executable, "-P", "-m", "kpublish", "serve", "--data", str(data), "--port", str(port)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, text=True)  # noqa: S603
        server = Server("", data / "token", process)
        try:
            server.url = _url_told_by(process)
            _wait_for_health(server.url)
        except BaseException as error:
            server.stop()
            if isinstance(error, Exception):
                said.seek(0)
                raise KpublishError("The data center did not start.", remedy=said.read().strip() or str(error)) from error
            raise
    return server


def _url_told_by(process: subprocess.Popen[str]) -> str:
    """The address in the first line that the child prints; it prints it once it listens."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        if not waiting.select(_PATIENCE):
            raise TimeoutError(f"no answer within {_PATIENCE:.0f} s")
    name, _, url = process.stdout.readline().strip().partition("=")
    if not name.endswith("KPUBLISH_DATACENTER_URL"):
        raise EOFError("it ended at once")
    return url


def _wait_for_health(url: str) -> None:
    """Ask once, past any proxy: the port is open, so the answer comes as soon as the server is ready for it."""
    with closing(HTTPConnection(HOST, int(url.rpartition(":")[2]), timeout=_PATIENCE)) as connection:
        connection.request("GET", "/api/v1/health")
        if connection.getresponse().status != 200:
            raise ConnectionError(f"{url} is not a data center")

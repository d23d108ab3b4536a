"""What stands around a data center: a PostgreSQL of Debian's, a bucket of moto's, and a line to it that can be cut."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kpublish.datacenter.server import Server

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "planted-key-id",
    "AWS_SECRET_ACCESS_KEY": "planted-secret-key",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def until(condition: Callable[[], Any], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {seconds} s"
        time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def answers(port: int, path: str = "/") -> bool:
    """Whether something speaks HTTP there."""
    with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    return False


# --- PostgreSQL


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL on a socket in a folder of its own, whose address is short: at most 107 bytes; it does not run as root."""
    folder = Path(tempfile.mkdtemp(prefix="kpublish-", dir="/tmp"))
    programs = max(Path("/usr/lib/postgresql").iterdir(), key=lambda path: int(path.name)) / "bin"
    data, user = folder / "postgres", "postgres"
    data.mkdir()
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        person = pwd.getpwnam(user)
        for path in (folder, data):
            os.chown(path, person.pw_uid, person.pw_gid)
        as_user = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, "-D", data, *arguments], check=True, capture_output=True, **as_user)

    run("initdb", "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run("pg_ctl", "-o", options, "-w", "-l", str(folder / "postgres.log"), "start")
    try:
        yield f"postgresql://{user}@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, name: str) -> str:
    """Make an empty database; return its address."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.replace("/postgres?", f"/{name}?")


# --- S3


@contextmanager
def moto() -> Iterator[int]:
    """A server that speaks S3, from memory; yields its port."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    environment = {**os.environ, **CREDENTIALS}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        until(lambda: answers(port), 60)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def client_of_bucket(port: int) -> Any:
    """boto3, straight to the server."""
    import boto3

    secrets = {"aws_access_key_id": "planted-key-id", "aws_secret_access_key": "planted-secret-key"}
    return boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", **secrets)


def place(bucket: str, port: int, prefix: str = "") -> str:
    return f"s3://{bucket}/{prefix}?endpoint=http://127.0.0.1:{port}&region=us-east-1"


@dataclass
class Line:
    """A line to a server on this machine that can be cut: at once, or after so many bytes of a request."""

    target: int
    port: int = 0
    #: Bytes that still pass, from the client to the server; None for all.
    left: int | None = None
    is_cut: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            for pair, counted in (((near, far), True), ((far, near), False)):
                threading.Thread(target=self._pass, args=(*pair, counted), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while block := source.recv(16384):
                if counted and not self._may_pass(len(block)):
                    break
                sink.sendall(block)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _may_pass(self, count: int) -> bool:
        with self._lock:
            if self.left is not None:
                self.left -= count
                self.is_cut = self.is_cut or self.left <= 0
            return not self.is_cut

    def cut_after(self, count: int) -> None:
        self.left, self.is_cut = count, False

    def mend(self) -> None:
        self.left, self.is_cut = None, False


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = Line(port, int(listening.getsockname()[1]))
        threading.Thread(target=line.serve, args=(listening,), daemon=True).start()
        yield line
        listening.shutdown(socket.SHUT_RDWR)


class _Older(BaseHTTPRequestHandler):
    """Passes on all but what an older data center does not know."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    upstream, status = "", 404

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "/uploads" in self.path:
            status, told = (
                self.status,
                b'{"code": "not-found", "detail": "There is nothing at this address.", "remedy": "Check it."}',
            )
        else:
            with closing(HTTPConnection(self.upstream, timeout=60)) as connection:
                connection.request(self.command, self.path, body, dict(self.headers))
                given = connection.getresponse()
                status, told = given.status, given.read()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer


@contextmanager
def older(port: int, status: int) -> Iterator[int]:
    """A data center from before tus, which answers so where the other one takes parts; yields its port."""
    kind = type("Handler", (_Older,), {"upstream": f"127.0.0.1:{port}", "status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_port
        server.shutdown()


# --- a service under gunicorn


def kpublish(*arguments: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    command = [sys.executable, "-m", "kpublish", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=more.pop("timeout", 120), check=False, **more)


def fsck(data: Path, **more: Any) -> None:
    """It must find nothing to complain of."""
    done = kpublish("datacenter", "fsck", "--data", data, **more)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stdout + done.stderr


@contextmanager
def production(data: Path, *options: str, **environment: str) -> Iterator[Server]:
    """``kpublish datacenter production`` on a free port, with a token of its own for the tests."""
    env = {**os.environ, "KPUBLISH_DC_PUBLIC_URL": "http://127.0.0.1:1", **environment}
    command = [sys.executable, "-m", "kpublish", "datacenter", "production", "--bind", "127.0.0.1:0", "--data", str(data), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    assert process.stdout
    assert process.stderr
    found = re.search(r"http://\S+:(\d+)", process.stdout.readline())
    if found is None:
        raise AssertionError(process.communicate()[1])
    try:
        until(lambda: answers(int(found[1]), "/api/v1/health"), 60)
        token = data / "token"
        if not token.exists():
            name = f"tests {time.time_ns()}"
            made = kpublish("datacenter", "create-token", name, "--role", "publisher", "--output", token, "--data", data, env=env)
            assert made.returncode == 0, made.stderr
        yield Server(found[0].rstrip("/"), token, process)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        process.stdout.close()
        process.stderr.close()

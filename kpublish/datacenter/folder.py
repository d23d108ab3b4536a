"""The folder of a data center: who may read it, one server at a time, its secrets, and what clients need to know."""

from __future__ import annotations

import fcntl
import os
import secrets
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from kpublish.errors import UsageError
from kpublish.files import read_bytes, storing, write_bytes

_LOCK = "server.lock"


def prepare(data: Path) -> None:
    """Make the folder (mode 700) and its secret key; an existing folder must be empty or a data center's.

    Raises
    ------
    UsageError
        If the folder belongs to something else.
    StorageError
        If it cannot be written.
    """
    if data.exists() and not data.is_dir():
        raise UsageError(f"{data} is not a folder.", remedy="Name another folder with --data.")
    with storing(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (data / _LOCK).exists() and any(data.iterdir()):
            raise UsageError(f"{data} holds other files.", remedy="Name an empty or a new folder with --data.")


@contextmanager
def locked(data: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the folder for one server; the lock goes with the process, however that ends.

    Parameters
    ----------
    data
        The folder.
    patience
        Seconds to wait for the lock: processes of a server that was killed notice it after a moment.

    Raises
    ------
    UsageError
        If another server works in it.
    """
    with storing(data):
        lock = (data / _LOCK).open("a")
    with lock:
        if not _taken(lock, patience):
            raise UsageError(f"Another data center works in {data}.", remedy="Stop it, or name another folder with --data.")
        yield


def _taken(lock: TextIO, patience: float) -> bool:
    """Whether the lock became ours in time."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.1)
        else:
            return True


def secret_key(data: Path) -> None:
    """Write Django's secret key once (mode 600)."""
    if not (data / "secret_key").exists():
        write_bytes(data / "secret_key", secrets.token_urlsafe(50).encode(), mode=0o600, sync=True)


def token(data: Path) -> str:
    """Return the secret in ``token`` (mode 600); a new one if the file is not there."""
    file = data / "token"
    if not file.exists():
        write_bytes(file, f"{secrets.token_urlsafe(32)}\n".encode(), mode=0o600, sync=True)
    os.chmod(file, 0o600)
    secret = read_bytes(file, limit=4096).decode("ascii", "replace").strip()
    if len(secret) < 20:
        raise UsageError(f"{file} holds no token.", remedy="Remove the file; the next start makes a new one.")
    return secret


def write_client_env(data: Path, url: str) -> str:
    """Write ``client.env`` (mode 600) and return its lines: what a shell needs to know to publish here, but not the secret.

    >>> export_lines(Path("/my data"), "http://127.0.0.1:8000").splitlines()[1]
    "export KPUBLISH_DATACENTER_TOKEN_FILE='/my data/token'"
    """
    lines = export_lines(data, url)
    write_bytes(data / "client.env", lines.encode(), mode=0o600)
    return lines


def export_lines(data: Path, url: str) -> str:
    """The lines of ``client.env``."""
    return (
        f"export KPUBLISH_DATACENTER_URL={shlex.quote(url)}\n"
        f"export KPUBLISH_DATACENTER_TOKEN_FILE={shlex.quote(str(data / 'token'))}\n"
    )

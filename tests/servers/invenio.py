"""A real InvenioRDM on 127.0.0.1, brought up by the tests; its virtual environment and first state are made by ``make rdm``."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

HERE = Path(__file__).parent / "invenio_rdm"
#: Where ``make rdm`` puts it; the mark stands there when all is ready.
VENV = Path(os.environ.get("RDM_VENV") or Path(__file__).parents[2] / ".venv-rdm")
READY = VENV / "state" / "tokens.json"
#: Seconds that a start, and building the first state, may take on a slow machine.
PATIENCE = 180
JSON = "application/vnd.inveniordm.v1+json"


@dataclass(frozen=True)
class Invenio:
    """A running server: its address, and the tokens of alice, bob and curator."""

    url: str
    tokens: dict[str, str]

    def ask(self, method: str, path: str, *, user: str | None = "alice", accept: str = JSON, **what) -> requests.Response:
        """Send a request to ``/api<path>`` as a user; None: as nobody."""
        headers = {"Accept": accept, **({"Authorization": f"Bearer {self.tokens[user]}"} if user else {})}
        return requests.request(method, f"{self.url}/api{path}", headers=headers, timeout=60, **what)

    def community(self, slug: str, *, owner: str = "curator", policy: str = "closed") -> str:
        """Make a community, whose members may include directly only with ``policy="open"``; return its id."""
        data = {
            "slug": slug,
            "metadata": {"title": slug},
            "access": {"visibility": "public", "review_policy": policy, "record_submission_policy": "open"},
        }
        answer = self.ask("POST", "/communities", user=owner, json=data)
        answer.raise_for_status()
        return answer.json()["id"]


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Invenio]:
    """Start a server that keeps its state below ``folder``, and stop it in the end; ``settings``: RDM_QUOTA, RDM_RATELIMIT."""
    with _search_server(folder) as search:
        port = _free_port()
        with _process([VENV / "bin" / "python", HERE / "serve.py"], folder, search, port, settings) as process:
            yield Invenio(**_told(process, folder / "ready.json", folder))


def prepare(folder: Path) -> None:
    """Build the first state, from which every server starts."""
    with _search_server(folder) as search:
        with _process([VENV / "bin" / "python", HERE / "serve.py", "prepare"], folder, search, _free_port(), {}) as process:
            process.wait(PATIENCE)
            if process.returncode:
                raise SystemExit(f"InvenioRDM was not prepared:\n{(folder / 'errors').read_text()[-2000:]}")


@contextmanager
def _search_server(folder: Path) -> Iterator[int]:
    """The server that InvenioRDM searches with; yields its port."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [VENV / "bin" / "python", "-c", "import osmem_server; print(osmem_server.resolve_binary())"]
    binary = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    port = _free_port()
    # It ends when its standard input does, unless it is told not to look.
    command = [binary, "-addr", f"127.0.0.1:{port}", "-no-ja", "-no-stdin-watch"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _until(lambda: _answers(port), process, "the search server")
            yield port
        finally:
            process.terminate()


@contextmanager
def _process(command, folder: Path, search: int, port: int, settings: dict[str, str]) -> Iterator[subprocess.Popen]:
    environment = {
        "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "PYTHONPATH": str(HERE),
        "PYTHONWARNINGS": "ignore",
        "INVENIO_INSTANCE_PATH": str(HERE),
        "RDM_RUN": str(folder),
        "RDM_STATE": str(VENV / "state"),
        "RDM_PORT": str(port),
        "RDM_SEARCH_PORT": str(search),
        **{name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")},
        **settings,
    }
    with open(folder / "errors", "wb") as errors:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _told(process: subprocess.Popen, ready: Path, folder: Path) -> dict:
    _until(ready.exists, process, f"InvenioRDM (its errors: {folder / 'errors'})")
    return json.loads(ready.read_text())


def _until(done, process: subprocess.Popen, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{what} did not start")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def invenio(tmp_path_factory) -> Iterator[Invenio]:
    """The InvenioRDM that all tests share; every test brings resources of its own."""
    with running(tmp_path_factory.mktemp("invenio")) as server:
        yield server


if __name__ == "__main__":
    prepare(Path(sys.argv[1]).resolve())

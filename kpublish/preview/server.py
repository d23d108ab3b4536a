"""Serves a preview to browsers of this machine, and tells them when there is a newer one (server-sent events, WHATWG HTML 9.2)."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Any, Self

from kpublish.errors import UsageError
from kpublish.model.media_types import media_type
from kpublish.plots.overriding import Look
from kpublish.preview.page import POLICY, SCRIPT, html
from kpublish.preview.snapshot import Snapshot
from kpublish.preview.watching import Watcher
from kpublish.preview.workshop import Workshop

_HOST = "127.0.0.1"
#: Seconds after which a browser is told that we are still here, so that we notice when it is not.
_ALIVE = 10.0
#: Seconds for which the end waits for a figure that is being drawn.
_PATIENCE = 10.0


class Preview:
    """A preview of a repository on ``127.0.0.1``, while it is entered.

    Parameters
    ----------
    root
        The folder of a project.
    port
        Where it listens; 0 finds a free one.
    look
        How figures are drawn otherwise than their files say.

    Raises
    ------
    UsageError
        If the port is taken.
    """

    def __init__(self, root: Path, port: int = 0, look: Look | None = None) -> None:
        self.snapshot = Snapshot()
        self.news = Condition()
        self.ended = Event()
        self._root, self._look = root, look
        try:
            self._server = _Server((_HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"Port {port} cannot be used: {error}.", remedy="Name another one: --port 0 finds a free one."
            ) from error
        self._server.preview = self
        self.hosts = tuple(f"{name}:{self._server.server_port}" for name in (_HOST, "localhost"))
        self.url = f"http://{self.hosts[0]}/"
        self._serving = Thread(target=self._server.serve_forever, daemon=True)
        self._following = Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._serving.start()
        self._following.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.ended.set()
        with self.news:
            self.news.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._following.join(_PATIENCE)  # the interpreter must not end while matplotlib draws

    def _follow(self) -> None:
        """Show every snapshot, from the beginning and after each change; a change while figures are drawn begins anew."""
        watcher, workshop = Watcher(self._root, self.ended), Workshop(self._root, self._look)
        while True:
            for snapshot in workshop.snapshots():
                with self.news:
                    self.snapshot = snapshot
                    self.news.notify_all()
                if self.ended.is_set():
                    return
                if watcher.changed():
                    break
            else:
                if not watcher.wait():
                    return

    def newer(self, number: int) -> int:
        """Wait until there is a newer snapshot, or for some seconds; return the number of the newest."""
        with self.news:
            self.news.wait_for(lambda: self.snapshot.number > number or self.ended.is_set(), timeout=_ALIVE)
            return self.snapshot.number

    def picture(self, name: str) -> bytes | None:
        """Return the picture of that name, if it is one of the newest."""
        return next((picture.content for picture in self.snapshot.pictures if picture.content and picture.name == name), None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    preview: Preview

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer with the page, its script, a picture, or the stream of events."""
        preview = self.server.preview
        if self.headers.get("Host") not in preview.hosts:  # another name that leads here: a page of others that asks us
            self._answer(b"This preview is for browsers of its own machine.\n", "text/plain", HTTPStatus.FORBIDDEN)
        elif self.path == "/":
            self._answer(html(preview.snapshot).encode(), "text/html; charset=utf-8")
        elif self.path == "/live.js":
            self._answer(SCRIPT.encode(), "text/javascript; charset=utf-8")
        elif self.path == "/events":
            self._events(preview)
        elif self.path == "/favicon.ico":  # browsers ask for one
            self._answer(b"", "image/x-icon", HTTPStatus.NO_CONTENT)
        elif content := preview.picture(self.path.removeprefix("/pictures/")):
            self._answer(content, media_type(self.path))
        else:
            self._answer(b"There is nothing here.\n", "text/plain", HTTPStatus.NOT_FOUND)

    def _answer(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._head(kind, status, {"Content-Length": str(len(content))})
        self.wfile.write(content)

    def _head(self, kind: str, status: HTTPStatus, further: dict[str, str]) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
            **further,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _events(self, preview: Preview) -> None:
        self._head("text/event-stream", HTTPStatus.OK, {})
        number = -1
        with suppress(OSError):  # the browser went away
            while not preview.ended.is_set():
                number = preview.newer(number)
                self.wfile.write(f"data: {number}\n\n".encode())
                self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Say nothing for each request."""

"""HTTP/1.1 connections of the embedded server (RFC 9112): Django's own classes, made safe for large bodies and long waits."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, cast

from django.core.servers.basehttp import ServerHandler, ThreadedWSGIServer, WSGIRequestHandler

from kpublish.files import CHUNK

LOG = logging.getLogger("django.server")


class Answer(ServerHandler):
    """One answer to one request."""

    environ: dict[str, Any]
    headers: Any
    request_handler: WSGIRequestHandler

    def cleanup_headers(self) -> None:
        """A body of unstated length was not read: where it ends, and the next request begins, is not known."""
        length = self.environ.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in self.environ or not length.isdigit():
            self.headers["Connection"] = "close"
        super().cleanup_headers()

    def close(self) -> None:
        """Read what the application left of the body, in blocks: else the caller would see a broken connection, not the answer."""
        try:
            while self.get_stdin().read(CHUNK):
                pass
        except OSError:
            self.request_handler.close_connection = True
        with suppress(OSError):
            super().close()

    def log_exception(self, exc_info: Any) -> None:
        """Failures go to the log, not to the terminal."""
        LOG.error("A request failed outside the application.", exc_info=exc_info)


class Handler(WSGIRequestHandler):
    """One connection; a minute of silence ends it."""

    timeout = 60
    # Head and body leave in two pieces: without this the second waits 40 ms for the first to be acknowledged (RFC 1122, 4.2.3.4).
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Read one request and answer it."""
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536:
            self.requestline, self.request_version, self.command = "", "", ""
            self.send_error(414)
            return
        if not self.parse_request():
            return
        answer = Answer(self.rfile, self.wfile, self.get_stderr(), self.get_environ())
        answer.request_handler = self
        answer.run(cast(Any, self.server).get_app())


class Server(ThreadedWSGIServer):
    """One thread for each connection."""

    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers may go away at any time; anything else is told to the log."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            LOG.exception("A connection from %s failed.", client_address)

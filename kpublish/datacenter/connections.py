"""HTTP/1.1 connections of the embedded server (RFC 9112): Django's own classes, made safe for large bodies and long waits."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

import io
import logging
import re
import sys
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from django.core.servers.basehttp import ServerHandler, ThreadedWSGIServer, WSGIRequestHandler

from kpublish.datacenter.draining import drain
from kpublish.datacenter.lines import SILENCE, Line

LOG = logging.getLogger("django.server")
#: The longest head of a request, in bytes.
HEAD = 64 * 1024
_REQUEST = re.compile(rb"\S+ \S+ HTTP/[0-9]\.[0-9]\r?\n")
#: RFC 9112 section 5: no line is folded, and no control character stands in one.
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t\x20-\x7e\x80-\xff]*\r?\n")
#: Said twice, these would be understood by one as the first, by another as the last.
_ONCE = (b"host", b"content-length", b"content-type", b"transfer-encoding", b"authorization")


class Answer(ServerHandler):
    """One answer to one request."""

    environ: dict[str, Any]
    headers: Any
    request_handler: WSGIRequestHandler
    is_done = False

    def cleanup_headers(self) -> None:
        """A body of unstated length was not read: where it ends, and the next request begins, is not known."""
        length = self.environ.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in self.environ or not length.isdigit():
            self.headers["Connection"] = "close"
        super().cleanup_headers()

    def close(self) -> None:
        """Read what the application left of the body, in blocks: else the caller would see a broken connection, not the answer."""
        if not drain(self.get_stdin()):
            self.request_handler.close_connection = True
        self.is_done = True
        with suppress(OSError):
            super(ServerHandler, self).close()  # Django's own would read the whole rest at once

    def log_exception(self, exc_info: Any) -> None:
        """Failures go to the log, not to the terminal."""
        LOG.error("A request failed outside the application.", exc_info=exc_info)


class Handler(WSGIRequestHandler):
    """One connection; a minute of silence ends it."""

    timeout = SILENCE
    # Head and body leave in two pieces: without this the second waits 40 ms for the first to be acknowledged (RFC 1122, 4.2.3.4).
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Read one request and answer it."""
        self.requestline, self.request_version, self.command = "", "", ""
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536:
            self._refuse(414)
            return
        if self.raw_requestline and not _REQUEST.fullmatch(self.raw_requestline):
            self._refuse(400)
            return
        fields = self._fields() if self.raw_requestline else b""
        stream, self.rfile = self.rfile, io.BytesIO(fields or b"")
        is_understood = fields is not None and self.parse_request()
        self.rfile = stream
        if not is_understood:
            return
        answer = Answer(self.rfile, self.wfile, self.get_stderr(), self.get_environ())
        answer.request_handler = self
        answer.run(cast(Any, self.server).get_app())
        if not answer.is_done:  # the caller went away before all was said
            self.close_connection = True

    def _fields(self) -> bytes | None:
        """The header as it came, to its empty line; what others may understand otherwise than we do is refused."""
        told, names = b"", []
        while (line := self.rfile.readline(HEAD)) not in (b"\r\n", b"\n"):
            told += line
            field = _FIELD.fullmatch(line)
            if len(told) > HEAD or not field:
                self._refuse(431 if len(told) > HEAD or len(line) == HEAD else 400)
                return None
            names.append(field[1].lower())
        if any(names.count(name) > 1 for name in _ONCE) or (b"host" not in names and b" HTTP/1.1" in self.raw_requestline):
            self._refuse(400)
            return None
        return told + b"\r\n"

    def _refuse(self, code: int) -> None:
        self.close_connection = True
        self.send_error(code)


class Server(ThreadedWSGIServer):
    """One thread for each connection."""

    request_queue_size = 128

    def get_request(self) -> tuple[Line, Any]:
        """Accept a connection; who sends too slowly loses it."""
        connection, address = super().get_request()
        return Line(connection, settings.PATIENCE), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers may go away at any time; anything else is told to the log."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            LOG.exception("A connection from %s failed.", client_address)

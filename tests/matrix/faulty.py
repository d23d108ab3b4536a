"""A reverse proxy that breaks one request of a release in a chosen way, and hides fresh drafts from lists as Zenodo does."""

import json
import re
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

#: What may happen to a request. The first two go on as long as the same request is sent again; the others happen once.
FAULTS = ("not done", "not answered", "429", "503", "damaged")


#: The identifiers in an address, which differ from run to run.
_IDS = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=records/)[a-z0-9]{5}-[a-z0-9]{5}|\?.*")


class Point(NamedTuple):
    """The n-th time that a release sends one request: through which proxy, and the address without what differs from run to run."""

    name: str
    verb: str
    path: str
    nth: int


class Faults:
    """What goes wrong in one run: the fault at one point, if there is one; ``struck`` is the request that met it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.begin()

    def begin(self, point: Point | None = None, fault: str = "") -> None:
        self.point, self.fault, self.seen, self.struck = point, fault, [], None

    def of(self, name: str, verb: str, path: str) -> str:
        """Note a request, and return what shall happen to it."""
        with self._lock:
            shown = _IDS.sub("…", path)
            nth = 1 + sum((one.name, one.verb, one.path) == (name, verb, shown) for one in self.seen)
            self.seen.append(Point(name, verb, shown, nth))
            if self.seen[-1] == self.point:
                self.struck = (name, verb, path)
                return self.fault
            again = self.struck == (name, verb, path) and self.fault in ("not done", "not answered")
            return self.fault if again else ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        """Says nothing."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.faults.of(self.server.name, self.command, self.path)
        if fault == "not done":
            self.close_connection = True
            return
        if fault in ("429", "503"):
            self._told(int(fault), {"Retry-After": "0", "Content-Type": "application/json"}, b'{"message": "wait"}')
            return
        if fault == "damaged" and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        told = self._upstream(body)
        if fault == "not answered" or told is None:
            self.close_connection = True
            return
        status, headers, content = told
        if self.path.startswith("/api/user/records"):
            content = self.server.without_fresh(content)
        self._told(status, headers, content)

    def _upstream(self, body):
        headers = {name: value for name, value in self.headers.items() if name not in ("Connection", "Content-Length", "Host")}
        connection = HTTPConnection(self.server.upstream, timeout=60)
        try:
            connection.request(self.command, self.path, body, {**headers, "Content-Length": str(len(body))})
            told = connection.getresponse()
            kept = {name: value for name in ("Content-Type", "Location", "ETag") if (value := told.getheader(name))}
            if "Location" in kept:
                kept["Location"] = kept["Location"].replace(f"http://{self.server.upstream}", self.server.url)
            return told.status, kept, told.read()
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def _told(self, status, headers, content):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = answer


class Proxy(ThreadingHTTPServer):
    """In front of the server at ``url``; ``lag`` is for how many seconds lists do not know what was just made."""

    daemon_threads = True

    def __init__(self, name: str, url: str, faults: Faults, lag: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.name, self.faults, self.lag = name, faults, lag
        self.upstream = urlsplit(url).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def without_fresh(self, content: bytes) -> bytes:
        if not self.lag:
            return content
        told, known = json.loads(content), datetime.now(UTC) - timedelta(seconds=self.lag)
        told["hits"]["hits"] = [hit for hit in told["hits"]["hits"] if datetime.fromisoformat(hit["created"]) < known]
        return json.dumps(told).encode()

    def handle_error(self, request, client_address):
        """A client that went away."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()

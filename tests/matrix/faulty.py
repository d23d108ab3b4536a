"""A reverse proxy that breaks one request of a release in a chosen way, and hides fresh drafts from lists as Zenodo does."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

#: What may happen to a request. The first two go on as long as the same request is sent again; the others happen once.
FAULTS = ("not done", "not answered", "429", "503", "damaged")


class Faults:
    """What goes wrong in one run: the fault at the n-th request over all proxies; nothing, if ``point`` is 0."""

    def __init__(self) -> None:
        self.point, self.fault, self.seen, self.struck = 0, "", [], None
        self._lock = threading.Lock()

    def begin(self, point: int = 0, fault: str = "") -> None:
        self.point, self.fault, self.seen, self.struck = point, fault, [], None

    def of(self, name: str, verb: str, path: str) -> str:
        """Note a request, and return what shall happen to it."""
        with self._lock:
            self.seen.append((name, verb, path))
            if len(self.seen) == self.point:
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

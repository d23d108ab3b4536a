"""A reverse proxy on this machine that counts, damages, swallows answers, or goes away."""

import threading
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def answer(self):
        proxy = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        proxy.seen.append((self.command, self.path, dict(self.headers)))
        if proxy.damage and "/files/" in self.path and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        headers = {name: value for name, value in self.headers.items() if name not in ("Connection", "Content-Length")}
        connection = HTTPConnection(proxy.upstream, timeout=30)
        try:
            connection.request(self.command, self.path, body, headers)
            told = connection.getresponse()
            content = told.read()
        except (OSError, HTTPException):
            self.close_connection = True
            return
        finally:
            connection.close()
        if (self.command, self.path.partition("?")[0].rpartition("/")[2]) in proxy.swallowed:
            self.close_connection = True
            return
        self.send_response(told.status)
        self.send_header("Content-Type", told.getheader("Content-Type", ""))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = answer


class Proxy(ThreadingHTTPServer):
    """In front of the server at ``url``; ``seen`` holds (verb, path, headers) of every request that arrived."""

    daemon_threads = True

    def __init__(self, url):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = urlsplit(url).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.seen = []
        self.damage = False
        self.swallowed = set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def verbs(self):
        return [verb for verb, *_ in self.seen]

    def handle_error(self, request, client_address):
        pass

    def close(self):
        self.shutdown()
        self.server_close()

"""A file of 1 GB to a data center against ``curl -T`` to plain servers that keep a body in a file, in turn, in one run.

- Speed: at least 70 % of curl's to nginx (``dav_methods PUT``). Ours includes that the data center makes the bytes durable,
  verifies their checksum and gives them their place; nginx does none of it. Beside it stands the least that a server can do: a loop
  that receives and writes.
- Memory: of client and server with 1 GB as with 40 MB (``VmHWM`` of each process).

``upload.py FOLDER`` keeps everything below that folder: on a disk, its speed decides; in memory (``/dev/shm``), the programs' own.
"""

import getpass
import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "datacenter"))
from datacenter_parts import client_of, made
from datacenter_services import free_port, production

OURS = """
import sys, time
from pathlib import Path
from kpublish.archives.datacenter import connect
from kpublish.config import ArchiveSettings, Token, host_of
from kpublish.model.bundle import Release
url, token, document, path = sys.argv[1:]
archive = connect(ArchiveSettings("center", "datacenter", url, Token(Path(token).read_text().strip(), host_of(url))))
release = Release.model_validate_json(Path(document).read_bytes())
entry = release.files[-1]
archive.draft(release)
with open(path, "rb", buffering=0) as content:
    begin = time.perf_counter()
    state = archive.send(release, entry, content)
    print(time.perf_counter() - begin, next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
assert state.files[entry.path].sha256 == entry.sha256
"""
LOOP = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_PUT(self):
        left = int(self.headers["Content-Length"])
        with open(sys.argv[2] + self.path, "wb", buffering=0) as file:
            while left:
                block = self.rfile.read(min(1 << 20, left))
                file.write(block)
                left -= len(block)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *arguments):
        pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; user {user};
events {{ }}
http {{
    access_log off; client_max_body_size 0; client_body_temp_path {folder}/nginx;
    server {{ listen 127.0.0.1:{port}; root {folder}; location / {{ dav_methods PUT; }} }}
}}
"""


@contextmanager
def plain(folder: Path) -> Iterator[dict[str, int]]:
    """The ports of the plain servers, by name; what they are sent lies in ``folder`` as ``plain.bin``."""
    ports = {"nginx": free_port(), "a loop": free_port()}
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=ports["nginx"], user=getpass.getuser()))
    commands = [
        ["nginx", "-e", str(folder / "nginx.log"), "-c", str(folder / "nginx.conf")],
        [sys.executable, "-c", LOOP, str(ports["a loop"]), str(folder)],
    ]
    servers = [subprocess.Popen(command) for command in commands]
    try:
        for port in ports.values():
            command = ["curl", "-s", "-o", "/dev/null", "--retry-connrefused", "--retry", "5", f"http://127.0.0.1:{port}/"]
            subprocess.run(command, check=True)
        yield ports
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def peak(pid: int) -> float:
    """The most memory, in MB, that a process ever had."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def workers(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def content(folder: Path, megabytes: int) -> Path:
    """A file of other bytes each time: what is known is not sent."""
    path = folder / f"{megabytes}.bin"
    block = os.urandom(1_000_000)
    with open(path, "wb") as stream:
        for number in range(megabytes):
            stream.write(number.to_bytes(8) + block[8:])
    return path


def ours(server, folder: Path, path: Path) -> tuple[float, float]:
    """Seconds and memory of the client that sends a file as part of a new release."""
    release = made()
    with open(path, "rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    entry = {"path": "data/large.bin", "size": path.stat().st_size, "sha256": sha256, "mediaType": "application/octet-stream"}
    release.document["files"].append(entry)
    document = folder / "release.json"
    document.write_text(json.dumps(release.document))
    command = [sys.executable, "-c", OURS, server.url, str(server.token_file), str(document), str(path)]
    seconds, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(memory) / 1024


def warm(gigabytes: int = 6) -> None:
    """Use memory once, and let go of it: a virtual machine gets a page from its host when it is first used, which takes longer."""
    command = [sys.executable, "-c", f"for _ in [b'x' * 2**30 for _ in range({gigabytes})]: pass"]
    subprocess.run(command, check=True)


def curl(port: int, path: Path) -> float:
    """Seconds of curl."""
    command = [
        "curl",
        "-sf",
        "-H",
        "Expect:",
        "-o",
        "/dev/null",
        "-w",
        "%{time_total}",
        "-T",
        str(path),
        f"http://127.0.0.1:{port}/plain.bin",
    ]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def once(server, ports: dict[str, int], folder: Path, number: int) -> dict[str, tuple[float, float]]:
    """Seconds (and memory) of each, whose turns change; none finds the pages of another still warm."""
    path, found = content(folder, 1000), {}
    senders = {"ours": lambda: ours(server, folder, path)} | {
        name: lambda port=port: (curl(port, path), 0.0) for name, port in ports.items()
    }
    names = sorted(senders)
    for name in names[number % 3 :] + names[: number % 3]:
        os.sync()
        found[name] = senders[name]()
        if name in ports:
            (folder / "plain.bin").rename(folder / f"{name}.bin")
    for kept in (*(folder / f"{name}.bin" for name in ports), *(folder / "data" / "content").glob("*/*")):
        if kept.stat().st_size > 10**8:
            kept.unlink()
    return found


def main(folder: Path, rounds: int = 9) -> None:
    warm()
    with plain(folder) as ports, production(folder / "data", "--workers", "1") as server:
        (worker,) = workers(server.process.pid)
        small = ours(server, folder, content(folder, 40))[1], peak(worker)
        found = [once(server, ports, folder, number) for number in range(rounds)]
        large = max(each["ours"][1] for each in found), peak(worker)
        client_of(server).http.close()
    for name in ports:
        ratios = sorted(each[name][0] / each["ours"][0] for each in found)
        mine, theirs = (statistics.median(each[who][0] for each in found) for who in ("ours", name))
        told = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}, {rounds} rounds); {mine:.2f} s / {theirs:.2f} s"
        print(f"speed of sending 1 GB to a data center / curl -T to {name}: {told}")
    for who, few, many in zip(("client", "server"), small, large, strict=True):
        print(f"memory of the {who} with 40 MB and with 1 GB: {few:.0f} MB, {many:.0f} MB")


if __name__ == "__main__":
    if shutil.which("nginx") is None:
        raise SystemExit("This measures against nginx: install it (Debian: nginx-light).")
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        main(Path(name))

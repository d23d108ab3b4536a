"""A file of 1 GB to a data center against ``curl -T`` to a plain server that keeps a body in a file, in turn, in one run.

- Speed: at least 70 % of curl's. Ours includes that the data center makes the bytes durable, verifies their checksum and gives
  them their place; the plain server forces them to disk, too, and verifies nothing.
- Memory: of client and server with 1 GB as with 40 MB (``VmHWM`` of each process).

``upload.py FOLDER`` keeps everything below that folder: on a disk, its speed decides; in memory (``/dev/shm``), the programs' own.
"""

import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "datacenter"))
from datacenter_parts import client_of, made
from datacenter_services import production

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
PLAIN = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_PUT(self):
        left = int(self.headers["Content-Length"])
        with open(sys.argv[1], "wb", buffering=0) as file:
            while left:
                block = self.rfile.read(min(1 << 20, left))
                file.write(block)
                left -= len(block)
            os.fsync(file.fileno())
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *arguments):
        pass
server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


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


def curl(port: int, path: Path) -> float:
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
        f"http://127.0.0.1:{port}/x",
    ]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(folder: Path, rounds: int = 5) -> None:
    plain = subprocess.Popen([sys.executable, "-c", PLAIN, str(folder / "plain.bin")], stdout=subprocess.PIPE, text=True)
    port = int(plain.stdout.readline())
    try:
        with production(folder / "data", "--workers", "1") as server:
            (worker,) = workers(server.process.pid)
            small = ours(server, folder, content(folder, 40))[1], peak(worker)
            pairs = []
            for _ in range(rounds):
                path = content(folder, 1000)
                os.sync()
                mine = ours(server, folder, path)
                os.sync()
                pairs.append((mine, curl(port, path)))
                for found in (folder / "data" / "content").glob("*/*"):
                    if found.stat().st_size > 10**8:
                        found.unlink()
            large = max(mine[1] for mine, _ in pairs), peak(worker)
            client_of(server).http.close()
    finally:
        plain.terminate()
        plain.wait()
        plain.stdout.close()
    ratios = sorted(theirs / mine for (mine, _), theirs in pairs)
    seconds = [statistics.median(column) for column in zip(*((mine, theirs) for (mine, _), theirs in pairs), strict=True)]
    told = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}, {rounds} pairs)"
    print(f"speed of sending 1 GB to a data center / curl -T to a plain server: {told}; {seconds[0]:.2f} s / {seconds[1]:.2f} s")
    for who, few, many in zip(("client", "server"), small, large, strict=True):
        print(f"memory of the {who} with 40 MB and with 1 GB: {few:.0f} MB, {many:.0f} MB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        main(Path(name))

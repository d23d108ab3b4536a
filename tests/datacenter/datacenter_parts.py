"""Made-up releases, and a plain client that brings them to a data center."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import socket
import struct
import uuid
import zlib
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests
from datacenter_services import kpublish

from kpublish.datacenter.server import Server
from kpublish.model.identifiers import version_uuid
from kpublish.model.resource import INHERITED


def png(red: int = 0, green: int = 90, blue: int = 160) -> bytes:
    """A PNG of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixel = zlib.compress(bytes([0, red, green, blue]))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", pixel)
        + chunk(b"IEND", b"")
    )


@dataclass
class Made:
    """A release as JSON, and the bytes of its files."""

    document: dict[str, Any]
    contents: dict[str, bytes]
    table: str = ""
    figure: str = ""

    @property
    def kid(self) -> str:
        return str(self.document["kid"])

    @property
    def version(self) -> str:
        return str(self.document["version"])

    def sha256(self, path: str) -> str:
        return hashlib.sha256(self.contents[path]).hexdigest()

    def with_large(self, size: int = 4_000_000) -> str:
        """Add a file of random bytes; return its path."""
        body = os.urandom(size)
        self.contents["data/large.bin"] = body
        entry = {"path": "data/large.bin", "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        self.document["files"].append({**entry, "mediaType": "application/octet-stream"})
        return "data/large.bin"

    def agreed(self) -> Made:
        """Let the files say what the document says of itself, its table and its figure."""
        whole = self.document["resource"]
        for member in self.document["members"]:
            member["resource"] = {**{name: whole[name] for name in INHERITED if name in whole}, **member["resource"]}
        headers = {"kpublish.yaml": whole, **{member["path"]: member["resource"] for member in self.document["members"]}}
        for path, said in headers.items():
            if path not in self.contents:
                continue
            taken = (
                "source",
                "parentResource",
                *(name for name in INHERITED if said is not whole and said.get(name) == whole.get(name)),
            )
            header = json.dumps({name: value for name, value in said.items() if name not in taken}, ensure_ascii=False)
            body = re.sub(
                rb"KM3Resource: .*", lambda _, header=header: b"KM3Resource: " + header.encode(), self.contents[path], count=1
            )
            self.contents[path] = body
            for entry in self.document["files"]:
                if entry["path"] == path:
                    entry.update(size=len(body), sha256=self.sha256(path))
        return self


TYPES = {"ecsv": "text/csv", "png": "image/png", "svg": "image/svg+xml", "md": "text/markdown", "yaml": "application/yaml"}

PROJECT = b"KM3Resource: {}\n"
TABLE = b"""# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {name: energy, datatype: float64, unit: GeV, description: energy, meta: {role: center, axis: x}}
# - {name: aeff, datatype: float64, unit: m2, description: effective area, meta: {role: value, axis: y, symbol: 'A_{eff}'}}
# meta:
#   KM3Resource: {}
# schema: astropy-2.0
energy,aeff
1.0,2.0
"""
FIGURE = b"""KM3Resource: {}
figure:
  alt: Effective area rising with energy
  layers:
  - {mark: points, table: data/aeff.ecsv, y: aeff}
"""


def _entry(path: str, body: bytes) -> dict[str, Any]:
    sha256, media_type = hashlib.sha256(body).hexdigest(), TYPES[path.rpartition(".")[2]]
    return {"path": path, "size": len(body), "sha256": sha256, "mediaType": media_type}


def _resource(kid: str, title: str, version: str, address: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "publisher": "KM3NeT Collaboration",
        "datePublication": "2026-11-20",
        "license": "CC-BY-4.0",
        "kid": kid,
        "version": version,
        "authors": [{"name": "KM3NeT Collaboration", "type": "collaboration"}],
        "description": "Made up for a test.",
        "approval": {"by": "Publication Committee", "date": "2026-11-20"},
        "source": [{"accessURL": address, "accessFormat": TYPES.get(address.rpartition(".")[2], "text/html")}],
        **more,
    }


def made(
    kid: str | None = None, version: str = "1.0.0", *, title: str = "Effective area of a made-up detector", salt: str = ""
) -> Made:
    """A release of one table, one figure and a README, with the same kids in all its versions; ``salt`` changes its bytes."""
    kid = kid or str(uuid.uuid4())
    table, figure = (
        str(uuid.UUID(hex=hashlib.md5(f"{kid} {kind}".encode()).hexdigest(), version=4)) for kind in ("table", "figure")
    )
    contents = {
        "kpublish.yaml": PROJECT,
        "data/aeff.ecsv": TABLE,
        "figures/aeff.yaml": FIGURE,
        "rendered/aeff.png": png(*uuid.UUID(kid).bytes[:3]),
        "rendered/aeff.svg": f"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><!-- {kid} --></svg>".encode(),
        "README.md": b"# A made-up release\n",
    }
    column = {
        "columnname": "aeff",
        "unit": "m2",
        "symbol": "A_{eff}",
        "description": "effective area",
        "role": "value",
        "axis": "y",
    }
    drawing = {
        "kind": "figure",
        "name": "aeff",
        "path": "figures/aeff.yaml",
        "files": ["rendered/aeff.png", "rendered/aeff.svg"],
        "tables": [table],
        "alt": "Effective area rising with energy",
        "resource": _resource(figure, "Figure of it", version, "rendered/aeff.png", parentResource=kid),
    }
    numbers = {
        "kind": "table",
        "name": "aeff",
        "path": "data/aeff.ecsv",
        "rows": 1,
        "parameters": [column],
        "files": ["data/aeff.ecsv"],
        "resource": _resource(
            table,
            "Table of it",
            version,
            "data/aeff.ecsv",
            ktype="km3.table",
            parentResource=kid,
            description=f"Made up for a test, {salt or kid} {version}.",
        ),
    }
    landing = f"https://opendata.km3net.de/r/{kid}"
    document = {
        "format": 1,
        "kid": kid,
        "version": version,
        "digest": hashlib.sha256(f"{kid}{version}{salt}".encode()).hexdigest(),
        "commit": "a" * 40,
        "landing": landing,
        "resource": _resource(kid, title, version, landing, resourceType="package"),
        "members": [numbers, drawing],
        "files": [_entry(path, body) for path, body in contents.items()],
    }
    return Made(document, contents, table, figure).agreed()


def with_an_error(release: Made) -> Made:
    """The same release, but for a unit that nobody knows."""
    body = release.contents["data/aeff.ecsv"].replace(b"unit: m2", b"unit: furlongs")
    wrong = replace(release, document=deepcopy(release.document), contents={**release.contents, "data/aeff.ecsv": body})
    entry = next(file for file in wrong.document["files"] if file["path"] == "data/aeff.ecsv")
    entry.update(size=len(body), sha256=wrong.sha256("data/aeff.ecsv"))
    wrong.document["digest"] = wrong.sha256("data/aeff.ecsv")
    return wrong


@dataclass
class Client:
    """Talks to a data center the plainest way."""

    server: Server
    token: str = ""
    http: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, *, token: str | None = None, **more: Any) -> requests.Response:
        """One request below ``/api/v1``; ``token=""`` sends none."""
        secret = self.token if token is None else token
        headers = {**({"Authorization": f"Bearer {secret}"} if secret else {}), **more.pop("headers", {})}
        return self.http.request(method, f"{self.server.url}/api/v1{path}", headers=headers, timeout=60, **more)

    def page(self, path: str, **more: Any) -> requests.Response:
        """One page, as an anonymous reader."""
        return self.http.get(f"{self.server.url}{path}", timeout=60, **more)

    def open(self, release: Made, **more: Any) -> requests.Response:
        return self.ask("PUT", f"/releases/{release.kid}/{release.version}", json=release.document, **more)

    def send(self, release: Made, path: str, body: Any = None, **more: Any) -> requests.Response:
        content = release.contents[path] if body is None else body
        return self.ask("PUT", f"/releases/{release.kid}/{release.version}/files/{release.sha256(path)}", data=content, **more)

    def publish(self, release: Made, **more: Any) -> requests.Response:
        return self.ask("POST", f"/releases/{release.kid}/{release.version}/publish", **more)

    def state(self, release: Made, **more: Any) -> requests.Response:
        return self.ask("GET", f"/releases/{release.kid}/{release.version}", **more)

    def bring(self, release: Made) -> Made:
        """Open, fill and publish."""
        arrived = self.open(release.agreed()).json()["files"]
        for path in release.contents:
            if path not in arrived:
                assert self.send(release, path).status_code == 201
        answer = self.publish(release)
        assert answer.status_code == 200, answer.text
        return release

    def bring_reviewed(self, release: Made) -> Made:
        """Submit as an author what the checks would stop, and publish it as a reviewer who lets it pass."""
        options = ("--role", "author", "--kid", release.kid, "--data", self.server.token_file.parent, "--output", "-")
        author = kpublish("datacenter", "create-token", f"author {uuid.uuid4()}", *options).stdout.strip()
        opened = self.open(release, token=author)
        assert opened.status_code == 201, opened.text
        for path in release.contents:
            assert self.send(release, path, token=author).status_code in (200, 201)
        submitted = self.publish(release, token=author)
        assert submitted.json()["status"] == "in review", submitted.text
        answer = self.ask("POST", f"/releases/{release.kid}/{release.version}/review", json={"decision": "publish"})
        assert answer.status_code == 200, answer.text
        return release


def log_of(client: Client) -> str:
    """Everything that was written down."""
    return "".join(path.read_text() for path in sorted((client.server.token_file.parent / "log").glob("*.jsonl")))


def client_of(server: Server) -> Client:
    return Client(server, server.token_file.read_text().strip())


ISSUER = "https://gitlab.example.org"
PASSWORD = "four quiet words under water"


@dataclass
class Person:
    """A browser without JavaScript: keeps cookies, and sends the forms that pages hold."""

    client: Client
    http: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.http.get(f"{self.client.server.url}{path}", timeout=60, **more)

    def post(self, path: str, page: str = "", /, *, files: Any = None, **fields: Any) -> requests.Response:
        """Send the form of a page (that of the same address unless another one is named) with its token."""
        shown = self.get(page or path).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)
        assert found, shown
        return self.send(path, files=files, csrfmiddlewaretoken=found[1], **fields)

    def send(self, path: str, *, files: Any = None, **fields: Any) -> requests.Response:
        """Send a form as it is, without following where it leads."""
        address = f"{self.client.server.url}{path}"
        return self.http.post(address, data=fields, files=files, timeout=120, allow_redirects=False)

    def sign_in(self, name: str, password: str = PASSWORD) -> requests.Response:
        return self.post("/login", name=name, password=password)


@dataclass
class Tus:
    """Speaks tus 1.0.0 about one file of a draft, request by request."""

    client: Client
    release: Made
    path: str

    @property
    def body(self) -> bytes:
        return self.release.contents[self.path]

    @property
    def sha256(self) -> str:
        return self.release.sha256(self.path)

    @property
    def uploads(self) -> str:
        return f"/releases/{self.release.kid}/{self.release.version}/uploads"

    @property
    def part(self) -> Path:
        """Where the server collects it."""
        name = f"{version_uuid(self.release.kid, self.release.version)}.{self.sha256}"
        return self.client.server.token_file.parent / "parts" / name

    def ask(self, method: str, address: str, *, token: str | None = None, data: Any = None, **fields: str) -> requests.Response:
        """``upload_offset="3"`` becomes a header field."""
        headers = {"Tus-Resumable": "1.0.0", **{name.replace("_", "-"): value for name, value in fields.items()}}
        return self.client.ask(method, address, token=token, headers=headers, data=data)

    def begin(self, length: int | None = None, **more: Any) -> requests.Response:
        name = base64.b64encode(self.sha256.encode()).decode()
        about = {"upload_length": str(len(self.body) if length is None else length), "upload_metadata": f"sha256 {name}"}
        return self.ask("POST", self.uploads, **{**about, **more})

    def look(self, **more: Any) -> requests.Response:
        return self.ask("HEAD", f"{self.uploads}/{self.sha256}", **more)

    def add(self, begin: int, end: int | None = None, *, body: bytes | None = None, **more: Any) -> requests.Response:
        content = self.body[begin:end] if body is None else body
        about = {"upload_offset": str(begin), "content_type": "application/offset+octet-stream"}
        return self.ask("PATCH", f"{self.uploads}/{self.sha256}", data=content, **{**about, **more})

    def end(self, **more: Any) -> requests.Response:
        return self.ask("DELETE", f"{self.uploads}/{self.sha256}", **more)

    @property
    def offset(self) -> int:
        return int(self.look().headers["Upload-Offset"])

    @property
    def has_arrived(self) -> bool:
        return self.path in self.client.state(self.release).json()["files"]

    def half_a_request(self, begin: int, end: int) -> socket.socket:
        """A PATCH for the rest of the file whose body stops at ``end``; the line stays open."""
        line = socket.create_connection(("127.0.0.1", int(self.client.server.url.rpartition(":")[2])), timeout=60)
        head = (
            f"PATCH /api/v1{self.uploads}/{self.sha256} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\n"
            f"Authorization: Bearer {self.client.token}\r\nContent-Type: application/offset+octet-stream\r\n"
            f"Upload-Offset: {begin}\r\nContent-Length: {len(self.body) - begin}\r\n\r\n"
        )
        line.sendall(head.encode() + self.body[begin:end])
        return line


def uploading(client: Client, release: Made, size: int = 4_000_000) -> Tus:
    """A draft with a large file that is to come."""
    tus = Tus(client, release, release.with_large(size))
    assert client.open(release).status_code == 201
    return tus

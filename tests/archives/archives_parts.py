"""Small packages made by hand, and archives whose client dies on the way."""

import hashlib
import io
import json
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kpublish import http
from kpublish.archives import ARCHIVES
from kpublish.archives.push import push
from kpublish.bundles.zipping import ZipWriter
from kpublish.journal import opened
from kpublish.model.archive import ArchiveStatus
from kpublish.model.bundle import Bundle, FileEntry, Release
from kpublish.model.resource import KM3Resource

LANDING = "https://opendata.km3net.de/r/"
PROJECT = """KM3Resource:
  kid: {kid}
  title: Effective area
  description: Made up for a test.
  publisher: KM3NeT Collaboration
  authors:
  - {{name: KM3NeT Collaboration, type: collaboration}}
  license: CC-BY-4.0
  version: {version}
  approval: {{by: Publication Committee, date: 2026-11-20}}
"""
TABLE = """# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {{name: energy, datatype: float64, unit: GeV, description: energy, meta: {{role: value, axis: x}}}}
# meta:
#   KM3Resource:
#     kid: {kid}
#     title: Table of it
#     description: {text}
# schema: astropy-2.0
energy
1.0
"""


def make_bundle(folder: Path, *, kid: str = "", version: str = "1.0.0", text: str = "energy\n1.0\n", more: int = 0) -> Bundle:
    """A package of four files, one of them empty, and ``more``; its digest depends on ``text``."""
    kid = kid or str(uuid.uuid4())
    contents = {
        "kpublish.yaml": PROJECT.format(kid=kid, version=version).encode(),
        "data/aeff.ecsv": TABLE.format(kid=uuid.uuid5(uuid.UUID(kid), "table"), text=json.dumps(text)).encode(),
        "data/empty file.txt": b"",
        "rendered/aëff.svg": f"<svg>{kid}{version}{text}</svg>".encode(),
        **{f"data/{number}.txt": f"{kid}{version}{number}".encode() for number in range(more)},
    }
    path = folder / "dist" / f"package-{uuid.uuid4()}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "kpublish.yaml").write_text("KM3Resource: {}\n")
    with open(path, "wb") as stream:
        writer = ZipWriter(stream, "2026-11-23")
        for name, content in contents.items():
            writer.add(name, io.BytesIO(content))
        writer.close()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    entries = [
        FileEntry(
            path=packed.path,
            size=packed.size,
            sha256=packed.sha256,
            md5=hashlib.md5(contents[packed.path]).hexdigest(),
            mediaType="text/plain",
            role="data",
        )
        for packed in writer.packed
    ]
    md5 = hashlib.md5(path.read_bytes()).hexdigest()
    package = {"path": "package.zip", "sha256": sha256, "md5": md5, "mediaType": "application/zip", "role": "package"}
    whole = FileEntry(size=path.stat().st_size, **package)
    resource = KM3Resource(
        title="Effective area",
        description="Made up for a test.",
        authors=[{"name": "KM3NeT Collaboration", "type": "collaboration"}],
        approval={"by": "Publication Committee", "date": "2026-11-20"},
        publisher="KM3NeT Collaboration",
        datePublication="2026-11-23",
        license="CC-BY-4.0",
        kid=kid,
        version=version,
        source=[{"accessURL": LANDING + kid, "accessFormat": "text/html"}],
    )
    release = Release(
        kid=kid,
        version=version,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        commit="a" * 40,
        landing=LANDING + kid,
        resource=resource,
        files=(*entries, whole),
    )
    return Bundle(path, release, {packed.path: packed.offset for packed in writer.packed})


def connect(settings):
    return ARCHIVES.get(settings.kind).connect(settings)


def root_of(bundle):
    return bundle.path.parents[1]


def pushed(bundle, archive):
    with opened(root_of(bundle)) as journal:
        return push(bundle, archive, journal)


def stored(settings, bundle):
    """Path → sha256 of the bytes that a reader gets; None, if nothing is published."""
    release = bundle.release
    if settings.kind == "directory":
        state = connect(settings).find(release.kid, release.version)
        if state.status is not ArchiveStatus.PUBLISHED:
            return None
        folder = Path(state.id)
        files = [file for file in folder.rglob("*") if file.is_file() and file.name != "release.json"]
        return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    anonymous = connect(replace(settings, token=None)).find(release.kid, release.version)
    if anonymous.status is not ArchiveStatus.PUBLISHED:
        return None
    found = {}
    for path, file in anonymous.files.items():
        with http.stream(f"{settings.url}/api/v1/files/{file.sha256}") as content:
            found[path] = hashlib.sha256(content.read()).hexdigest()
    return found


def sums(bundle):
    return {entry.path: entry.sha256 for entry in bundle.release.files}


def versions(settings, bundle):
    """All versions of the release that are there, drafts included."""
    if settings.kind == "directory":
        return sorted(path.name for path in Path(urlsplit(settings.url).path, bundle.release.kid).iterdir())
    return http.get_json(f"{settings.url}/api/v1/resources/{bundle.release.kid}")["versions"]


class Crash(BaseException):
    """The process dies here."""


@dataclass
class Fragile:
    """An archive whose client dies before or after its n-th verb (never, if ``at`` is 0); it notes every verb."""

    archive: Any
    at: int = 0
    after: bool = False
    error: BaseException = field(default_factory=Crash)
    verbs: list[str] = field(default_factory=list)

    @property
    def settings(self):
        return self.archive.settings

    def __getattr__(self, verb):
        def call(*arguments):
            self.verbs.append(verb)
            dying = len(self.verbs) == self.at
            if dying and not self.after:
                raise self.error
            state = getattr(self.archive, verb)(*arguments)
            if dying:
                raise self.error
            return state

        return call

"""A release against its peers, in one run, with a real InvenioRDM (``make rdm``) and a real data center.

- The content of 500 MB to the InvenioRDM, against curl: at least 80 % of its speed; memory does not grow with the file.
- 100 small files as one package, against openscm-zenodo, which sends them one by one: less wall time, fewer CPU seconds.
- The release of 1,000 files that is repeated, against ``kpublish validate`` of the same tree: at most 1.3 times the CPU seconds.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from paired import compare, cost
from servers.invenio import running

from kpublish.datacenter.server import start

PROJECT = """# yaml-language-server: $schema=.schema/kpublish.json
KM3Resource:
  kid: {kid}
  title: Many small tables
  description: Seeded numbers.
  publisher: KM3NeT Collaboration
  authors:
    - {{name: KM3NeT Collaboration, type: collaboration}}
  datePublication: "2026-11-22"
  license: CC-BY-4.0
  approval: {{by: Publication Committee, date: "2026-11-20"}}
  resourceType: dataset
  version: 1.0.0
archives:
{archives}
"""
TABLE = """# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {{name: energy, unit: GeV, datatype: float64, description: Neutrino energy, meta: {{role: center}}}}
# - {{name: area, unit: m2, datatype: float64, description: Effective area, meta: {{role: value}}}}
# meta:
#   KM3Resource: {{kid: {kid}, title: Table {number}, description: Seeded numbers.}}
# schema: astropy-2.0
energy,area
"""
UPLOAD = """
import resource, sys, time
from kpublish.archives.invenio_rdm.records import Records
from kpublish.config import ArchiveSettings, Token, host_of
url, token, number, path = sys.argv[1:]
records = Records(ArchiveSettings("zenodo", "invenio_rdm", url, Token(token, host_of(url))))
with open(path, "rb", buffering=0) as content:
    begin = time.perf_counter()
    records.upload(f"/records/{number}/draft/files/content.bin/content", content, content.seek(0, 2) + content.seek(0))
    print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
THEIRS = """
import sys
from openscm_zenodo import zenodo
zenodo.ZenodoDomain.production._value_ = sys.argv.pop(1)
from openscm_zenodo.cli.app import app
app()
"""


def repository(folder: Path, files: int, archives: str) -> Path:
    """A repository of small annotated tables, committed and tagged."""
    chance = random.Random(files)
    (folder / "data").mkdir(parents=True)
    (folder / "README.md").write_text("# Many small tables\n")
    (folder / ".gitignore").write_text("dist/\nrendered/\n.kpublish/\n")
    (folder / "kpublish.yaml").write_text(PROJECT.format(kid=uuid.uuid4(), archives=archives))
    for number in range(files):
        rows = "".join(f"{10 + row}.5,{chance.random()!r}\n" for row in range(20))
        (folder / "data" / f"t{number:04}.ecsv").write_text(TABLE.format(kid=uuid.uuid4(), number=number) + rows)
    git = ["git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for command in (["init", "-q", "-b", "main"], ["add", "--all"], ["commit", "-q", "-m", "Many tables"], ["tag", "v1.0.0"]):
        subprocess.run([*git, *command], check=True)
    return folder


def draft(invenio, metadata=None) -> str:
    """A new draft that waits for ``content.bin``."""
    made = invenio.ask("POST", "/records", json={"files": {"enabled": True}, "metadata": metadata or {}}).json()
    invenio.ask("POST", f"/records/{made['id']}/draft/files", accept="application/json", json=[{"key": "content.bin"}])
    return made["id"]


def content(invenio, folder: Path, rounds: int = 5) -> None:
    """The speed of an upload against curl's, and its memory."""
    large, small = folder / "large.bin", folder / "small.bin"
    for path, size in ((large, 500), (small, 5)):
        with open(path, "wb") as stream:  # a child's memory counts from what its parent had
            for _ in range(size):
                stream.write(os.urandom(1_000_000))
    token = invenio.tokens["alice"]

    def ours(path: Path) -> tuple[float, float]:
        command = [sys.executable, "-c", UPLOAD, invenio.url, token, draft(invenio), str(path)]
        seconds, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        return float(seconds), float(memory)

    def theirs() -> float:
        url = f"{invenio.url}/api/records/{draft(invenio)}/draft/files/content.bin/content"
        heads = ["-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/octet-stream", "-H", "Expect:"]
        command = ["curl", "-sf", "-o", "/dev/null", "-w", "%{time_total}", *heads, "-T", str(large), url]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    ours(large), theirs()
    pairs = [(ours(large), theirs()) for _ in range(rounds)]
    speeds = sorted(curl / mine for (mine, _), curl in pairs)
    told = f"{statistics.median(speeds):.2f} ({speeds[0]:.2f}-{speeds[-1]:.2f}, {rounds} pairs)"
    print(f"speed of sending 500 MB to InvenioRDM / curl: {told}")
    print(f"memory with 500 MB and with 5 MB: {max(one[0][1] for one in pairs):.0f} MB, {ours(small)[1]:.0f} MB")


def small_files(invenio, folder: Path, rounds: int = 5) -> None:
    """100 files: one package against a hundred uploads, by the command line of each; each round publishes a new record."""
    token, metadata = folder / "token", folder / "metadata.json"
    token.write_text(invenio.tokens["alice"])
    said = {"title": "Many small tables", "upload_type": "dataset", "creators": [{"name": "KM3NeT Collaboration"}]}
    metadata.write_text(json.dumps({"metadata": said}))
    pairs = []
    for number in range(rounds + 1):
        plots = repository(folder / f"plots{number}", 100, f"  zenodo: {{kind: invenio_rdm, url: '{invenio.url}'}}")
        (plots / ".kpublish").mkdir()
        (plots / ".kpublish" / "journal.jsonl").touch()  # nothing is waited for, as with a data center that remembers
        options = ["--yes", "--url", f"zenodo={invenio.url}", "--token-file", f"zenodo={token}"]
        ours = [sys.executable, "-m", "kpublish", "release", str(plots), *options]
        files = sorted(map(str, (plots / "data").iterdir()))
        theirs = [sys.executable, "-c", THEIRS, invenio.url, "create-new-version", _first_version(invenio), *files]
        theirs += ["--publish", "--metadata-file", str(metadata), "--token", invenio.tokens["alice"]]
        pairs.append([_both(command) for command in (ours, theirs)])
        assert json.loads((plots / ".kpublish" / "receipt.json").read_text())[0]["status"] == "published"
    for index, what in enumerate(("wall time", "CPU seconds")):
        values = [(mine[index], others[index]) for mine, others in pairs[1:]]
        ratios = sorted(mine / others for mine, others in values)
        first, second = (statistics.median(column) for column in zip(*values, strict=True))
        told = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}, {rounds} pairs)"
        print(f"{what}, 100 small files, kpublish release / openscm-zenodo: {first:.2f} s / {second:.2f} s = {told}")


def _first_version(invenio) -> str:
    """The number of a published record with one file: the peer's command line makes new versions only."""
    creator = {"person_or_org": {"type": "organizational", "name": "KM3NeT Collaboration"}}
    what = {"title": "Many small tables", "publisher": "KM3NeT", "resource_type": {"id": "dataset"}}
    number = draft(invenio, {**what, "publication_date": "2026-11-22", "creators": [creator]})
    place = f"/records/{number}/draft"
    invenio.ask("PUT", f"{place}/files/content.bin/content", accept="application/json", data=b"1")
    invenio.ask("POST", f"{place}/files/content.bin/commit", accept="application/json")
    invenio.ask("POST", f"{place}/actions/publish").raise_for_status()
    return number


def _both(command: list[str]) -> tuple[float, float]:
    begin = time.perf_counter()
    cpu, _ = cost(command)
    return time.perf_counter() - begin, cpu


def repeated(folder: Path) -> None:
    """A release of 1,000 files that was made already."""
    with start(folder / "data") as server:
        plots = repository(folder / "thousand", 1000, f"  center: {{kind: datacenter, url: '{server.url}'}}")
        options = ["--url", f"center={server.url}", "--token-file", f"center={server.token_file}"]
        release = [sys.executable, "-m", "kpublish", "release", str(plots), *options]
        subprocess.run(release, check=True, stdout=subprocess.DEVNULL)
        assert json.loads((plots / ".kpublish" / "receipt.json").read_text())[0]["status"] == "published"
        validate = [sys.executable, "-m", "kpublish", "validate", str(plots), "--profile", "public"]
        compare("CPU, release of 1,000 unchanged files / kpublish validate", release, validate)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        repeated(Path(name))
        with running(Path(name) / "invenio") as server:
            small_files(server, Path(name))
            content(server, Path(name))

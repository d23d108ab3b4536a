"""The fault matrix of a release: every fault at every request, with the journal kept and lost, and then one rerun.

``make matrix`` runs all of it against a real data center and a real InvenioRDM, whose search lags by ten seconds, and writes the
table of docs/explanation/fault-matrix.md; the tests run all of it against the data center, and a sample against both.
"""

import contextlib
import hashlib
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "archives"), str(Path(__file__).parent)]
from archives_parts import make_bundle, stored, sums  # noqa: E402
from faulty import FAULTS, Faults, Point, Proxy  # noqa: E402
from servers.invenio import Invenio, running  # noqa: E402

from kpublish.archives.push import push_all  # noqa: E402
from kpublish.config import ArchiveSettings, Token, host_of  # noqa: E402
from kpublish.datacenter.server import start  # noqa: E402
from kpublish.errors import KpublishError  # noqa: E402
from kpublish.http import session  # noqa: E402
from kpublish.model.archive import ArchiveOptions, ArchiveStatus  # noqa: E402
from kpublish.model.bundle import Bundle  # noqa: E402

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "fault-matrix.md"
FATES = ("kept", "lost")


@dataclass
class World:
    """The archives of a release, each behind a proxy, and the way to look past them."""

    faults: Faults
    settings: tuple[ArchiveSettings, ...]
    direct: dict[str, ArchiveSettings]
    invenio: Invenio | None
    folder: Path

    @property
    def secrets(self) -> list[str]:
        return [one.token.secret for one in self.settings if one.token]

    def bundle(self) -> Bundle:
        return make_bundle(Path(tempfile.mkdtemp(dir=self.folder)))

    def release(self, bundle: Bundle) -> tuple[bool, str]:
        """Run it; return whether it ended well, and everything that it told."""
        told = io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            try:
                push_all(bundle, self.settings, progress=print)
            except KpublishError as error:
                print(error)
                return False, told.getvalue()
        return True, told.getvalue()


@contextlib.contextmanager
def world(folder: Path, datacenter: ArchiveSettings, invenio: Invenio | None, lag: float = 0.0) -> Iterator[World]:
    """The archives behind proxies: a data center, and perhaps an InvenioRDM whose lists lag."""
    faults = Faults()
    proxies = [Proxy("center", datacenter.url, faults)]
    direct = {"center": datacenter}
    settings = [_through(proxies[0], datacenter)]
    if invenio:
        options = ArchiveOptions(settle=1.5 * lag)
        direct["zenodo"] = ArchiveSettings(
            "zenodo", "invenio_rdm", invenio.url, Token(invenio.tokens["alice"], host_of(invenio.url)), options
        )
        proxies.append(Proxy("zenodo", invenio.url, faults, lag))
        settings.append(_through(proxies[1], direct["zenodo"]))
    try:
        yield World(faults, tuple(settings), direct, invenio, folder)
    finally:
        for proxy in proxies:
            proxy.close()


def _through(proxy: Proxy, one: ArchiveSettings) -> ArchiveSettings:
    return ArchiveSettings(one.name, one.kind, proxy.url, Token(one.token.secret, host_of(proxy.url)), one.options)


def points(there: World) -> list[Point]:
    """Every request of a release that meets no fault; of the second one: what all packages share is sent once."""
    for _ in range(2):
        there.faults.begin()
        ended, told = there.release(there.bundle())
        assert ended, told
    return list(there.faults.seen)


def cells(requests: Sequence[Point]) -> Iterator[tuple[Point, str]]:
    """Every fault that can happen at every request: only uploads have bytes that can be damaged."""
    for point in requests:
        upload = point.verb == "PUT" and "/files/" in point.path
        yield from ((point, fault) for fault in FAULTS if upload or fault != "damaged")


def outcome(there: World, point: Point, fault: str, fate: str) -> str:
    """Release with a fault, then once more without; return how the first run ended, if all is right afterwards.

    Raises
    ------
    AssertionError
        If there is not exactly one version at each archive, with the right bytes, or a token was told or written.
    """
    bundle = there.bundle()
    there.faults.begin(point, fault)
    first, told = there.release(bundle)
    assert there.faults.struck, f"no request met the fault: {there.faults.seen}"
    if fate == "lost":
        shutil.rmtree(bundle.path.parents[1] / ".kpublish", ignore_errors=True)
    there.faults.begin()
    second, more = there.release(bundle)
    assert second, f"the rerun failed: {more}"
    _exactly_once(there, bundle)
    written = b"".join(file.read_bytes() for file in bundle.path.parents[1].rglob("*") if file.is_file())
    for secret in there.secrets:
        assert secret not in told + more, "a token was told"
        assert secret.encode() not in written, "a token was written"
    return "went on by itself" if first else "stopped; the rerun ended it"


def _exactly_once(there: World, bundle: Bundle) -> None:
    release = bundle.release
    if "center" in there.direct:
        assert stored(there.direct["center"], bundle) == sums(bundle), "the data center holds something else"
    if not there.invenio:
        return
    hits = there.invenio.ask("GET", "/user/records?size=100&allversions=true&sort=newest").json()["hits"]["hits"]
    urn = f"urn:uuid:{release.kid}"
    mine = [hit for hit in hits if any(one["identifier"] == urn for one in hit["metadata"].get("identifiers", []))]
    assert [(one["metadata"]["version"], one["status"]) for one in mine] == [("1.0.0", ArchiveStatus.PUBLISHED.value)], mine
    record = mine[0]
    (entry,) = there.invenio.ask("GET", f"/records/{record['id']}/files", accept="application/json", user=None).json()["entries"]
    content = there.invenio.ask("GET", f"/records/{record['id']}/files/{entry['key']}/content", accept="*/*", user=None).content
    assert hashlib.sha256(content).hexdigest() == bundle.sha256


def main() -> None:
    session.BACKOFF = 0.02  # between the attempts of one request; what servers ask for is waited
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with start(folder / "data") as server, running(folder / "invenio") as invenio:
            token = Token(server.token_file.read_text().strip(), host_of(server.url))
            center = ArchiveSettings("center", "datacenter", server.url, token)
            with world(folder, center, invenio, lag=10.0) as there:
                _table(there)


def _table(there: World) -> None:
    requests = points(there)
    rows: dict[Point, dict[str, str]] = {point: {} for point in requests}
    failed = 0
    for point, fault in cells(requests):
        ends = []
        for fate in FATES:
            try:
                ends.append(outcome(there, point, fault, fate))
            except AssertionError as error:
                ends.append("FAILED")
                failed += 1
                print(f"\n{point} {fault}, journal {fate}: {str(error)[:500]}")
        rows[point][fault] = ends[0] if ends[0] == ends[1] else f"{ends[0]} (journal lost: {ends[1]})"
        print(".", end="", flush=True)
    lines = [
        "# The fault matrix",
        "",
        "Made by `make matrix`: a release into a real data center and a real InvenioRDM whose search lags by ten seconds, with",
        "one fault at one request, with the journal kept and lost; then the same command once more. In every cell there is",
        "exactly one version at each archive afterwards, no draft is left over, every checksum is right, and no token was printed",
        "or written. The table tells how the run that met the fault ended. *Not done* and *not answered* go on until the run gives",
        "up; *damaged* concerns uploads.",
        "",
        f"| request | {' | '.join(FAULTS)} |",
        f"| --- |{' --- |' * len(FAULTS)}",
    ]
    for number, point in enumerate(requests, 1):
        told = " | ".join(rows[point].get(fault, "") for fault in FAULTS)
        lines.append(f"| {number}. {point.name}: `{point.verb} {point.path}` | {told} |")
    PAGE.write_text("\n".join(lines) + "\n")
    print(f"\n{len(requests)} requests, {sum(1 for _ in cells(requests)) * len(FATES)} cells, {failed} failed; {PAGE}")
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

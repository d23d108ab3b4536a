"""The data center with 1,000 and with 100,000 releases on SQLite and PostgreSQL, and beside a real InvenioRDM with 2,000 records.

Wall time (p50, p95) and CPU time of a request, by kind of question; how both grow from the first to the last count; and the CPU
time of all processes that work on an answer, ours and InvenioRDM's in turn: at least 5 times fewer. Every question of a kind is
another one, so what a server remembers of its answers does not count, but where that is said. To fill in 100,000 releases takes
minutes: ``--counts 1000 5000`` is a trial, and what lies in ``--folder`` (and ``--postgresql``) is filled only once.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "datacenter")]
import psycopg  # noqa: E402
from datacenter_filling import kid_of, published_at, question, release_of  # noqa: E402
from datacenter_services import new_database, postgres  # noqa: E402
from servers.invenio import Invenio, running  # noqa: E402

from kpublish.datacenter.server import start  # noqa: E402

FILLING, TICK = TESTS / "datacenter" / "datacenter_filling.py", os.sysconf("SC_CLK_TCK")
SIZE = 25
Kinds = dict[str, Callable[[int], str]]


class Server(NamedTuple):
    """Its address, and what works there: a name → the processes, with all that they started."""

    url: str
    processes: dict[str, list[int]]


class Cost(NamedTuple):
    """Milliseconds of one request: by the clock (median, 95 of 100), and of the processors, by the name of the processes."""

    p50: float
    p95: float
    cpu: dict[str, float]

    @property
    def all(self) -> float:
        return sum(self.cpu.values())


# --- processes


def stat(pid: int) -> list[str]:
    """The fields of proc(5) after the name; those of time are 11 to 14."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def children(pid: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if int(stat(int(path.name))[1]) == pid:
                yield int(path.name)
        except FileNotFoundError:
            continue


def spent(pid: int) -> float:
    """CPU seconds of a process and its children, also of those that ended."""
    own = sum(map(int, stat(pid)[11:15])) / TICK
    return own + sum(spent(child) for child in children(pid))


# --- a server of ours


def fill(data: Path, count: int, database: str) -> None:
    """Fill a data center with the first releases, if that was not done before."""
    mark = data.with_suffix(".filled")
    if not mark.exists():
        environment = {**os.environ, "KPUBLISH_DC_DATABASE": database}
        subprocess.run([sys.executable, FILLING, data, "0", str(count)], check=True, env=environment)
        if database:
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")  # as it does by itself, but sooner
        mark.touch()


@contextmanager
def ours(folder: Path, count: int, cluster: str) -> Iterator[Server]:
    """``kpublish serve`` with so many releases; ``cluster`` is a PostgreSQL, or empty for SQLite."""
    name = f"{'postgresql' if cluster else 'sqlite'}-{count}"
    database = _database(cluster, f"kpublish_{count}") if cluster else ""
    fill(folder / name, count, database)
    os.environ["KPUBLISH_DC_DATABASE"] = database
    with start(folder / name) as server:
        del os.environ["KPUBLISH_DC_DATABASE"]
        processes = {"web": [server.process.pid]}
        if cluster:
            with psycopg.connect(cluster) as connection:
                place = connection.execute("SHOW data_directory").fetchone()[0]
            processes["database"] = [int((Path(place) / "postmaster.pid").read_text().split()[0])]
        yield Server(server.url, processes)


def _database(cluster: str, name: str) -> str:
    with psycopg.connect(cluster) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return cluster.replace("/postgres?", f"/{name}?")
    return new_database(cluster, name)


def our_kinds(count: int) -> Kinds:
    """Addresses by the number of the question."""
    deep = json.dumps([published_at(count // 10).isoformat(), 0]).encode()
    cursor = base64.urlsafe_b64encode(deep).decode().rstrip("=")
    instruments = ("ANTARES", "KM3NeT/ARCA21", "KM3NeT/ORCA6")

    def some(number: int) -> int:
        return number * 7919 % count

    def asked(number: int, **more: str) -> str:
        return "/api/v1/search?" + urlencode({"q": question(number), "limit": SIZE, **more})

    return {
        "list": lambda _: f"/api/v1/releases?limit={SIZE}",
        "list, after nine tenths of it": lambda _: f"/api/v1/releases?limit={SIZE}&cursor={cursor}",
        "list with all facets": lambda _: f"/api/v1/search?limit={SIZE}",
        "search for two words, with facets": asked,
        "the same in one instrument and year": lambda n: asked(n, instrument=instruments[n % 3], year=str(2012 + n % 15)),
        "search that was asked before": lambda _: asked(0),
        "author and instrument, with facets": lambda n: "/api/v1/search?" + urlencode(_chosen(some(n), SIZE)),
        "catalogue (page)": lambda _: "/",
        "landing page": lambda n: f"/r/{kid_of(some(n))}",
        "kid": lambda n: f"/api/v1/kid/{kid_of(some(n))}",
        "record": lambda n: f"/api/v1/resources/{kid_of(some(n))}",
    }


def _chosen(number: int, limit: int) -> dict[str, str | int]:
    resource = release_of(number).document["resource"]
    return {"author": resource["authors"][-1]["name"], "instrument": resource["content"]["instrument"], "limit": limit}


# --- asking


def asked(server: Server, addresses: list[str], accept: str = "*/*") -> Cost:
    """Ask one after the other on one connection."""
    times = []
    with closing(HTTPConnection(urlsplit(server.url).netloc, timeout=120)) as connection:
        _answer(connection, addresses[0], accept)
        before = {name: sum(map(spent, pids)) for name, pids in server.processes.items()}
        for address in addresses:
            begun = time.perf_counter()
            _answer(connection, address, accept)
            times.append(1000 * (time.perf_counter() - begun))
        after = {name: sum(map(spent, pids)) for name, pids in server.processes.items()}
    cpu = {name: 1000 * (after[name] - before[name]) / len(addresses) for name in before}
    return Cost(statistics.median(times), statistics.quantiles(times, n=20)[-1], cpu)


def _answer(connection: HTTPConnection, address: str, accept: str) -> None:
    connection.request("GET", address, headers={"Accept": accept})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200 or not body:
        raise SystemExit(f"{answer.status} {address}: {body[:300]!r}")


# --- growth


def growth(folder: Path, counts: list[int], cluster: str, requests: int) -> None:
    """Every kind of question at every count, on one database."""
    costs = {}
    for count in counts:
        with ours(folder, count, cluster) as server:
            for kind, address in our_kinds(count).items():
                costs[kind, count] = asked(server, [address(number) for number in range(1, requests + 1)])
    print(f"{'PostgreSQL' if cluster else 'SQLite'}: p50 and p95 / CPU of a request in ms, with {' and '.join(map(str, counts))}")
    for kind in our_kinds(1):
        told = "; ".join(_told(costs[kind, count]) for count in counts)
        first, last = costs[kind, counts[0]], costs[kind, counts[-1]]
        print(f"  {kind}: {told}; grows {last.p50 / first.p50:.2f}, CPU {last.all / first.all:.2f}", flush=True)


def _told(cost: Cost) -> str:
    parts = f" ({', '.join(f'{name} {value:.1f}' for name, value in cost.cpu.items())})" if len(cost.cpu) > 1 else ""
    return f"{cost.p50:.1f} {cost.p95:.1f} / {cost.all:.1f}{parts}"


# --- InvenioRDM


def publish(invenio: Invenio, number: int) -> str:
    """The same record as ours, without files; return its id."""
    resource = release_of(number).document["resource"]
    people = [
        {"type": "organizational", "name": one["name"]}
        if "type" in one
        else {"type": "personal", "family_name": one["name"].split(", ")[0], "given_name": one["name"].split(", ")[1]}
        for one in resource["authors"]
    ]
    metadata = {
        "title": resource["title"],
        "description": resource["description"],
        "creators": [{"person_or_org": one} for one in people],
        "publication_date": resource["datePublication"],
        "publisher": resource["publisher"],
        "resource_type": {"id": "dataset"},
        "subjects": [{"subject": word} for word in resource["keywords"]],
        "rights": [{"id": "cc-by-4.0"}],
        "version": resource["version"],
    }
    for _ in range(5):  # on a busy machine its search server may answer too late
        made = invenio.ask("POST", "/records", json={"files": {"enabled": False}, "metadata": metadata})
        made.raise_for_status()
        answer = invenio.ask("POST", f"/records/{made.json()['id']}/draft/actions/publish")
        if answer.status_code < 500:
            break
    answer.raise_for_status()
    return str(made.json()["id"])


def their_kinds(records: list[str]) -> Kinds:
    """The same questions; all words must be found, as with us."""
    return {
        "list": lambda _: f"/api/records?sort=newest&size={SIZE}",
        "search": lambda n: f"/api/records?size={SIZE}&q={quote(' '.join(f'+{word}' for word in question(n).split()))}",
        "record": lambda n: f"/api/records/{records[n * 7919 % len(records)]}",
    }


def beside(folder: Path, count: int, cluster: str, requests: int, rounds: int = 5) -> None:
    """List, search with facets, and record of theirs, of ours on SQLite, and of ours on PostgreSQL, in turn."""
    with ExitStack() as stack:
        invenio = stack.enter_context(running(folder / "invenio", INVENIO_RDM_ALLOW_METADATA_ONLY_RECORDS="True"))
        parts = {
            ("search" if "osmem" in Path(f"/proc/{pid}/cmdline").read_text() else "web"): [pid] for pid in children(os.getpid())
        }
        begun = time.monotonic()
        records = [publish(invenio, number) for number in range(count)]
        print(f"InvenioRDM took {count} records in {time.monotonic() - begun:.0f} s", flush=True)
        peers = {"InvenioRDM": (Server(invenio.url, parts), their_kinds(records))}
        kinds = our_kinds(count)
        mine = {
            "list": kinds["list with all facets"],
            "search": kinds["search for two words, with facets"],
            "record": kinds["record"],
        }
        for name, place in (("SQLite", ""), ("PostgreSQL", cluster)):
            peers[name] = (stack.enter_context(ours(folder, count, place)), mine)
        for kind in mine:
            _compare(kind, peers, requests, rounds)


def _compare(kind: str, peers: dict[str, tuple[Server, Kinds]], requests: int, rounds: int) -> None:
    costs: dict[str, list[Cost]] = {name: [] for name in peers}
    for part in range(rounds):
        numbers = range(1 + part * requests, 1 + (part + 1) * requests)
        for name, (server, kinds) in peers.items():
            accept = "application/vnd.inveniordm.v1+json" if name == "InvenioRDM" else "*/*"
            costs[name].append(asked(server, [kinds[kind](number) for number in numbers], accept))
    for name, found in costs.items():
        middle = {part: statistics.median(cost.cpu[part] for cost in found) for part in found[0].cpu}
        ratios = sorted(other.all / cost.all for other, cost in zip(costs["InvenioRDM"], found, strict=True))
        web = statistics.median(other.cpu["web"] / cost.cpu["web"] for other, cost in zip(costs["InvenioRDM"], found, strict=True))
        told = _told(Cost(*(statistics.median(getattr(cost, field) for cost in found) for field in ("p50", "p95")), middle))
        fewer = f"{statistics.median(ratios):.1f} ({ratios[0]:.1f}-{ratios[-1]:.1f}) times fewer CPU, web alone {web:.1f}"
        print(f"{kind}, {name}: {told}; {fewer}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--counts", type=int, nargs="*", default=[1000, 100_000], help="of releases; none: without growth")
    options.add_argument("--records", type=int, default=2000, help="of InvenioRDM; 0: without it")
    options.add_argument("--requests", type=int, default=200, help="of each kind")
    options.add_argument("--folder", type=Path, help="where everything lies and stays")
    options.add_argument("--postgresql", default="", help="address of a server to work on, ending in /postgres?host=…")
    said = options.parse_args()
    with ExitStack() as stack:
        folder = (said.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kpublish-bench-")))).absolute()
        cluster = said.postgresql or stack.enter_context(postgres())
        for place in ("", cluster) if said.counts else ():
            growth(folder, said.counts, place, said.requests)
        if said.records:
            beside(folder, said.records, cluster, max(said.requests // 5, 10))


if __name__ == "__main__":
    main()

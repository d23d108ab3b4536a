"""Readers and writers on a data center under gunicorn, all at once: ``make soak``; no answer may be a fault of the server.

``python soak.py [--readers 200] [--writers 20] [--seconds 300]``; the environment says on which database and storage.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import requests
from datacenter_parts import Client, Made, made
from datacenter_services import fsck, production

from kpublish.datacenter.server import Server


@dataclass
class Soak:
    """What is asked of a data center, and what it answered."""

    server: Server
    ended: threading.Event = field(default_factory=threading.Event)
    answers: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    published: list[Made] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def _client(self) -> Client:
        session = requests.Session()
        session.hooks["response"].append(self._count)
        return Client(self.server, self.server.token_file.read_text().strip(), session)

    def _count(self, answer: requests.Response, *_: object, **__: object) -> None:
        with self._lock:
            self.answers[answer.status_code] += 1
            self.seconds.append(answer.elapsed.total_seconds())
            if answer.status_code >= 500:
                self.faults.append(f"{answer.status_code} {answer.request.method} {answer.request.path_url}: {answer.text[:200]}")

    def read(self, seed: int) -> None:
        """Look around as people and programs do."""
        chance = random.Random(seed)
        client = self._client()
        with client.http:
            while not self.ended.is_set():
                release = chance.choice(self.published)
                self._one(client, chance, release)
                self.ended.wait(chance.uniform(0, 0.5))

    def _one(self, client: Client, chance: random.Random, release: Made) -> None:
        try:
            match chance.randrange(5):
                case 0:
                    client.page("/", params={"q": chance.choice(["area", "detector", "made-up", ""])})
                case 1:
                    client.ask("GET", "/search", token="", params={"q": "area", "limit": 10})
                case 2:
                    assert client.page(f"/r/{release.kid}").status_code == 200
                case 3:
                    path = chance.choice(sorted(release.contents))
                    body = client.page(f"/r/{release.kid}/1.0.0/files/{path}").content
                    assert body == release.contents[path], "other bytes"
                case _:
                    assert client.ask("GET", f"/resources/{release.table}", token="").status_code == 200
        except (requests.RequestException, AssertionError) as error:
            self._fault(error)

    def write(self) -> None:
        """Release, again and again."""
        client = self._client()
        with client.http:
            while not self.ended.is_set():
                try:
                    release = client.bring(made())
                except (requests.RequestException, AssertionError, KeyError) as error:
                    self._fault(error)
                else:
                    with self._lock:
                        self.published.append(release)

    def _fault(self, error: Exception) -> None:
        with self._lock:
            self.faults.append(f"{type(error).__name__}: {error}"[:300])

    def run(self, readers: int, writers: int, seconds: float) -> None:
        self.published.append(self._client().bring(made()))
        work = [threading.Thread(target=self.read, args=(number,)) for number in range(readers)]
        work += [threading.Thread(target=self.write) for _ in range(writers)]
        for thread in work:
            thread.start()
        self.ended.wait(seconds)
        self.ended.set()
        for thread in work:
            thread.join()

    def told(self) -> str:
        """In a few lines."""
        times = sorted(self.seconds)
        shares = ", ".join(f"{share:.0%} within {times[int(share * (len(times) - 1))]:.3f} s" for share in (0.5, 0.95, 0.99))
        codes = ", ".join(f"{count} times {code}" for code, count in sorted(self.answers.items()))
        return f"{sum(self.answers.values())} answers ({codes}); {shares}; {len(self.published)} releases published."


def soak(data: Path, readers: int, writers: int, seconds: float, *options: str) -> Soak:
    """Run it on a new data center, and look at the end whether everything that was published is there."""
    with production(data, *options) as server:
        done = Soak(server)
        begun = time.monotonic()
        done.run(readers, writers, seconds)
        print(f"{readers} readers, {writers} writers, {time.monotonic() - begun:.0f} s: {done.told()}", flush=True)
        client = Client(server, server.token_file.read_text().strip())
        with client.http:
            done.faults += [
                f"{release.kid} is gone" for release in done.published if client.state(release, token="").status_code != 200
            ]
    fsck(data)
    return done


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--readers", type=int, default=200)
    asked.add_argument("--writers", type=int, default=20)
    asked.add_argument("--seconds", type=float, default=300)
    said = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="kpublish-soak-") as folder:
        done = soak(Path(folder) / "data", said.readers, said.writers, said.seconds)
    for fault in done.faults[:20]:
        print(fault)
    print(f"{len(done.faults)} faults")
    return 1 if done.faults else 0


if __name__ == "__main__":
    sys.exit(main())

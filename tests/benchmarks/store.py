"""The reader's side against curl and pandas: the first get of a large table, a cached get of a small one, and the import.

Goals: 1.3, 1.5 (in a warm process), and `python -c pass` and 20 ms.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "store"), str(Path(__file__).parent)]
from conftest import publish, release_of  # noqa: E402
from paired import compare  # noqa: E402

from kpublish.datacenter.server import start  # noqa: E402

HEAD = "\n".join(
    [
        "# %ECSV 1.0",
        "# ---",
        "# delimiter: ','",
        "# datatype:",
        *(f"# - {{name: c{number}, datatype: float64, unit: GeV, meta: {{role: value}}}}" for number in range(6)),
        "# schema: astropy-2.0",
        ",".join(f"c{number}" for number in range(6)),
        "",
    ]
)


def table(rows: int) -> bytes:
    """An annotated table of six columns of numbers with eleven digits."""
    lines = (",".join(f"{(row * 7919 + column * 104729) % 999983 / 97:.6e}" for column in range(6)) for row in range(rows))
    return (HEAD + "\n".join(lines) + "\n").encode()


def wall(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def first_get(folder: Path) -> None:
    """Wall time, since waiting for the network counts; the same server, a cache that is empty each time."""
    large = table(1_290_000)
    with start(folder / "data") as server:
        contents = {"data/large.ecsv": large}
        release = release_of(contents)
        publish(server, release, contents)
        kid = release.members[0].resource.kid
        ours = f"""
import tempfile
from kpublish import KM3Store
with tempfile.TemporaryDirectory(dir={str(folder)!r}) as cache:
    assert len(KM3Store({server.url!r}, cache=cache).get({kid!r}).data) == 1290000
"""
        address = f"{server.url}/api/v1/files/{release.files[0].sha256}"
        theirs = f"""
import subprocess, pandas
subprocess.run(["curl", "-sf", "-o", {str(folder / "curl.csv")!r}, {address!r}], check=True)
assert len(pandas.read_csv({str(folder / "curl.csv")!r}, comment="#")) == 1290000
"""
        pairs = [(wall([sys.executable, "-c", ours]), wall([sys.executable, "-c", theirs])) for _ in range(6)][1:]
    ratio = statistics.median(a / b for a, b in pairs)
    first, second = (statistics.median(values) for values in zip(*pairs, strict=True))
    print(f"first get of {len(large) / 1e6:.0f} MB / curl + pandas, wall: {first:.2f} s / {second:.2f} s = {ratio:.2f}")


def cached_get(folder: Path) -> None:
    """One process, in which both have been used before."""
    import pandas

    from kpublish import KM3Store

    small = table(1000)
    with start(folder / "small") as server:
        contents = {"data/small.ecsv": small}
        release = release_of(contents)
        publish(server, release, contents)
        (folder / "small.csv").write_bytes(small)
        store, kid = KM3Store(server.url, cache=folder / "cache"), release.members[0].resource.kid

        def ours() -> None:
            assert len(store.get(kid).data) == 1000

        def theirs() -> None:
            assert len(pandas.read_csv(folder / "small.csv", comment="#")) == 1000

        pairs = [(spent(ours), spent(theirs)) for _ in range(300)][20:]
    ratio = statistics.median(a / b for a, b in pairs)
    first, second = (1000 * statistics.median(values) for values in zip(*pairs, strict=True))
    print(f"cached get of 1,000 rows / pandas, warm: {first:.2f} ms / {second:.2f} ms = {ratio:.2f}")


def spent(work) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        first_get(Path(name))
        cached_get(Path(name))
    compare("import kpublish / python -c pass", [sys.executable, "-c", "import kpublish"], [sys.executable, "-c", "pass"], rounds=9)

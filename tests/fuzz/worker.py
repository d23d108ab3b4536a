"""Reads one mutation after another within limits of memory and time, as ``read_any`` and as ``validate`` do."""

import faulthandler
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from mutate import examples, mutated
from run import BYTES, SECONDS

from kpublish.errors import KpublishError
from kpublish.formats import FORMATS
from kpublish.formats.reading_any import read_any
from kpublish.pipeline import load, validate

#: Where a project has the file with this ending.
PLACES = {"kpublish.yaml": "kpublish.yaml", "figure.yaml": "figures/a.yaml", ".ecsv": "data/t.ecsv"}


def limited():
    """Allow this much memory beyond what the libraries take, and raise when time is up."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + BYTES, used + BYTES))
    signal.signal(signal.SIGALRM, late)


def late(*_):
    raise BaseException(f"it took more than {SECONDS} s")


def look(folder, content, suffix):
    """Read and check the bytes in every way that a user can make kpublish read them."""
    place = folder / PLACES.get(suffix, f"data/t{suffix}")
    place.write_bytes(content)
    for table in read_any(place):
        assert table.columns or table.faults, "neither columns nor faults"
        assert len({len(column.values) for column in table.columns}) <= 1, "columns of different lengths"
        assert all(fault.message and fault.where.path for fault in table.faults), "a fault without words"
    if suffix in PLACES:
        asked = "" if place.name == "kpublish.yaml" else place.relative_to(folder).as_posix()
        validate(load(folder, only=(asked,) if asked else ()), "public")


def told(folder, content, suffix):
    """What went wrong in one line, or ``fine``."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        look(folder, content, suffix)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < BYTES, "it took too much memory"
    except KpublishError:
        pass
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:200]!r} in {place.filename}:{place.lineno}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "fine"


def main():
    """Answer each number on the standard input with a line."""
    known = examples()
    for _, member in FORMATS.all():
        if member.KIND == "bare":
            member.read(Path("/dev/null/absent"), "absent")
    for content, suffix in known[-14:]:
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "data").mkdir()
            (Path(name) / "figures").mkdir()
            told(Path(name), content, suffix)
    limited()
    print("ready", flush=True)
    for line in sys.stdin:
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "data").mkdir()
            (Path(name) / "figures").mkdir()
            print(told(Path(name), *mutated(int(line), known)), flush=True)


if __name__ == "__main__":
    faulthandler.enable()
    warnings.simplefilter("ignore")
    main()

"""Reads mutated files in a worker with limits: ``python tests/fuzz/run.py COUNT [FIRST]``.

A worker that says nothing for five seconds, or that needs more than one gigabyte, is a failure; so is any exception. The failing
bytes are kept in a folder that is named at the end.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from mutate import examples, mutated

SECONDS, BYTES = 5, 10**9
WORKER = Path(__file__).with_name("worker.py")


class Worker:
    """A process that reads the mutations it is told; it answers with a line each."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout.readline() == "ready\n"

    def read(self, number):
        """What the worker says about a mutation: an empty text if all is well."""
        timer = threading.Timer(SECONDS + 1, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(f"{number}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        return answer.strip().removeprefix("fine") if answer else f"the worker died: {self.process.wait()}"

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def fuzz(count, first=0, folder=None):
    """Read ``count`` mutations from number ``first`` on; return what went wrong, by number."""
    known, wrong, worker = examples(), {}, Worker()
    for number in range(first, first + count):
        if said := worker.read(number):
            wrong[number] = said
            content, suffix = mutated(number, known)
            if folder:
                (folder / f"{number}{suffix}").write_bytes(content)
            if worker.process.poll() is not None:
                worker.close()
                worker = Worker()
    worker.close()
    return wrong


if __name__ == "__main__":
    count, first = int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 0
    folder, start = Path(tempfile.mkdtemp(prefix="fuzz")), time.monotonic()
    failures = fuzz(count, first, folder)
    for number, said in failures.items():
        print(f"{number}: {said}")
    print(f"{count} files in {time.monotonic() - start:.0f} s, {len(failures)} failures{f', see {folder}' if failures else ''}")
    raise SystemExit(bool(failures))

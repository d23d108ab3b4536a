"""The process from which those that check are forked: it has read the checks once, knows nothing else, and never sees a file.

``python -I -m kpublish.datacenter.inspection.nursery``: each line of standard input is a job, each line of standard output says
that one has ended. It ends itself when nobody asks for long, or the server is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
from typing import Any, NoReturn

from kpublish.checks.engine import rules
from kpublish.datacenter.inspection.child import work_on
from kpublish.datacenter.inspection.confining import LATE
from kpublish.formats import FORMATS

#: Seconds without a job after which the memory is given back.
_IDLE = 60.0
_JOBS, _ENDED, _NOWHERE = 0, 1, os.open(os.devnull, os.O_RDWR)


def main() -> None:
    """Fork a process for every job, and wait for it."""
    rules()
    for name in ("ecsv", "png", "svg", "pdf"):
        FORMATS.get(name)
    jobs = os.fdopen(_JOBS, "rb", buffering=0, closefd=False)
    while select.select([_JOBS], [], [], _IDLE)[0] and (line := jobs.readline()):
        job = json.loads(line)
        pid = os.fork()
        if not pid:
            _work(job)
        os.write(_ENDED, LATE if _waited(pid, job["seconds"]) else b"ended\n")


def _waited(pid: int, seconds: float) -> bool:
    """Wait for the process, and end what it may have started; whether its time was over."""
    with contextlib.suppress(PermissionError):
        os.setpgid(pid, pid)
    late = []

    def end(*_: object) -> None:
        late.append(pid)
        os.kill(pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    os.waitpid(pid, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    return bool(late)


def _work(job: dict[str, Any]) -> NoReturn:
    """Let go of the lines to the server, and do the job."""
    try:
        os.setpgid(0, 0)
        os.dup2(_NOWHERE, _JOBS)
        os.dup2(_NOWHERE, _ENDED)
        work_on(job)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()

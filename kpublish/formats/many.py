"""Reads many files on several processes, in the order in which they were named."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from kpublish.errors import UnreadableFile

Read = TypeVar("Read")

#: Files for which it is worth to start a process.
_WORTH = 20
#: Parts per process, so that none waits long for another that got larger files.
_PARTS = 4


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def without_collection() -> Iterator[None]:
    """Let the garbage collector rest while there is none: it looks at everything that is read again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def read_all(read: Callable[[str], Read], names: Sequence[str], jobs: int) -> tuple[Read, ...]:
    """Return what ``read`` gives for each name; on ``jobs`` processes (0: one per core), if there are enough names.

    ``read`` and what it returns must be picklable.

    Raises
    ------
    UnreadableFile
        If the system ended one of the processes.
    """
    jobs = min(jobs or cores(), len(names) // _WORTH)
    with without_collection():
        return tuple(map(read, names)) if jobs < 2 else _spread(read, names, jobs)


def _spread(read: Callable[[str], Read], names: Sequence[str], jobs: int) -> tuple[Read, ...]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if hasattr(context, "set_forkserver_preload"):
        context.set_forkserver_preload(["kpublish.formats.ecsv"])
    try:
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            return tuple(pool.map(read, names, chunksize=max(1, len(names) // (_PARTS * jobs))))
    except BrokenProcessPool as error:
        raise UnreadableFile(
            "The system ended a process that read files, perhaps for want of memory.", remedy="Use fewer processes: --jobs 1."
        ) from error

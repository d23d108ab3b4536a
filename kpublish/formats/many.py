"""Reads many files, or does other work on many things, on several processes, in the order in which they were named."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from kpublish.errors import UnreadableFile

Given = TypeVar("Given")
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

    Raises
    ------
    UnreadableFile
        If the system ended one of the processes.
    """
    with without_collection():
        return each(read, names, jobs, worth=_WORTH, preload=("kpublish.formats.ecsv",), parts=_PARTS)


def each(
    work: Callable[[Given], Read],
    things: Sequence[Given],
    jobs: int,
    *,
    worth: int,
    preload: Sequence[str] = (),
    parts: int | None = None,
) -> tuple[Read, ...]:
    """Return what ``work`` gives for each thing; on ``jobs`` processes (0: one per core), if there are ``worth`` things for each.

    ``work``, what it is given and what it returns must be picklable. ``preload`` are modules that all processes share, ``parts``
    says into how many parts the share of a process is cut (None: every thing is handed out by itself).

    Raises
    ------
    UnreadableFile
        If the system ended one of the processes.
    """
    jobs = min(jobs or cores(), len(things) // worth)
    if jobs < 2:
        return tuple(map(work, things))
    size = max(1, len(things) // (parts * jobs)) if parts else 1
    return _spread(work, things, jobs, preload=preload, size=size)


def _spread(
    work: Callable[[Given], Read], things: Sequence[Given], jobs: int, *, preload: Sequence[str], size: int
) -> tuple[Read, ...]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if hasattr(context, "set_forkserver_preload"):
        context.set_forkserver_preload(list(preload))
    try:
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            return tuple(pool.map(work, things, chunksize=size))
    except BrokenProcessPool as error:
        raise UnreadableFile(
            "The system ended a process that worked for kpublish, perhaps for want of memory.",
            remedy="Use fewer processes: --jobs 1.",
        ) from error

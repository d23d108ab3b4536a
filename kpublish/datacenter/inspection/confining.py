"""What a process gives up for good before it reads what others made: time, memory, network, programs, other files.

Limits of resources everywhere; on Linux also seccomp (Documentation/userspace-api/seccomp_filter.rst) and, where the kernel has it,
Landlock (Documentation/userspace-api/landlock.rst); in Python itself everywhere an audit hook (PEP 578).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: Seconds of computing, bytes of memory, open files.
SECONDS, MEMORY, FILES = 120, 4 * 1024**3, 256
#: Seconds that a job may take, or wait for others; what is said of one that took longer.
PATIENCE, LATE = 2 * SECONDS, b"late\n"
#: Machine → its number in the audit interface, and the calls that are refused: sockets, programs, other processes.
_CALLS: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, (41, 42, 53, 57, 58, 59, 62, 101, 200, 234, 310, 311, 322, 425)),
    "aarch64": (0xC00000B7, (117, 129, 130, 131, 198, 199, 203, 221, 270, 271, 281, 425)),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN, _ALLOW, _REFUSE = 0x20, 0x15, 0x35, 0x06, 0x7FFF0000, 0x00050001
_READ, _ALL = 0b1100, 0x1FFF
_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.kill")


def confine(work: Path, largest: int) -> list[str]:
    """Give up everything but reading the program's own files, and working in one folder; return what holds from now on.

    Parameters
    ----------
    work
        The only folder in which files may be written.
    largest
        The largest file that may be written, in bytes.
    """
    _limit(largest)
    held = ["limits"]
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux" and library.prctl(38, 1, 0, 0, 0) == 0:
        held += ["files"] if _close_files(library, work) else []
        held += ["network"] if _close_network(library) else []
    sys.addaudithook(_refuse)
    return held


def _limit(largest: int) -> None:
    for kind, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # the limit is lower already
            resource.setrlimit(kind, (most, most))


def _close_network(library: Any) -> bool:
    """Let the kernel refuse sockets, programs, and looking at other processes."""
    if platform.machine() not in _CALLS:
        return False
    machine, calls = _CALLS[platform.machine()]
    lines = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0)]
    lines.append((_AT_LEAST, len(calls) + 1, 0, 0x40000000))
    lines += [(_EQUAL, len(calls) - number, 0, call) for number, call in enumerate(calls)]
    lines += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(code))
    return bool(library.prctl(22, 2, ctypes.create_string_buffer(program), 0, 0) == 0)


def _close_files(library: Any, work: Path) -> bool:
    """Let the kernel refuse every file but those of programs and libraries, to be read, and those in the folder."""
    rules = library.syscall(444, ctypes.create_string_buffer(struct.pack("Q", _ALL)), 8, 0)
    if rules < 0:
        return False
    for folder, access in (*((place, _READ) for place in _own_places()), (str(work), _ALL)):
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        library.syscall(445, rules, 1, ctypes.create_string_buffer(struct.pack("=Qi", access, descriptor)), 0)
        os.close(descriptor)
    is_closed = library.syscall(446, rules, 0) == 0
    os.close(rules)
    return bool(is_closed)


def _own_places() -> Iterable[str]:
    """Folders of Python, of its packages, and of the system's libraries."""
    places = dict.fromkeys((sys.prefix, sys.base_prefix, *sys.path, "/usr", "/lib", "/lib64"))
    return [place for place in places if place and Path(place).is_dir()]


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    """What the kernel may not know to refuse, Python does."""
    if event.startswith(_EVENTS):
        raise PermissionError(f"{event} is not for checks.")

"""Files of a draft that arrive in parts: below ``parts/`` until they are whole and verified, then in the content store.

How much has arrived is the length of the part, so no process needs to remember it. What is told of it is on disk.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, cast

from kpublish.datacenter.deposit import digests, shelf
from kpublish.datacenter.deposit.arriving import arrive, is_known, wanted
from kpublish.datacenter.models import File, Version
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.storage import store
from kpublish.errors import IntegrityError
from kpublish.files import Busy, Elsewhere, Growing, chunks, open_growing, remove_file, storing


class Progress(NamedTuple):
    """How much of a file has arrived, of how much, and when (seconds since 1970) it is forgotten; None once it is whole."""

    offset: int
    size: int
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What is sent at once: ``size`` bytes that belong at ``offset``; ``digest`` is algorithm and checksum, if one is stated."""

    offset: int
    size: int
    blocks: Iterable[bytes]
    digest: tuple[str, bytes] | None = None


def begin(version: Version, sha256: str, length: int, holder: str) -> Progress:
    """Make room for a file; one that was begun goes on where it stopped, one that is known need not be sent.

    Raises
    ------
    Problem
        404 if the version has no such file, 422 if it is not of this length, 409 if it is in other hands.
    StorageError
        If there is no room for it.
    """
    entry = wanted(version, sha256, holder)
    if length != entry.size:
        detail = f"The upload has {length} bytes, the file {entry.size}."
        raise Problem(422, "length", detail, "Send the file as the release names it.")
    if is_known(version, entry):
        arrive(version, entry)
        shelf.forget(version, of=sha256)  # a kill may have come between the store and this
        return Progress(length, length)
    path = shelf.path_of(version, sha256)
    shelf.refuse_without_room(path, length)
    with open_growing(path, make=True) as part:
        part.touch()
        return _told(version, entry, part)


def progress(version: Version, sha256: str, holder: str) -> Progress:
    """How much of a file has arrived; one that is whole and was not moved, because something failed then, is moved now.

    Raises
    ------
    Problem
        404 if its upload was not begun, 410 if it was forgotten, 423 if another request verifies it.
    IntegrityError
        If it is whole and not what its checksum says.
    """
    entry = wanted(version, sha256, holder)
    if _has_arrived(entry):
        return Progress(entry.size, entry.size)
    with _opened(version, entry) as part:
        if part is None:
            return _ended(version, entry)
        return _told(version, entry, part)


def add(version: Version, sha256: str, piece: Piece, holder: str) -> Progress:
    """Take the next piece of a file; what arrives before a line breaks is kept, unless the piece has a checksum.

    Raises
    ------
    Problem
        As :func:`progress`; 409 if the file goes on at another place, 413 if it would become too long, 460 if the piece is not
        what its checksum says.
    IntegrityError
        If the file is whole and not what its checksum says; then it is forgotten.
    StorageError
        If it cannot be written.
    """
    entry = wanted(version, sha256, holder)
    if _has_arrived(entry):
        if (piece.offset, piece.size) != (entry.size, 0):
            raise _elsewhere(entry.size, piece)
        return Progress(entry.size, entry.size)
    with _opened(version, entry) as part:
        if part is None:
            raise _elsewhere(_ended(version, entry).offset, piece)
        if part.size != piece.offset:
            raise _elsewhere(part.size, piece)
        if piece.offset + piece.size > entry.size:
            detail = f"The file has {entry.size} bytes; the upload would have {piece.offset + piece.size}."
            raise Problem(413, "too-long", detail, "Send the file as the release names it.")
        with closing(_checked(piece)) as blocks:
            _grow(part, piece, blocks)
        return _told(version, entry, part)


def remove(version: Version, sha256: str, holder: str) -> None:
    """Forget what arrived of a file.

    Raises
    ------
    Problem
        404 if its upload was not begun, 409 if it has ended.
    """
    entry = wanted(version, sha256, holder)
    if _has_arrived(entry):
        raise Problem(409, "arrived", "The whole file has arrived.", "Take it out of the draft by DELETE …/files?path=.")
    path = shelf.path_of(version, sha256)
    if not path.exists():
        raise _no_upload()
    remove_file(path)


def _has_arrived(entry: File) -> bool:
    return entry.arrived and store().holds(entry.sha256, entry.size)


@contextmanager
def _opened(version: Version, entry: File) -> Iterator[Growing | None]:
    """The part of a file that was begun, if there is one."""
    with ExitStack() as stack:
        part = None
        with suppress(FileNotFoundError):
            part = stack.enter_context(open_growing(shelf.path_of(version, entry.sha256)))
        if part is not None and part.time + shelf.AGE < time.time():
            raise Problem(410, "upload-expired", "The upload rested for more than a day.", "Begin it again by POST.")
        yield part


def _ended(version: Version, entry: File) -> Progress:
    """What is told where there is no part: that another request brought the last piece just now, or that nobody began."""
    now = version.files.filter(sha256=entry.sha256).first()
    if now is None or not _has_arrived(now):
        raise _no_upload()
    return Progress(entry.size, entry.size)


def _told(version: Version, entry: File, part: Growing) -> Progress:
    """How far a part is, with all of that on disk; a whole one goes into the store."""
    part.sync()
    if part.size < entry.size:
        return Progress(part.size, entry.size, part.time + shelf.AGE)
    with _alone(part):
        if not part.is_there:
            return _ended(version, entry)
        _verify(entry, part)
        part.touch()
        store().adopt(part.path, entry.sha256, entry.size)
        arrive(version, entry)
        remove_file(part.path)
        digests.resume(part)  # nobody goes on with it
    return Progress(entry.size, entry.size)


def _verify(entry: File, part: Growing) -> None:
    """Read what was not seen when it came; a wrong part is removed."""
    running = digests.resume(part)
    sha256 = running.of_whole(part)
    digests.keep(part, running)  # the store may fail, and be asked again
    if sha256 != entry.sha256:
        remove_file(part.path)
        raise IntegrityError(
            f"The bytes that arrived are not those of sha256 {entry.sha256}; they were removed.", remedy="Send the file again."
        )


@contextmanager
def _alone(part: Growing) -> Iterator[None]:
    try:
        with part.locked():
            yield
    except Busy as error:
        raise _busy() from error


def _grow(part: Growing, piece: Piece, blocks: Iterator[bytes]) -> None:
    """Append block by block: nobody is kept waiting by a slow line, and whoever comes second learns it by the place."""
    place, running = piece.offset, digests.resume(part)
    is_seen = running.upto == place
    try:
        with digests.beside(running) as also:
            for block in blocks:
                part.append(place, block)
                place += len(block)
                if is_seen:
                    also(block)
    except Elsewhere as error:
        raise _elsewhere(error.place, piece) from error
    except Busy as error:
        raise _busy() from error
    finally:
        part.sync()
        digests.keep(part, running)


def _checked(piece: Piece) -> Generator[bytes, None, None]:
    """The blocks of a piece; if it has a checksum, only after all of it has arrived and is what that says."""
    if piece.digest is None:
        yield from piece.blocks
        return
    algorithm, stated = piece.digest
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with storing(shelf.folder()), tempfile.TemporaryFile(dir=shelf.folder()) as waiting:
        for block in piece.blocks:
            digest.update(block)
            waiting.write(block)
        if digest.digest() != stated:
            raise Problem(460, "piece-checksum", "The piece that arrived is not what its checksum says.", "Send it again.")
        waiting.seek(0)
        yield from chunks(cast(BinaryIO, waiting))


def _elsewhere(place: int | None, piece: Piece) -> Problem:
    if place is None:
        return _no_upload()
    detail = f"The upload goes on at byte {place}, not at {piece.offset}."
    return Problem(409, "offset", detail, "Ask by HEAD how much has arrived, and go on there.", offset=place)


def _busy() -> Problem:
    return Problem(423, "locked", "Another request works on this upload.", "Try again in a moment.")


def _no_upload() -> Problem:
    return not_found("upload of this file: it was not begun, or was ended")

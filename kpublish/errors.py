"""The errors of kpublish: each says what, where and what to do, and carries the exit code of the command.

::

    KpublishError              70  a fault of kpublish itself unless a subclass says otherwise
    ├── UsageError              2  what was asked cannot be done as asked
    │   ├── MissingFile            the file or folder is not there
    │   ├── UnreadableFile         it is there, but cannot be read
    │   ├── NotARepository         git (a repository with a commit) is needed
    │   ├── ConfigurationError     kpublish.yaml, the environment or an option is wrong
    │   ├── MissingExtra           an optional package is not installed
    │   └── UnknownName            no module of a room has that name
    ├── FindingsError           1  the repository has findings that stop the command
    ├── NoIdentity              1  a figure does not say which resource it is
    ├── ArchiveError            3  an archive did not do what it was asked
    │   ├── Unreachable         3  no answer: no network, server down, time-out
    │   ├── Refused             4  wrong token, missing right
    │   ├── Leased              3  somebody else releases this version at the moment
    │   └── VersionTaken        5  the version was released from other inputs
    ├── NotFound                4  an identifier that the archive or store does not know
    ├── IntegrityError          6  bytes that are not what their checksum says
    └── StorageError            7  disk full, folder not writable
        └── StorageUnavailable  7  the store of the data center does not answer
"""

from __future__ import annotations


class KpublishError(Exception):
    """An error that ends a command: one sentence, one remedy, one exit code."""

    exit_code = 70

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(KpublishError):
    """What was asked cannot be done as asked."""

    exit_code = 2


class MissingFile(UsageError):
    """The file or folder is not there."""


class UnreadableFile(UsageError):
    """The file is there, but cannot be read."""


class NotARepository(UsageError):
    """A git repository with a commit is needed."""


class ConfigurationError(UsageError):
    """``kpublish.yaml``, the environment or an option is wrong."""


class MissingExtra(UsageError):
    """An optional package is not installed."""


class UnknownName(UsageError):
    """No module of a room has that name."""


class FindingsError(KpublishError):
    """The repository has findings that stop the command."""

    exit_code = 1


class NoIdentity(KpublishError):
    """A figure does not say which resource it is."""

    exit_code = 1


class ArchiveError(KpublishError):
    """An archive did not do what it was asked."""

    exit_code = 3


class Unreachable(ArchiveError):
    """No answer: no network, server down, time-out."""


class Refused(ArchiveError):
    """The archive refused: wrong token, missing right."""

    exit_code = 4


class Leased(ArchiveError):
    """Somebody else releases this version at the moment."""


class VersionTaken(ArchiveError):
    """The version was already released from other inputs."""

    exit_code = 5


class NotFound(KpublishError):
    """The archive or store does not know that identifier."""

    exit_code = 4


class IntegrityError(KpublishError):
    """Bytes are not what their checksum says."""

    exit_code = 6


class StorageError(KpublishError):
    """The disk is full or the folder is not writable."""

    exit_code = 7


class StorageUnavailable(StorageError):
    """The store of the data center does not answer; the same again in a moment may work."""

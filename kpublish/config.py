"""One frozen Config from options, environment and ``kpublish.yaml``, in this order; and tokens that know their host."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kpublish.errors import ConfigurationError
from kpublish.files import read_bytes
from kpublish.model.archive import NO_OPTIONS, ArchiveEntry, ArchiveOptions
from kpublish.model.identifiers import PUBLIC_ADDRESS

#: Names of archives, so that ``KPUBLISH_<NAME>_URL`` can be made of them.
ARCHIVE_NAME = re.compile(r"[a-z][a-z0-9]*")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: The archive that is meant where none is named.
DATACENTER = ArchiveEntry("datacenter", "datacenter", PUBLIC_ADDRESS)


def data_home(environ: Mapping[str, str] | None = None) -> Path:
    """The user's folder for data of kpublish (XDG Base Directory 0.8).

    >>> data_home({"XDG_DATA_HOME": "/var/data"}).as_posix()
    '/var/data/kpublish'
    """
    environ = os.environ if environ is None else environ
    stated = environ.get("XDG_DATA_HOME", "")
    home = Path(stated) if stated.startswith("/") else Path.home() / ".local" / "share"
    return home / "kpublish"


def cache_folder(environ: Mapping[str, str] | None = None) -> Path:
    """The user's folder for files that kpublish can fetch again (XDG Base Directory 0.8).

    >>> cache_folder({"XDG_CACHE_HOME": "/var/cache"}).as_posix()
    '/var/cache/kpublish'
    """
    environ = os.environ if environ is None else environ
    stated = environ.get("XDG_CACHE_HOME", "")
    return (Path(stated) if stated.startswith("/") else Path.home() / ".cache") / "kpublish"


def reader_address(environ: Mapping[str, str] | None = None, *, otherwise: str = PUBLIC_ADDRESS) -> str:
    """Where a reader looks if nothing is said: ``KPUBLISH_DATACENTER_URL``, else the KM3NeT Open Data Center."""
    environ = os.environ if environ is None else environ
    return environ.get("KPUBLISH_DATACENTER_URL") or otherwise


@dataclass(frozen=True, slots=True)
class Token:
    """A secret and the one host it may go to; its text shows in no message."""

    secret: str = field(repr=False)
    host: str

    def __str__(self) -> str:
        return "[token]"


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """An archive with everything needed to talk to it; ``token`` is bound to the host of ``url``."""

    name: str
    kind: str
    url: str
    token: Token | None = None
    options: ArchiveOptions = NO_OPTIONS


@dataclass(frozen=True, slots=True)
class Config:
    """What holds for one run of a command."""

    archives: tuple[ArchiveSettings, ...] = ()

    def archive(self, name: str) -> ArchiveSettings:
        """The archive ``name``.

        Raises
        ------
        ConfigurationError
            If there is no such archive.
        """
        for archive in self.archives:
            if archive.name == name:
                return archive
        known = ", ".join(archive.name for archive in self.archives)
        raise ConfigurationError(
            f"No archive is named {name!r}.", remedy=f"Known: {known}; add it under archives: in kpublish.yaml."
        )


def host_of(url: str) -> str:
    """Host and port of an address, e.g. ``127.0.0.1:8000``; credentials are left out.

    Raises
    ------
    ConfigurationError
        If the address cannot be understood.
    """
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        raise ConfigurationError("An address cannot be understood.", remedy="Write it as https://host/path.") from None


def configure(
    entries: tuple[ArchiveEntry, ...] = (),
    *,
    urls: Mapping[str, str] | None = None,
    token_files: Mapping[str, Path] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Config:
    """Join options, environment and the archives that ``kpublish.yaml`` names; without any, the KM3NeT Open Data Center.

    Parameters
    ----------
    entries
        Archives of ``kpublish.yaml``.
    urls, token_files
        Options: by name of the archive.
    environ
        The environment; ``os.environ`` if None.

    Raises
    ------
    ConfigurationError
        For a name, address or token file that cannot be used.
    """
    environ = os.environ if environ is None else environ
    urls, token_files = urls or {}, token_files or {}
    return Config(tuple(_settings(entry, urls, token_files, environ) for entry in entries or (DATACENTER,)))


def _settings(
    entry: ArchiveEntry, urls: Mapping[str, str], token_files: Mapping[str, Path], environ: Mapping[str, str]
) -> ArchiveSettings:
    if not ARCHIVE_NAME.fullmatch(entry.name):
        raise ConfigurationError(
            f"The archive name {entry.name!r} is not usable.", remedy="Use small letters and digits: [a-z][a-z0-9]*."
        )
    prefix = f"KPUBLISH_{entry.name.upper()}"
    stated = environ.get(f"{prefix}_URL") or None
    url = urls.get(entry.name) or stated or entry.url
    if not url:
        raise ConfigurationError(
            f"The archive {entry.name!r} has no address.", remedy=f"Set {prefix}_URL or url: in kpublish.yaml."
        )
    if not url.isprintable():
        raise ConfigurationError(f"The address of the archive {entry.name!r} is not one line of text.", remedy="Write it anew.")
    if host_of(url) and "@" in urlsplit(url).netloc:
        raise ConfigurationError(
            f"The address of the archive {entry.name!r} holds credentials.", remedy=f"Take them out and set {prefix}_TOKEN."
        )
    if entry.name in token_files:
        secret, host = _secret_in(Path(token_files[entry.name])), host_of(urls.get(entry.name) or stated or _built_in(entry))
        if host != host_of(url):
            raise _unbound(entry.name, prefix)
    else:
        secret, host = _secret_of(prefix, environ), host_of(stated or "")
    token = Token(secret, host) if secret and host and host == host_of(url) else None
    return ArchiveSettings(entry.name, entry.kind, url.rstrip("/"), token, entry.options)


def _built_in(entry: ArchiveEntry) -> str:
    """The address that we know ourselves for this kind of archive, if that is the one named."""
    return DATACENTER.url or "" if (entry.kind, entry.url) == (DATACENTER.kind, DATACENTER.url) else ""


def _unbound(name: str, prefix: str) -> ConfigurationError:
    return ConfigurationError(
        f"The token of --token-file {name}=… has no address to go to: it goes to none that only kpublish.yaml names.",
        remedy=f"Add --url {name}=URL, or set {prefix}_URL.",
    )


def missing_token(archive: ArchiveSettings, environ: Mapping[str, str] | None = None) -> ConfigurationError:
    """Return the sentence for an archive that cannot be written to, because no token may go to its host."""
    environ = os.environ if environ is None else environ
    prefix = f"KPUBLISH_{archive.name.upper()}"
    remedy = (
        f"Set {prefix}_URL={archive.url} and {prefix}_TOKEN or {prefix}_TOKEN_FILE, "
        f"or use --url {archive.name}={archive.url} --token-file {archive.name}=FILE."
    )
    if not (environ.get(f"{prefix}_TOKEN") or environ.get(f"{prefix}_TOKEN_FILE")):
        return ConfigurationError(f"There is no token for the archive {archive.name!r}.", remedy=remedy)
    host = host_of(environ.get(f"{prefix}_URL", ""))
    beside = f"{prefix}_URL names another host, {host}" if host else f"{prefix}_URL is not set"
    return ConfigurationError(
        f"A token is set for the archive {archive.name!r}, but a token goes only to the host that stands beside it in the "
        f"environment, and {beside}.",
        remedy=remedy,
    )


def _secret_of(prefix: str, environ: Mapping[str, str]) -> str:
    secret = environ.get(f"{prefix}_TOKEN", "").strip()
    file = environ.get(f"{prefix}_TOKEN_FILE", "").strip()
    if secret:
        return _usable(secret, f"{prefix}_TOKEN")
    return _secret_in(Path(file)) if file else ""


def _secret_in(path: Path) -> str:
    return _usable(read_bytes(path, limit=65536).decode("utf-8", "replace").strip(), f"The token file {path}")


def _usable(secret: str, where: str) -> str:
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ConfigurationError(f"{where} holds no token.", remedy="Write one line of ASCII characters without blanks.")
    return secret


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    return urlsplit(url).hostname in LOOPBACK

"""One frozen Config from options, environment and ``kpublish.yaml``, in this order; and tokens that know their host."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kpublish.config.tokens import Token, host_of, id_token_of, secret_in, secret_of, zenodo_token
from kpublish.errors import ConfigurationError
from kpublish.model.archive import NO_OPTIONS, ArchiveEntry, ArchiveOptions
from kpublish.model.identifiers import PUBLIC_ADDRESS

__all__ = [
    "ARCHIVE_NAME",
    "DATACENTER",
    "LOOPBACK",
    "ArchiveSettings",
    "Config",
    "Token",
    "cache_folder",
    "configure",
    "data_home",
    "host_of",
    "is_loopback",
    "missing_token",
    "reader_address",
]

#: Names of archives, so that ``KPUBLISH_<NAME>_URL`` can be made of them.
ARCHIVE_NAME = re.compile(r"[a-z][a-z0-9]*")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: The archive that is meant where none is named.
DATACENTER = ArchiveEntry("datacenter", "datacenter", PUBLIC_ADDRESS)
INVENIO_RDM = "invenio_rdm"
#: Kinds and addresses that tokens may go to though only kpublish.yaml names them.
BUILT_IN = (
    (DATACENTER.kind, DATACENTER.url),
    (INVENIO_RDM, "https://zenodo.org"),
    (INVENIO_RDM, "https://sandbox.zenodo.org"),
)


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
class ArchiveSettings:
    """An archive with everything needed to talk to it; its secrets are bound to the host of ``url``.

    ``id_token`` is what a GitLab CI job shows to a data center to be given a token.
    """

    name: str
    kind: str
    url: str
    token: Token | None = None
    options: ArchiveOptions = NO_OPTIONS
    id_token: Token | None = None

    @property
    def may_write(self) -> bool:
        """Whether there is anything to show to the archive."""
        return self.token is not None or self.id_token is not None


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
    allowed = stated or _built_in(entry)
    if entry.name in token_files:
        secret, host = secret_in(Path(token_files[entry.name])), host_of(urls.get(entry.name) or allowed)
        if host != host_of(url):
            raise _unbound(entry.name, prefix)
    else:
        secret, host = secret_of(prefix, environ), host_of(allowed)
    token = _bound(secret, host, url) or (zenodo_token(host_of(url), environ) if entry.kind == INVENIO_RDM else None)
    shown = _bound(id_token_of(prefix, environ) if entry.kind == DATACENTER.kind else "", host_of(allowed), url)
    return ArchiveSettings(entry.name, entry.kind, url.rstrip("/"), token, entry.options, shown)


def _bound(secret: str, host: str, url: str) -> Token | None:
    """A secret for the archive at ``url``, if that is the host it may go to."""
    return Token(secret, host) if secret and host and host == host_of(url) else None


def _built_in(entry: ArchiveEntry) -> str:
    """The address that we know ourselves for this kind of archive, if that is the one named."""
    return (entry.url or "") if (entry.kind, entry.url) in BUILT_IN else ""


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
    if not any(environ.get(f"{prefix}_{name}") for name in ("TOKEN", "TOKEN_FILE", "ID_TOKEN")):
        return ConfigurationError(f"There is no token for the archive {archive.name!r}.", remedy=remedy)
    host = host_of(environ.get(f"{prefix}_URL", ""))
    beside = f"{prefix}_URL names another host, {host}" if host else f"{prefix}_URL is not set"
    return ConfigurationError(
        f"A token is set for the archive {archive.name!r}, but a token goes only to the host that stands beside it in the "
        f"environment, and {beside}.",
        remedy=remedy,
    )


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    return urlsplit(url).hostname in LOOPBACK

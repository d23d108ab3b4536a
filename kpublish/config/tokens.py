"""Where tokens come from, and the one host that each may go to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kpublish.errors import ConfigurationError
from kpublish.files import read_bytes

#: Where zenodo-client and others that read pystow's settings look: host → name of the setting.
_ZENODO = {"zenodo.org": "api_token", "sandbox.zenodo.org": "sandbox_api_token"}
_ZENODO_FILE = Path(".config") / "zenodo.ini"


@dataclass(frozen=True, slots=True)
class Token:
    """A secret and the one host it may go to; its text shows in no message."""

    secret: str = field(repr=False)
    host: str

    def __str__(self) -> str:
        return "[token]"


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


def secret_of(prefix: str, environ: Mapping[str, str]) -> str:
    """The secret of ``<prefix>_TOKEN`` or ``<prefix>_TOKEN_FILE``; empty, if there is none."""
    secret = environ.get(f"{prefix}_TOKEN", "").strip()
    file = environ.get(f"{prefix}_TOKEN_FILE", "").strip()
    if secret:
        return usable(secret, f"{prefix}_TOKEN")
    return secret_in(Path(file)) if file else ""


def id_token_of(prefix: str, environ: Mapping[str, str]) -> str:
    """What ``id_tokens`` of GitLab CI put into ``<prefix>_ID_TOKEN``; empty, if there is none."""
    secret = environ.get(f"{prefix}_ID_TOKEN", "").strip()
    return usable(secret, f"{prefix}_ID_TOKEN") if secret else ""


def secret_in(path: Path) -> str:
    """The secret that is the only line of a file."""
    return usable(read_bytes(path, limit=65536).decode("utf-8", "replace").strip(), f"The token file {path}")


def zenodo_token(host: str, environ: Mapping[str, str] | None = None) -> Token | None:
    """Return what zenodo-client would use for Zenodo or its sandbox: ``ZENODO_API_TOKEN``, ``ZENODO_SANDBOX_API_TOKEN``, or
    ``api_token``, ``sandbox_api_token`` in ``~/.config/zenodo.ini``.
    """  # fmt: skip
    environ = os.environ if environ is None else environ
    for secret, where in _zenodo_secrets(_ZENODO.get(host, ""), environ):
        if secret:
            return Token(usable(secret, where), host)
    return None


def _zenodo_secrets(name: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not name:
        return
    variable = f"ZENODO_{name.upper()}"
    yield environ.get(variable, "").strip(), variable
    file = Path(environ.get("HOME") or Path.home()) / _ZENODO_FILE
    if file.is_file():
        yield _in_ini(file, name), str(file)


def _in_ini(file: Path, name: str) -> str:
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(read_bytes(file, limit=65536).decode("utf-8", "replace"))
    except Error:  # its text would tell the line, and the line the secret
        raise ConfigurationError(f"{file} is no INI file.", remedy=f"Write [zenodo] and {name} = … below it.") from None
    return parser.get("zenodo", name, fallback="").strip()


def usable(secret: str, where: str) -> str:
    """Return a secret that can stand in a header.

    Raises
    ------
    ConfigurationError
        If it cannot; the secret is not told.
    """
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ConfigurationError(f"{where} holds no token.", remedy="Write one line of ASCII characters without blanks.")
    return secret

"""The token that goes with requests to a data center: one that was set, or one that a GitLab CI job was given for its id token.

Trusted publishing: https://docs.gitlab.com/ci/secrets/id_token_authentication/
"""

from __future__ import annotations

from threading import Lock

from kpublish.config import ArchiveSettings, Token, host_of
from kpublish.errors import ArchiveError, Refused
from kpublish.http import Session


class Entrance:
    """Shows the id token when a token is needed, and again when what was given for it has expired."""

    def __init__(self, settings: ArchiveSettings, session: Session) -> None:
        self._settings = settings
        self._session = session
        self._given: Token | None = None
        self._lock = Lock()

    def token(self, *, reading: bool = False) -> Token | None:
        """Return the token; None if there is none, or where a job that may not publish only reads.

        Raises
        ------
        Refused, ArchiveError
            If the data center gives no token for the id token.
        """
        if self._settings.token or not self._settings.id_token:
            return self._settings.token
        with self._lock:
            if self._given is None:
                try:
                    self._given = self._exchanged(self._settings.id_token)
                except Refused:
                    if not reading:
                        raise
            return self._given

    def renew(self, refused: Token | None) -> bool:
        """Forget a token that was given and is refused now, so that the id token is shown again; False, if none was given."""
        with self._lock:
            if self._given is refused:
                self._given = None
        return refused is not None and self._settings.token is None

    def _exchanged(self, shown: Token) -> Token:
        url = self._settings.url
        if host_of(url) != shown.host:  # as for every token
            raise Refused(f"The id token is not for {host_of(url)}.", remedy="Set the address beside it.")
        told = self._session.request("POST", f"{url}/api/v1/token", data={"id_token": shown.secret})
        secret = told.get("token") if isinstance(told, dict) else None
        if not isinstance(secret, str) or not (secret.isascii() and secret.isprintable()):
            raise ArchiveError(f"{host_of(url)} gave no token for the id token.", remedy="Check the address of the archive.")
        return Token(secret, shown.host)

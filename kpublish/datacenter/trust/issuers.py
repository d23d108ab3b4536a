"""The public keys of an issuer (OpenID Connect Discovery 1.0, RFC 7517), asked for at its own address and kept for an hour."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from contextlib import closing
from typing import Any

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from kpublish.config import host_of
from kpublish.datacenter.problems import Problem
from kpublish.errors import KpublishError
from kpublish.http import open_session

#: The largest document that is read, in bytes, and the seconds that both documents may take.
LIMIT, PATIENCE = 256 * 1024, 15.0
#: Seconds for which keys are kept, and for which nothing is asked again (also if it failed).
KEPT, PAUSE = 3600.0, 30.0


class Keys:
    """The RSA keys of one issuer."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._keys: Mapping[str, PyJWK] = {}
        self._asked = self._known = float("-inf")
        self._lock = threading.Lock()

    def get(self, kid: str) -> PyJWK | None:
        """The key with this id; an unknown one makes us ask again, but not too often.

        Raises
        ------
        Problem
            503 if the issuer does not tell its keys.
        """
        with self._lock:
            now = time.monotonic()
            is_stale = now - self._known > KEPT or kid not in self._keys
            if is_stale and now - self._asked > PAUSE:
                self._asked = now
                self._keys = self._ask()
                self._known = time.monotonic()
            if time.monotonic() - self._known > KEPT:
                raise _silent(self._issuer)
            return self._keys.get(kid)

    def _ask(self) -> Mapping[str, PyJWK]:
        """All keys, within a time that is bounded however slowly the bytes come."""
        pool = ThreadPoolExecutor(1)
        try:
            return pool.submit(_fetch, self._issuer).result(PATIENCE)
        except (KpublishError, TooLong, PyJWTError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise _silent(self._issuer) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_ISSUERS: dict[str, Keys] = {}
_LOCK = threading.Lock()


def keys_of(issuer: str) -> Keys:
    """The keys of a registered issuer; one cache for the process."""
    with _LOCK:
        return _ISSUERS.setdefault(issuer, Keys(issuer))


def _fetch(issuer: str) -> Mapping[str, PyJWK]:
    told = _document(f"{issuer}/.well-known/openid-configuration")
    address = told["jwks_uri"]
    if told["issuer"] != issuer or host_of(address) != host_of(issuer):
        raise ValueError("the discovery document is another issuer's")
    keys = {key["kid"]: key for key in _document(address)["keys"] if key.get("kty") == "RSA" and key.get("use", "sig") == "sig"}
    return {kid: PyJWK(key, algorithm="RS256") for kid, key in keys.items() if key.get("alg", "RS256") == "RS256"}


def _document(url: str) -> Any:
    """JSON of a bounded size; https, loopback excepted."""
    with closing(open_session()) as session, session.stream(url) as stream:
        content = stream.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise ValueError("the document is too large")
    return json.loads(content)


def _silent(issuer: str) -> Problem:
    detail = f"The keys of {host_of(issuer)} cannot be read now, so nobody it vouches for is let in."
    return Problem(503, "issuer", detail, "Try again in a minute.")

"""Requests over HTTP: time-outs, retries, no cookies, and a token only where it belongs.

Idempotent requests (RFC 9110 section 9.2.2) are sent again when no clear answer came; others say so by ``once``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO, TypedDict, Unpack, cast
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from kpublish import __version__
from kpublish.config import Token, host_of, is_loopback
from kpublish.errors import ConfigurationError, IntegrityError
from kpublish.http.answers import ServerFault, busy, cause_of, plain, read_json, retry_after, stop_at_errors, unreachable

#: Seconds to wait for a connection, and for the next bytes.
TIMEOUTS = (10, 60)
#: Bytes of a body that are sent at once.
BLOCK = 128 * 1024
#: How often a request is sent before it counts as unanswered, and the seconds before the second time (doubled each time).
ATTEMPTS, BACKOFF = 4, 0.4
#: The longest wait that a server may ask for, in seconds.
PATIENCE = 60.0
#: Answers that ask to try again.
BUSY = (429, 502, 503, 504)
#: Those of them that say that nothing was done yet.
UNTOUCHED = (429, 503)
#: How many redirects are followed.
REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """The next ``size`` bytes of a seekable ``content``, sent as the body of a request."""

    content: BinaryIO
    size: int


class _Adapter(HTTPAdapter):
    """Sends bodies in larger blocks than the 16 KB that are usual; each block must leave within the time-out."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more, blocksize=BLOCK)


class How(TypedDict, total=False):
    """How a request is sent, beyond what it says: see :meth:`Session.request`."""

    token: Token | None
    accept: str | None
    once: bool
    headers: Mapping[str, str] | None


class _Body:
    """What requests reads an upload from: exactly the declared length, from the same place at every attempt."""

    def __init__(self, upload: Upload, start: int) -> None:
        upload.content.seek(start)
        self._content = upload.content
        self._size = upload.size
        self._left = upload.size

    def __len__(self) -> int:
        return self._size

    def read(self, count: int = -1) -> bytes:
        block = self._content.read(self._left if count < 0 else min(count, self._left))
        if not block and self._left:
            raise IntegrityError(
                "A file became shorter while it was sent.", remedy="Do not change files while they are released; run it again."
            )
        self._left -= len(block)
        return block


class _Bearer(AuthBase):
    """Sets our token or none; that there is an auth object keeps requests from asking ~/.netrc."""

    def __init__(self, token: Token | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token and request.url and host_of(request.url) == self._token.host:
            request.headers["Authorization"] = f"Bearer {self._token.secret}"
        return request


@dataclass(frozen=True, slots=True)
class _Request:
    """One request, as often as it is sent."""

    verb: str
    url: str
    token: Token | None = None
    json: Any = None
    upload: Upload | None = None
    start: int = 0
    begin: int = 0
    accept: str | None = None
    once: bool = False
    headers: Mapping[str, str] | None = None

    def parts(self) -> dict[str, Any]:
        """What requests is told; an upload begins anew."""
        kind, body = None, None
        if self.upload:
            # requests would send an empty stream in chunks, without a length.
            kind, body = "application/octet-stream", _Body(self.upload, self.start) if self.upload.size else b""
        elif self.json is not None:
            kind, body = "application/json", json.dumps(self.json, ensure_ascii=False, allow_nan=False).encode()
        headers = {"Content-Type": kind, "Range": f"bytes={self.begin}-" if self.begin else None}
        headers |= {"Accept": self.accept} if self.accept else {}
        headers |= self.headers or {}
        return {"method": self.verb, "url": self.url, "data": body, "headers": headers, "auth": _Bearer(self.token)}


class Session:
    """Requests that belong together and share connections; ``sleep`` waits between attempts.

    ``date`` is what the last answer said of the time.
    """

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self.date = ""
        self._free = 0.0
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter())
        self._session.headers["User-Agent"] = f"kpublish/{__version__}"
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def request(self, verb: str, url: str, *, data: Any = None, upload: Upload | None = None, **how: Unpack[How]) -> Any:
        """Send ``data`` as JSON or an upload, and return the answer's JSON (None, if it has no body).

        Parameters
        ----------
        verb, url
            What is asked.
        data, upload
            The body, if there is one.
        how
            ``token``, ``accept`` (media type of the answer), further ``headers``, and ``once``: a request that is not idempotent
            and must not be sent again where no clear answer came; one that the server says it did not look at (429, 503) is.

        Raises
        ------
        Unreachable
            If no answer came, or only that the server is busy.
        Refused
            If the token is missing, unknown, or lacks the right.
        NotFound
            If the server says, in JSON, that there is no such thing.
        ServerFault
            For every other error that the server tells.
        """
        with self._answer(_Request(verb, url, json=data, upload=upload, start=_place(upload), **how)) as answer:
            self.date = answer.headers.get("Date", "")
            return read_json(answer)

    def fields(self, verb: str, url: str, *, upload: Upload | None = None, **how: Unpack[How]) -> Mapping[str, str]:
        """Send an upload or nothing, and return the header fields of the answer, whose names may be in any case.

        Raises
        ------
        Unreachable, Refused, NotFound, ServerFault
            As for :meth:`request`.
        """
        with self._answer(_Request(verb, url, upload=upload, start=_place(upload), **how)) as answer:
            answer.raw.read()  # so that the connection can be used again
            return answer.headers

    def pause(self, attempt: int) -> None:
        """Wait before what failed for the ``attempt``-th time, counted from 1, is tried again."""
        self._sleep(BACKOFF * 2 ** (attempt - 1))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @contextmanager
    def stream(self, url: str, *, token: Token | None = None, start: int = 0) -> Iterator[BinaryIO]:
        """Open the bytes at ``url``, from ``start`` on, for reading; what goes wrong while reading becomes :class:`Unreachable`.

        A server that knows no ranges (RFC 9110 section 14) sends everything, of which the beginning is passed over.

        Raises
        ------
        Unreachable, Refused, NotFound, ServerFault
            As for :meth:`request`.
        """
        with self._answer(_Request("GET", url, token, begin=start)) as answer:
            answer.raw.decode_content = True
            try:
                _pass_over(answer, start)
                yield cast(BinaryIO, answer.raw)
            except (urllib3.exceptions.HTTPError, requests.RequestException) as error:
                raise unreachable(url, cause_of(error)) from None

    @contextmanager
    def _answer(self, request: _Request) -> Iterator[requests.Response]:
        """The final answer, of which only the head has been read; redirects are followed for reading only."""
        for _ in range(REDIRECTS):
            with self._persist(request) as answer:
                if not answer.is_redirect:
                    stop_at_errors(answer, request.token)
                    yield answer
                    return
                target = urljoin(request.url, answer.headers["Location"])
            if request.verb != "GET" or (is_loopback(target) and not is_loopback(request.url)):
                message = f"{host_of(request.url)} redirects to {plain(target.partition('?')[0])}."
                raise ServerFault(message, remedy="Check the address and state the final one.", status=answer.status_code)
            request = replace(request, url=target)
        raise ServerFault(f"{host_of(request.url)} redirects in circles.", remedy="Check the address.")

    def _persist(self, request: _Request) -> requests.Response:
        """Send until there is an answer that does not ask to try again."""
        attempt = 0
        while True:
            attempt, wait = attempt + 1, 0.0
            try:
                answer = self._send(request)
            except ValueError:  # of requests and urllib3: the address cannot be used at all
                raise _not_understood() from None
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                if request.once or attempt == ATTEMPTS or isinstance(error, requests.exceptions.SSLError):
                    raise unreachable(request.url, cause_of(error)) from None
            else:
                if answer.status_code not in (UNTOUCHED if request.once else BUSY):
                    return answer
                wait = retry_after(answer)
                answer.close()
                if attempt == ATTEMPTS or wait > PATIENCE:
                    raise busy(request.url, answer.status_code, wait)
            self._sleep(max(wait, BACKOFF * 2 ** (attempt - 1)))

    def _send(self, request: _Request) -> requests.Response:
        check_address(request.url)
        if (rest := self._free - time.monotonic()) > 0:
            self._sleep(rest)
        # Proxies of the environment are for the outside; what is meant for this machine stays here.
        self._session.trust_env = not is_loopback(request.url)
        answer = self._session.request(**request.parts(), timeout=TIMEOUTS, allow_redirects=False, stream=True)
        if answer.headers.get("X-RateLimit-Remaining") == "0":  # the next request would be refused
            self._free = time.monotonic() + min(retry_after(answer), PATIENCE)
        return answer


def _place(upload: Upload | None) -> int:
    return upload.content.tell() if upload else 0


def _pass_over(answer: requests.Response, start: int) -> None:
    """Go to ``start`` in an answer that does not begin there."""
    begun = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {start}-")
    left = 0 if begun else start
    while left and (block := answer.raw.read(min(left, 1024 * 1024))):
        left -= len(block)


def check_address(url: str) -> None:
    """Refuse addresses that are not https (loopback excepted) or hold credentials.

    Raises
    ------
    ConfigurationError
        With the reason.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _not_understood() from None
    if parts.username or parts.password:
        raise ConfigurationError(
            f"The address of {host_of(url)} holds credentials.", remedy="Take them out; tokens come from the environment."
        )
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))):
        shown = plain(url.partition("?")[0])
        raise ConfigurationError(f"The address {shown} is not https.", remedy="Use https://…; plain http is for 127.0.0.1 only.")


def _not_understood() -> ConfigurationError:
    return ConfigurationError("An address cannot be understood.", remedy="Write it as https://host/path.")

"""What comes back over HTTP, and what it means: JSON, an error of the server in its own words, or no answer at all."""

from __future__ import annotations

import json
import time
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3

from kpublish.config import Token, host_of
from kpublish.errors import ArchiveError, NotFound, Refused, Unreachable

#: The largest JSON answer that is read into memory, in bytes.
JSON_LIMIT = 64 * 1024**2


class ServerFault(ArchiveError):
    """The server answered with an error; ``status`` is HTTP's, ``code`` the server's own (empty, if it told none)."""

    def __init__(self, message: str, *, remedy: str = "", status: int = 0, code: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.code = code


def plain(text: str, limit: int = 1000) -> str:
    r"""Return foreign text on one line, with control characters escaped, so that it is safe on a terminal.

    >>> plain("two\nlines \x1b[31m")
    'two lines \\x1b[31m'
    """
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in " ".join(text[: limit * 2].split()))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def read_json(answer: requests.Response) -> Any:
    """Return the JSON of an answer; None, if it has no body.

    Raises
    ------
    Unreachable
        If the answer breaks off.
    ServerFault
        If it is not JSON, or too long.
    """
    try:
        content = answer.raw.read(JSON_LIMIT + 1, decode_content=True)
        if len(content) <= JSON_LIMIT:
            return json.loads(content) if content.strip() else None
    except (urllib3.exceptions.HTTPError, requests.RequestException) as error:
        raise unreachable(answer.url, cause_of(error)) from None
    except (ValueError, RecursionError):
        pass
    raise ServerFault(
        f"{host_of(answer.url)} answered something else than JSON.",
        remedy="Check the address: it seems to be another kind of server.",
        status=answer.status_code,
    )


def stop_at_errors(answer: requests.Response, token: Token | None) -> None:
    """Raise what an answer of status 400 or more means.

    Raises
    ------
    Refused, NotFound, ServerFault
        With the server's code, detail and remedy, where it told them.
    Unreachable
        If the answer breaks off.
    """
    if answer.ok:
        return
    host, told = host_of(answer.url), _told(answer)
    code, detail, remedy = (_shown(told.get(key), token) for key in ("code", "detail", "remedy"))
    detail = detail or _shown(told.get("message"), token)
    detail += _fields(told.get("errors"), token) if not code else ""
    if answer.status_code in (401, 403):
        what = "the token" if token and token.host == host else "a request without a token"
        raise Refused(
            _sentence(f"{host} refused {what}", detail), remedy=remedy or "Set a token that is valid there and may publish."
        )
    if answer.status_code == 404 and told:
        raise NotFound(_sentence(f"{host} does not know it", detail), remedy=remedy or "Check the identifier.")
    message = _sentence(f"{host} answered with error {answer.status_code}", detail)
    raise ServerFault(message, remedy=remedy or "Check the address, then try again.", status=answer.status_code, code=code)


def _fields(errors: Any, token: Token | None) -> str:
    """What is wrong with single fields, as InvenioRDM tells it."""
    if not isinstance(errors, list):
        return ""
    told = [f"{one.get('field')}: {_shown(one.get('messages'), token)}" for one in errors if isinstance(one, dict)]
    return f" ({'; '.join(told[:5])})" if told else ""


def _sentence(start: str, detail: str) -> str:
    return f"{start}: {detail.rstrip('.')}." if detail else f"{start}."


def _told(answer: requests.Response) -> dict[str, Any]:
    """The server's own words about an error; empty, if it is not JSON. An answer that breaks off is none."""
    try:
        told = read_json(answer)
    except ServerFault:
        return {}
    return told if isinstance(told, dict) else {}


def _shown(value: Any, token: Token | None) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return plain(text.replace(token.secret, "[token]") if token else text)


def retry_after(answer: requests.Response) -> float:
    """Seconds that the server asks to wait: a number or a date (RFC 9110 section 10.2.3)."""
    stated = answer.headers.get("Retry-After", "").strip()
    if stated.isascii() and stated.isdigit():
        return float(stated)
    try:
        return max(0.0, parsedate_to_datetime(stated).timestamp() - time.time()) if stated else 0.0
    except (ValueError, OverflowError):
        return 0.0


def busy(url: str, status: int, wait: float) -> Unreachable:
    """Return the sentence for a server that asks to wait longer than a command does."""
    when = f"in {wait:.0f} s" if wait else "later"
    return Unreachable(
        f"{host_of(url)} is busy or down for maintenance (it answered {status}).", remedy=f"Run the same command again {when}."
    )


def unreachable(url: str, cause: str) -> Unreachable:
    """Return the sentence for a server that gave no answer."""
    return Unreachable(
        f"{host_of(url)} cannot be reached: {cause}.", remedy="Check the network and the address, then run the same command again."
    )


def cause_of(error: BaseException) -> str:
    """Why there was no answer, in words of ours: the libraries' own repeat addresses and credentials of proxies."""
    chain: list[BaseException] = [error]
    for item in chain:
        inner = (getattr(item, "reason", None), item.__cause__, item.__context__, *item.args)
        chain.extend(other for other in inner if isinstance(other, BaseException) and other not in chain)
    for kinds, words in _CAUSES:
        if any(isinstance(item, kinds) for item in chain):
            return words
    return next((item.strerror.lower() for item in chain if isinstance(item, OSError) and item.strerror), "the connection broke")


_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((requests.exceptions.ProxyError, urllib3.exceptions.ProxyError), "the proxy does not let it through"),
    ((requests.exceptions.SSLError, urllib3.exceptions.SSLError), "its certificate is not trusted"),
    ((urllib3.exceptions.NameResolutionError,), "its name is not known to the network"),
    ((ConnectionRefusedError,), "nothing answers there"),
    ((requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), "it did not answer in time"),
)

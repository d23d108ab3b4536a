"""What the data center writes down: one JSON object a line, without secrets, for a stated number of days."""

from __future__ import annotations

import json
import logging
import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock

#: What is taken out of every line, whatever brought it there: headers, links of reviewers, credentials in addresses.
_TAKEN_OUT = (
    (re.compile(r"(?i)\b(authorization|cookie|[a-z-]{0,30}token|password|secret)(['\"]?\s*[:=]\s*)[^\r\n]*"), r"\1\2[secret]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 [secret]"),
    (re.compile(r"(/review/)[^/\s\"']+"), r"\1[link]"),
    (re.compile(r"(\w{1,30}://)[^/\s@]*@"), r"\1[secret]@"),
)
#: After these words gunicorn repeats what was sent.
_ENDS_HERE = ("Invalid request", "Error handling request", "Error parsing")
_WORD = re.compile(r"[^\s\"']+")
#: What looks as random secrets look; checksums and UUIDs have no capitals, names of functions no digits.
_LONG = re.compile(r"[A-Za-z0-9_-]{20,}")


def without_secrets(text: str) -> str:
    """Take out of a text what may be a secret.

    >>> without_secrets("GET /api/v1/search?q=x failed for Bearer abc")
    'GET /api/v1/search?[query] failed for Bearer [secret]'
    """
    text = _WORD.sub(_without_query, text)
    for pattern, instead in _TAKEN_OUT:
        text = pattern.sub(instead, text)
    return _LONG.sub(lambda match: "[secret]" if _is_mixed(match[0]) else match[0], text)


def _without_query(match: re.Match[str]) -> str:
    word = match[0]
    place = word.find("?", word.find("/")) if "/" in word else -1
    return f"{word[:place]}?[query]" if 0 <= place < len(word) - 1 else word


def _is_mixed(word: str) -> bool:
    return any(sign.isdigit() for sign in word) and any(sign.isupper() for sign in word) and any(sign.islower() for sign in word)


class JsonLines(logging.Formatter):
    """One record as one line of JSON: time, level, logger, what was said, what it was about, where it failed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(_message(record)),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            said["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """What was said; of what Django says about a request only how it was answered, as addresses may hold anything."""
    request = getattr(record, "request", None)
    if request is None:
        text = record.getMessage()
        return next((words for words in _ENDS_HERE if text.startswith(words)), text)
    match = getattr(request, "resolver_match", None)
    return f"answered {getattr(record, 'status_code', 'with an error')} at {match.route if match else 'no address of ours'}"


class DailyFiles(logging.Handler):
    """A file for each day (UTC) in a folder, which any number of processes append to; those that are too old are removed.

    Parameters
    ----------
    folder
        Made (mode 700) when the first line is written.
    days
        How long a file is kept.
    """

    def __init__(self, folder: Path, days: int) -> None:
        super().__init__()
        self.folder = folder
        self.days = days
        self._day = date.min
        self._file = -1
        self._own = Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line by one call, so that lines of several processes do not mix."""
        try:
            line = f"{self.format(record)}\n".encode("utf-8", "replace")
            with self._own:
                os.write(self._opened(datetime.fromtimestamp(record.created, UTC).date()), line)
        except Exception:  # what cannot be written down must not stop what it is about
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the framework's name
        """Say nothing: the disk may be full, and standard error a terminal."""

    def close(self) -> None:
        """Close the file."""
        with self._own:
            if self._file >= 0:
                os.close(self._file)
            self._file, self._day = -1, date.min
        super().close()

    def _opened(self, day: date) -> int:
        if day != self._day:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self.folder / f"{day.isoformat()}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._day = day
            self._remove_before(day - timedelta(days=self.days))
        return self._file

    def _remove_before(self, first: date) -> None:
        for path in self.folder.glob("????-??-??.jsonl"):
            if path.stem < first.isoformat():
                path.unlink(missing_ok=True)

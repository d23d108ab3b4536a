"""Sending the bytes of published files: what others made never runs as a page of ours."""

from __future__ import annotations

import re

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from kpublish.datacenter.models import File
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.storage import store

#: The only type that browsers show in place.
_INLINE = "image/png"
#: A drawing may style itself; nothing of a file runs, loads or submits.
_HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
#: A range that begins somewhere and goes on to the end: what interrupted downloads ask for.
_REST = re.compile(r"bytes=([0-9]{1,18})-")
FOREVER, FOR_OWNERS = "public, max-age=31536000, immutable", "private, no-store"


def send(request: HttpRequest, file: File, keep: str = FOREVER) -> HttpResponseBase:
    """Return the file, the rest of it from a place on, or 304 if the caller has it; published content never changes.

    Parameters
    ----------
    request, file
        Who asks for what.
    keep
        For whom and how long caches may keep it.

    Raises
    ------
    Problem
        404 if the store has lost it, 416 if it ends before that place.
    """
    etag = f'"{file.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    start = _start(request, file)
    try:
        stream = store().open(file.sha256, start)
    except FileNotFoundError as error:
        raise not_found("content of this file any more") from error
    response = FileResponse(
        stream, as_attachment=file.media_type != _INLINE, filename=file.path.rpartition("/")[2], content_type=file.media_type
    )
    if start:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{file.size - 1}/{file.size}"
    response.headers["Content-Length"] = str(file.size - start)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = keep
    response.headers["Content-Security-Policy"] = _HARMLESS
    return response


def _start(request: HttpRequest, file: File) -> int:
    """Where the caller wants to go on; to other ranges than the rest of a file the whole is an answer (RFC 9110 section 14.2)."""
    asked = _REST.fullmatch(request.headers.get("Range", ""))
    start = int(asked[1]) if asked else 0
    if start and start >= file.size:
        raise Problem(416, "range", f"The file has {file.size} bytes.", "Ask for the whole file.")
    return start

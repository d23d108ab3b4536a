"""Sending the bytes of published files: what others made never runs as a page of ours."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from kpublish.datacenter.models import File
from kpublish.datacenter.problems import not_found
from kpublish.datacenter.storage import Store

#: The only type that browsers show in place.
_INLINE = "image/png"
#: A drawing may style itself; nothing of a file runs, loads or submits.
_HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
FOREVER, FOR_OWNERS = "public, max-age=31536000, immutable", "private, no-store"


def send(request: HttpRequest, file: File, keep: str = FOREVER) -> HttpResponseBase:
    """Return the file, or 304 if the caller has it; published content never changes.

    Parameters
    ----------
    request, file
        Who asks for what.
    keep
        For whom and how long caches may keep it.

    Raises
    ------
    Problem
        404 if the store has lost it.
    """
    etag = f'"{file.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    try:
        stream = Store(settings.DATA).open(file.sha256)
    except FileNotFoundError as error:
        raise not_found("content of this file any more") from error
    response = FileResponse(
        stream, as_attachment=file.media_type != _INLINE, filename=file.path.rpartition("/")[2], content_type=file.media_type
    )
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = keep
    response.headers["Content-Security-Policy"] = _HARMLESS
    return response

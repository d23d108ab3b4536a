"""Files that arrive in parts by the protocol tus 1.0.0 (https://tus.io/protocols/resumable-upload) with the extensions named here.

An upload has the address of its file: whoever knows the checksum finds where it stopped, and one file has one upload.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish.datacenter.authentication import caller_of
from kpublish.datacenter.deposit import parts
from kpublish.datacenter.models import Version
from kpublish.datacenter.openapi import HEAD, NOTHING, PIECE, operation
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.views.depositing import allowed, blocks, stated_length, visible

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "checksum", "expiration", "termination")
#: Sizes of the checksums by which a piece may be named; tus asks for sha1.
ALGORITHMS = {"sha1": 20, "sha256": 32}
_TYPE = "application/offset+octet-stream"
_RESUMABLE = ("Tus-Resumable!",)


class _Tus(APIView):
    """Every request but OPTIONS states the version of the protocol, and every answer does."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Believe ``X-HTTP-Method-Override``: some proxies let only GET and POST pass."""
        method = request.headers.get("X-HTTP-Method-Override", "")
        if request.method == "POST" and method in ("PATCH", "DELETE", "HEAD"):
            request.method = method
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse nobody, and other versions."""
        super().initial(request, *args, **kwargs)
        if request.method == "OPTIONS":
            return
        if caller_of(request).token is None:
            raise NotAuthenticated
        if request.headers.get("Tus-Resumable") != VERSION:
            detail = f"The request does not speak version {VERSION} of tus."
            raise Problem(412, "tus-version", detail, f"Send the header Tus-Resumable: {VERSION}.")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """State the version, and after a problem what is needed to go on."""
        answered = super().finalize_response(request, response, *args, **kwargs)
        told = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
        if answered.status_code == 412:
            told["Tus-Version"] = VERSION
        if isinstance(answered.data, dict) and "offset" in answered.data:
            told["Upload-Offset"] = str(answered.data["offset"])
        for name, value in told.items():
            answered.headers[name] = value
        return answered

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - the framework calls with them
        """What this server can."""
        can = {"Tus-Version": VERSION, "Tus-Extension": ",".join(EXTENSIONS), "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)}
        return Response(status=204, headers=can)


class Uploads(_Tus):
    """The uploads of a draft; one is begun by POST, for a file that the release names."""

    @operation(
        NOTHING,
        *(401, 403, 404, 409, 411, 412, 413, 415, 422, 423, 460, 507),
        sends=PIECE,
        new=True,
        header=(*_RESUMABLE, "Upload-Length!", "Upload-Metadata!", "Upload-Checksum"),
    )
    def post(self, request: Request, kid: str, version: str) -> Response:
        row = _row(request, kid, version)
        length, sha256 = _number(request, "Upload-Length"), _sha256(request)
        holder = caller_of(request).holder
        told = parts.begin(row, sha256, length, holder)
        if told.offset == 0 and length and request.content_type == _TYPE and stated_length(request):
            told = parts.add(row, sha256, _piece(request, 0), holder)
        return Response(status=201, headers={"Location": f"{request.path}/{sha256}", **_headers(told)})


class OneUpload(_Tus):
    """The upload of one file: how far it is, its next piece, its end."""

    @operation(HEAD, 401, 403, 404, 409, 410, 412, 422, 423, 507, header=_RESUMABLE)
    def head(self, request: Request, kid: str, version: str, sha256: str) -> Response:
        told = parts.progress(_row(request, kid, version), sha256, caller_of(request).holder)
        return Response(status=200, headers={"Upload-Length": str(told.size), **_headers(told)})

    @operation(
        NOTHING,
        *(401, 403, 404, 409, 410, 411, 412, 413, 415, 422, 423, 460, 507),
        sends=PIECE,
        header=(*_RESUMABLE, "Upload-Offset!", "Upload-Checksum"),
    )
    def patch(self, request: Request, kid: str, version: str, sha256: str) -> Response:
        row = _row(request, kid, version)
        if request.content_type != _TYPE:
            raise Problem(415, "unsupported-media-type", "The body is no piece of a file.", f"Send it as Content-Type: {_TYPE}.")
        piece = _piece(request, _number(request, "Upload-Offset"))
        return Response(status=204, headers=_headers(parts.add(row, sha256, piece, caller_of(request).holder)))

    @operation(NOTHING, 401, 403, 404, 409, 412, header=_RESUMABLE)
    def delete(self, request: Request, kid: str, version: str, sha256: str) -> Response:
        parts.remove(_row(request, kid, version), sha256, caller_of(request).holder)
        return Response(status=204)


def _row(request: Request, kid: str, version: str) -> Version:
    """The version, for who may fill it."""
    allowed(request, "write", kid)
    return visible(request, kid, version)


def _headers(told: parts.Progress) -> Mapping[str, str]:
    until = {} if told.until is None else {"Upload-Expires": http_date(told.until)}
    return {"Upload-Offset": str(told.offset), **until}


def _piece(request: Request, offset: int) -> parts.Piece:
    return parts.Piece(offset, stated_length(request), blocks(request._request), _digest(request))


def _number(request: Request, name: str) -> int:
    return _counted(request.headers.get(name, ""), name)


def _counted(stated: str, name: str) -> int:
    if not (stated.isascii() and stated.isdigit() and len(stated) < 19):
        raise Problem(400, "invalid", f"{name} is no number of bytes.", f"Send the header {name}.")
    return int(stated)


def _sha256(request: Request) -> str:
    """Of the metadata, which are pairs of a key and base64, what names the file."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "sha256":
            return _decoded(value, "Upload-Metadata").decode("ascii", "replace")
    raise Problem(400, "invalid", "Upload-Metadata names no sha256.", "Send Upload-Metadata: sha256 and the checksum in base64.")


def _digest(request: Request) -> tuple[str, bytes] | None:
    stated = request.headers.get("Upload-Checksum")
    if stated is None:
        return None
    algorithm, _, value = stated.partition(" ")
    digest = _decoded(value, "Upload-Checksum")
    if len(digest) != ALGORITHMS.get(algorithm):
        detail = "Upload-Checksum is no checksum that is known here."
        raise Problem(400, "invalid", detail, f"Send one of {', '.join(ALGORITHMS)}, and the checksum in base64.")
    return algorithm, digest


def _decoded(value: str, name: str) -> bytes:
    try:
        return b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Problem(400, "invalid", f"{name} is not in base64.", "Encode the value in base64.") from None

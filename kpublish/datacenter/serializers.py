"""Versions as the JSON of the API; what a release may say is known by ``kpublish.model`` alone."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest
from pydantic import ValidationError
from pydantic_core import from_json
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from kpublish.datacenter.models import File, Version
from kpublish.datacenter.problems import Problem
from kpublish.model.bundle import Release


class AlwaysJSON(BaseContentNegotiation):
    """The API speaks JSON, whatever the caller would rather read; bodies are read by the views themselves."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class Sent(NamedTuple):
    """A release as sent: understood, and as JSON text."""

    release: Release
    document: str


def read_release(request: HttpRequest) -> Sent:
    """Read a release from the body of a request.

    Raises
    ------
    UnsupportedMediaType
        If the body does not say that it is JSON.
    Problem
        413 for a document that is too large, 400 for text that is not JSON, 422 for JSON that is no release.
    """
    if request.content_type != "application/json":
        raise UnsupportedMediaType(request.content_type or "none")
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(request.META["CONTENT_LENGTH"]) > limit:
        raise Problem(
            413, "too-large", f"The document is larger than {limit // 1024**2} MB.", "Publish fewer files in one release."
        )
    try:
        value = from_json(request.read(), allow_inf_nan=False)
        document = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError) as error:
        raise Problem(400, "invalid", f"The body is not JSON: {error}.", "Send a release as JSON.") from error
    return Sent(understood(value), document)


def understood(value: Any) -> Release:
    """Return the release that JSON says.

    Raises
    ------
    Problem
        422 with every field that is wrong.
    """
    try:
        return Release.model_validate(value)
    except ValidationError as error:
        faults = [
            {"field": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
            for fault in error.errors(include_url=False, include_context=False, include_input=False)[:100]
        ]
        first = faults[0]
        detail = f"The release is not valid: {first['field'] or 'document'}: {first['message']}"
        raise Problem(422, "invalid", detail, "Mend the fields that are named.", errors=faults) from error


def state(version: Version, base: str) -> dict[str, Any]:
    """What a data center has for (kid, version); the release stands there as it was sent.

    Parameters
    ----------
    version
        The row.
    base
        Address of this server, as the caller knows it.
    """
    return {**_summary(version, base), "release": version.json, "files": _arrived(version.files.filter(arrived=True))}


def change(version: Version, base: str, sha256: str) -> dict[str, Any]:
    """What an upload changed in the state: a thousand uploads must not tell a thousand files a thousand times."""
    return {**_summary(version, base), "files": _arrived(version.files.filter(arrived=True, sha256=sha256))}


def _summary(version: Version, base: str) -> dict[str, Any]:
    return {
        "status": version.status,
        "kid": version.kid,
        "version": version.version,
        "digest": version.digest,
        "url": page_address(version, base),
    }


def _arrived(files: Iterable[File]) -> dict[str, Any]:
    return {file.path: {"size": file.size, "sha256": file.sha256} for file in files}


def page_address(version: Version, base: str = "") -> str:
    """Address of the landing page of one version."""
    return f"{base}/r/{version.kid}/{quote(version.version)}"


def file_address(version: Version, path: str, base: str = "") -> str:
    """Address of a file of one version.

    Files keep their relative places, so links inside them still lead to one another.
    """
    return f"{page_address(version, base)}/files/{quote(path)}"


def for_readers(version: Version, base: str) -> dict[str, Any]:
    """The release with every relative ``accessURL`` made absolute."""
    document = version.json
    for resource in (document["resource"], *(member["resource"] for member in document.get("members", ()))):
        _absolute(resource, version, base)
    return document


def _absolute(resource: dict[str, Any], version: Version, base: str) -> None:
    source = resource["source"]
    for item in source if isinstance(source, list) else [source]:
        if not urlsplit(item["accessURL"]).scheme:
            item["accessURL"] = file_address(version, item["accessURL"], base)

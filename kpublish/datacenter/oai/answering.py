"""The one address of the protocol: a request becomes arguments, an answer or an error of the protocol becomes XML."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from oaipmh import error
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import ServerBase

from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.oai.formats import FORMATS
from kpublish.datacenter.oai.harvest import Repository

VERBS = ("Identify", "ListMetadataFormats", "ListSets", "ListIdentifiers", "ListRecords", "GetRecord")
#: All that a date, a prefix, a set, an identifier and a token of ours are made of.
_PLAIN = re.compile(r"[\x21-\x7e]{1,1000}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII)

_WRITERS = MetadataRegistry()
for _format in FORMATS:
    _WRITERS.registerWriter(_format.prefix, _format.write)


@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """Answer a harvester, by GET or POST (section 3.1.1 of the protocol)."""
    server = ServerBase(Repository(base_of(request)), _WRITERS)
    said = request.POST if request.method == "POST" else request.GET
    fault = _fault(dict(said.lists()))
    text = server.handleException({}, (None, fault, None)) if fault else server.handleRequest(said.dict())
    return HttpResponse(text, content_type="text/xml; charset=utf-8")


def _fault(said: dict[str, Any]) -> error.ErrorBase | None:
    """What the library would take for something else, or fail on."""
    if len(said.get("verb", ())) != 1 or said["verb"][0] not in VERBS:
        return error.BadVerbError("The verb is missing, unknown, or repeated.")
    if any(len(values) != 1 for values in said.values()):
        return error.BadArgumentError("An argument is repeated.")
    if not all(_PLAIN.fullmatch(text) for name, values in said.items() for text in (name, *values)):
        return error.BadArgumentError("An argument is empty, too long, or holds a character that none has.")
    dates = [said[name][0] for name in ("from", "until") if name in said]
    if not all(_DATE.fullmatch(date) for date in dates):
        return error.BadArgumentError("A date is not written as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
    return None

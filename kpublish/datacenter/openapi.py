"""The API in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), by drf-spectacular; what is sent is described by its models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from kpublish.datacenter import reading
from kpublish.datacenter.collecting import documents
from kpublish.model.bundle import Release
from kpublish.model.resource import KM3ResourceCollection

Method = TypeVar("Method", bound=Callable[..., Any])

_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_ANY = {"type": "object", "additionalProperties": True}
_MANY: dict[str, Any] = {"type": "array", "items": _ANY}
_COUNTS = {"type": "object", "additionalProperties": _MANY}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_SUMMARY = {
    "status": {"enum": ["draft", "in review", "published", "withdrawn"]},
    "kid": _TEXT,
    "version": _TEXT,
    "digest": _TEXT,
    "url": {"type": "string", "format": "uri"},
    "revision": {"type": "integer", "description": "Number of amendments."},
    "embargo": {"type": "string", "description": "First day (UTC) of open files, or empty."},
    "links": {"type": "array", "items": _ref("Link")},
    "records": {"type": "object", "additionalProperties": _ref("Record")},
    "amendments": _MANY,
    "review": {"type": ["object", "null"], "additionalProperties": True},
    "withdrawal": {"type": ["object", "null"], "additionalProperties": True},
    "files": {"type": "object", "additionalProperties": _object(size={"type": "integer"}, sha256=_TEXT)},
}
_PROJECT = _object(
    id={"type": "integer"},
    issuer=_TEXT,
    number=_TEXT,
    path=_TEXT,
    namespace=_TEXT,
    environment=_TEXT,
    may_publish={"type": "boolean"},
    quota={"type": ["integer", "null"]},
    kids={"type": "array", "items": _TEXT},
    people={"type": "object", "additionalProperties": {"enum": ["author", "reviewer", "publisher"]}},
)
_COLLECTION = {
    "kid": _TEXT,
    "kind": {"enum": ["analysis", "dataset"]},
    "title": _TEXT,
    "description": _TEXT,
    "license": _TEXT,
    "created": _TEXT,
    "url": _TEXT,
}
_VERSION = {"version": _TEXT, "published": _TEXT, "comment": _TEXT, "url": _TEXT}
_KIND = {"ktype": _TEXT, "title": _TEXT, "definition": _TEXT, "url": _TEXT}
#: What answers look like.
ANSWERS = {
    "Problem": {**_object(code=_TEXT, detail=_TEXT, remedy=_TEXT), "additionalProperties": True},
    "State": _object(**_SUMMARY, release=_ref("Release")),
    "Change": _object(**_SUMMARY),
    "Held": _object(holder=_TEXT, until=_MAYBE),
    "Health": {
        **_object(status=_TEXT, database=_TEXT, storage=_TEXT, search=_TEXT),
        "description": "Only a data center that is not for the world tells its version, too.",
        "additionalProperties": True,
    },
    "Me": _object(
        name=_TEXT,
        rights={"type": "array", "items": _TEXT},
        expires=_MAYBE,
        quota=_object(bytes={"type": ["integer", "null"]}, used={"type": "integer"}),
    ),
    "Project": _PROJECT,
    "Projects": _object(results={"type": "array", "items": _ref("Project")}),
    "Trail": _object(results=_MANY),
    "Collections": _object(results={"type": "array", "items": _object(**_COLLECTION)}, next=_MAYBE),
    "Collection": _object(
        **_COLLECTION,
        owner={"type": ["integer", "null"]},
        contributors={"type": "array", "items": {"type": "integer"}},
        members=_MANY,
        versions={"type": "array", "items": _object(**_VERSION)},
        amendments=_MANY,
        withdrawal={"type": ["object", "null"], "additionalProperties": True},
        resource=_ref("KM3ResourceCollection"),
    ),
    "CollectionVersions": _object(results={"type": "array", "items": _object(**_VERSION)}),
    "CollectionVersion": _object(
        **{**_COLLECTION, **_VERSION}, newest=_TEXT, members=_MANY, resource=_ref("KM3ResourceCollection")
    ),
    "Identified": _object(
        id=_TEXT,
        kind={"enum": ["release", "version", "table", "figure", "file", "step", "collection"]},
        title=_TEXT,
        url=_TEXT,
        places=_MANY,
        record={"type": ["object", "null"], "additionalProperties": True},
        opens={"type": "string", "description": "First day (UTC) of an embargo's end, or empty."},
    ),
    "Kinds": _object(results={"type": "array", "items": _object(**_KIND)}),
    "Kind": _object(**_KIND, fields=_MANY, reader=_TEXT, offers={"type": "array", "items": _TEXT}, example=_TEXT, published=_MANY),
    "Granted": _object(token=_TEXT, expires=_TEXT),
    "Releases": _object(results={"type": "array", "items": _ref("Release")}, next=_MAYBE),
    "Found": _object(
        count={"type": "integer"},
        counted={"type": "integer", "description": "In how many of them, the newest, facets were counted."},
        results=_MANY,
        facets=_COUNTS,
        next=_MAYBE,
    ),
    "Resource": _object(
        release=_ref("Release"), member={"type": ["integer", "null"]}, versions={"type": "array", "items": _TEXT}, url=_TEXT
    ),
}
_SENT: tuple[type[BaseModel], ...] = (
    Release,
    reading.Record,
    reading.Link,
    reading.Lease,
    reading.Withdrawal,
    reading.Decision,
    reading.Comment,
    reading.Permission,
    reading.Role,
    reading.Moving,
    documents.NewCollection,
    documents.CollectionChange,
    documents.NewVersion,
    KM3ResourceCollection,
    reading.IdToken,
)
_AMENDMENT = {**_object(release=_ref("Release")), "properties": {"release": _ref("Release"), "links": _SUMMARY["links"]}}
BYTES, PIECE, NOTHING, HEAD = "bytes", "piece", "nothing", "head"
_COUNT = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
#: Header fields of requests.
_HEADERS: dict[str, Any] = {
    "Tus-Resumable": {"enum": ["1.0.0"]},
    "Upload-Length": _COUNT,
    "Upload-Offset": _COUNT,
    "Upload-Metadata": {"type": "string", "pattern": "^sha256 [A-Za-z0-9+/]{84}[A-Za-z0-9+/]{2}==$"},
    "Upload-Checksum": {"type": "string", "pattern": "^sha256 [A-Za-z0-9+/]{43}=$"},
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "kpublish.datacenter.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the framework calls with it
        return {"type": "http", "scheme": "bearer"}


def operation(
    gives: str, *faults: int, sends: str = "", new: bool = False, query: tuple[str, ...] = (), header: tuple[str, ...] = ()
) -> Callable[[Method], Method]:
    """Describe a method of a view.

    Parameters
    ----------
    gives
        What it answers: one of ``ANSWERS``, ``bytes``, or ``nothing`` or the ``head`` alone.
    faults
        Statuses with which it may refuse, besides 400 and 503.
    sends
        What it is sent: a model of ``reading``, ``Release``, ``Amendment``, ``bytes`` or a ``piece`` of them.
    new
        Whether it answers 201 when something was made.
    query, header
        Parameters: those with a ``*`` may be repeated, those with a ``!`` must be there.
    """
    answers = _answers(gives, new)
    answers |= {code: OpenApiResponse(_ref("Problem"), "What is wrong, and what to do.") for code in (400, 503, *faults)}
    parameters = [*map(_parameter, query), *map(_header, header)]
    return extend_schema(request=_request(sends), responses=answers, parameters=parameters, description=None)


def _answers(gives: str, new: bool) -> dict[Any, Any]:
    if gives in (NOTHING, HEAD):
        code = 201 if new else 200 if gives == HEAD else 204
        return {code: OpenApiResponse(description="Done; header fields say how far it is.")}
    content: Any = OpenApiTypes.BINARY if gives == BYTES else _ref(gives)
    answers: dict[Any, Any] = {(200, "application/octet-stream") if gives == BYTES else 200: content}
    return answers | ({201: content} if new else {})


def _request(sends: str) -> Any:
    if not sends:
        return None
    if sends == BYTES:
        return {"application/octet-stream": OpenApiTypes.BINARY}
    if sends == PIECE:
        return {"application/offset+octet-stream": OpenApiTypes.BINARY}
    return {"application/json": _AMENDMENT if sends == "Amendment" else _ref(sends)}


def _parameter(name: str) -> OpenApiParameter:
    """``limit=100`` is a number of at most 100."""
    bare, _, most = name.rstrip("*!").partition("=")
    kind: Any = {"type": "integer", "minimum": 1, "maximum": int(most)} if most else _TEXT
    if name.endswith("!"):
        kind = {**_TEXT, "minLength": 1}
    return OpenApiParameter(bare, {"type": "array", "items": kind} if name.endswith("*") else kind, required=name.endswith("!"))


def _header(name: str) -> OpenApiParameter:
    bare = name.rstrip("!")
    return OpenApiParameter(bare, _HEADERS[bare], OpenApiParameter.HEADER, required=name.endswith("!"))


class _Enumerator(EndpointEnumerator):
    """What stands at each address; HEAD, too, where it is more than GET without its body."""

    def get_allowed_methods(self, callback: Any) -> list[str]:
        methods: list[str] = super().get_allowed_methods(callback)  # type: ignore[no-untyped-call]
        return [*methods, *(["HEAD"] if hasattr(callback.cls, "head") else [])]


class Described(AutoSchema):
    """One operation."""

    method_mapping = {**AutoSchema.method_mapping, "head": "look"}


class Generator(SchemaGenerator):
    """Describes all of it."""

    endpoint_inspector_cls = _Enumerator


def with_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add what operations refer to: our answers, and the models of what is sent; say what needs no token."""
    for path, methods in result["paths"].items():
        for method in methods.values():
            if "requestBody" in method:
                method["requestBody"]["required"] = True
        if path.endswith("/token"):
            methods["post"]["security"] = [{}]
        elif "get" in methods and not path.endswith("/me") and "/projects" not in path:
            methods["get"]["security"] = [{}, {"token": []}]
    told = models_json_schema([(model, "validation") for model in _SENT], ref_template="#/components/schemas/{model}")[1]
    result.setdefault("components", {})["schemas"] = dict(sorted({**told["$defs"], **ANSWERS}.items()))
    return result

"""Bodies of requests: JSON, understood by ``kpublish.model``; what is wrong is told field by field."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from django.conf import settings
from django.http import HttpRequest
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

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


def printable(text: str) -> str:
    """The text, if it is one line that can be printed; else ``ValueError``."""
    if not text.isprintable():
        raise ValueError("holds control characters")
    return text


_Line = Annotated[str, StringConstraints(max_length=1000), AfterValidator(printable)]
_Some = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(printable)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
Model = TypeVar("Model", bound=BaseModel)


class Record(BaseModel):
    """What an archive calls a version."""

    archive: _Some
    kind: _Line
    id: _Line = ""
    concept: _Line = ""
    doi: _Line = ""
    concept_doi: _Line = ""
    url: _Line = ""
    status: _Line = ""


class Link(BaseModel):
    """A cross-link, with the names of DataCite's relations."""

    relation: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,40}$")]
    identifier: _Some
    scheme: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+-]{0,20}$")] = ""


class Lease(BaseModel):
    """Who wants to work on a draft alone, and for how long."""

    holder: _Some
    seconds: int = Field(default=900, ge=1, le=24 * 3600)


class Withdrawal(BaseModel):
    """Why a version or collection is taken away."""

    reason: Annotated[Text, StringConstraints(min_length=1)]


class Decision(BaseModel):
    """What a reviewer says."""

    decision: Literal["publish", "return"]
    comment: Text = ""


class Comment(BaseModel):
    """What somebody remarks on a version that is in review."""

    comment: Annotated[Text, StringConstraints(min_length=1)]


class Permission(BaseModel):
    """Whether the CI of a project publishes; else it submits for review."""

    may_publish: bool


class Role(BaseModel):
    """What a person is in a project."""

    role: Literal["author", "reviewer", "publisher", "none"]


class Moving(BaseModel):
    """The id of the project to which a namespace goes."""

    to: int = Field(ge=1, le=2**63 - 1)


class IdToken(BaseModel):
    """What GitLab CI says about a job."""

    id_token: Annotated[str, StringConstraints(min_length=1, max_length=16 * 1024)]


class Sent(NamedTuple):
    """A release as sent: understood, and as JSON text."""

    release: Release
    document: str


def read_release(request: HttpRequest) -> Sent:
    """Read a release from the body of a request.

    Raises
    ------
    UnsupportedMediaType, Problem
        As :func:`read_json`; 422 for JSON that is no release.
    """
    value = read_json(request)
    return Sent(understood(value), _text(value))


def sent(value: Any) -> Sent:
    """Understand a release that comes another way than by a request.

    Raises
    ------
    Problem
        422 for JSON that is no release, or holds a NUL character.
    """
    refuse_nuls(value)
    return Sent(understood(value), _text(value))


def read_amendment(request: HttpRequest) -> tuple[Sent, list[dict[str, str]] | None]:
    """Read a release and the cross-links, if they are stated.

    Raises
    ------
    UnsupportedMediaType, Problem
        As :func:`read_json`; 422 for JSON that says something else.
    """
    value = read_json(request)
    if not isinstance(value, dict) or "release" not in value:
        raise Problem(422, "invalid", "The body names no release.", 'Send {"release": …, "links": […]}.')
    sent = Sent(understood(value["release"]), _text(value["release"]))
    if value.get("links") is None:
        return sent, None
    links = _model(TypeAdapter(Annotated[list[Link], Field(max_length=200)]).validate_python, value["links"], "list of links")
    return sent, [link.model_dump() for link in links]


def read(request: HttpRequest, kind: type[Model]) -> Model:
    """Read a small document.

    Raises
    ------
    UnsupportedMediaType, Problem
        As :func:`read_json`; 422 for JSON that is no such document.
    """
    return understand(read_json(request, 64 * 1024), kind)


def understand(value: Any, kind: type[Model]) -> Model:
    """Understand a small document, or the fields of a form.

    Raises
    ------
    Problem
        422 for what is no such document, or holds a NUL character.
    """
    refuse_nuls(value)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
    found: Model = _model(kind.model_validate, value, name)
    return found


def read_json(request: HttpRequest, limit: int | None = None) -> Any:
    """Read the body of a request.

    Raises
    ------
    UnsupportedMediaType
        If the body does not say that it is JSON.
    Problem
        413 for a document that is too large, 400 for text that is not JSON or breaks off, 422 for a NUL character in it.
    """
    if request.content_type != "application/json":
        raise UnsupportedMediaType(request.content_type or "none")
    limit = limit or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        size = f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit // 1024} kB"
        raise Problem(413, "too-large", f"The document is larger than {size}.", "Publish fewer files in one release.")
    try:
        body = request.read()
    except OSError as error:
        raise Problem(400, "interrupted", "The body broke off, or came too slowly.", "Send it again.") from error
    try:
        value = from_json(body, allow_inf_nan=False)
        text = _text(value)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "invalid", f"The body cannot be read: {error}.", "Send what the API reference says, as JSON.") from error
    if "\\u0000" in text:
        refuse_nuls(value)
    return value


def refuse_nuls(value: Any) -> None:
    """Refuse what no database keeps.

    Raises
    ------
    Problem
        422 with every field that holds a NUL character.
    """
    faults = [{"field": ".".join(place), "message": "holds a NUL character"} for place in _nuls(value)]
    if faults:
        detail = f"{faults[0]['field']} holds a NUL character."
        raise Problem(422, "invalid", detail, "Mend the fields that are named.", errors=faults)


def _nuls(value: Any, *place: str) -> Iterator[tuple[str, ...]]:
    """Where texts hold what no database keeps; names of fields count, too."""
    if isinstance(value, dict):
        yield from ((*place, repr(key)) for key in value if "\0" in key)
        value = list(value.items())
    elif isinstance(value, list):
        value = [(str(number), item) for number, item in enumerate(value)]
    elif isinstance(value, str) and "\0" in value:
        yield place
    for key, item in value if isinstance(value, list) else ():
        yield from _nuls(item, *place, key)


def _text(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def understood(value: Any) -> Release:
    """Return the release that JSON says.

    Raises
    ------
    Problem
        422 with every field that is wrong.
    """
    release: Release = _model(Release.model_validate, value, "release")
    return release


def _model(validate: Callable[[Any], Any], value: Any, what: str) -> Any:
    try:
        return validate(value)
    except ValidationError as error:
        faults = [
            {"field": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
            for fault in error.errors(include_url=False, include_context=False, include_input=False)[:100]
        ]
        first = faults[0]
        detail = f"The {what} is not valid: {first['field'] or 'document'}: {first['message']}"
        raise Problem(422, "invalid", detail, "Mend the fields that are named.", errors=faults) from error

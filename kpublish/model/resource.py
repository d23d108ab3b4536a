"""KM3Resource, the metadata of a KM3NeT open resource: every field of the founding document and what the standards need beyond it.

One model is the truth: :class:`ResourceHeader` is what a file may say (nothing required, the rest is inherited), and
:class:`KM3Resource` is a complete resource. The JSON Schema that editors use is made from them. Whether values are right (check
digits, dates, licences) is asked by ``kpublish.checks``, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kpublish.model.document import native
from kpublish.model.vocabularies import RelationType, ResourceType, Status

IsoDate = Annotated[str, Field(json_schema_extra={"format": "date"})]
IsoDateTime = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Uri = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
#: What a file may say freely: numbers and booleans as YAML reads them.
Free = Annotated[Any, BeforeValidator(native)]

#: Fields that tables and figures take over from the release unless they say otherwise.
INHERITED = (
    "publisher",
    "author",
    "authors",
    "license",
    "version",
    "datePublication",
    "dateCreation",
    "language",
    "status",
    "contact",
    "funding",
    "approval",
    "keywords",
    "referenceURL",
)


class Noun(BaseModel):
    """A frozen model that knows all its fields; its validator is built when it is first used."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | Mapping) else value


def _kid_of(value: Any) -> Any:
    """Both historical spellings of parentResource: an identifier, or an object that has one."""
    return value.get("kid", value) if isinstance(value, Mapping) else value


class Affiliation(Noun):
    """An organisation a person belongs to, with its ROR identifier (https://ror.org)."""

    name: str
    ror: str | None = None


class Author(Noun):
    """A person with ORCID and affiliations, or a collaboration."""

    type: Literal["person", "collaboration"] = "person"
    name: str | None = None
    givenName: str | None = None
    familyName: str | None = None
    orcid: str | None = None
    ror: str | None = None
    affiliations: tuple[Annotated[Affiliation, BeforeValidator(_named, json_schema_input_type=str | Affiliation)], ...] = Field(
        default=(), validation_alias=AliasChoices("affiliations", "affiliation")
    )

    @model_validator(mode="before")
    @classmethod
    def _one_affiliation(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("affiliation"), str | Mapping):
            return {**data, "affiliation": [data["affiliation"]]}
        return data

    @property
    def display_name(self) -> str:
        """``Family, Given`` for persons, the name for collaborations."""
        if self.name:
            return self.name
        return ", ".join(part for part in (self.familyName, self.givenName) if part) or self.orcid or ""


class Contact(Noun):
    """Whom to ask: a role, not a private address."""

    name: str | None = None
    email: str | None = None


class Funding(Noun):
    """Who paid: funder and award, as DataCite's fundingReferences."""

    funder: str
    ror: str | None = None
    award: str | None = None
    title: str | None = None
    awardURL: Uri | None = None


class Relation(Noun):
    """Another resource and how it is related; a bare identifier is a sibling."""

    id: str
    relation: RelationType = RelationType.SIBLING


def _relation(value: Any) -> Any:
    if isinstance(value, str):
        return {"id": value}
    if isinstance(value, Mapping) and "kid" in value:
        return {"id": value["kid"]}
    return value


class Checksum(Noun):
    """A checksum, e.g. ``{algorithm: sha256, value: …}``."""

    algorithm: Literal["sha256", "md5"] = "sha256"
    value: str


class Source(Noun):
    """Where the bytes are: the ``source`` of the founding document, with size in bytes and checksum."""

    accessURL: Uri | None = None
    accessFormat: str | None = None
    fileSize: int | None = Field(default=None, ge=0, validation_alias=AliasChoices("fileSize", "filesize"), description="Bytes.")
    typeReference: Uri | None = None
    checksum: Checksum | None = None


class Content(Noun):
    """What the data are about; further keys depend on the type of the resource and are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    __pydantic_extra__: dict[str, Free]

    processingLevel: int | None = None
    startTime: IsoDateTime | None = None
    stopTime: IsoDateTime | None = None
    instrument: str | None = None


class Approval(Noun):
    """Who allowed the publication, when, and where that is written."""

    by: str
    date: IsoDate
    reference: str | None = None


class ResourceHeader(Noun):
    """The fields of KM3Resource that a file says itself; everything may be absent."""

    title: str | None = None
    description: str | None = None
    publisher: str | None = None
    author: str | None = Field(default=None, description="ORCID of the author; short form of authors.")
    authors: tuple[Annotated[Author, BeforeValidator(_named, json_schema_input_type=str | Author)], ...] = ()
    contact: Annotated[Contact, BeforeValidator(_named, json_schema_input_type=str | Contact)] | None = None
    datePublication: IsoDate | None = None
    dateCreation: IsoDate | None = None
    license: str | None = Field(default=None, description="SPDX identifier, e.g. CC-BY-4.0.")

    kid: str | None = Field(default=None, description="UUID that names the resource in all its versions.")
    ktype: str | None = Field(default=None, description="Kind of object, e.g. km3.table.")
    idIVOA: str | None = None
    idDOI: str | None = None
    idALT: str | None = None
    resourceType: ResourceType | None = None
    version: str | None = None
    language: str | None = Field(default=None, description="ISO 639 code, e.g. en.")
    status: Status | None = None
    approval: Approval | None = None
    funding: tuple[Funding, ...] = ()

    keywords: tuple[str, ...] = ()
    referenceURL: Uri | None = None
    parentResource: Annotated[str, BeforeValidator(_kid_of, json_schema_input_type=str | dict[str, Any])] | None = None
    relatedResources: tuple[Annotated[Relation, BeforeValidator(_relation, json_schema_input_type=str | dict[str, Any])], ...] = ()

    source: Annotated[tuple[Source, ...], BeforeValidator(_listed, json_schema_input_type=Source | tuple[Source, ...])] = ()
    content: Content | None = None

    @property
    def creators(self) -> tuple[Author, ...]:
        """The authors; the short form ``author`` (an ORCID) stands for one."""
        if self.authors or not self.author:
            return self.authors
        return (Author(orcid=self.author),)

    def said(self) -> dict[str, Any]:
        """The fields that are set, as JSON values."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


class KM3Resource(ResourceHeader):
    """A complete KM3NeT open resource: what the founding document requires is there."""

    title: str
    publisher: str
    datePublication: IsoDate
    license: str
    kid: str
    source: Annotated[
        tuple[Source, ...], BeforeValidator(_listed, json_schema_input_type=Source | tuple[Source, ...]), Field(min_length=1)
    ]

    @model_validator(mode="after")
    def _source_is_complete(self) -> KM3Resource:
        if any(source.accessURL is None or source.accessFormat is None for source in self.source):
            raise ValueError("each source needs accessURL and accessFormat")
        return self


class KM3ResourceCollection(KM3Resource):
    """Resources that belong together: a data set or an analysis."""

    resources: tuple[KM3Resource, ...] = ()


class KM3ResourceStream(KM3Resource):
    """Many resources of the same type, served one after the other."""

    itemType: str = Field(description="ktype of the items.")


def inherit(own: ResourceHeader, release: ResourceHeader) -> ResourceHeader:
    """Return ``own`` completed by the fields that tables and figures take over from the release.

    >>> inherit(ResourceHeader(title="A"), ResourceHeader(title="B", license="CC-BY-4.0")).said()
    {'title': 'A', 'license': 'CC-BY-4.0'}
    """
    said = own.model_fields_set
    taken = {name: getattr(release, name) for name in INHERITED if name not in said and name in release.model_fields_set}
    return own.model_copy(update=taken)

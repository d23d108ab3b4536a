"""KM3Resource, the metadata of a KM3NeT open resource: every field of the founding document and what the standards need beyond it.

One model is the truth: :class:`ResourceHeader` is what a file may say (nothing required, the rest is inherited), and
:class:`KM3Resource` is a complete resource. The JSON Schema that editors use is made from them. Whether values are right (check
digits, dates, licences) is asked by ``kpublish.checks``, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, ConfigDict, Field, model_validator

from kpublish.model.noun import Free, IsoDate, IsoDateTime, Noun, Uri, named
from kpublish.model.people import Approval, Author, Contact, Funding
from kpublish.model.vocabularies import RelationType, ResourceType, Status

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


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | Mapping) else value


def _kid_of(value: Any) -> Any:
    """Both historical spellings of parentResource: an identifier, or an object that has one."""
    return value.get("kid", value) if isinstance(value, Mapping) else value


class Relation(Noun):
    """Another resource and how it is related; a bare identifier is a sibling."""

    id: str = Field(description="Its kid, DOI or address.")
    relation: RelationType = Field(default=RelationType.SIBLING, description="What this resource is to it.")


def _relation(value: Any) -> Any:
    if isinstance(value, str):
        return {"id": value}
    if isinstance(value, Mapping) and "kid" in value:
        return {"id": value["kid"], **({"relation": value["relation"]} if "relation" in value else {})}
    return value


class Checksum(Noun):
    """A checksum, e.g. ``{algorithm: sha256, value: …}``."""

    algorithm: Literal["sha256", "md5"] = Field(default="sha256", description="How it was computed.")
    value: str = Field(description="Hexadecimal digits.")


class Source(Noun):
    """Where the bytes are: the ``source`` of the founding document, with size in bytes and checksum."""

    accessURL: Uri | None = Field(default=None, description="Address of the bytes; in a repository absent or relative.")
    accessFormat: str | None = Field(default=None, description="Media type, e.g. text/csv.")
    fileSize: int | None = Field(
        default=None, ge=0, validation_alias=AliasChoices("fileSize", "filesize"), description="Size in bytes."
    )
    typeReference: Uri | None = Field(default=None, description="Address of a description of the content's type.")
    checksum: Checksum | None = Field(default=None, description="Checksum of the bytes.")


class Content(Noun):
    """What the data are about; further keys depend on the type of the resource and are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    __pydantic_extra__: dict[str, Free]

    processingLevel: int | None = Field(default=None, description="Data level of KM3NeT, e.g. 4.")
    startTime: IsoDateTime | None = Field(default=None, description="Start of measurement or validity, e.g. 2007-01-01T00:00:00Z.")
    stopTime: IsoDateTime | None = Field(default=None, description="Stop of measurement or validity.")
    instrument: str | None = Field(default=None, description="Detector, e.g. KM3NeT/ARCA230, ORCA6, ANTARES.")


_TITLE = Field(description="Descriptive title.")
_PUBLISHER = Field(description="The collaboration, for official publications.")
_PUBLISHED = Field(description="Day of publication; in a repository else the day of the tagged commit.")
_LICENSE = Field(description="SPDX identifier, e.g. CC-BY-4.0.")
_KID = Field(description="UUID that names the resource in all its versions.")
_AnyRelation = Annotated[Relation, BeforeValidator(_relation, json_schema_input_type=str | dict[str, Any])]
_Sources = Annotated[tuple[Source, ...], BeforeValidator(_listed, json_schema_input_type=Source | tuple[Source, ...])]


class ResourceHeader(Noun):
    """The fields of KM3Resource that a file says itself; everything may be absent."""

    title: Annotated[str | None, _TITLE] = None
    description: str | None = Field(default=None, description="What it is, as in an abstract.")
    publisher: Annotated[str | None, _PUBLISHER] = None
    author: str | None = Field(default=None, description="ORCID of the author; short form of authors.")
    authors: tuple[Annotated[Author, BeforeValidator(named, json_schema_input_type=str | Author)], ...] = Field(
        default=(), description="Persons and collaborations who made it."
    )
    contact: Annotated[Contact, BeforeValidator(named, json_schema_input_type=str | Contact)] | None = Field(
        default=None, description="Whom to ask."
    )
    datePublication: Annotated[IsoDate | None, _PUBLISHED] = None
    dateCreation: IsoDate | None = Field(default=None, description="Day on which it was made.")
    license: Annotated[str | None, _LICENSE] = None

    kid: Annotated[str | None, _KID] = None
    ktype: str | None = Field(default=None, description="Kind of object, e.g. km3.table.")
    idIVOA: str | None = Field(default=None, description="IVOA identifier, e.g. ivo://km3net.org/….")
    idDOI: str | None = Field(default=None, description="DOI, once there is one.")
    idALT: str | None = Field(default=None, description="Any other identifier.")
    resourceType: ResourceType | None = Field(default=None, description="What it is.")
    version: str | None = Field(default=None, description="Version, equal to the git tag (v1.0.0 or 1.0.0).")
    language: str | None = Field(default=None, description="ISO 639 code, e.g. en.")
    status: Status | None = Field(default=None, description="Preliminary results say so in every figure.")
    approval: Approval | None = Field(default=None, description="Who allowed the publication.")
    funding: tuple[Funding, ...] = Field(default=(), description="Who paid.")

    keywords: tuple[str, ...] = Field(default=(), description="Keywords, e.g. neutrino astronomy.")
    referenceURL: Uri | None = Field(default=None, description="Address of a document that describes it further.")
    parentResource: Annotated[str, BeforeValidator(_kid_of, json_schema_input_type=str | dict[str, Any])] | None = Field(
        default=None, description="kid, DOI or address of the resource that it is part of."
    )
    relatedResources: tuple[_AnyRelation, ...] = Field(default=(), description="Other resources and how they are related.")

    source: Annotated[_Sources, Field(description="Where the bytes are; one or several.")] = ()
    content: Content | None = Field(default=None, description="What the data are about.")

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

    title: Annotated[str, _TITLE]
    publisher: Annotated[str, _PUBLISHER]
    datePublication: Annotated[IsoDate, _PUBLISHED]
    license: Annotated[str, _LICENSE]
    kid: Annotated[str, _KID]
    source: Annotated[_Sources, Field(min_length=1, description="Where the bytes are; one or several.")]

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

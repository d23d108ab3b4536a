"""Who made it, who answers for it, who paid, and who allowed its publication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from kpublish.model.noun import IsoDate, Noun, Uri, named


class Affiliation(Noun):
    """An organisation a person belongs to, with its ROR identifier (https://ror.org)."""

    name: str = Field(description="Name of the organisation.")
    ror: str | None = Field(default=None, description="Its ROR identifier, e.g. https://ror.org/00f7hpc57.")


class Author(Noun):
    """A person with ORCID and affiliations, or a collaboration."""

    type: Literal["person", "collaboration"] = Field(default="person", description="Whether it is a person.")
    name: str | None = Field(default=None, description="Of a collaboration; of a person as Family, Given, if not said in parts.")
    givenName: str | None = Field(default=None, description="Given names.")
    familyName: str | None = Field(default=None, description="Family name.")
    orcid: str | None = Field(default=None, description="ORCID, e.g. 0000-0002-1825-0097.")
    ror: str | None = Field(default=None, description="ROR identifier of a collaboration that has one.")
    affiliations: tuple[Annotated[Affiliation, BeforeValidator(named, json_schema_input_type=str | Affiliation)], ...] = Field(
        default=(),
        validation_alias=AliasChoices("affiliations", "affiliation"),
        description="Organisations the person belongs to, by name or with ROR.",
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

    name: str | None = Field(default=None, description="Name of the role or group.")
    email: str | None = Field(default=None, description="Its address, e.g. opendata@km3net.de.")


class Funding(Noun):
    """Who paid: funder and award, as DataCite's fundingReferences."""

    funder: str = Field(description="Name of the funder.")
    ror: str | None = Field(default=None, description="Its ROR identifier.")
    award: str | None = Field(default=None, description="Number of the award.")
    title: str | None = Field(default=None, description="Title of the award.")
    awardURL: Uri | None = Field(default=None, description="Address of the award.")


class Approval(Noun):
    """Who allowed the publication, when, and where that is written."""

    by: str = Field(description="Who allowed it, e.g. Publication Committee.")
    date: IsoDate = Field(description="When, e.g. 2026-11-22.")
    reference: str | None = Field(default=None, description="Where it is written: an issue, a document.")

"""What is sent about collections and their versions, as JSON or by forms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from kpublish.datacenter.reading import Text, printable

_Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(printable)]
_Licence = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+-]{1,64}$")]
_Contributors = Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=100)]


class NewCollection(BaseModel):
    """A collection; ``contributors`` are the ids of projects that may add what is theirs."""

    title: _Title
    kind: Literal["analysis", "dataset"]
    description: Text = ""
    license: _Licence = "CC-BY-4.0"
    contributors: _Contributors = Field(default_factory=list)


class CollectionChange(BaseModel):
    """What shall be said of a collection from now on; what is absent stays."""

    title: _Title | None = None
    kind: Literal["analysis", "dataset"] | None = None
    description: Text | None = None
    license: _Licence | None = None
    contributors: _Contributors | None = None


class NewVersion(BaseModel):
    """The version under which a collection is published as it is now."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9][A-Za-z0-9.+-]{0,63}$")]
    comment: Text = ""

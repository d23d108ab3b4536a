"""What all models share: frozen values that know their fields, and the types that several of them use."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kpublish.model.document import native

IsoDate = Annotated[str, Field(json_schema_extra={"format": "date"})]
IsoDateTime = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Uri = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
#: What a file may say freely: numbers and booleans as YAML reads them.
Free = Annotated[Any, BeforeValidator(native)]


class Noun(BaseModel):
    """A frozen model that knows all its fields; its validator is built when it is first used."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


def named(value: Any) -> Any:
    """A bare text is the name of what is meant."""
    return {"name": value} if isinstance(value, str) else value

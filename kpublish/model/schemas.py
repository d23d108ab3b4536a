"""JSON Schemas (https://json-schema.org/draft/2020-12) of what users write, made from the models, for editors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from kpublish.model.figure import FigureFile
from kpublish.model.project import ProjectFile
from kpublish.model.resource import KM3Resource


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each kind of file, by the name it has in a repository's ``.schema/`` folder.

    >>> sorted(schemas())
    ['figure.json', 'km3resource.json', 'kpublish.json']
    """
    models: dict[str, type[BaseModel]] = {"kpublish.json": ProjectFile, "figure.json": FigureFile, "km3resource.json": KM3Resource}
    return {
        name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
        for name, model in models.items()
    }

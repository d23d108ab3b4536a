"""JSON Schemas (https://json-schema.org/draft/2020-12) made from the models: what users write, for editors, and the report."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from kpublish.model.figure import FigureFile
from kpublish.model.project import ProjectFile
from kpublish.model.report import FindingsReport
from kpublish.model.resource import KM3Resource
from kpublish.model.table import TableHeader


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each kind of file, by the name it has in a repository's ``.schema/`` folder.

    >>> sorted(schemas())
    ['figure.json', 'km3resource.json', 'kpublish.json', 'report.json', 'table.json']
    """
    models: dict[str, type[BaseModel]] = {
        "kpublish.json": ProjectFile,
        "figure.json": FigureFile,
        "km3resource.json": KM3Resource,
        "table.json": TableHeader,
        "report.json": FindingsReport,
    }
    return {
        name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
        for name, model in models.items()
    }

"""YAML 1.1 (https://yaml.org/spec/1.1/), read with the position of every node and written in a stable order."""

from __future__ import annotations

from kpublish.formats.yaml_document.editing import renaming, replacing
from kpublish.formats.yaml_document.reading import read_text
from kpublish.formats.yaml_document.writing import scalar_text, write_text

KIND = "document"
SUFFIXES = (".yaml", ".yml")
MEDIA_TYPE = "application/yaml"

__all__ = ["KIND", "MEDIA_TYPE", "SUFFIXES", "read_text", "renaming", "replacing", "scalar_text", "write_text"]

"""Compares what CITATION.cff, codemeta.json and .zenodo.json say with kpublish.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpublish.checks.described import Described
from kpublish.checks.wording import licence_of
from kpublish.model.finding import Fault
from kpublish.model.resource import ResourceHeader

#: Field of ours → its name in each of the others.
_FIELDS = {
    "title": {"CITATION.cff": "title", "codemeta.json": "name", ".zenodo.json": "title"},
    "idDOI": {"CITATION.cff": "doi", "codemeta.json": "identifier", ".zenodo.json": "doi"},
    "datePublication": {"CITATION.cff": "date-released", "codemeta.json": "datePublished", ".zenodo.json": "publication_date"},
    "license": {"CITATION.cff": "license", "codemeta.json": "license", ".zenodo.json": "license"},
}
_AUTHORS = {"CITATION.cff": "authors", "codemeta.json": "author", ".zenodo.json": "creators"}


def otherwise(file: Described, release: ResourceHeader) -> Iterator[Fault]:
    """Yield what a metadata file says differently from the release."""
    for field, names in _FIELDS.items():
        ours, key = getattr(release, field), names[file.name]
        theirs = file.data.get(key)
        if not ours or not isinstance(theirs, str) or (field == "license" and _is_of_code(file)):
            continue
        if _plain(theirs) != _plain(ours) and (field != "idDOI" or "10." in theirs):
            where = file.at(key, value=theirs)
            yield Fault(where, f"{key} is {theirs!r} here, but {field} in kpublish.yaml is {ours!r}.")
    yield from _authors(file, release)


def _plain(text: str) -> str:
    """The text without what may differ: capitals, blanks, the way in which a DOI or a licence is written."""
    bare = licence_of(text).lower().removeprefix("https://doi.org/").removeprefix("doi:")
    return " ".join(bare.split()).rstrip(".")


def _is_of_code(file: Described) -> bool:
    """Whether the file describes software, whose licence may be another than that of data."""
    said = str(file.data.get("@type") or file.data.get("type") or file.data.get("upload_type") or "").lower()
    return "software" in said or (file.name == "CITATION.cff" and not said)


def _authors(file: Described, release: ResourceHeader) -> Iterator[Fault]:
    ours = {_plain(author.familyName or (author.name or "").partition(",")[0]) for author in release.creators} - {""}
    named = {_family(person): node for node, person in file.listed(_AUTHORS[file.name]) if isinstance(person, Mapping)}
    theirs = set(named) - {""}
    if ours and theirs and ours != theirs:
        only = [f"only {here} has {', '.join(sorted(names))}" for here, names in _lacking(file.name, ours, theirs) if names]
        yield Fault(file.at(_AUTHORS[file.name]), f"The authors are not those of kpublish.yaml: {'; '.join(only)}.")


def _lacking(name: str, ours: set[str], theirs: set[str]) -> tuple[tuple[str, set[str]], ...]:
    return (name, theirs - ours), ("kpublish.yaml", ours - theirs)


def _family(person: Mapping[str, Any]) -> str:
    said = person.get("family-names") or person.get("familyName") or str(person.get("name") or "").partition(",")[0]
    return _plain(str(said))

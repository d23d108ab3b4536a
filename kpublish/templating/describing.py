"""Proposes the metadata of a repository from what stands in it: CITATION.cff, .zenodo.json, codemeta.json, its README, and git.

E-mail addresses are left out; who may be asked is for the author to say.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kpublish.checks.identifiers import orcid_fault
from kpublish.errors import KpublishError
from kpublish.files import read_bytes
from kpublish.formats.yaml_document import read_text
from kpublish.model.document import native
from kpublish.repository.asking import Asking

#: Where metadata stand, best first.
FILES = ("CITATION.cff", ".zenodo.json", "zenodo.json", "codemeta.json")
#: Field of ours → what the files call it.
_NAMES = {"title": ("title", "name"), "description": ("abstract", "description"), "version": ("version", "softwareVersion")}
_AUTHORS = ("authors", "creators", "author")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
#: What can be read of a line of JSON where the whole is none.
_LINE = re.compile(r'^\s{0,8}"(name|title|description|version)":\s*"(.+?)"+,?\s*$', re.MULTILINE)
_LARGEST = 4_000_000


def proposed(root: Path, paths: Iterable[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the fields of a release, as far as they can be known, and what should be said of them.

    Parameters
    ----------
    root
        The repository.
    paths
        Its files.
    """
    present = set(paths)
    told: list[str] = []
    found: dict[str, Any] = {}
    for name in FILES:
        if name in present:
            said, whole = _read(root / name)
            told += [] if whole else [f"{name} is not valid, so only its plain lines were read."]
            found = {**_fields(said), **found}
    readme = next((path for path in sorted(present) if re.fullmatch(r"readme(\.\w+)?", path, re.IGNORECASE)), None)
    if readme:
        found = {**_of_readme(_text(root / readme)), **found}
    if "authors" not in found and (people := list(_committers(root))):
        found["authors"] = people
        told.append("The authors are those of git's history; see whether they are the right ones.")
    return found, tuple(told)


def _text(path: Path) -> str:
    try:
        return read_bytes(path, limit=_LARGEST).decode("utf-8", "replace")
    except KpublishError:
        return ""


def _read(path: Path) -> tuple[Mapping[str, Any], bool]:
    """What a file says, and whether all of it could be read."""
    text = _text(path)
    try:
        said = native(read_text(text, path.name).data) if path.suffix == ".cff" else json.loads(text)
    except (ValueError, RecursionError):
        said = None
    return (said, True) if isinstance(said, Mapping) else (dict(_LINE.findall(text)), False)


def _fields(said: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, names in _NAMES.items():
        value = next((said[name] for name in names if isinstance(said.get(name), str | int | float)), "")
        if text := _plain(str(value)):
            found[field] = text
    keywords = said.get("keywords")
    words = keywords.split(",") if isinstance(keywords, str) else keywords if isinstance(keywords, list) else []
    if words:
        found["keywords"] = [str(word).strip() for word in words]
    people: Any = next((said[name] for name in _AUTHORS if said.get(name)), [])
    authors = [author for person in (people if isinstance(people, list) else [people]) if (author := _author(person))]
    return found | ({"authors": authors} if authors else {})


def _plain(text: str) -> str:
    """Words without the marks of HTML that Zenodo's descriptions hold."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def _author(person: Any) -> dict[str, Any] | None:
    if isinstance(person, str):
        return _named(person)
    if not isinstance(person, Mapping):
        return None
    family = person.get("family-names") or person.get("familyName")
    given = person.get("given-names") or person.get("givenName")
    if family:
        author = {"givenName": str(given or ""), "familyName": str(family)}
    elif name := person.get("name"):
        organisation = str(person.get("@type", "")) == "Organization" or "," not in str(name)
        author = {"name": str(name), "type": "collaboration"} if organisation else _named(str(name))
    else:
        return None
    orcid = _ORCID.search(str(person.get("orcid") or person.get("@id") or ""))
    if orcid and not orcid_fault(orcid[0]):
        author["orcid"] = orcid[0]
    place = person.get("affiliation")
    place = place.get("name") if isinstance(place, Mapping) else place
    return {key: value for key, value in author.items() if value} | (
        {"affiliation": place} if isinstance(place, str) and place else {}
    )


def _named(name: str) -> dict[str, Any]:
    """A person whose name is written in one.

    >>> _named("Curie, Marie"), _named("Marie Curie")
    ({'givenName': 'Marie', 'familyName': 'Curie'}, {'givenName': 'Marie', 'familyName': 'Curie'})
    """
    family, comma, given = (part.strip() for part in name.partition(","))
    if not comma:
        given, _, family = name.strip().rpartition(" ")
    return {key: text for key, text in (("givenName", given), ("familyName", family)) if text}


def _of_readme(text: str) -> dict[str, str]:
    """The first heading and the first paragraph below it."""
    heading = re.search(r"^#\s+(.+?)\s*#*$|^(\S.*)\n=+$", text, re.MULTILINE)
    if not heading:
        return {}
    rest = (block.strip() for block in text[heading.end() :].split("\n\n"))
    first = next((_plain(block) for block in rest if block and block[0] not in "#![|<`-*=>"), "")
    return {key: words for key, words in (("title", heading[1] or heading[2]), ("description", first)) if words}


def _committers(root: Path) -> Iterator[dict[str, Any]]:
    """Who made commits, most of them first, without addresses."""
    status, said, _ = Asking(root).attempt("log", "--no-merges", "--format=%aN")
    if not status:
        yield from (_named(name) for name, _ in Counter(said.splitlines()).most_common(20) if name.strip())

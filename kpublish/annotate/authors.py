"""Authors from INSPIRE's author.xml (https://github.com/inspirehep/author.xml), or from a list with a name on each line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from kpublish.errors import UnreadableFile
from kpublish.files import read_bytes

#: Larger lists are none.
_LIMIT = 16 * 1024**2
_FOAF, _CAL = "{http://xmlns.com/foaf/0.1/}", "{http://inspirehep.net/info/HepNames/tools/authors_xml/}"
#: A document type that only names a file is left out; one with declarations of its own is refused.
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*>")


def read_authors(path: Path) -> list[dict[str, Any]]:
    """Return the authors that a file lists, as ``kpublish.yaml`` writes them.

    Raises
    ------
    MissingFile, UnreadableFile
        If it cannot be read, or lists none.
    """
    text = read_bytes(path, limit=_LIMIT).decode("utf-8", "replace")
    authors = _of_inspire(path, text) if text.lstrip("\ufeff \r\n").startswith("<") else _of_lines(text)
    if not authors:
        raise UnreadableFile(f"{path} lists no authors.", remedy="Name an author.xml, or a text with one name on each line.")
    return authors


def _of_inspire(path: Path, text: str) -> list[dict[str, Any]]:
    text = _DOCTYPE.sub("", text, count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableFile(f"{path} declares a document type of its own.", remedy="Take the declaration out.")
    try:
        root = ET.fromstring(re.sub(r"<\?xml[^>]*\?>", "", text, count=1))  # noqa: S314 - no document type is left
    except ET.ParseError as error:
        raise UnreadableFile(f"{path} is no XML: {error}.", remedy="Export it anew.") from None
    names = (f"{_CAL}orgName[@source='INSPIRE']", f"{_FOAF}name")
    places = {place.get("id", ""): _text(place, *names) for place in root.iter(f"{_FOAF}Organization")}
    people = [_person(person, places) for person in root.iter(f"{_FOAF}Person")]
    groups = [{"type": "collaboration", "name": _text(group, f"{_FOAF}name")} for group in root.iter(f"{_CAL}collaboration")]
    return [one for one in (*groups, *people) if one.get("name") or one.get("familyName")]


def _person(person: ET.Element, places: dict[str, str]) -> dict[str, Any]:
    said = {"givenName": _text(person, f"{_FOAF}givenName"), "familyName": _text(person, f"{_FOAF}familyName")}
    # Its DTD writes authorid, older files authorID.
    for one in (*person.iter(f"{_CAL}authorid"), *person.iter(f"{_CAL}authorID")):
        if one.get("source") == "ORCID" and one.text:
            said["orcid"] = one.text.strip().removeprefix("https://orcid.org/")
    at = [places.get(one.get("organizationid", ""), "") for one in person.iter(f"{_CAL}authorAffiliation")]
    return {**{key: value for key, value in said.items() if value}, **({"affiliations": at} if any(at) else {})}


def _text(element: ET.Element, *names: str) -> str:
    return next((" ".join(found.split()) for name in names if (found := element.findtext(f".//{name}") or "").strip()), "")


def _of_lines(text: str) -> list[dict[str, Any]]:
    """``Given Family`` or ``Family, Given`` on each line, perhaps an ORCID behind it."""
    authors = []
    for line in text.splitlines():
        orcid = re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", line)
        name = re.sub(r"[\s;,(]*(?:https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX]\)?", "", line).strip(" ;,\t\ufeff")
        if not name or name.startswith("#"):
            continue
        if "collaboration" in name.lower():
            authors.append({"type": "collaboration", "name": name})
            continue
        family, comma, given = name.partition(",")
        if not comma:
            given, _, family = name.rpartition(" ")
        said = {"givenName": given.strip(), "familyName": family.strip(), "orcid": orcid[0] if orcid else ""}
        authors.append({key: value for key, value in said.items() if value})
    return authors

"""What CITATION.cff, codemeta.json and .zenodo.json may say: fields that must be there, words, dates, identifiers.

Citation File Format 1.2.0 (https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md), CodeMeta
(https://codemeta.github.io/terms/), metadata of Zenodo's depositions (https://developers.zenodo.org/#representation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpublish.checks.calendar import day, moment, suggestion
from kpublish.checks.described import Described
from kpublish.checks.identifiers import orcid_fault
from kpublish.checks.licence import identifiers
from kpublish.formats.yaml_document import replacing
from kpublish.model.document import NodePath
from kpublish.model.finding import Fault
from kpublish.registry import did_you_mean

_REQUIRED = {
    "CITATION.cff": ("cff-version", "message", "title", "authors"),
    "codemeta.json": ("@context", "@type", "name"),
    ".zenodo.json": ("title", "creators"),
}


def _words(text: str) -> list[str]:
    return text.split()


_KNOWN = {
    "CITATION.cff": _words(
        """abstract authors cff-version commit contact date-released doi identifiers keywords license license-url message
        preferred-citation references repository repository-artifact repository-code title type url version"""
    ),
    ".zenodo.json": _words(
        """upload_type publication_type image_type publication_date title creators description access_right license
        embargo_date access_conditions doi prereserve_doi keywords notes related_identifiers contributors references communities
        grants journal_title journal_volume journal_issue journal_pages conference_title conference_acronym conference_dates
        conference_place conference_url conference_session conference_session_part imprint_publisher imprint_isbn imprint_place
        partof_title partof_pages thesis_supervisors thesis_university subjects version language locations dates method
        custom software_type"""
    ),
}
_WORDS = {
    (".zenodo.json", "upload_type"): _words(
        """publication poster presentation dataset image video software lesson physicalobject other
        workflow event service model"""
    ),
    (".zenodo.json", "access_right"): ["open", "embargoed", "restricted", "closed"],
    ("CITATION.cff", "type"): ["software", "dataset"],
}
_DATES = ("date-released", "dateCreated", "datePublished", "dateModified", "publication_date", "embargo_date")
#: Keys under which people and organisations stand.
_PEOPLE = ("authors", "author", "contributor", "contributors", "creators", "maintainer", "contact", "copyrightHolder")
_NAMES = ("name", "family-names", "given-names", "familyName", "givenName", "alias")


def wrong(file: Described) -> Iterator[Fault]:
    """Yield what a metadata file must not say, or does not say and must."""
    for name in _REQUIRED[file.name]:
        if not file.data.get(name):
            yield Fault(file.at(name), f"{name} is missing.", remedy=f"Add {name}.")
    yield from _keys(file)
    for name in _DATES:
        yield from _date(file, name)
    for name in _PEOPLE:
        for node, person in file.listed(name):
            yield from _person(file, node, person)
    yield from _licences(file)


def _keys(file: Described) -> Iterator[Fault]:
    known = _KNOWN.get(file.name)
    for key, value in file.data.items():
        if known and key not in known:
            yield Fault(file.document.at_key(key), f"{key!r} is no field of {file.name}.", remedy=did_you_mean(key, known))
        words = _WORDS.get((file.name, key))
        if words and value not in words:
            remedy = did_you_mean(str(value), words) or f"Write one of: {', '.join(words)}."
            yield Fault(file.at(key, value=value), f"{key} is {value!r}, which is none of its words.", remedy=remedy)


def _date(file: Described, name: str) -> Iterator[Fault]:
    text = file.data.get(name)
    if isinstance(text, str) and not day(text) and not moment(text):
        likely = suggestion(text).partition("T")[0]
        where = file.at(name, value=text)
        fix = replacing(file.document, where, text, likely) if day(likely) else None
        yield Fault(where, f"{name} {text!r} is no ISO 8601 date.", remedy=f"Write {likely}." if likely else "", fix=fix)


def _person(file: Described, node: NodePath, person: Any) -> Iterator[Fault]:
    if not isinstance(person, Mapping):
        return
    if not any(str(person.get(name) or "").strip() for name in _NAMES):
        yield Fault(file.at(*node), "A person or organisation has no name.", remedy="Add the name.")
    for key in ("orcid", "@id"):
        text = person.get(key)
        if isinstance(text, str) and (key == "orcid" or "orcid.org" in text) and (fault := orcid_fault(text)):
            plain = "".join(text.split())
            where = file.at(*node, key, value=text)
            fix = replacing(file.document, where, text, plain) if plain != text and not orcid_fault(plain) else None
            yield Fault(where, f"{fault[0].upper()}{fault[1:]}.", remedy="Copy the ORCID from https://orcid.org.", fix=fix)
    email = person.get("email")
    if isinstance(email, str) and not _is_address(email):
        where = file.at(*node, "email", value=email)
        yield Fault(where, f"{email!r} is no e-mail address.", remedy="Write it as name@host, or take it out.")


def _is_address(email: str) -> bool:
    name, _, host = email.removeprefix("mailto:").partition("@")
    return bool(name) and "." in host and "@" not in host and " " not in email


def _licences(file: Described) -> Iterator[Fault]:
    small = {name.lower() for name in identifiers()}
    for node, text in file.listed("license"):
        if isinstance(text, str) and licence_of(text).lower() not in small:
            yield Fault(
                file.at(*node, value=text), f"{text!r} is no SPDX identifier.", remedy="Write one of https://spdx.org/licenses."
            )


def licence_of(text: str) -> str:
    """Return the identifier in the address of a licence, or the text.

    >>> licence_of("https://spdx.org/licenses/BSD-3-Clause.html")
    'BSD-3-Clause'
    """
    return text.rstrip("/").rpartition("/")[2].removesuffix(".html") if "spdx.org" in text else text

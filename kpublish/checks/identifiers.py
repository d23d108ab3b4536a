"""Identifiers: ORCID, ROR, DOI, IVOA identifiers and the UUIDs (kid) of resources.

ORCID's check digit is ISO 7064 mod 11-2 (https://support.orcid.org/hc/en-us/articles/360006897674), ROR's check digits are
ISO 7064 mod 97-10 over Crockford's base 32 (https://ror.readme.io/docs/identifier), IVOA Identifiers 2.0
(https://www.ivoa.net/documents/IVOAIdentifiers/), UUID RFC 9562.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.subjects import Subject, subjects
from kpublish.formats.yaml_document import replacing
from kpublish.model.document import NodePath
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project

CODE = "IDN"

_ORCID = re.compile(r"(?:https?://(?:www\.)?orcid\.org/)?(\d{4})-(\d{4})-(\d{4})-(\d{3}[\dX])", re.ASCII)
_ROR = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[0-9a-hj-km-np-tv-z]{6})(\d\d)", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_DRESSED = re.compile(r"(?i)(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(10\..+)")
_IVO = re.compile(r"ivo://[A-Za-z0-9][A-Za-z0-9._~-]{2,}(?:/[^\s?#]*)?(?:\?[^\s#]*)?(?:#\S*)?")
_UUID = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[089abcdef][0-9a-f]{3}-[0-9a-f]{12}")
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


def orcid_fault(text: str) -> str:
    """Return what is wrong with an ORCID, or an empty string.

    >>> orcid_fault("0000-0002-1825-0097")
    ''
    >>> orcid_fault("0000-0002-1825-0098")
    'the check digit of the ORCID 0000-0002-1825-0098 is wrong'
    """
    match = _ORCID.fullmatch(text)
    if not match:
        return f"{text!r} is no ORCID"
    digits = "".join(match.groups())
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    right = "0123456789X"[(12 - total % 11) % 11]
    return "" if digits[-1] == right else f"the check digit of the ORCID {text} is wrong"


def ror_fault(text: str) -> str:
    """Return what is wrong with a ROR identifier, or an empty string.

    >>> ror_fault("https://ror.org/05dxps055")
    ''
    """
    match = _ROR.fullmatch(text.lower())
    if not match:
        return f"{text!r} is no ROR identifier"
    number = 0
    for letter in match[1]:
        number = number * 32 + _BASE32.index(letter)
    return "" if int(match[2]) == 98 - (number * 100) % 97 else f"the check digits of the ROR identifier {text} are wrong"


def _orcids(subject: Subject) -> Iterator[tuple[NodePath, str]]:
    if subject.own.author is not None:
        yield ("author",), subject.own.author
    for number, author in enumerate(subject.own.authors):
        if author.orcid is not None:
            yield ("authors", number, "orcid"), author.orcid


def _rors(subject: Subject) -> Iterator[tuple[NodePath, str]]:
    for number, author in enumerate(subject.own.authors):
        if author.ror is not None:
            yield ("authors", number, "ror"), author.ror
        for place, affiliation in enumerate(author.affiliations):
            if affiliation.ror is not None:
                yield ("authors", number, "affiliations", place, "ror"), affiliation.ror
    for number, grant in enumerate(subject.own.funding):
        if grant.ror is not None:
            yield ("funding", number, "ror"), grant.ror


class IDN01(Rule):
    """An ORCID is mistyped.

    An ORCID with a wrong digit credits nobody, or somebody else.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Copy the ORCID from the person's page at https://orcid.org, written 0000-0002-1825-0097."""
        for subject in subjects(project):
            for node, text in _orcids(subject):
                if fault := orcid_fault(text):
                    where, bare = subject.at(*node, value=text), "".join(text.split())
                    fix = None if orcid_fault(bare) else replacing(subject.document, where, text, bare)
                    yield Fault(where, f"{fault[0].upper()}{fault[1:]}.", fix=fix)


class IDN02(Rule):
    """A ROR identifier is mistyped.

    A ROR identifier with a wrong digit names no organisation, or another one.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Copy the address of the organisation from https://ror.org, written https://ror.org/05dxps055."""
        for subject in subjects(project):
            for node, text in _rors(subject):
                if fault := ror_fault(text):
                    yield Fault(subject.at(*node, value=text), f"{fault[0].upper()}{fault[1:]}.")


class IDN03(Rule):
    """A DOI is not written as 10.prefix/suffix.

    Archives compare identifiers as they are written: only the bare form is recognised everywhere.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the bare DOI, e.g. 10.5281/zenodo.1234567."""
        for subject in subjects(project):
            doi = subject.own.idDOI
            if doi is not None and not _DOI.fullmatch(doi):
                dressed = _DOI_DRESSED.fullmatch(doi)
                remedy = f"Write {dressed[1]}, without what stands before it." if dressed else ""
                where, bare = subject.at("idDOI", value=doi), dressed[1] if dressed else ""
                fix = replacing(subject.document, where, doi, bare) if _DOI.fullmatch(bare) else None
                yield Fault(where, f"{doi!r} is no bare DOI.", remedy=remedy, fix=fix)


class IDN04(Rule):
    """A DOI has the prefix for tests, which never resolves.

    Whoever cites it cites something that never leads anywhere.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Remove idDOI, or write the DOI that the archive gave: 10.5072 is for tests only."""
        for subject in subjects(project):
            doi = subject.own.idDOI
            if doi is not None and re.search(r"(?:^|[/:])10\.5072/", doi):
                yield Fault(subject.at("idDOI", value=doi), f"The DOI {doi} never resolves.")


class IDN05(Rule):
    """An IVOA identifier is not written as ivo://authority/path.

    The registries of the Virtual Observatory do not find it under any other form.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write ivo://, the authority and the path, e.g. ivo://km3net.org/ana20_01."""
        for subject in subjects(project):
            text = subject.own.idIVOA
            if text is not None and not _IVO.fullmatch(text):
                yield Fault(subject.at("idIVOA", value=text), f"{text!r} is no IVOA identifier.")


class IDN06(Rule):
    """A kid is not a UUID.

    The kid names the resource in all its versions; programs refuse what is none.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write a UUID of 36 characters without urn:uuid: or braces; python -c 'import uuid; print(uuid.uuid4())' makes one."""
        for subject in subjects(project):
            kid = subject.own.kid
            if kid and not _UUID.fullmatch(kid):
                where, bare = subject.at("kid", value=kid), kid.removeprefix("urn:uuid:").strip("{} ")
                fix = replacing(subject.document, where, kid, bare) if _UUID.fullmatch(bare) else None
                yield Fault(where, f"The kid {kid!r} is no UUID.", fix=fix)


class IDN07(Rule):
    """A kid is not a random UUID (version 4).

    UUIDs of version 1 tell which computer made them, and when.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Keep it if the resource is known by it; for a new resource make a UUID of version 4, which tells no host and no time."""
        for subject in subjects(project):
            kid = subject.own.kid
            match = _UUID.fullmatch(kid) if kid else None
            if kid and match and match[1] != "4":
                yield Fault(subject.at("kid", value=kid), f"The kid {kid} is a UUID of version {match[1]}.")


class IDN08(Rule):
    """Two resources have the same kid.

    Under one kid only one resource can be found; the other would replace it, or be refused.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Give the copy a kid of its own: python -c 'import uuid; print(uuid.uuid4())' makes one."""
        seen: dict[str, str] = {}
        for subject in subjects(project):
            kid = subject.own.kid
            if not kid:
                continue
            where = subject.at("kid", value=kid)
            first = seen.setdefault(kid.lower(), f"{where.path}:{where.line}")
            if first != f"{where.path}:{where.line}":
                yield Fault(where, f"The kid {kid} names another resource already, in {first}.")


class IDN09(Rule):
    """A related resource cannot be found by what is said of it.

    Readers cannot follow a relation to something that has neither identifier nor address.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write its kid, its DOI (10.5281/zenodo.1234567), arXiv:2402.08363, or an address that begins with https://."""
        from kpublish.exports.names import identifier

        for subject in subjects(project):
            for node, text in _related(subject):
                if not identifier(text).scheme and not _IVO.fullmatch(text):
                    yield Fault(subject.at(*node, value=text), f"{text!r} is neither kid nor DOI nor address.")
                elif re.search(r"(?:^|[/:])10\.5072/", text):
                    yield Fault(subject.at(*node, value=text), f"The DOI {text} is for tests only and never resolves.")


def _related(subject: Subject) -> Iterator[tuple[NodePath, str]]:
    if subject.own.parentResource is not None:
        yield ("parentResource",), subject.own.parentResource
    for number, relation in enumerate(subject.own.relatedResources):
        bare = ("relatedResources", number)
        said = next((key for key in ("id", "kid") if (*subject.node, *bare, key) in subject.document.marks), None)
        yield (*bare, said) if said else bare, relation.id

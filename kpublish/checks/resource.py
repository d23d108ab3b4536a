"""Metadata of resources: what KM3Resource requires, said once, and good enough for the archives."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from kpublish.checks import Rule
from kpublish.checks.reading import told
from kpublish.checks.subjects import Subject, subjects
from kpublish.model.document import NodePath
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.people import Author
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader

CODE = "RES"

#: What must stand where. In a repository the tables and figures take over the rest from the release.
REQUIRED = {
    "release": ("kid", "title", "publisher", "license", "version"),
    "member": ("kid", "title"),
    "loose": ("kid", "title", "publisher", "datePublication", "license", "source"),
}
#: Fields that are one for the whole release; a table or figure that says another value contradicts it.
ONE_FOR_ALL = (
    *("publisher", "license", "version", "datePublication", "language"),
    *("status", "author", "authors", "contact", "approval"),
)
#: What addresses begin with; without a scheme they are relative.
_SCHEMES = ("", "http", "https", "ftp", "doi", "ivo", "urn")
#: The shortest title and description that InvenioRDM takes.
SHORTEST = 3


class RES01(Rule):
    """A required field is missing.

    Archives refuse a release without it, or make something up.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Add the field."""
        read = list(told(project, "RES01"))
        yield from read
        for subject in subjects(project):
            required = _required(subject)
            if subject.kind == "release" and any(fault.where.path == subject.document.path for fault in read):
                continue  # the reader said already that there is no KM3Resource
            if not subject.own.model_fields_set:
                yield Fault(subject.at_key(), f"This {subject.kind} says nothing under KM3Resource.", remedy=_how(*required))
                continue
            for name in required:
                if not getattr(subject.complete, name):
                    yield Fault(subject.at_key(), f"{name} is missing in KM3Resource.", remedy=_how(name))
            if subject.loose:
                yield from _incomplete_sources(subject)


def _required(subject: Subject) -> tuple[str, ...]:
    return REQUIRED["loose" if subject.loose else "release" if subject.kind == "release" else "member"]


def _incomplete_sources(subject: Subject) -> Iterator[Fault]:
    for number, source in enumerate(subject.own.source):
        for name in ("accessURL", "accessFormat"):
            if not getattr(source, name):
                yield Fault(_source_at(subject, number), f"{name} is missing in source.", remedy=_how(name))


def _source_at(subject: Subject, number: int) -> Position:
    """A single source stands directly under its key, several in a list."""
    listed = (*subject.node, "source", number) in subject.document.marks
    return subject.at("source", number) if listed else subject.at_key("source")


_EXAMPLES = {
    "kid": "kid: followed by a fresh UUID (python -c 'import uuid; print(uuid.uuid4())')",
    "title": "title: followed by what the numbers or the picture show",
    "publisher": "publisher: KM3NeT Collaboration",
    "license": "license: CC-BY-4.0",
    "version": "version: 1.0.0",
    "datePublication": "datePublication: with the day as YYYY-MM-DD",
    "source": "source: {accessURL: https://…, accessFormat: text/csv}",
    "accessURL": "accessURL: with the address of the bytes",
    "accessFormat": "accessFormat: with the media type, e.g. text/csv",
}


def _how(*names: str) -> str:
    return f"Add {'; '.join(_EXAMPLES[name] for name in names)}."


class RES02(Rule):
    """A key is not known.

    A misspelt key is one that nobody reads: what it says would be missing in all that is published.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Mend the spelling of the key, or remove it."""
        return told(project, "RES02")


class RES03(Rule):
    """A value is not of the kind that the field holds.

    The value cannot be used, so it would be missing in all that is published.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write a value of the kind that the message names."""
        return told(project, "RES03")


class RES04(Rule):
    """A text is written like a number, date or boolean, which other YAML programs would change.

    1.10 becomes 1.1, and no becomes false, in the next program that reads the file.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Put the value in quotes."""
        return told(project, "RES04")


class RES05(Rule):
    """A table or figure contradicts the release.

    Archives would tell one of the two, readers of the file see the other.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Remove the field here: tables and figures take it over from kpublish.yaml."""
        release = project.release
        if release is None:
            return
        for subject in subjects(project):
            for name in ONE_FOR_ALL if subject.kind != "release" else ():
                if _contradicts(subject.own, release, name):
                    value = getattr(subject.own, name)
                    told_value = f" {value!s}" if isinstance(value, str) else ""
                    message = f"{name}{told_value} differs from the {name} in kpublish.yaml."
                    yield Fault(subject.at_key(name), message)


def _contradicts(own: ResourceHeader, release: ResourceHeader, name: str) -> bool:
    both = name in own.model_fields_set and name in release.model_fields_set
    return both and bool(getattr(own, name) != getattr(release, name))


class RES06(Rule):
    """Nobody is named as author.

    Citations need names, archives refuse records without them.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Name persons as {givenName: Ada, familyName: Example, orcid: …}, or {name: KM3NeT Collaboration, type: collaboration}."""
        for subject in subjects(project):
            if not subject.own.model_fields_set:
                continue
            if not subject.complete.creators and (subject.loose or subject.kind == "release"):
                yield Fault(subject.at_key(), "No authors are named.")
            if subject.own.author and not subject.own.authors:
                where = subject.at("author", value=subject.own.author)
                yield Fault(where, f"The author {subject.own.author} has no name, which citations need.")
            for number, author in enumerate(subject.own.authors):
                if not _is_named(author):
                    yield Fault(subject.at("authors", number), f"Author {number + 1} has no name, which citations need.")


def _is_named(author: Author) -> bool:
    return bool((author.name or author.familyName or author.givenName or "").strip())


class RES07(Rule):
    """Title or description say too little.

    The title and the description are what searches look into, and all that readers see at first.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Say in a sentence what the numbers or the picture show; archives refuse less than three characters."""
        for subject in subjects(project):
            if not subject.own.model_fields_set:
                continue
            title, description = subject.own.title, subject.own.description
            if title and len(title.strip()) < SHORTEST:
                yield Fault(subject.at("title", value=title), f"The title {title!r} is too short.")
            if len((description or "").strip()) < SHORTEST:
                where = subject.at("description") if description else subject.at_key()
                yield Fault(where, f"The description {description!r} is too short." if description else "There is no description.")


class RES08(Rule):
    """An e-mail address has no @.

    Readers who ask a question get no answer.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write a role's address as name@host, e.g. opendata@km3net.de."""
        for subject in subjects(project):
            email = subject.own.contact.email if subject.own.contact else None
            if email is not None:
                name, _, host = email.partition("@")
                if not name or not host or "@" in host or " " in email:
                    yield Fault(subject.at("contact", "email", value=email), f"{email!r} is no e-mail address.")


class RES09(Rule):
    """An address is not usable by outsiders.

    The address is published as it stands, and nobody from outside could follow it.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the full public address, beginning with https://."""
        for subject in subjects(project):
            named: list[tuple[NodePath, str | None]] = [(("referenceURL",), subject.own.referenceURL)]
            named += [(("funding", number, "awardURL"), grant.awardURL) for number, grant in enumerate(subject.own.funding)]
            for node, url in named:
                if url is not None and not _is_public(url):
                    told = "with credentials" if "@" in url else repr(url)
                    yield Fault(subject.at(*node, value=url), f"{node[-1]} {told} is no public address.")


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not parts.username and " " not in url


class RES10(Rule):
    """A source in a repository names an address of a server.

    The address is that of another copy: it will not be the one of this release, and may disappear before it.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Remove source or write a path relative to the repository: archives put their own address there."""
        for subject in subjects(project):
            for number, source in enumerate(() if subject.loose else subject.own.source):
                if "://" in (source.accessURL or "") and _may_be_followed(source.accessURL or ""):
                    where = subject.at("source", number, "accessURL", value=source.accessURL)
                    yield Fault(where, f"accessURL {source.accessURL!r} is absolute.")


class RES11(Rule):
    """The address of a source holds credentials, or is none that a reader may follow.

    Whoever reads the release could use the password, or would be led to something that is no page.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write a public address that begins with https://, without a user name or password; or a relative path."""
        for subject in subjects(project):
            for number, source in enumerate(subject.own.source):
                for name in ("accessURL", "typeReference"):
                    if not _may_be_followed(getattr(source, name) or ""):
                        yield Fault(subject.at("source", number, name), f"{name} is not an address that can be published.")


def _may_be_followed(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return "@" not in parts.netloc and parts.scheme in _SCHEMES

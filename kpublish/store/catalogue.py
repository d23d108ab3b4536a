"""What a source holds, as readers list it: entries with names, and how a name finds its resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpublish.errors import NotFound, UsageError
from kpublish.http import plain
from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.registry import did_you_mean

#: A release and the member of it that is meant; None: the release as a whole.
Found = tuple[Release, Member | None]


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One resource that can be loaded.

    Attributes
    ----------
    name
        By which readers ask for it: of a table or figure its file's name without suffix, of a release its package's.
    kid
        Identifier of the resource in all its versions.
    kind
        ``table``, ``figure``, or ``package`` for a release as a whole.
    ktype
        Kind of object, where the resource states one.
    version, title
        Of the resource.
    release
        Identifier of the release that holds it.
    """

    name: str
    kid: str
    kind: str
    ktype: str | None
    version: str
    title: str
    release: str

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} {self.version}: {self.title} ({self.kid})>"


def release_name(release: Release) -> str:
    """The name of a release: that of its package without version; its kid where there is no package."""
    package = package_of(release)
    return package.path.removesuffix(".zip").removesuffix(f"-{release.version}") if package else release.kid


def package_of(release: Release) -> FileEntry | None:
    """The analysis package of a release, if it has one."""
    return next((entry for entry in release.files if entry.role == "package"), None)


def entry_of(release: Release, member: Member | None) -> Entry:
    """The entry of a release, or of one of its members."""
    resource = member.resource if member else release.resource
    return Entry(
        name=plain(member.name if member else release_name(release)),
        kid=member.resource.kid if member else release.kid,
        kind=member.kind if member else "package",
        ktype=resource.ktype,
        version=release.version,
        title=plain(resource.title),
        release=release.kid,
    )


def entries(release: Release) -> Iterator[Entry]:
    """The release itself, then its members."""
    yield entry_of(release, None)
    for member in release.members:
        yield entry_of(release, member)


def member_of(release: Release, kid: str) -> Member | None:
    """The member of a release with that kid, or None."""
    return next((member for member in release.members if member.resource.kid == kid), None)


def find_by_name(name: str, releases: Iterable[Release]) -> Found:
    """Return what is called ``name`` (or stands at the path ``name``) in one of ``releases``.

    A table comes before a figure of the same name in the same release, because readers ask for data.

    Raises
    ------
    NotFound
        If nothing is; the closest name is suggested.
    UsageError
        If several are; their kids are listed.
    """
    known = list(releases)
    found = [match for release in known for match in _matches(name, release)]
    if len(found) == 1:
        return found[0]
    if found:
        kids = ", ".join(f"{entry.kid} ({entry.title})" for entry in (entry_of(*match) for match in found))
        raise UsageError(f"{len(found)} resources are named {plain(name)!r}: {kids}.", remedy="Ask for one of them by its kid.")
    names = sorted({entry.name for release in known for entry in entries(release)})
    raise NotFound(
        f"Nothing is named {plain(name)!r} here.", remedy=did_you_mean(name, names) or "kpublish ls lists what is published."
    )


def _matches(name: str, release: Release) -> list[Found]:
    members = [member for member in release.members if name in (member.name, member.path)]
    tables = [member for member in members if member.kind == "table"]
    if members:
        return [(release, member) for member in tables or members]
    return [(release, None)] if name == release_name(release) else []


def files_of(release: Release, member: Member | None) -> tuple[FileEntry, ...]:
    """The files that are a member, best first; of a release its package, or all files where there is none."""
    if member is None:
        package = package_of(release)
        return (package,) if package else release.files
    paths = dict.fromkeys((member.path, *member.files) if member.kind == "table" else member.files or (member.path,))
    found = [release.file(path) for path in paths]
    return tuple(entry for entry in found if entry)

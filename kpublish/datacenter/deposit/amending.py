"""How the description of a published version is amended; what it was before is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.deposit.drafts import write_index
from kpublish.datacenter.deposit.locks import held
from kpublish.datacenter.deposit.trail import tell
from kpublish.datacenter.models import Version
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.reading import Sent
from kpublish.datacenter.search.listing import list_anew
from kpublish.model.bundle import Release

#: What identifies a release and its bytes.
_FIXED = ("format", "kid", "version", "digest", "commit")
_FIXED_OF_MEMBER = ("kind", "name", "path", "rows", "files", "tables")
_FIXED_OF_COLUMN = ("columnname", "unit", "role", "axis")


@transaction.atomic
def amend(version: Version, caller: Caller, sent: Sent, links: list[dict[str, str]] | None) -> None:
    """Take the new description and cross-links (None: as they are) of a published version; the same again changes nothing.

    Raises
    ------
    Problem
        409 if it is not published, or something would change that never does; 403 for the token of another commit's pipeline.
    """
    version = held(version)
    if not version.is_published:
        detail = f"Version {version.version} of {version.kid} is {version.status}, not published."
        raise Problem(409, "not-published", detail, "Only a published version is amended; a draft is opened again.")
    before, after = version.release, sent.release
    caller.require_origin(before.commit, before.tag)
    _refuse_immutable(version, before, after)
    old_links = json.loads(version.links)
    new_links = old_links if links is None else links
    changes = list(differences(plain(before), plain(after)))
    if new_links != old_links:
        changes.append({"field": "links", "before": old_links, "after": new_links})
    if not changes:
        return
    tell(version, "amended", caller, details={"changes": changes, "replaced": version.json})
    version.document, version.embargo, version.links = sent.document, after.embargo, json.dumps(new_links, ensure_ascii=False)
    version.save(update_fields=["document", "embargo", "links"])
    write_index(version, after)
    list_anew(version.kid)


def differences(before: Any, after: Any, field: str = "") -> Iterator[dict[str, Any]]:
    """What differs, field by field; a list is one value, unless its items are known by a kid.

    >>> list(differences({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}))
    [{'field': 'a.c', 'before': 2, 'after': 3}]
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from differences(before.get(key), after.get(key), f"{field}.{key}" if field else str(key))
    elif before != after:
        yield {"field": field, "before": before, "after": after}


def plain(release: Release) -> dict[str, Any]:
    """The release without its files, normalised: what is not said is None; members stand under kind and name."""
    value = release.model_dump(mode="json", exclude={"files"})
    members: dict[str, Any] = {}
    for member in value["members"]:
        name = f"{member['kind']} {member['name']}"
        members[f"{name} ({member['resource']['kid']})" if name in members else name] = member
    return {**value, "members": members}


def _refuse_immutable(version: Version, before: Release, after: Release) -> None:
    fixed = next(_fixed(before, after), None)
    if fixed is None and before.embargo != after.embargo and not version.is_embargoed and after.embargo is not None:
        fixed = "embargo"
    if fixed:
        detail = f"{fixed} of version {version.version} differs from what was published; only its description can be amended."
        raise Problem(409, "immutable", detail, "For other data raise the version in kpublish.yaml and release again.", field=fixed)


def _fixed(before: Release, after: Release) -> Iterator[str]:
    """Fields that differ and never may."""
    yield from (name for name in _FIXED if getattr(before, name) != getattr(after, name))
    if _by_path(before) != _by_path(after):
        yield "files"
    old, new = ({member.resource.kid: member for member in release.members} for release in (before, after))
    if list(old) != list(new):
        yield "members"
        return
    for kid, member in old.items():
        yield from (f"{member.name}: {name}" for name in _FIXED_OF_MEMBER if getattr(member, name) != getattr(new[kid], name))
        columns = [[[getattr(item, key) for key in _FIXED_OF_COLUMN] for item in part.parameters] for part in (member, new[kid])]
        if columns[0] != columns[1]:
            yield f"{member.name}: parameters"


def _by_path(release: Release) -> dict[str, tuple[int, str, str]]:
    return {entry.path: (entry.size, entry.sha256, entry.mediaType) for entry in release.files}

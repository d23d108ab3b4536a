"""How collections are made and filled, and who may do that."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.catalogue import holding
from kpublish.datacenter.models import Belonging, Claim, Collection, Project
from kpublish.datacenter.people import acts
from kpublish.datacenter.problems import Problem, not_found

#: The most members of a collection.
MOST = 1000


@transaction.atomic
def create(caller: Caller, said: dict[str, Any], contributors: Iterable[int]) -> Collection:
    """Make a collection that belongs to the caller's project, or, of who may do everything, to none.

    Raises
    ------
    Problem
        403 if the caller has no project; 422 if a contributor is none.
    """
    if not _may_write(caller):
        raise _refused(caller, "make collections")
    collection = Collection.objects.create(kid=str(uuid.uuid4()), owner=caller.project, **said)
    collection.contributors.set(_projects(contributors))
    acts.tell("collection", collection.kid, "created", caller.name, title=collection.title)
    return collection


@transaction.atomic
def describe(collection: Collection, caller: Caller, said: dict[str, Any], contributors: Iterable[int] | None) -> None:
    """Change what is said of a collection, or who may add to it.

    Raises
    ------
    Problem
        403 if it is not the caller's; 422 if a contributor is none.
    """
    if not _owns(caller, collection):
        raise _refused(caller, "change this collection")
    before = {name: getattr(collection, name) for name, value in said.items() if getattr(collection, name) != value}
    for name, value in said.items():
        setattr(collection, name, value)
    collection.save()
    if contributors is not None:
        collection.contributors.set(_projects(contributors))
        before["contributors"] = sorted(contributors)
    acts.tell("collection", collection.kid, "changed", caller.name, before=before)


@transaction.atomic
def add(collection: Collection, caller: Caller, kid: str) -> bool:
    """Add a member that is published; return whether it is new. Its owner may add anything, others what is their own.

    Raises
    ------
    Problem
        403 if the caller may not add it, 404 if it is not published, 409 if there are too many.
    """
    is_owner = _owns(caller, collection)
    if not is_owner and not _contributes(caller, collection):
        raise _refused(caller, "add to this collection")
    row = holding(kid).first()
    if row is None:
        raise not_found(f"published resource {kid}")
    if not is_owner and not Claim.objects.filter(kid=row.version.kid, project=caller.project).exists():
        raise _refused(caller, f"add {kid}, which is another project's,")
    Collection.objects.select_for_update().get(pk=collection.pk)
    if collection.members.filter(kid=kid).exists():
        return False
    if collection.members.count() >= MOST:
        raise Problem(409, "too-many", f"The collection has {MOST} members already.", "Make another one.")
    Belonging.objects.create(collection=collection, kid=kid, project=caller.project)
    acts.tell("collection", collection.kid, "member added", caller.name, member=kid)
    return True


@transaction.atomic
def remove(collection: Collection, caller: Caller, kid: str) -> None:
    """Take a member out; its owner any, others what they added.

    Raises
    ------
    Problem
        403 if the caller may not, 404 if it is no member.
    """
    is_owner = _owns(caller, collection)
    if not is_owner and not _contributes(caller, collection):
        raise _refused(caller, "remove from this collection")
    member = collection.members.filter(kid=kid).first()
    if member is None:
        raise not_found(f"member {kid} in this collection")
    if not is_owner and member.project != caller.project:
        raise _refused(caller, f"remove {kid}, which somebody else added,")
    member.delete()
    acts.tell("collection", collection.kid, "member removed", caller.name, member=kid)


def _may_write(caller: Caller) -> bool:
    rights = caller.token.all_rights if caller.token else ()
    return caller.is_steward or (caller.project is not None and "write" in rights)


def _owns(caller: Caller, collection: Collection) -> bool:
    return caller.is_steward or (_may_write(caller) and collection.owner == caller.project)


def _contributes(caller: Caller, collection: Collection) -> bool:
    return _may_write(caller) and caller.project is not None and collection.contributors.filter(pk=caller.project.pk).exists()


def _refused(caller: Caller, what: str) -> Problem:
    detail = f"{caller.name or 'Nobody'} may not {what}."
    return Problem(403, "forbidden", detail, "Use a token of the project that owns it, or ask its owner.")


def _projects(numbers: Iterable[int]) -> list[Project]:
    found = {project.pk: project for project in Project.objects.filter(pk__in=list(numbers))}
    missing = next((number for number in numbers if number not in found), None)
    if missing is not None:
        raise Problem(422, "invalid", f"There is no project {missing}.", "Name projects by their id.")
    return list(found.values())

"""How collections are made, described, filled and withdrawn; who may do that is known by ``rights``."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.catalogue import holding
from kpublish.datacenter.collecting.rights import contributing, owns, projects_of, refused
from kpublish.datacenter.collecting.telling import refuse_withdrawn
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
    if not caller.is_steward and caller.project not in projects_of(caller):
        raise refused(caller, "make collections")
    collection = Collection.objects.create(kid=str(uuid.uuid4()), owner=caller.project, **said)
    collection.contributors.set(_projects(contributors))
    acts.tell("collection", collection.kid, "created", caller.name, title=collection.title)
    return collection


@transaction.atomic
def describe(collection: Collection, caller: Caller, said: dict[str, Any], contributors: Iterable[int] | None) -> None:
    """Change what is said of a collection, or who may add to it; the same again changes nothing.

    Raises
    ------
    Problem
        403 if it is not the caller's, 410 if it was withdrawn; 422 if a contributor is none.
    """
    hold(collection)
    if not owns(caller, collection):
        raise refused(caller, "change this collection")
    before: dict[str, Any] = {name: getattr(collection, name) for name, value in said.items() if getattr(collection, name) != value}
    for name, value in said.items():
        setattr(collection, name, value)
    collection.save(update_fields=said)
    adding = sorted(collection.contributors.values_list("pk", flat=True))
    if contributors is not None and adding != sorted(set(contributors)):
        collection.contributors.set(_projects(contributors))
        before["contributors"] = adding
    if before:
        acts.tell("collection", collection.kid, "changed", caller.name, before=before)


@transaction.atomic
def add(collection: Collection, caller: Caller, kid: str) -> bool:
    """Add a member that is published; return whether it is new. Its owner may add anything, others what is their own.

    Raises
    ------
    Problem
        403 if the caller may not add it, 404 if it is not published, 409 if there are too many, 410 if it was withdrawn.
    """
    hold(collection)
    is_owner, mine = owns(caller, collection), contributing(caller, collection)
    if not is_owner and not mine:
        raise refused(caller, "add to this collection")
    row = holding(kid).first()
    if row is None:
        raise not_found(f"published resource {kid}")
    claim = Claim.objects.filter(kid=row.version.kid, project__in=mine).select_related("project").first()
    if not is_owner and claim is None:
        raise refused(caller, f"add {kid}, which is another project's,")
    if collection.members.filter(kid=kid).exists():
        return False
    if collection.members.count() >= MOST:
        raise Problem(409, "too-many", f"The collection has {MOST} members already.", "Make another one.")
    project = collection.owner if is_owner else claim and claim.project
    Belonging.objects.create(collection=collection, kid=kid, project=project)
    acts.tell("collection", collection.kid, "member added", caller.name, member=kid)
    return True


@transaction.atomic
def remove(collection: Collection, caller: Caller, kid: str) -> None:
    """Take a member out; its owner any, others what they added.

    Raises
    ------
    Problem
        403 if the caller may not, 404 if it is no member, 410 if the collection was withdrawn.
    """
    hold(collection)
    is_owner, mine = owns(caller, collection), contributing(caller, collection)
    if not is_owner and not mine:
        raise refused(caller, "remove from this collection")
    member = collection.members.filter(kid=kid).first()
    if member is None:
        raise not_found(f"member {kid} in this collection")
    if not is_owner and member.project not in mine:
        raise refused(caller, f"remove {kid}, which somebody else added,")
    member.delete()
    acts.tell("collection", collection.kid, "member removed", caller.name, member=kid)


@transaction.atomic
def withdraw(collection: Collection, caller: Caller, reason: str) -> None:
    """Take a collection away with all its versions; its members stay. Again: nothing changes, the first reason stays.

    Raises
    ------
    Problem
        403 if the caller may not publish in the name of its owner.
    """
    hold(collection, also_withdrawn=True)
    if not owns(caller, collection, "publish"):
        raise refused(caller, "withdraw this collection")
    if collection.withdrawn:
        return
    collection.withdrawn, collection.reason = timezone.now(), reason
    collection.save(update_fields=["withdrawn", "reason"])
    acts.tell("collection", collection.kid, "withdrawn", caller.name, reason=reason)


def hold(collection: Collection, *, also_withdrawn: bool = False) -> None:
    """Let nobody else change the collection until the transaction ends, and see it as it is now.

    Raises
    ------
    Problem
        410 if it was withdrawn.
    """
    Collection.objects.select_for_update().get(pk=collection.pk)
    collection.refresh_from_db()
    if not also_withdrawn:
        refuse_withdrawn(collection)


def _projects(numbers: Iterable[int]) -> list[Project]:
    found = {project.pk: project for project in Project.objects.filter(pk__in=list(numbers))}
    missing = next((number for number in numbers if number not in found), None)
    if missing is not None:
        raise Problem(422, "invalid", f"There is no project {missing}.", "Name projects by their id.")
    return list(found.values())

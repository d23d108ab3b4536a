"""Projects as API and commands tell them, and how the namespace of one moves to another."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from kpublish.datacenter.models import RIGHTS, ROLES, Claim, Collection, Membership, Project, Token
from kpublish.datacenter.people import acts
from kpublish.errors import UsageError


def project_with(number: str, issuer: str) -> Project:
    """The project with that number at an issuer.

    Raises
    ------
    UsageError
        If it is not registered.
    """
    found = Project.objects.filter(number=number, issuer=issuer.rstrip("/")).first()
    if found is None:
        raise UsageError(
            f"No project with the number {number} is registered at {issuer}.",
            remedy="Register it first: kpublish datacenter register-project; state --issuer.",
        )
    return found


def in_which(user: User, right: str) -> list[Project]:
    """The projects in which a person has a right; who may do everything, in all."""
    if user.is_superuser:
        return list(Project.objects.order_by("path", "pk"))
    roles = [role for role, own in ROLES.items() if right in RIGHTS[own]]
    mine = Membership.objects.filter(user=user, role__in=roles)
    return list(Project.objects.filter(people__in=mine).order_by("path", "pk"))


@transaction.atomic
def move(source: Project, target: Project, by: str = acts.COMMAND_LINE) -> int:
    """Give the whole namespace of a project to another one: its kids, collections and people; return how many kids that were.

    Who has a role in both keeps the one in the target. Tokens of running pipelines of both become void, as the kids under them
    change.

    Raises
    ------
    UsageError
        If both are the same.
    """
    if source.pk == target.pk:
        raise UsageError("A namespace cannot be moved to where it is.", remedy="Name two projects.")
    kids = sorted(Claim.objects.select_for_update().filter(project=source).values_list("kid", flat=True))
    Claim.objects.filter(project=source).update(project=target)
    Collection.objects.filter(owner=source).update(owner=target)
    there = Membership.objects.filter(project=target).values("user")
    people = list(Membership.objects.filter(project=source).exclude(user__in=list(there.values_list("user", flat=True))))
    names = {person.user.get_username(): person.role for person in people}
    Membership.objects.filter(pk__in=[person.pk for person in people]).update(project=target)
    Membership.objects.filter(project=source).delete()
    Token.objects.filter(project__in=(source, target), expires__isnull=False).exclude(commit="").delete()
    for project, verb in ((source, "moved away"), (target, "moved here")):
        told = {"kids": kids, "people": names, "from": acts.name_of(source), "to": acts.name_of(target)}
        acts.tell("project", acts.name_of(project), verb, by, **told)
    return len(kids)


@transaction.atomic
def allow_publishing(project: Project, by: str, *, may_publish: bool) -> None:
    """Say whether the CI of a project publishes, or only submits; the same again changes nothing."""
    if project.may_publish != may_publish:
        project.may_publish = may_publish
        project.save(update_fields=["may_publish"])
        acts.tell("project", acts.name_of(project), "ci", by, publishes=may_publish)


def described(project: Project) -> dict[str, Any]:
    """A project as the API tells it."""
    return {
        "id": project.pk,
        "issuer": project.issuer,
        "number": project.number,
        "path": project.path,
        "namespace": project.namespace.number,
        "environment": project.environment,
        "may_publish": project.may_publish,
        "quota": project.quota,
        "kids": sorted(project.claims.values_list("kid", flat=True)),
        "people": {person.user.get_username(): person.role for person in project.people.select_related("user")},
    }

"""Who may do what with collections: their owner, the projects that may add to them, and who may do everything."""

from __future__ import annotations

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.models import Collection, Project
from kpublish.datacenter.people.projects import in_which
from kpublish.datacenter.problems import Problem


def projects_of(caller: Caller, right: str = "write") -> list[Project]:
    """The projects in whose name a caller may do something: that of a token, or those in which a person has the role."""
    token = caller.token
    if token is None:
        return in_which(caller.user, right) if caller.user else []
    return [token.project] if token.project and right in token.all_rights else []


def owns(caller: Caller, collection: Collection, right: str = "write") -> bool:
    """Whether the collection belongs to a project of the caller's with this right, or the caller may do everything."""
    return caller.is_steward or (collection.owner is not None and collection.owner in projects_of(caller, right))


def contributing(caller: Caller, collection: Collection) -> list[Project]:
    """The projects in whose name the caller may add to the collection of another one."""
    contributors = set(collection.contributors.values_list("pk", flat=True))
    return [project for project in projects_of(caller) if project.pk in contributors]


def refused(caller: Caller, what: str) -> Problem:
    """The problem that a caller may not do something."""
    remedy = "Use a token of the project that owns it, or ask its owner." if caller.token else "Ask its owner."
    return Problem(403, "forbidden", f"{caller.name or 'Nobody'} may not {what}.", remedy)

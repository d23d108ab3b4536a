"""Accounts and roles, as who runs the data center gives them."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from kpublish.datacenter.models import ROLES, Membership, Project, Token
from kpublish.datacenter.people import acts
from kpublish.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@transaction.atomic
def create_user(name: str, password: str, *, is_steward: bool = False) -> User:
    """Make an account; a steward may do everything, other people what their roles say.

    Raises
    ------
    UsageError
        If the name cannot be one or is taken, or the password is too easy.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be the name of an account.", remedy="Use letters, digits and . _ - (at most 64).")
    if User.objects.filter(username__iexact=name).exists() or Token.objects.filter(name=name).exists():
        raise UsageError(f"There is an account or a token named {name!r} already.", remedy="Choose another name.")
    user = User(username=name, is_superuser=is_steward)
    set_password(user, password)
    user.save()
    acts.tell("account", name, "created", steward=is_steward)
    return user


def set_password(user: User, password: str) -> None:
    """Give an account a password; it is not saved yet.

    Raises
    ------
    UsageError
        If the password is too easy.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise UsageError(" ".join(error.messages), remedy="Use a longer password, e.g. four words.") from error
    user.set_password(password)


@transaction.atomic
def change_password(name: str, password: str) -> None:
    """Give an account another password; its sessions end.

    Raises
    ------
    UsageError
        If there is no such account, or the password is too easy.
    """
    user = user_named(name)
    set_password(user, password)
    user.save(update_fields=["password"])
    acts.tell("account", name, "password")


@transaction.atomic
def remove_user(name: str) -> None:
    """Remove an account with its roles; what it did stays in the trail.

    Raises
    ------
    UsageError
        If there is no such account.
    """
    user_named(name).delete()
    acts.tell("account", name, "removed")


def user_named(name: str) -> User:
    """The account of that name.

    Raises
    ------
    UsageError
        If there is none.
    """
    user = User.objects.filter(username=name).first()
    if user is None:
        raise UsageError(f"There is no account named {name!r}.", remedy="Make it first: kpublish datacenter create-user.")
    return user


@transaction.atomic
def set_role(name: str, project: Project, role: str, by: str = acts.COMMAND_LINE) -> None:
    """Say what a person is in a project; ``none`` takes the role away; the same again changes nothing.

    Raises
    ------
    UsageError
        If there is no such account or role.
    """
    if role not in (*ROLES, "none"):
        raise UsageError(f"There is no role {role!r}.", remedy=f"Known: {', '.join(ROLES)}, none.")
    user = user_named(name)
    before = Membership.objects.filter(user=user, project=project).first()
    if (before.role if before else "none") == role:
        return
    if role == "none":
        Membership.objects.filter(user=user, project=project).delete()
    else:
        Membership.objects.update_or_create(user=user, project=project, defaults={"role": role})
    acts.tell("project", acts.name_of(project), "role", by, person=name, before=before.role if before else "none", after=role)

"""People: what they are in a project, how often somebody failed to sign in, and the trail of what was decided about both."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import models

from kpublish.datacenter.models.access import Project

#: What people are in a project → the right that comes with it.
ROLES = {"author": "write", "reviewer": "review", "publisher": "publish"}


class Membership(models.Model):
    """What a person is in a project; the kids of the project are the namespace in which that counts."""

    user: models.ForeignKey[User, User] = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    project: models.ForeignKey[Project, Project] = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="people")
    role: models.CharField[str, str] = models.CharField(max_length=16, choices=[(role, role) for role in ROLES])

    objects: ClassVar[models.Manager[Membership]] = models.Manager()

    class Meta:
        """A person is one thing in a project."""

        ordering = ["user__username"]
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="one_role_per_person")]

    def __str__(self) -> str:
        return f"{self.user.get_username()}: {self.role}"


class Attempt(models.Model):
    """A failed try to sign in; forgotten after a quarter of an hour."""

    key: models.CharField[str, str] = models.CharField(
        max_length=64, db_index=True, help_text="Keyed hash of an account's name or an address."
    )
    made: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True, db_index=True)

    objects: ClassVar[models.Manager[Attempt]] = models.Manager()

    def __str__(self) -> str:
        return self.key


class Act(models.Model):
    """One line of the trail about people, tokens, projects and collections: it only grows."""

    about: models.CharField[str, str] = models.CharField(max_length=16, help_text="account, token, project or collection.")
    subject: models.CharField[str, str] = models.CharField(max_length=700, db_index=True, help_text="Which one.")
    verb: models.CharField[str, str] = models.CharField(max_length=16)
    by: models.TextField[str, str] = models.TextField(help_text="Name of the token or account, or: command line.")
    made: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    details: models.TextField[str, str] = models.TextField(default="{}", help_text="JSON.")

    objects: ClassVar[models.Manager[Act]] = models.Manager()

    class Meta:
        """In the order in which it happened."""

        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.about} {self.subject} {self.verb} by {self.by}"

    @property
    def json(self) -> dict[str, Any]:
        """The details."""
        value: dict[str, Any] = json.loads(self.details)
        return value

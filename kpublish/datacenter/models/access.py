"""Who may do what: projects that GitLab vouches for, the kids that are theirs, and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kpublish.datacenter.models.people import Membership

#: Right → the rights that come with it.
RIGHTS = {
    "read-drafts": ("read-drafts",),
    "write": ("read-drafts", "write"),
    "review": ("read-drafts", "review"),
    "publish": ("read-drafts", "write", "review", "publish"),
}


class Namespace(models.Model):
    """A group of projects at an issuer, by its number: a path may be taken over by somebody else, a number not."""

    issuer: models.CharField[str, str] = models.CharField(max_length=300)
    number: models.CharField[str, str] = models.CharField(max_length=40)

    objects: ClassVar[models.Manager[Namespace]] = models.Manager()

    class Meta:
        """A number stands once at its issuer."""

        constraints = [models.UniqueConstraint(fields=["issuer", "number"], name="one_row_per_namespace")]

    def __str__(self) -> str:
        return f"namespace {self.number} at {self.issuer}"


class Project(models.Model):
    """A project whose CI may publish, or only submit, without a stored secret."""

    namespace: models.ForeignKey[Namespace, Namespace] = models.ForeignKey(
        Namespace, on_delete=models.PROTECT, related_name="projects"
    )
    issuer: models.CharField[str, str] = models.CharField(max_length=300)
    number: models.CharField[str, str] = models.CharField(max_length=40)
    path: models.TextField[str, str] = models.TextField(blank=True, help_text="For people; nothing is decided by it.")
    environment: models.TextField[str, str] = models.TextField(blank=True)
    may_publish: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    quota: models.BigIntegerField[int | None, int | None] = models.BigIntegerField(null=True, help_text="In bytes.")
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        claims: RelatedManager[Claim]
        people: RelatedManager[Membership]

    objects: ClassVar[models.Manager[Project]] = models.Manager()

    class Meta:
        """A number stands once at its issuer."""

        constraints = [models.UniqueConstraint(fields=["issuer", "number"], name="one_row_per_project")]

    def __str__(self) -> str:
        return self.path or f"project {self.number}"


class Claim(models.Model):
    """A kid that belongs to a project."""

    kid: models.CharField[str, str] = models.CharField(max_length=36, unique=True)
    project: models.ForeignKey[Project, Project] = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="claims")

    objects: ClassVar[models.Manager[Claim]] = models.Manager()

    def __str__(self) -> str:
        return self.kid


class Token(models.Model):
    """Who may write: the sha256 of a random secret, never the secret; what it may do, on which kids, until when."""

    name: models.CharField[str, str] = models.CharField(max_length=300)
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    expires: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    rights: models.TextField[str, str] = models.TextField(default="publish", help_text="Separated by blanks.")
    kids: models.TextField[str, str] = models.TextField(blank=True, help_text="Only for these, separated by blanks.")
    project: models.ForeignKey[Project | None, Project | None] = models.ForeignKey(Project, on_delete=models.CASCADE, null=True)
    namespace: models.ForeignKey[Namespace | None, Namespace | None] = models.ForeignKey(
        Namespace, on_delete=models.CASCADE, null=True
    )
    commit: models.CharField[str, str] = models.CharField(max_length=64, blank=True, help_text="Only for what was made from it,")
    tag: models.TextField[str, str] = models.TextField(blank=True, help_text="and is tagged so.")
    quota: models.BigIntegerField[int | None, int | None] = models.BigIntegerField(null=True, help_text="In bytes.")

    objects: ClassVar[models.Manager[Token]] = models.Manager()

    def __str__(self) -> str:
        return self.name

    @property
    def all_rights(self) -> list[str]:
        """The rights, with those that come with them."""
        return sorted({implied for right in self.rights.split() for implied in RIGHTS.get(right, ())})


class Exchange(models.Model):
    """An id token that was exchanged: another job cannot exchange it again."""

    issuer: models.CharField[str, str] = models.CharField(max_length=300)
    jti: models.CharField[str, str] = models.CharField(max_length=300)
    job: models.CharField[str, str] = models.CharField(max_length=40)
    until: models.DateTimeField[datetime, datetime] = models.DateTimeField(help_text="Nobody accepts it any more after this.")

    objects: ClassVar[models.Manager[Exchange]] = models.Manager()

    class Meta:
        """The issuer gives each token a jti of its own."""

        constraints = [models.UniqueConstraint(fields=["issuer", "jti"], name="one_row_per_jti")]

    def __str__(self) -> str:
        return self.jti

"""Steps of workflows, and collections with their versions: what identifiers may name besides releases, tables, figures, files."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from kpublish.datacenter.models.access import Project
from kpublish.datacenter.models.versions import Version

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Step(models.Model):
    """A step of a workflow, whose record lies in a published version."""

    version: models.ForeignKey[Version, Version] = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="steps")
    kid: models.CharField[str, str] = models.CharField(max_length=36, db_index=True, help_text="refID of the step.")
    name: models.TextField[str, str] = models.TextField()
    path: models.TextField[str, str] = models.TextField(help_text="Of its record in the package.")
    document: models.TextField[str, str] = models.TextField(help_text="The record, as JSON.")

    objects: ClassVar[models.Manager[Step]] = models.Manager()

    class Meta:
        """A step has one record in a version."""

        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["version", "kid"], name="one_record_per_step")]

    def __str__(self) -> str:
        return f"{self.kid} {self.name}"

    @property
    def json(self) -> dict[str, Any]:
        """The record."""
        value: dict[str, Any] = json.loads(self.document)
        return value


class Collection(models.Model):
    """Resources that belong together, also of several repositories: an analysis, or a data set."""

    kid: models.CharField[str, str] = models.CharField(max_length=36, unique=True)
    kind: models.CharField[str, str] = models.CharField(max_length=16, help_text="analysis or dataset.")
    title: models.TextField[str, str] = models.TextField()
    description: models.TextField[str, str] = models.TextField(blank=True)
    license: models.CharField[str, str] = models.CharField(max_length=64)
    owner: models.ForeignKey[Project | None, Project | None] = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, related_name="collections", help_text="None: who runs the data center."
    )
    contributors: models.ManyToManyField[Project, Project] = models.ManyToManyField(
        Project, related_name="contributions", help_text="Projects that may add what they published."
    )
    created: models.DateField[date, date] = models.DateField(auto_now_add=True)
    withdrawn: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    reason: models.TextField[str, str] = models.TextField(blank=True, default="", help_text="Why it was withdrawn.")

    if TYPE_CHECKING:
        members: RelatedManager[Belonging]
        versions: RelatedManager[CollectionVersion]

    objects: ClassVar[models.Manager[Collection]] = models.Manager()

    class Meta:
        """The newest first."""

        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class Belonging(models.Model):
    """A member of a collection: anything published that has a kid; always its newest version."""

    collection: models.ForeignKey[Collection, Collection] = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="members"
    )
    kid: models.CharField[str, str] = models.CharField(max_length=36, db_index=True)
    project: models.ForeignKey[Project | None, Project | None] = models.ForeignKey(
        Project, on_delete=models.SET_NULL, null=True, help_text="Who added it."
    )
    added: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Belonging]] = models.Manager()

    class Meta:
        """In the order in which they were added, each once."""

        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["collection", "kid"], name="one_row_per_member")]

    def __str__(self) -> str:
        return self.kid


class CollectionVersion(models.Model):
    """A collection as it was when this version was published: what it said, and its members in the versions of then."""

    collection: models.ForeignKey[Collection, Collection] = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="versions"
    )
    version: models.CharField[str, str] = models.CharField(max_length=64)
    uid: models.CharField[str, str] = models.CharField(max_length=36, unique=True, help_text="uuid5(kid, version)")
    document: models.TextField[str, str] = models.TextField(help_text="JSON: title, kind, description, license, members.")
    comment: models.TextField[str, str] = models.TextField(blank=True)
    published: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[CollectionVersion]] = models.Manager()

    class Meta:
        """The newest first."""

        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["collection", "version"], name="one_row_per_collection_version")]

    def __str__(self) -> str:
        return f"{self.collection.kid} {self.version}"

    @property
    def json(self) -> dict[str, Any]:
        """What was frozen."""
        value: dict[str, Any] = json.loads(self.document)
        return value

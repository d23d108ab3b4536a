"""Versions of releases, their files, and the index of resources by kid."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils import timezone

from kpublish.model.bundle import Release

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kpublish.datacenter.models.finding import Step
    from kpublish.datacenter.models.history import Event, Record
    from kpublish.datacenter.models.inspections import Inspection


class Status(models.TextChoices):
    """How far a version is."""

    DRAFT = "draft"
    REVIEW = "in review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


#: Is or was visible: nothing of its files can change any more.
ENDED = (Status.PUBLISHED, Status.WITHDRAWN)


class Version(models.Model):
    """One version of a release; once published its files never change, and its description only by amendments that are kept."""

    kid: models.CharField[str, str] = models.CharField(max_length=36, db_index=True)
    version: models.CharField[str, str] = models.CharField(max_length=64)
    uid: models.CharField[str, str] = models.CharField(max_length=36, db_index=True, default="", help_text="uuid5(kid, version)")
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    status: models.CharField[str, str] = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    document: models.TextField[str, str] = models.TextField(help_text="The release as it was sent, as JSON.")
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    published: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    changed: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, help_text="When readers last saw it change: published, amended, withdrawn."
    )
    embargo: models.DateField[date | None, date | None] = models.DateField(null=True, help_text="First day (UTC) of open files.")
    links: models.TextField[str, str] = models.TextField(default="[]", help_text="Cross-links to other archives, as JSON.")

    if TYPE_CHECKING:
        events: RelatedManager[Event]
        inspection: Inspection
        records: RelatedManager[Record]
        files: RelatedManager[File]
        resources: RelatedManager[Resource]
        steps: RelatedManager[Step]

    objects: ClassVar[models.Manager[Version]] = models.Manager()

    class Meta:
        """Newest published first."""

        ordering = ["-published", "-id"]
        constraints = [models.UniqueConstraint(fields=["kid", "version"], name="one_row_per_version")]
        indexes = [models.Index(fields=["changed", "id"], name="changed_last")]

    def __str__(self) -> str:
        return f"{self.kid} {self.version} ({self.status})"

    @property
    def is_published(self) -> bool:
        """Whether everyone may see it."""
        return self.status == Status.PUBLISHED

    @property
    def has_ended(self) -> bool:
        """Whether it is or was published."""
        return self.status in ENDED

    @property
    def is_embargoed(self) -> bool:
        """Whether its files are still closed."""
        return self.embargo is not None and timezone.now().date() < self.embargo

    @property
    def json(self) -> dict[str, Any]:
        """The release as it was sent."""
        value: dict[str, Any] = json.loads(self.document)
        return value

    @property
    def release(self) -> Release:
        """The release, understood."""
        return Release.model_validate_json(self.document)


class File(models.Model):
    """A file of a version; ``arrived`` says that its verified bytes are in the store."""

    version: models.ForeignKey[Version, Version] = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="files")
    path: models.TextField[str, str] = models.TextField()
    sha256: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    size: models.BigIntegerField[int, int] = models.BigIntegerField()
    media_type: models.TextField[str, str] = models.TextField()
    arrived: models.BooleanField[bool, bool] = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[File]] = models.Manager()

    class Meta:
        """In the order in which the release names them."""

        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["version", "path"], name="one_row_per_path")]

    def __str__(self) -> str:
        return self.path


class Resource(models.Model):
    """A kid and where it is: the release itself (``member`` is null) or one of its members."""

    version: models.ForeignKey[Version, Version] = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="resources")
    kid: models.CharField[str, str] = models.CharField(max_length=36, db_index=True)
    member: models.IntegerField[int | None, int | None] = models.IntegerField(null=True)
    name: models.TextField[str, str] = models.TextField(blank=True)
    kind: models.CharField[str, str] = models.CharField(max_length=16, blank=True)
    ktype: models.TextField[str, str] = models.TextField(blank=True)
    title: models.TextField[str, str] = models.TextField(blank=True)

    objects: ClassVar[models.Manager[Resource]] = models.Manager()

    class Meta:
        """A kid stands once in a version."""

        constraints = [models.UniqueConstraint(fields=["version", "kid"], name="one_row_per_kid")]

    def __str__(self) -> str:
        return f"{self.kid} {self.title}"

"""What happened to a version: its events, the records of other archives about it, and who works on it now."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from kpublish.datacenter.models.versions import Version


class Event(models.Model):
    """One line of the audit trail: it only grows."""

    version: models.ForeignKey[Version, Version] = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="events")
    verb: models.CharField[str, str] = models.CharField(max_length=16)
    by: models.TextField[str, str] = models.TextField(help_text="Name of the token.")
    made: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    comment: models.TextField[str, str] = models.TextField(blank=True)
    details: models.TextField[str, str] = models.TextField(default="{}", help_text="JSON; of an amendment: changes, replaced.")

    objects: ClassVar[models.Manager[Event]] = models.Manager()

    class Meta:
        """In the order in which it happened."""

        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.verb} by {self.by}"

    @property
    def json(self) -> dict[str, Any]:
        """The details."""
        value: dict[str, Any] = json.loads(self.details)
        return value


class Record(models.Model):
    """What another archive calls a version; written as soon as it is known, so that no run loses it."""

    version: models.ForeignKey[Version, Version] = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="records")
    archive: models.CharField[str, str] = models.CharField(max_length=64)
    document: models.TextField[str, str] = models.TextField(help_text="The record as it was sent, as JSON.")

    objects: ClassVar[models.Manager[Record]] = models.Manager()

    class Meta:
        """An archive has one record of a version."""

        ordering = ["archive"]
        constraints = [models.UniqueConstraint(fields=["version", "archive"], name="one_row_per_archive")]

    def __str__(self) -> str:
        return self.archive


class Lease(models.Model):
    """Who alone may change a draft, until when."""

    version: models.OneToOneField[Version, Version] = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="lease")
    holder: models.CharField[str, str] = models.CharField(max_length=200)
    until: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    objects: ClassVar[models.Manager[Lease]] = models.Manager()

    def __str__(self) -> str:
        return self.holder

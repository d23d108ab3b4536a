"""What the checks found in a version."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from kpublish.datacenter.models.versions import Version


class Inspection(models.Model):
    """The last answer of the checks about a version, and which state of it they saw."""

    version: models.OneToOneField[Version, Version] = models.OneToOneField(
        Version, on_delete=models.CASCADE, related_name="inspection"
    )
    mark: models.CharField[str, str] = models.CharField(max_length=64, help_text="sha256 of what was checked.")
    made: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now=True)
    document: models.TextField[str, str] = models.TextField(help_text="JSON: findings, numbers that changed; or a fault.")

    objects: ClassVar[models.Manager[Inspection]] = models.Manager()

    def __str__(self) -> str:
        return f"inspection of {self.version}"

    @property
    def json(self) -> dict[str, Any]:
        """What was found."""
        value: dict[str, Any] = json.loads(self.document)
        return value

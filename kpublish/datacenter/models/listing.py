"""The catalogue: the newest published version of every release, as it is listed and searched; made anew from the versions."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from kpublish.datacenter.models.versions import Version

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Listing(models.Model):
    """One entry of the catalogue."""

    version: models.OneToOneField[Version, Version] = models.OneToOneField(
        Version, on_delete=models.CASCADE, primary_key=True, related_name="listing"
    )
    kid: models.CharField[str, str] = models.CharField(max_length=36, unique=True)
    published: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    summary: models.TextField[str, str] = models.TextField(help_text="What a list shows, as JSON.")

    if TYPE_CHECKING:
        facets: RelatedManager[Facet]

    objects: ClassVar[models.Manager[Listing]] = models.Manager()

    class Meta:
        """Newest first."""

        ordering = ["-published", "-version"]
        indexes = [models.Index(fields=["-published", "-version"], name="newest_first")]

    def __str__(self) -> str:
        return self.kid

    @property
    def json(self) -> dict[str, Any]:
        """What a list shows."""
        value: dict[str, Any] = json.loads(self.summary)
        return value


class Facet(models.Model):
    """One value by which an entry is found, e.g. its instrument."""

    listing: models.ForeignKey[Listing, Listing] = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="facets")
    name: models.CharField[str, str] = models.CharField(max_length=16)
    value: models.CharField[str, str] = models.CharField(max_length=200)

    objects: ClassVar[models.Manager[Facet]] = models.Manager()

    class Meta:
        """Each value once."""

        constraints = [models.UniqueConstraint(fields=["listing", "name", "value"], name="one_row_per_value")]
        indexes = [models.Index(fields=["name", "value"], name="by_value")]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"

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
    told: models.TextField[str, str] = models.TextField(default="", help_text="Its facets to be counted: lines of name=value.")

    if TYPE_CHECKING:
        facets: RelatedManager[Facet]

    objects: ClassVar[models.Manager[Listing]] = models.Manager()

    class Meta:
        """Newest first; by the number of the version, as by the version itself were in the order that versions have."""

        ordering = ["-published", "-version_id"]
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
        """Each value once; all entries that have it stand in the index."""

        constraints = [models.UniqueConstraint(fields=["listing", "name", "value"], name="one_row_per_value")]
        indexes = [models.Index(fields=["name", "value", "listing"], name="by_value")]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class Tally(models.Model):
    """In how many entries a value of a facet stands; counted as they come and go."""

    name: models.CharField[str, str] = models.CharField(max_length=16)
    value: models.CharField[str, str] = models.CharField(max_length=200)
    count: models.IntegerField[int, int] = models.IntegerField()

    objects: ClassVar[models.Manager[Tally]] = models.Manager()

    class Meta:
        """Each value once; the most frequent are found first."""

        constraints = [models.UniqueConstraint(fields=["name", "value"], name="one_row_per_tally")]
        indexes = [models.Index(fields=["name", "-count", "value"], name="most_frequent")]

    def __str__(self) -> str:
        return f"{self.name}={self.value}: {self.count}"


class Edition(models.Model):
    """The catalogue as a whole, in one row: a number that grows with every change, and how many entries it has."""

    number: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    entries: models.IntegerField[int, int] = models.IntegerField(default=0)

    objects: ClassVar[models.Manager[Edition]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.number}: {self.entries} entries"

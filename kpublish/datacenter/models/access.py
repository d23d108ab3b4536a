"""The tokens that may write."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models


class Token(models.Model):
    """Who may write: the sha256 of a random secret, never the secret."""

    name: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Token]] = models.Manager()

    def __str__(self) -> str:
        return self.name

"""The one app of the data center."""

from __future__ import annotations

from django.apps import AppConfig


class DatacenterConfig(AppConfig):
    """Holds versions of releases, their files, and the tokens that may write."""

    name = "kpublish.datacenter"
    label = "datacenter"
    verbose_name = "KM3NeT Open Data Center"

    def ready(self) -> None:
        """Register the system checks."""
        from kpublish.datacenter import checks  # noqa: F401

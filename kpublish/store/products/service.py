"""Services of the Virtual Observatory: TAP (https://www.ivoa.net/documents/TAP/) and cone search (.../ConeSearch.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from kpublish.errors import UsageError
from kpublish.http import check_address, plain
from kpublish.registry import import_with_hint
from kpublish.store.holding import Holding
from kpublish.store.products.described import Published

if TYPE_CHECKING:
    from pyvo.dal import SCSService, TAPService

KTYPES = ("km3.service.vo",)
WHOLE = None


class SCSServiceVO(Published):
    """A table that a server of the Virtual Observatory searches.

    The addresses stand in ``content`` of its KM3Resource as ``tap`` and ``scs``; nothing is asked before pyvo asks.
    """

    def get_tap(self) -> TAPService:
        """Return pyvo's service for queries in ADQL.

        Raises
        ------
        MissingExtra
            If pyvo is not installed.
        UsageError
            If no usable address is stated.
        """
        return cast("TAPService", self._service("tap", "TAPService"))

    def get_scs(self) -> SCSService:
        """Return pyvo's service for cone searches: ``.search(pos=(ra, dec), radius=…)``, all in degrees.

        Raises
        ------
        MissingExtra, UsageError
            As for :meth:`get_tap`.
        """
        return cast("SCSService", self._service("scs", "SCSService"))

    def _service(self, key: str, kind: str) -> Any:
        address = self.holding.stated(key)
        if address is None:
            other = {"tap": "scs", "scs": "tap"}[key]
            remedy = f"Use get_{other}()." if self.holding.stated(other) else "Tell who published it."
            raise UsageError(f"{plain(self.holding.entry.name)} states no address under {key}.", remedy=remedy)
        check_address(address)
        return getattr(import_with_hint("pyvo.dal"), kind)(address)


def load(holding: Holding) -> SCSServiceVO:
    """Return the service that a holding describes."""
    return SCSServiceVO(holding)

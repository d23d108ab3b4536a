"""Event lists: where on the sky and when, as astropy has it, and the events in a cone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from kpublish.errors import UnreadableFile, UsageError
from kpublish.http import plain
from kpublish.model.parameter import Parameter
from kpublish.model.vocabularies import Role
from kpublish.registry import import_with_hint
from kpublish.store.holding import Holding
from kpublish.store.products.table import AnnotatedTable
from kpublish.store.quantities import unit_of

if TYPE_CHECKING:
    import pandas as pd
    from astropy.coordinates import SkyCoord
    from astropy.time import Time

KTYPES = ("km3.events",)
WHOLE = False

#: Frames by what people call them → astropy's name.
FRAMES = {
    **{name: name for name in ("icrs", "fk5", "fk4", "galactic", "supergalactic", "altaz")},
    **{"equatorial": "icrs", "j2000": "fk5", "horizontal": "altaz", "ecliptic": "barycentricmeanecliptic"},
}
TIMESCALES = ("utc", "tai", "tt", "tdb", "tcb", "tcg", "ut1")
#: Ends of UCDs (https://www.ivoa.net/documents/UCD1+/) and of names that tell the longitude from the latitude.
_LONGITUDES = ("ra", "lon", "az", "azimuth", "right_ascension", "longitude", "l")
_LATITUDES = ("dec", "lat", "alt", "el", "decl", "declination", "latitude", "altitude", "elevation", "b")
#: From here on a number of days is a Julian date; a modified one of this size lies 5,000 years ahead.
_JULIAN = 2_000_000


class EventList(AnnotatedTable):
    """A published list of events.

    The columns say it by their roles: two with role ``coordinate`` and their ``frame``, one with role ``time`` and its
    ``timescale``.
    """

    @property
    def coordinates(self) -> SkyCoord:
        """Where the events come from, in the frame that the columns state (ICRS, if none).

        Raises
        ------
        MissingExtra
            If astropy is not installed.
        UnreadableFile
            If the table does not say which columns are coordinates, in which unit and frame.
        """
        coordinates = import_with_hint("astropy.coordinates")
        longitude, latitude = self._sky()
        frame = FRAMES.get((longitude.frame or latitude.frame or "icrs").lower())
        units = unit_of(longitude.unit), unit_of(latitude.unit)
        if frame is None or None in units:
            raise self._unfit("the coordinates", "a known frame and a unit")
        values = (_numbers(self.table.column(one.columnname)) for one in (longitude, latitude))
        lon, lat = (numbers * unit for numbers, unit in zip(values, units, strict=True))
        return cast("SkyCoord", coordinates.SkyCoord(lon, lat, frame=frame))

    @property
    def times(self) -> Time:
        """When the events happened, in the time scale that the column states (UTC, if none).

        Text is read as ISO 8601, days as (modified) Julian dates, seconds as Unix time.

        Raises
        ------
        MissingExtra
            If astropy is not installed.
        UnreadableFile
            If the table does not say which column is the time, or in which form.
        """
        time = import_with_hint("astropy.time")
        found = [one for one in self.table.parameters if one.role is Role.TIME]
        if len(found) != 1:
            raise self._unfit("the time", "one column with role time")
        values = self.table.column(found[0].columnname)
        scale, form = (found[0].timescale or "utc").lower(), _form(found[0], values)
        if scale not in TIMESCALES or form is None:
            raise self._unfit("the time", "a known time scale, and text, days or seconds in every row")
        data = list(values) if form == "isot" else _numbers(values)
        try:
            return cast("Time", time.Time(data, format=None if form == "isot" else form, scale=scale))
        except ValueError:
            raise self._unfit("the time", "dates and times as in ISO 8601") from None

    def cone(self, center: Any, radius: Any) -> pd.DataFrame:
        """Return the events within ``radius`` of ``center``.

        Parameters
        ----------
        center
            A SkyCoord in any frame, or longitude and latitude in degrees in the frame of the list.
        radius
            A number in degrees, or an angle of astropy.

        Raises
        ------
        UsageError
            If the centre or radius cannot be understood.
        MissingExtra, UnreadableFile
            As for :attr:`coordinates`.
        """
        coordinates, units = import_with_hint("astropy.coordinates"), import_with_hint("astropy.units")
        events = self.coordinates
        try:
            if isinstance(center, Sequence):
                center = coordinates.SkyCoord(*center, unit="deg", frame=events.frame.replicate_without_data())
            near = events.separation(center) <= coordinates.Angle(radius, None if hasattr(radius, "unit") else units.deg)
        except (ValueError, TypeError, AttributeError) as error:
            raise UsageError(
                f"This is no cone: {plain(str(error))}.",
                remedy="Give a SkyCoord, or (longitude, latitude), and a radius in degrees.",
            ) from None
        return cast("pd.DataFrame", self.data[near])

    def _sky(self) -> tuple[Parameter, Parameter]:
        """The columns of longitude and latitude: told by UCD or name, else in the order of the file."""
        found = [one for one in self.table.parameters if one.role is Role.COORDINATE]
        if len(found) != 2:
            raise self._unfit("the coordinates", "two columns with role coordinate")
        first, second = found
        return (second, first) if _is(_LATITUDES, first) and _is(_LONGITUDES, second) else (first, second)

    def _unfit(self, what: str, needed: str) -> UnreadableFile:
        return UnreadableFile(
            f"{plain(self.member.path)} does not tell {what} of its events: it needs {needed}.",
            remedy="Its data are there as of every table: .data; tell who published it.",
        )


def load(holding: Holding) -> EventList:
    """Return the event list that a holding is."""
    return EventList(holding)


def _numbers(values: Sequence[Any]) -> Any:
    numpy = import_with_hint("numpy")
    return numpy.array([numpy.nan if cell is None else cell for cell in values], dtype=float)


def _is(words: tuple[str, ...], parameter: Parameter) -> bool:
    ucd = (parameter.ucd or "").partition(";")[0].rpartition(".")[2].lower()
    return ucd in words if ucd else parameter.columnname.lower() in words


def _form(parameter: Parameter, values: Sequence[Any]) -> str | None:
    """What astropy calls the form of the times; None where it cannot be told or a cell is empty."""
    if None in values:
        return None
    if parameter.datatype == "string":
        return "isot"
    if parameter.unit == "d":
        return "jd" if values and min(values) > _JULIAN else "mjd"
    return "unix" if parameter.unit == "s" else None

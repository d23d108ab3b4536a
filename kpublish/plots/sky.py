"""Maps of the whole sky (FITS WCS, paper II: Calabretta & Greisen 2002, A&A 395, 1077), drawn by astropy's WCS axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from kpublish.model.figure import Sky
from kpublish.model.table import Table
from kpublish.plots.quantities import Reckoned, factor_between
from kpublish.plots.series import Series
from kpublish.registry import import_with_hint

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture
    from matplotlib.gridspec import SubplotSpec
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Half axes of both projections in degrees along the equator and along the meridian in the middle.
HALF_WIDTH, HALF_HEIGHT = 162.06, 81.03
#: Neighbours on a curve that are farther apart lie on both sides of the map's end.
JUMP = 90.0
#: Degrees between the meridians, and between the parallels, of the grid.
MERIDIANS, PARALLELS = 60, 30
#: Corners of a circle on the sky.
CORNERS = 73
_CODES = {"aitoff": "AIT", "mollweide": "MOL"}
_NAMES = {"icrs": ("RA--", "DEC-"), "galactic": ("GLON", "GLAT")}
LABELS = {"icrs": ("Right ascension", "Declination"), "galactic": ("Galactic longitude", "Galactic latitude")}
#: Beginnings of UCDs that name a frame.
_UCDS = {"pos.eq": "icrs", "pos.galactic": "galactic"}


def wcs_of(sky: Sky) -> Any:
    """Return the projection: from degrees on the sky to degrees on the map, longitude growing to the left."""
    projection = import_with_hint("astropy.wcs").WCS(naxis=2)
    projection.wcs.ctype = [f"{name}-{_CODES[sky.projection]}" for name in _NAMES[sky.frame]]
    projection.wcs.crval = [(180.0 if sky.frame == "icrs" else 0.0) if sky.center is None else sky.center, 0.0]
    projection.wcs.crpix = [1.0, 1.0]
    projection.wcs.cdelt = [-1.0, 1.0]
    projection.wcs.cunit = ["deg", "deg"]
    return projection


def axes_of(picture: Picture, place: SubplotSpec, sky: Sky) -> Axes:
    """Return axes that show the whole sky, with its grid and the degrees along it."""
    from matplotlib import patheffects as effects
    from matplotlib import rcParams

    frames = import_with_hint("astropy.visualization.wcsaxes.frame")
    units = import_with_hint("astropy.units")
    axes: Any = picture.add_subplot(place, projection=wcs_of(sky), frame_class=frames.EllipticalFrame)
    axes.set(xlim=(-HALF_WIDTH, HALF_WIDTH), ylim=(-HALF_HEIGHT, HALF_HEIGHT), aspect="equal")
    longitude, latitude = axes.coords
    for coordinate, spacing in ((longitude, MERIDIANS), (latitude, PARALLELS)):
        coordinate.set_ticks(spacing=spacing * units.deg)
        coordinate.set_ticks_visible(False)
        # astropy finds no ticks where parallels meet the ellipse, and events would hide those of meridians.
        coordinate.set_ticklabel_visible(False)
    middle = axes.wcs.wcs.crval[0]
    halo = [effects.withStroke(linewidth=2.5, foreground=rcParams["axes.facecolor"])]
    for meridian in range(0, 360, MERIDIANS):
        if abs((meridian - middle + 180) % 360 - 180) < 180:
            x, y = on_map(meridian, 0, sky)
            axes.text(x, y - 2, f"{meridian}°", ha="center", va="top", fontsize="small", path_effects=halo, zorder=4)
    for parallel in range(PARALLELS - 90, 90, PARALLELS):
        x, y = on_map(middle + 179.99, parallel, sky)
        axes.text(x - 2, y, f"${parallel:+d}$°" if parallel else "0°", ha="right", va="center", fontsize="small")
    axes.coords.grid(color=rcParams["grid.color"], linewidth=rcParams["grid.linewidth"])
    name = "equatorial" if sky.frame == "icrs" else "galactic"
    axes.text(1.0, 0.0, f"{name} coordinates", transform=axes.transAxes, ha="right", va="bottom", fontsize="small")
    return axes  # type: ignore[no-any-return]


def projected(series: Series, found: Reckoned, table: Table, columns: Mapping[str, str], sky: Sky, way: str) -> Series:
    """Return a layer with its places on the map, in degrees on it; ``way``: ``places``, or a ``curve``, or ``closed`` ones.

    Raises
    ------
    KeyError
        With a sentence, if the table does not say in which frame and unit its coordinates are.
    """
    longitude, latitude = (_degrees(found, purpose) for purpose in ("x", "y"))
    if not any(map(isfinite, longitude + latitude)):
        raise KeyError("No selected row has both coordinates.")
    frame = _frame(table, columns)
    rings: tuple[Numbers, ...] = ()
    if "radius" in found.values:
        circles = zip(longitude, latitude, _degrees(found, "radius"), strict=True)
        rings = tuple(_curve(*_circle(*circle), frame, sky) for circle in circles if all(map(isfinite, circle)))
    if way == "closed":
        longitude, latitude = _closed(longitude, latitude)
    places = _places(longitude, latitude, frame, sky) if way == "places" else _curve(longitude, latitude, frame, sky).T
    return replace(series, values=dict(zip("xy", places, strict=True)), names={}, sky=sky, rings=rings)


def on_map(longitude: float, latitude: float, sky: Sky) -> tuple[float, float]:
    """Return where a direction, in degrees and in the frame of the map, lies on it."""
    x, y = wcs_of(sky).wcs_world2pix([[longitude, latitude]], 0)[0].tolist()
    return x, y


def plane(which: str, sky: Sky) -> Numbers:
    """Return the galactic plane or the ecliptic as a curve on the map, shape (n, 2)."""
    import numpy as np

    longitude = np.linspace(0.0, 360.0, 361)
    return _curve(longitude, np.zeros_like(longitude), "galactic" if which == "galactic" else "barycentrictrueecliptic", sky)


def _degrees(found: Reckoned, purpose: str) -> Numbers:
    if purpose not in found.values:
        raise KeyError("A map of the sky needs a longitude and a latitude. Name the columns: x: and y: in the layer.")
    unit = found.meanings[purpose].unit
    if unit is None:
        raise KeyError("A coordinate on the sky has no unit, so that degrees and hours cannot be told apart.")
    return found.values[purpose] * factor_between(unit, "deg")


def _frame(table: Table, columns: Mapping[str, str]) -> str:
    """The frame of the coordinates, as astropy names it."""
    stated = set()
    for purpose in ("x", "y"):
        parameter = table.parameter(columns[purpose])
        by_ucd = next((frame for start, frame in _UCDS.items() if (parameter.ucd or "").startswith(start)), None)
        stated.add((parameter.frame or by_ucd or "").lower())
    if len(stated) > 1 or stated == {""}:
        raise KeyError(f"{table.path} does not say in which frame its coordinates are: write frame: for both columns.")
    return stated.pop()


def _places(longitude: Numbers, latitude: Numbers, frame: str, sky: Sky) -> tuple[Numbers, Numbers]:
    """Where directions lie on the map; NaN where there is none."""
    import numpy as np

    here = np.isfinite(longitude) & np.isfinite(latitude)
    x, y = np.full_like(longitude, np.nan), np.full_like(latitude, np.nan)
    lon, lat = longitude[here], latitude[here]
    if frame != sky.frame:
        coordinates = import_with_hint("astropy.coordinates")
        try:
            places = coordinates.SkyCoord(lon, lat, frame=frame, unit="deg").transform_to(sky.frame).spherical
        except (ValueError, coordinates.ConvertError) as error:
            raise KeyError(f"Coordinates in the frame {frame!r} cannot be drawn on a map of the sky.") from error
        lon, lat = places.lon.deg, places.lat.deg
    x[here], y[here] = wcs_of(sky).wcs_world2pix(lon, lat, 0)
    return x, y


def _curve(longitude: Numbers, latitude: Numbers, frame: str, sky: Sky) -> Numbers:
    """A curve on the map, shape (n, 2), broken by NaN where it leaves the map on one side and comes back on the other."""
    import numpy as np

    curve = np.column_stack(_places(longitude, latitude, frame, sky))
    jumps = np.flatnonzero(np.hypot(*np.diff(curve, axis=0).T) > JUMP) + 1
    return np.asarray(np.insert(curve, jumps, np.nan, axis=0))


def _circle(longitude: float, latitude: float, radius: float) -> tuple[Numbers, Numbers]:
    """A circle on the sphere around a direction: all in degrees."""
    import numpy as np

    angle, size, height = np.linspace(0, 2 * np.pi, CORNERS), np.radians(radius), np.radians(latitude)
    sine = np.clip(np.sin(height) * np.cos(size) + np.cos(height) * np.sin(size) * np.cos(angle), -1, 1)
    aside = np.arctan2(np.sin(angle) * np.sin(size) * np.cos(height), np.cos(size) - np.sin(height) * sine)
    return (longitude + np.degrees(aside)) % 360, np.degrees(np.arcsin(sine))


def _closed(longitude: Numbers, latitude: Numbers) -> tuple[Numbers, Numbers]:
    """Curves whose first points are repeated at their ends; NaN separates them."""
    import numpy as np

    points = np.column_stack([longitude, latitude])
    whole = np.isfinite(points.sum(axis=1))
    pieces = [piece for piece in np.split(points, np.flatnonzero(np.diff(whole)) + 1) if np.isfinite(piece).all()]
    gap = np.full((1, 2), np.nan)
    x, y = np.concatenate([part for piece in pieces for part in (piece, piece[:1], gap)]).T
    return x, y

"""An event list knows where and when its events happened, and which of them lie in a cone."""

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord

from kpublish.errors import UnreadableFile, UsageError
from kpublish.store import KM3Store
from kpublish.store.products.event_list import EventList


@pytest.fixture(params=["bundle", "datacenter", "directory"])
def events(request, products, tmp_path):
    return KM3Store(products[request.param], cache=tmp_path).get("events")


@pytest.fixture
def listed(folder, tmp_path):
    """Publishes and loads an event list: columns as YAML, then rows of text."""

    def load(columns, rows):
        names = [column.partition("name: ")[2].partition(",")[0] for column in columns]
        head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:", *(f"- {{{column}}}" for column in columns)]
        text = "\n".join([*(f"# {line}" for line in [*head, "schema: astropy-2.0"]), ",".join(names), *rows, ""])
        release = folder({"data/e.ecsv": text}, more={"data/e.ecsv": {"ktype": "km3.events"}})
        return KM3Store(folder.path, cache=tmp_path / "cache").get(release.members[0].resource.kid)

    return load


def sky(name, frame="icrs", unit="deg", more=""):
    unit = f"unit: {unit}, " if unit else ""
    return f"name: {name}, datatype: float64, {unit}meta: {{role: coordinate, frame: {frame}{more}}}"


def time(datatype, unit="", scale="utc"):
    return f"name: t, datatype: {datatype}, {f'unit: {unit}, ' if unit else ''}meta: {{role: time, timescale: {scale}}}"


def test_longitude_and_latitude_are_told_by_ucd_whatever_their_order(events):
    assert isinstance(events, EventList)
    assert events.coordinates.frame.name == "icrs"
    np.testing.assert_array_equal(events.coordinates.ra.deg, events.data["ra"])
    np.testing.assert_array_equal(events.coordinates.dec.deg, events.data["dec"])


def test_days_are_modified_julian_dates_in_the_stated_time_scale(events):
    assert (events.times.format, events.times.scale) == ("mjd", "utc")
    assert events.times[0].isot == "2009-10-23T06:00:00.000"


@pytest.mark.parametrize("center", [(83.6, -29.8), [83.6, -29.8], SkyCoord(83.6, -29.8, unit="deg").galactic])
@pytest.mark.parametrize("radius", [1, 1 * units.deg, 60 * units.arcmin])
def test_a_cone_holds_the_events_near_its_centre(events, center, radius):
    near = events.cone(center, radius)
    assert list(near["hits"]) == [47, 53]
    assert list(near.index) == [0, 1]


@pytest.mark.parametrize(("center", "radius"), [((83.6,), 1), ("here", 1), ((1, 2), "wide"), (None, 1), ((1, 2), 1 * units.s)])
def test_what_is_no_cone_is_a_sentence(events, center, radius):
    with pytest.raises(UsageError, match="This is no cone"):
        events.cone(center, radius)


@pytest.mark.parametrize(
    ("stated", "frame"),
    [
        ("galactic", "galactic"),
        ("equatorial", "icrs"),
        ("J2000", "fk5"),
        ("horizontal", "altaz"),
        ("ecliptic", "barycentricmeanecliptic"),
    ],
)
def test_frames_are_known_by_their_common_names(listed, stated, frame):
    coordinates = listed([sky("first", stated), sky("second", stated)], ["10,20"]).coordinates
    assert coordinates.frame.name == frame
    assert coordinates.spherical.lon.deg[0] == pytest.approx(10)
    assert coordinates.spherical.lat.deg[0] == pytest.approx(20)


def test_names_tell_latitudes_where_no_ucd_does_and_units_are_converted(listed):
    coordinates = listed([sky("b", "galactic", "rad"), sky("l", "galactic")], ["0.5,20"]).coordinates
    assert coordinates.b.rad[0] == pytest.approx(0.5)
    assert coordinates.l.deg[0] == pytest.approx(20)


def test_an_event_without_direction_lies_in_no_cone(listed):
    events = listed([sky("ra"), sky("dec")], ["10,20", "10,"])
    assert list(events.cone((10, 20), 180).index) == [0]


@pytest.mark.parametrize(
    ("column", "cell", "isot"),
    [
        (time("string"), "2026-11-22T12:00:00", "2026-11-22T12:00:00.000"),
        (time("string"), "2026-11-22T12:00:00Z", "2026-11-22T12:00:00.000"),
        (time("float64", "d"), "2461367.0", "2026-11-22T12:00:00.000"),
        (time("int64", "s"), "1795348800", "2026-11-22T12:00:00.000"),
        (time("float64", "d", "tt"), "61366.5", "2026-11-22T12:00:00.000"),
    ],
)
def test_times_are_read_as_text_days_or_seconds(listed, column, cell, isot):
    times = listed([column], [cell]).times
    assert times.isot[0] == isot
    assert times.scale == ("tt" if "timescale: tt" in column else "utc")


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ([sky("ra")], "1"),
        ([sky("ra"), sky("dec"), sky("z")], "1,2,3"),
        ([sky("ra", "nowhere"), sky("dec", "nowhere")], "1,2"),
        ([sky("ra", unit=""), sky("dec")], "1,2"),
    ],
    ids=["one", "three", "unknown frame", "no unit"],
)
def test_a_list_without_sky_is_a_sentence(listed, columns, row):
    with pytest.raises(UnreadableFile, match="does not tell the coordinates"):
        _ = listed(columns, [row]).coordinates


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (sky("ra"), "1"),
        (time("float64"), "1"),
        (time("float64", "d", "gps"), "1"),
        (time("float64", "d"), '""'),
        (time("string"), "yesterday"),
    ],
    ids=["no time", "no unit", "unknown scale", "empty", "no date"],
)
def test_a_list_without_times_is_a_sentence(listed, column, cell):
    with pytest.raises(UnreadableFile, match="does not tell the time"):
        _ = listed([column], [cell]).times

"""A lookup table gives the value of the bin that holds a point, and says so when there is none."""

import pytest
from astropy import units

from kpublish.errors import UnreadableFile, UsageError
from kpublish.store import KM3Store
from kpublish.store.products.lookup_table import LookUpTable, OutOfRange


@pytest.fixture(params=["bundle", "datacenter", "directory"])
def acceptance(request, products, tmp_path):
    return KM3Store(products[request.param], cache=tmp_path).get("acceptance")


@pytest.fixture
def table(folder, tmp_path):
    """Publishes and loads a lookup table: columns as (name, role, axis, more), then rows of text."""

    def load(columns, rows):
        head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:"]
        head += [
            f"- {{name: {name}, datatype: float64, unit: m, meta: {{role: {role}, {f'axis: {axis}, ' if axis else ''}{more}}}}}"
            for name, role, axis, more in columns
        ]
        head += ["schema: astropy-2.0"]
        text = "\n".join([*(f"# {line}" for line in head), ",".join(column[0] for column in columns), *rows, ""])
        release = folder({"data/t.ecsv": text}, more={"data/t.ecsv": {"ktype": "km3.irf.lookup"}})
        return KM3Store(folder.path, cache=tmp_path / "cache").get(release.members[0].resource.kid)

    return load


EDGES = [("low", "lower_edge", "x", ""), ("high", "upper_edge", "x", ""), ("value", "value", "y", "")]


def test_the_ktype_makes_a_lookup_table_of_it(acceptance):
    assert isinstance(acceptance, LookUpTable)
    assert acceptance.get_paraminfo()["returnvalue_z"]["unit"] == "GeV-1 m2 s"


@pytest.mark.parametrize(
    ("xvalue", "yvalue", "value"),
    [
        (80, 2.0, 12.25),
        (0, 2.0, 1.5),
        (59.999, 2.5, 0.5),
        (60, 2.5, 3.75),
        (180, 2.0, 8.5),
        (80, 2.2, 12.25),
        (80, 2.3, 3.75),
        (80 * units.deg, 2.0, 12.25),
        (1.4 * units.rad, 2.0 * units.one, 12.25),
    ],
)
def test_the_bin_that_holds_the_point_is_looked_up(acceptance, xvalue, yvalue, value):
    assert acceptance.lookup(xvalue=xvalue, yvalue=yvalue) == value


@pytest.mark.parametrize(
    ("xvalue", "yvalue", "named"),
    [
        (-0.1, 2.0, r"Zenith angle = -0\.1 is out of range: the table holds 0 to 180 deg\."),
        (180.1, 2.0, "holds 0 to 180 deg"),
        (80, 1.9, r"Spectral index = 1\.9 is out of range: the table holds 2 to 2\.5\."),
        (float("nan"), 2.0, "0 to 180"),
        (float("inf"), 2.0, "0 to 180"),
    ],
)
def test_out_of_range_is_a_warning_that_names_the_range_and_none(acceptance, xvalue, yvalue, named):
    with pytest.warns(OutOfRange, match=named):
        assert acceptance.lookup(xvalue=xvalue, yvalue=yvalue) is None


def test_the_warning_points_to_the_line_that_asked(acceptance):
    with pytest.warns(OutOfRange) as heard:
        acceptance.lookup(xvalue=-1, yvalue=2)
    assert heard[0].filename == __file__


@pytest.mark.parametrize("given", [{"xvalue": 80}, {"xvalue": "eighty", "yvalue": 2}, {"xvalue": [80, 81], "yvalue": 2}])
def test_what_cannot_be_looked_up_is_a_sentence(acceptance, given):
    with pytest.raises(UsageError):
        acceptance.lookup(**given)


def test_a_quantity_of_another_dimension_is_refused(acceptance):
    with pytest.raises(UsageError, match="cannot be converted to deg"):
        acceptance.lookup(xvalue=80 * units.m, yvalue=2.0)


def test_one_axis_takes_one_value(table):
    one = table(EDGES, ["0,1,5", "1,2,6"])
    assert [one.lookup(0.5), one.lookup(xvalue=1), one.lookup(2)] == [5, 6, 6]
    with pytest.raises(UsageError, match="has 1 axes"):
        one.lookup(0.5, 0.5)


def test_in_a_gap_the_nearest_bin_is_meant(table):
    gap = table(EDGES, ["0,1,5", "4,5,6"])
    assert [gap.lookup(2.4), gap.lookup(2.6)] == [5, 6]


def test_points_are_near_by_their_logarithm_where_the_scale_says_so(table):
    columns = [("x", "xvalue", "", "scale: {}"), ("v", "returnvalue", "", "scale: linear")]
    rows = ["1,10", "100,20"]
    logarithmic = table([("x", "xvalue", "", "scale: log10"), columns[1]], rows)
    assert [logarithmic.lookup(9), logarithmic.lookup(11)] == [10, 20]
    linear = table([("x", "xvalue", "", "scale: linear"), columns[1]], rows)
    assert [linear.lookup(50), linear.lookup(51)] == [10, 20]


def test_an_empty_cell_or_a_missing_row_is_none(table):
    columns = [*EDGES[:2], ("y", "yvalue", "y", ""), ("value", "returnvalue", "z", "")]
    holes = table(columns, ["0,1,1,", "1,2,2,7"])
    assert [holes.lookup(0.5, 1), holes.lookup(0.5, 2), holes.lookup(1.5, 2)] == [None, None, 7]


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (EDGES[2:], ["1"]),
        (EDGES[:2], ["0,1"]),
        ([*EDGES, ("other", "value", "y", "")], ["0,1,2,3"]),
        (EDGES, [",1,2"]),
        (EDGES, []),
    ],
    ids=["no axis", "no value", "two values", "an edge is empty", "no rows"],
)
def test_a_table_that_is_no_lookup_table_says_what_is_missing_and_keeps_its_data(table, columns, rows):
    unfit = table(columns, rows)
    with pytest.raises(UnreadableFile, match="lookup table"):
        unfit.lookup(1)
    assert len(unfit.data) == len(rows)

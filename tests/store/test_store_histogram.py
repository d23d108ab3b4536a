"""A histogram has edges, values and errors as UHI wants them, and becomes one of the package hist."""

import hist
import numpy as np
import pytest
from uhi.typing.plottable import PlottableHistogram

from kpublish.errors import UnreadableFile, UsageError
from kpublish.store import KM3Store
from kpublish.store.products.histogram import PublishedHistogram

X = ["name: low, datatype: float64, unit: GeV, meta: {role: lower_edge, axis: x, name: Energy, scale: log10}"]
X += [X[0].replace("low", "high", 1).replace("lower", "upper")]
Y = [column.replace("name: low", "name: ylow").replace("name: high", "name: yhigh").replace("axis: x", "axis: y") for column in X]
Y = [column.replace("Energy, scale: log10", "Cosine").replace("unit: GeV, ", "") for column in Y]
VALUE = "name: n, datatype: float64, meta: {role: value, axis: z, name: Events}"
STAT = "name: stat, datatype: float64, meta: {role: error, axis: z, source: statistical}"
PLUS = "name: up, datatype: float64, meta: {role: error_plus, axis: z, source: systematic}"
MINUS = "name: down, datatype: float64, meta: {role: error_minus, axis: z, source: systematic}"


def text(columns, rows):
    names = [column.partition("name: ")[2].partition(",")[0] for column in columns]
    head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:", *(f"- {{{column}}}" for column in columns), "schema: astropy-2.0"]
    return "\n".join([*(f"# {line}" for line in head), ",".join(names), *rows, ""])


@pytest.fixture
def binned(folder, tmp_path):
    """Publishes and loads a histogram: columns as YAML, then rows of text; ``content`` of its metadata, and further tables."""

    def load(columns, rows, content=None, others=None, kids=None):
        said = {"ktype": "km3.histogram", **({"content": content} if content else {})}
        release = folder({"data/h.ecsv": text(columns, rows), **(others or {})}, more={"data/h.ecsv": said}, kids=kids)
        return KM3Store(folder.path, cache=tmp_path / "cache").get(release.members[0].resource.kid)

    return load


def test_one_dimension_is_what_uhi_wants(binned):
    one = binned([*X, VALUE, STAT], ["1,10,4,2", "10,100,9,3"])
    assert isinstance(one, PublishedHistogram)
    assert isinstance(one, PlottableHistogram)
    assert [list(axis) for axis in one.axes] == [[(1, 10), (10, 100)]]
    assert [edges.tolist() for edges in one.edges] == [[1, 10, 100]]
    assert one.values().tolist() == [4, 9]
    assert one.variances().tolist() == [4, 9]
    assert one.counts().tolist() == [4, 9]
    assert one.axes[0].label == "Energy [GeV]"


def test_rows_in_any_order_and_missing_rows_keep_their_place(binned):
    two = binned([*X, *Y, VALUE], ["10,100,-1,0,3", "1,10,-1,0,1", "1,10,0,1,2"])
    assert two.values()[:, 0].tolist() == [1, 3]
    assert two.values()[0, 1] == 2
    assert np.isnan(two.values()[1, 1])
    assert [edges.tolist() for edges in two.edges] == [[1, 10, 100], [-1, 0, 1]]
    assert two.errors() is None
    assert two.variances() is None


def test_it_becomes_one_of_hist_with_values_and_variances(binned):
    made = binned([*X, VALUE, STAT], ["1,10,4,2", "10,100,9,3"]).to_hist()
    assert isinstance(made, hist.Hist)
    assert made.axes[0].edges.tolist() == [1, 10, 100]
    assert made.values().tolist() == [4, 9]
    assert made.variances().tolist() == [4, 9]
    plain = binned([*X, *Y, VALUE], ["1,10,-1,0,4", "1,10,0,1,9"]).to_hist()
    assert plain.values().tolist() == [[4, 9]]


def test_errors_are_chosen_by_source_or_added_in_quadrature(binned):
    one = binned([*X, VALUE, STAT, PLUS, MINUS], ["1,10,4,3,4,0", "10,100,9,5,12,0"])
    assert [side.tolist() for side in one.errors("statistical")] == [[3, 5], [3, 5]]
    assert [side.tolist() for side in one.errors()] == [[3, 5], [5, 13]]
    assert one.variances() is None
    with pytest.raises(UsageError, match="Did you mean 'statistical'"):
        one.errors("statistic")


def test_the_covariance_is_the_table_that_content_names(binned):
    kid = "6f0d2f4e-3ad2-4c29-9c08-2d8b7a1f3c55"
    columns = [f"name: c{number}, datatype: float64, meta: {{role: value}}" for number in (0, 1)]
    held = {"content": {"covariance": kid}, "kids": {"data/c.ecsv": kid}}
    one = binned([*X, VALUE], ["1,10,4", "10,100,9"], others={"data/c.ecsv": text(columns, ["4,1", "1,9"])}, **held)
    assert one.covariance.tolist() == [[4, 1], [1, 9]]


def test_a_covariance_of_another_size_or_none_is_told(binned, folder, tmp_path):
    assert binned([*X, VALUE], ["1,10,4"]).covariance is None
    kid = "6f0d2f4e-3ad2-4c29-9c08-2d8b7a1f3c55"
    column = ["name: c0, datatype: float64, meta: {role: value}"]
    folder(
        {"data/g.ecsv": text([*X, VALUE], ["1,10,4", "10,100,9"]), "data/c.ecsv": text(column, ["4"])},
        more={"data/g.ecsv": {"ktype": "km3.histogram", "content": {"covariance": kid}}},
        kids={"data/c.ecsv": kid},
    )
    with pytest.raises(UnreadableFile, match="covariance matrix of 2 rows"):
        _ = KM3Store(folder.path, cache=tmp_path / "cache").get("g").covariance


def test_bins_with_a_gap_have_no_edges_but_bins(binned):
    gap = binned([*X, VALUE], ["1,10,4", "20,100,9"])
    assert list(gap.axes[0]) == [(1, 10), (20, 100)]
    with pytest.raises(UnreadableFile, match="contiguous bins"):
        _ = gap.edges


def test_of_several_columns_one_is_meant_by_name(binned):
    several = binned([*X, VALUE, VALUE.replace("name: n,", "name: m,")], ["1,10,4,5"])
    assert several.values().tolist() == [4]
    assert several.values("m").tolist() == [5]
    with pytest.raises(UsageError, match="Columns of values: n, m"):
        several.values("energy")


@pytest.mark.parametrize(
    ("columns", "rows"), [([VALUE], ["1"]), ([*X, VALUE], []), ([*X, VALUE], [",10,4"])], ids=["no edges", "no rows", "empty"]
)
def test_what_is_no_histogram_says_what_is_missing_and_keeps_its_data(binned, columns, rows):
    unfit = binned(columns, rows)
    with pytest.raises(UnreadableFile, match="no histogram"):
        unfit.values()
    assert len(unfit.data) == len(rows)


def test_it_draws_itself_in_one_and_two_dimensions(binned):
    assert binned([*X, VALUE], ["1,10,4", "10,100,9"]).plot()._repr_png_().startswith(b"\x89PNG")
    rows = ["1,10,-1,0,1", "1,10,0,1,2", "10,100,-1,0,3", "10,100,0,1,4"]
    drawn = binned([*X, *Y, VALUE], rows).plot()
    assert drawn._repr_png_().startswith(b"\x89PNG")
    assert "Events" in drawn.alt

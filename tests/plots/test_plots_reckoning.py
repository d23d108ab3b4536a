"""Factors, ratios, units and dates: the numbers that marks get, and what the axes say of them."""

from datetime import UTC, datetime

import numpy as np
import pytest
from plots_examples import COLUMNS, ENERGY, FLUX, composed, figure, project, table

from kpublish.plots.canvas import draw
from kpublish.plots.layers import parts
from kpublish.plots.reckoning import factors

TEV = "data/tev.ecsv"
DAY = {"axis": "x", "role": "time", "unit": "d", "symbol": "t"}


def drawn(*layers, tables=(), **said):
    (part,) = parts(figure(*layers, **said), project(*(tables or (table(),))))
    return [item.series for item in part.drawn]


def fault(*layers, tables=(), **said):
    (found,) = draw(figure(*layers, **said), project(*(tables or (table(),)))).faults
    return found


def tev():
    """The same flux in TeV: values and errors of its own."""
    per_tev = {**FLUX, "unit": "TeV-1 m-2 s-1"}
    return table(
        {
            "energy": ({**ENERGY, "unit": "TeV", "role": "center"}, [0.003, 0.03, 0.3]),
            "flux": (per_tev | {"role": "value"}, [1.0, 0.2, 0.03]),
        },
        TEV,
    )


def test_a_factor_multiplies_the_value_its_errors_and_its_limit():
    (series,) = drawn({"mark": "points", "times": "energy**2"})
    energy, flux = np.array(COLUMNS["energy"][1]), np.array(COLUMNS["flux"][1], dtype=float)
    assert np.allclose(series.values["y"], energy**2 * flux, equal_nan=True)
    assert series.values["error_plus"][0] == pytest.approx(9 * COLUMNS["up"][1][0])
    assert series.values["limit"][2] == pytest.approx(300.0**2 * 6e-5)
    assert series.values["lower"].tolist() == COLUMNS["low"][1]
    assert series.names["y"] == r"$E_{\nu}^{2}\,\Phi$ [GeV m$^{-2}$ s$^{-1}$]"


def test_a_factor_of_a_grid_multiplies_its_numbers_and_not_its_places():
    (series,) = drawn({"mark": "mesh", "times": "10 * count", "value": "count", "y": "floor"}, tables=(table(),))
    assert series.values["value"][:2].tolist() == [10.0, 40.0]
    assert series.values["y_lower"].tolist() == COLUMNS["floor"][1]


@pytest.mark.parametrize("text", ["energy +", "energy + 1", "energy**x", "", "sin(energy)", "__import__('os')"])
def test_what_is_no_product_is_refused(text):
    with pytest.raises(KeyError, match="no product"):
        factors(text)


def test_a_factor_that_names_no_column_is_a_fault():
    assert "no column 'energie'. Did you mean 'energy'" in fault({"mark": "line", "times": "energie"}).message


def test_layers_in_other_units_are_shown_in_that_of_the_first():
    ours, theirs = drawn({"mark": "line"}, {"mark": "line", "table": TEV}, tables=(table(), tev()))
    assert theirs.values["x"].tolist() == pytest.approx([3.0, 30.0, 300.0])
    assert theirs.values["y"].tolist() == pytest.approx([1e-3, 2e-4, 3e-5])
    assert theirs.names["y"] == ours.names["y"]


def test_an_axis_shows_the_unit_that_it_names():
    (series,) = drawn({"mark": "points"}, x={"scale": "log", "unit": "TeV"}, y={"unit": "GeV-1 cm-2 s-1"})
    assert series.values["x"][0] == pytest.approx(0.003)
    assert series.values["upper"][0] == pytest.approx(0.01)
    assert series.values["error_plus"][0] == pytest.approx(1e-4 * COLUMNS["up"][1][0])
    assert series.names["x"].endswith("[TeV]")


@pytest.mark.parametrize(("unit", "said"), [("m", "cannot be shown in m"), ("furlong", "is no unit")])
def test_a_unit_that_the_numbers_cannot_have_is_a_fault(unit, said):
    found = fault({"mark": "line"}, x={"unit": unit})
    assert found.code == "FIG14"
    assert said in found.message


def test_a_second_scale_shows_the_same_numbers_in_its_unit():
    picture = composed(figure({"mark": "line"}, x={"scale": "log", "secondary": {"unit": "TeV"}}), table())
    (second,) = picture.axes[0].child_axes
    low, high = picture.axes[0].get_xlim()
    assert second.get_xlim() == pytest.approx((low / 1000, high / 1000))
    assert second.get_xlabel() == r"$E_{\nu}$ [TeV]"


def test_a_second_scale_of_another_kind_is_a_fault():
    assert "second scale" in fault({"mark": "line"}, x={"secondary": {"unit": "s"}}).message


def expectation(values, low, path="data/model.ecsv"):
    high = [*low[1:], low[-1] * 10]
    return table(
        {
            "low": (ENERGY | {"role": "lower_edge"}, low),
            "high": (ENERGY | {"role": "upper_edge"}, high),
            "model": (FLUX | {"role": "value"}, values),
        },
        path,
    )


def test_a_ratio_divides_rows_with_equal_edges_and_leaves_out_others():
    other = expectation([5e-4, 1e-4, 1.0], [1.0, 10.0 * (1 + 1e-9), 100.0])
    over = {"table": "data/model.ecsv", "y": "model"}
    (series,) = drawn({"mark": "points", "over": over}, tables=(table(), other))
    assert np.allclose(series.values["y"][:2], [2.0, 2.0])
    assert np.isnan(series.values["y"][2:]).all()
    assert series.values["error_plus"][0] == pytest.approx(COLUMNS["up"][1][0] / 5e-4)
    assert series.names["y"] == "Ratio"


def test_a_ratio_takes_other_units_into_account():
    (series,) = drawn(
        {"mark": "line", "over": {"table": TEV, "y": "flux", "x": "energy", "between": "log"}}, tables=(table(), tev())
    )
    assert series.values["y"][:2].tolist() == pytest.approx([1.0, 1.0])


def test_a_ratio_between_rows_is_interpolated_only_where_that_is_said():
    line = table(
        {"energy": (ENERGY | {"role": "center"}, [1.0, 1e6]), "model": (FLUX | {"role": "value"}, [1.0, 1e-6])}, "data/l.ecsv"
    )
    over = {"table": "data/l.ecsv", "y": "model"}
    assert "between" in fault({"mark": "line", "over": over}, tables=(table(), line)).message
    (series,) = drawn({"mark": "line", "over": over | {"between": "log"}}, tables=(table(), line))
    assert series.values["y"][0] == pytest.approx(COLUMNS["flux"][1][0] * 3.0)


def test_the_table_to_divide_by_must_be_there():
    found = fault({"mark": "line", "over": {"table": "data/none.ecsv"}})
    assert (found.code, found.message) == ("FIG03", "There is no table 'data/none.ecsv'.")


def times(**more):
    return table({"t": (DAY | more, [59800.0, 59801.5]), "flux": (FLUX | {"role": "value"}, [1.0, 2.0])})


def test_julian_dates_are_shown_as_dates_in_utc():
    described = figure({"mark": "points"}, x={"dates": True}, y={"scale": "linear"})
    axes = composed(described, times()).axes[0]
    seconds = axes.lines[0].get_xdata()[1] * 86400
    assert datetime.fromtimestamp(seconds, UTC) == datetime(2022, 8, 10, 12, tzinfo=UTC)
    assert axes.get_xlabel() == "Date (UTC)"
    assert "from 2022-08-08 to 2022-08-10" in draw(described, project(times())).alt


def test_dates_in_another_time_scale_are_brought_to_utc():
    (series,) = drawn({"mark": "points"}, tables=(times(timescale="tai"),), x={"dates": True})
    assert series.values["x"][0] == pytest.approx(59800.0 - 40587.0 - 37 / 86400, abs=1e-9)


def test_dates_of_other_units_are_a_fault():
    assert "not of numbers in GeV" in fault({"mark": "line"}, x={"dates": True}).message


def test_a_second_scale_may_tell_the_dates():
    picture = composed(figure({"mark": "points"}, x={"secondary": {"dates": True}}, y={"scale": "linear"}), times())
    texts = [text.get_text() for text in picture.axes[0].child_axes[0].get_xticklabels()]
    assert any(text.startswith(("2022-08", "08-")) for text in texts)


def test_an_axis_may_be_logarithmic_on_both_sides_of_zero():
    columns = {"e": (ENERGY | {"role": "center"}, [1.0, 2.0, 3.0]), "flux": (FLUX | {"role": "value"}, [-500.0, 0.02, 70.0])}
    axes = composed(figure({"mark": "line"}, x={"scale": "linear"}, y={"scale": "symlog"}), table(columns)).axes[0]
    assert axes.yaxis.get_transform().linthresh == pytest.approx(0.01)
    assert (
        "logarithmic on both sides of zero"
        in draw(figure({"mark": "line"}, x={}, y={"scale": "symlog"}), project(table(columns))).alt
    )


def test_systematic_errors_are_wide_bars_beside_the_statistical_ones():
    source = {"error": "statistical", "shift": "systematic"}
    errors = {name: (FLUX | {"role": "error", "source": kind}, [0.1, 0.2]) for name, kind in source.items()}
    columns = {"e": (ENERGY | {"role": "center"}, [1.0, 2.0]), "flux": (FLUX | {"role": "value"}, [1.0, 2.0]), **errors}
    described = figure({"mark": "points"}, x={}, y={})
    bars = composed(described, table(columns)).axes[0].collections
    assert sorted(bar.get_linewidths()[0] for bar in bars) == [1.5, 8.0]
    assert "wide ones systematic" in draw(described, project(table(columns))).alt


@pytest.mark.parametrize("between", [None, "log"])
def test_rows_to_divide_by_must_be_selected(between):
    over = {"y": "flux", "where": {"low": "77"}, "between": between}
    assert "No row of data/flux.ecsv is selected to divide by" in fault({"mark": "line", "over": over}).message


def test_a_grid_is_not_divided():
    assert "cannot be divided" in fault({"mark": "mesh", "value": "count", "y": "floor", "over": {"y": "flux"}}).message


@pytest.mark.parametrize("said", [{"times": "count**-1"}, {"over": {"y": "count"}}])
def test_what_is_divided_by_zero_is_left_out_without_a_warning(said):
    described = figure({"mark": "points", "error": "up", **said})
    drawn = draw(described, project())
    assert len(drawn.files) == 3
    assert not drawn.faults
    (part,) = parts(described, project())
    assert np.isnan(part.drawn[0].series.values["y"][4])


def test_dates_may_lie_along_y_too():
    day = {"axis": "y", "role": "time", "unit": "d"}
    columns = {"e": (ENERGY | {"role": "center"}, [1.0, 2.0]), "flux": (day, [59800.0, 59801.0])}
    (series,) = drawn({"mark": "line"}, tables=(table(columns),), x={}, y={"dates": True})
    assert series.values["y"].tolist() == [59800.0 - 40587.0, 59801.0 - 40587.0]
    assert series.names["y"] == "Date (UTC)"

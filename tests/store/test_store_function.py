"""A function is a table of coefficients that can be evaluated, with units where they are known."""

import numpy as np
import pytest
from astropy import units

from kpublish.errors import UnreadableFile, UsageError
from kpublish.store import KM3Store
from kpublish.store.products.function import Function, PublishedFunction


@pytest.fixture(params=["bundle", "datacenter", "directory"])
def background(request, products, tmp_path):
    return KM3Store(products[request.param], cache=tmp_path).get("background")


def test_coefficients_stand_in_ascending_powers(background):
    assert isinstance(background, PublishedFunction)
    assert background.functiontype == "polynomial"
    assert background.coefficients == (4.0, 0.5, -0.25)
    assert background.evaluate(2) == 4.0 + 0.5 * 2 - 0.25 * 2**2
    assert background.function.evaluate(0) == 4.0


def test_arrays_and_lists_are_evaluated_as_a_whole(background):
    grid = np.array([[0.0, 2.0], [-4.0, 10.0]])
    np.testing.assert_array_equal(background.evaluate(grid), 4.0 + 0.5 * grid - 0.25 * grid**2)
    np.testing.assert_array_equal(background.evaluate([0, 2]), [4.0, 4.0])


def test_a_quantity_in_gives_a_quantity_out(background):
    value = background.evaluate(2 * units.deg)
    assert (value.value, value.unit) == (4.0, units.count)
    assert background.evaluate((2 * units.deg).to(units.rad)).value == pytest.approx(4.0, abs=1e-12)
    with pytest.raises(UsageError, match="cannot be converted to deg"):
        background.evaluate(2 * units.m)


def test_numbers_without_unit_take_quantities_without_unit():
    assert Function((1.0, 2.0)).evaluate(3 * units.one) == 7.0
    assert Function(()).evaluate(3) == 0.0


def test_numbers_are_those_of_numpy():
    coefficients = tuple(np.random.default_rng(8).normal(size=7))
    x = np.linspace(-3, 3, 50)
    np.testing.assert_allclose(Function(coefficients).evaluate(x), np.polynomial.Polynomial(coefficients)(x), rtol=1e-12)


def test_another_type_of_function_is_refused_when_it_is_evaluated():
    with pytest.raises(UsageError, match="Functions of type 'spline' are not known"):
        Function((1.0,), functiontype="spline").evaluate(1)


@pytest.mark.parametrize(
    ("columns", "rows"),
    [(["{name: a, datatype: string}"], ["word"]), (["{name: a, datatype: float64}"], [""]), (["{name: a, datatype: float64}"], [])],
    ids=["words", "an empty cell", "no rows"],
)
def test_a_table_without_coefficients_is_a_sentence(folder, tmp_path, columns, rows):
    head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:", *(f"- {column}" for column in columns), "schema: astropy-2.0"]
    text = "\n".join([*(f"# {line}" for line in head), "a", *(row or '""' for row in rows), ""])
    release = folder({"data/f.ecsv": text}, more={"data/f.ecsv": {"ktype": "km3.function"}})
    function = KM3Store(folder.path, cache=tmp_path / "cache").get(release.members[0].resource.kid)
    assert function.functiontype == "polynomial"
    with pytest.raises(UnreadableFile, match="coefficients"):
        function.evaluate(1)

"""Which rows and numbers a layer takes from a table."""

import numpy as np
import pytest
from plots_examples import COLUMNS, ENERGY, table

from kpublish.plots.series import along_x, edges, named, numbers, selected


def rows(columns, **where):
    return selected(where, table(columns))


@pytest.mark.parametrize(
    ("cells", "literal", "expected"),
    [
        ([-1.0, -0.95, -1.0], "-1.0", [0, 2]),
        ([-1.0, -0.95, -1.0], "-1", [0, 2]),
        ([1, 2, None], "2.0", [1]),
        ([1e3, 1e4], "1e3", [0]),
        (["1", "01"], "1", [0]),
        (["north", "south", None], "south", [1]),
        ([True, False, None], "true", [0]),
        ([1.0], "north", []),
    ],
)
def test_a_row_is_selected_by_its_text_or_its_number(cells, literal, expected):
    assert rows({"zone": ({}, cells)}, zone=literal) == expected


def test_all_conditions_must_hold():
    columns = {"a": ({}, [1.0, 1.0, 2.0]), "b": ({}, ["x", "y", "y"])}
    assert rows(columns) == [0, 1, 2]
    assert rows(columns, a="1", b="y") == [1]


def test_a_misspelt_condition_is_answered_with_the_nearest_column():
    with pytest.raises(KeyError, match=r"Did you mean 'zone'\?"):
        rows(COLUMNS, zonne="north")


def test_a_column_far_from_all_others_is_answered_with_the_list():
    with pytest.raises(KeyError, match=r"Columns: low, high, energy"):
        named(table(), "qqqqqq")


def test_empty_cells_become_nan():
    assert np.array_equal(numbers(table(), "cap", [1, 2]), [np.nan, 6e-5], equal_nan=True)


def test_words_are_no_numbers():
    with pytest.raises(KeyError, match="does not hold numbers"):
        numbers(table(), "zone", [0])


def test_columns_without_axis_are_taken_if_none_has_it():
    bare = table({"low": ({"role": "lower_edge"}, []), "high": ({"role": "upper_edge"}, []), "mid": ({"role": "center"}, [])})
    assert edges(bare, None, None) == {"lower": "low", "upper": "high"}
    assert along_x(bare, but="flux") == "mid"


def test_a_value_without_axis_is_no_position():
    assert along_x(table({"count": ({"role": "value"}, []), "flux": ({"role": "value"}, [])}), but="flux") is None


def test_two_columns_that_could_be_meant_must_be_named():
    twice = table({"a": (ENERGY | {"role": "center"}, []), "b": (ENERGY | {"role": "center"}, [])})
    with pytest.raises(KeyError, match="several columns with role center on axis x: a, b"):
        along_x(twice, but="flux")


def test_a_table_without_rows_selects_nothing():
    assert rows({}) == []
    assert rows({"a": ({}, [])}, a="1") == []

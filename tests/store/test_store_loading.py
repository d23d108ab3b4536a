"""Tables are handed out as objects, plain lists, DataFrames or drawings; releases by parts."""

import pandas as pd
import pytest

from kpublish.errors import NotFound, UsageError
from kpublish.store import KM3Store
from kpublish.store.products.table import AnnotatedTable

RELEASE = "3ceaaf30-8142-48ea-91d9-3080f9b439fc"
FIGURE = "figures/flux.yaml"


@pytest.fixture
def store(addresses, tmp_path):
    return KM3Store(addresses["directory"], cache=tmp_path / "cache")


def test_plain_is_a_dict_of_lists(store):
    plain = store.get("limits", loadoption="plain")
    assert plain["id"] == ["first", "the second, quoted", "third"]
    assert plain["down"] == [0.0, 1e-07, None]


def test_pandas_is_the_frame_of_the_table(store):
    pd.testing.assert_frame_equal(store.get("flux", loadoption="pandas"), store.get("flux").get_dataframe())


def test_parts_of_a_release_are_loaded_by_name(store):
    table = store.get(RELEASE, ["flux"])
    assert isinstance(table, AnnotatedTable)
    pd.testing.assert_frame_equal(store.get(RELEASE, ["flux"], "pandas"), table.data)
    both = store.get(RELEASE, ["limits", FIGURE])
    assert list(both) == ["limits", FIGURE]
    assert both[FIGURE].data == b"a png"
    with pytest.raises(NotFound, match="Did you mean 'limits'"):
        store.get(RELEASE, ["limit"])


@pytest.mark.parametrize("arguments", [("flux", ["flux"]), ("flux", "1.0.0"), (RELEASE, "flux")])
def test_parts_are_a_list_and_of_a_release(store, arguments):
    with pytest.raises(UsageError, match=r"only releases and event files have them.*version="):
        store.get(*arguments)


@pytest.mark.parametrize(
    ("identifier", "loadoption", "said"),
    [
        ("flux", "panda", "Did you mean 'pandas'"),
        ("flux", "xml", "Known: plain, pandas, plot"),
        (FIGURE, "pandas", "Only tables can be loaded as pandas"),
        (RELEASE, "plot", "Only tables can be loaded as plot"),
    ],
)
def test_a_form_that_does_not_exist_is_a_sentence(store, identifier, loadoption, said):
    with pytest.raises(UsageError, match=said):
        store.get(identifier, loadoption=loadoption)

"""Tables become QTables of astropy: equal numbers, units, masks, and what the columns mean."""

import numpy as np
import pytest
from astropy import units
from astropy.table import QTable

from kpublish.errors import UsageError
from kpublish.store import KM3Store
from kpublish.store.quantities import number_in, unit_of


@pytest.fixture
def store(addresses, tmp_path):
    return KM3Store(addresses["directory"], cache=tmp_path)


def test_numbers_with_units_are_quantities(store):
    table = store.get("flux").to_astropy()
    assert isinstance(table, QTable)
    assert table["energy_low"].unit == units.GeV
    np.testing.assert_array_equal(table["flux"].value, store.get("flux").data["flux"])
    assert table["flux"][0].to_value("TeV-1 cm-2 s-1") == pytest.approx(2.5e-06)
    assert table["flux"].info.description == "made-up flux"
    assert table["flux"].info.meta["role"] == "value"
    assert table.meta["KM3Resource"]["title"] == "Flux over energy"
    assert table.meta["origin"]["range"]["energy"]["unit"] == "GeV"


def test_it_equals_what_astropy_reads_from_the_file(store):
    for name in ("flux", "limits"):
        ours, theirs = store.get(name).to_astropy(), QTable.read(store.get(name).path, format="ascii.ecsv")
        assert ours.colnames == theirs.colnames
        for column in ours.colnames:
            mine, other = np.ma.asarray(ours[column].value), np.ma.asarray(theirs[column].value)
            filled = ~np.ma.getmaskarray(other)
            assert list(mine[filled]) == list(other[filled])


def test_empty_cells_are_masked_or_nan(folder, tmp_path):
    columns = ["{name: i, datatype: int64}", "{name: f, datatype: float64, unit: m}", "{name: s, datatype: string, unit: m}"]
    columns += ["{name: q, datatype: int16, unit: s}", "{name: odd, datatype: float64, unit: log(GeV)}"]
    head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:", *(f"- {column}" for column in columns), "schema: astropy-2.0"]
    release = folder({"data/t.ecsv": "\n".join([*(f"# {line}" for line in head), "i,f,s,q,odd", "1,2,x,3,4", ",,,,", ""])})
    table = KM3Store(folder.path, cache=tmp_path / "cache").get(release.members[0].resource.kid).to_astropy()
    assert list(table["i"].mask) == list(table["s"].mask) == list(table["q"].mask) == [False, True]
    assert np.isnan(table["f"][1])
    assert table["f"][0] == 2 * units.m
    assert table["q"][0].unmasked == 3 * units.s
    assert table["odd"].unit is None
    assert table["odd"].info.meta["unit"] == "log(GeV)"


def test_units_are_those_of_vounits():
    assert unit_of("GeV-1 m-2 s-1 sr-1") == units.Unit("1 / (GeV m2 s sr)")
    assert unit_of("count") == units.count
    assert unit_of(None) is unit_of("") is unit_of("log(GeV)") is None


def test_a_quantity_is_converted_and_a_number_taken_as_it_is():
    assert number_in(2 * units.TeV, "GeV") == 2000
    assert number_in(2, "GeV") == 2
    with pytest.raises(UsageError, match="to a number without unit"):
        number_in(2 * units.TeV, None)

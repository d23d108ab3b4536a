"""R reads the same numbers and units as astropy and pandas do."""

import subprocess

import pandas as pd
import pytest
from astropy.table import Table

from kpublish.store import KM3Store

pytestmark = pytest.mark.r
#: Base R only: numbers with seventeen digits, and the units that the header states.
SCRIPT = r"""
file <- commandArgs(TRUE)[1]
told <- read.csv(file, comment.char = "#", check.names = FALSE)
lines <- readLines(file)
units <- sub("^# +unit: +", "", lines[grepl("^# +unit: ", lines)])
for (name in names(told)) {
  cells <- if (is.numeric(told[[name]])) formatC(told[[name]], digits = 17, format = "g") else as.character(told[[name]])
  cat(name, paste(trimws(cells), collapse = " "), sep = "\t", end = "\n")
}
cat("units", paste(gsub("'", "", units), collapse = "|"), sep = "\t", end = "\n")
"""


@pytest.mark.parametrize("name", ["acceptance", "events", "background"])
def test_r_astropy_and_pandas_read_equal_numbers_and_units(products, tmp_path, name):
    table = KM3Store(products["datacenter"], cache=tmp_path / "cache").get(name)
    file = tmp_path / f"{name}.ecsv"
    file.write_bytes(table.path.read_bytes())
    (tmp_path / "read.R").write_text(SCRIPT)
    told = subprocess.run(["Rscript", "--vanilla", "read.R", str(file)], cwd=tmp_path, capture_output=True, text=True, check=True)
    lines = [line.rstrip("\t").split("\t") for line in told.stdout.splitlines()]
    columns = {one[0].strip(): one[1].split(" ") for one in lines[:-1]}
    theirs, frame = Table.read(file, format="ascii.ecsv"), pd.read_csv(file, comment="#")
    assert list(columns) == theirs.colnames == list(frame.columns) == list(table.data.columns)
    for column, cells in columns.items():
        if table.data[column].dtype.kind in "fiu":
            assert list(map(float, cells)) == list(theirs[column]) == list(frame[column]) == list(table.data[column])
    stated = [one.unit for one in table.table.parameters if one.unit is not None]
    assert lines[-1][1].split("|") == stated
    quantities = table.to_astropy()
    for one in table.table.parameters:
        assert str(quantities[one.columnname].unit or "") == str(theirs[one.columnname].unit or "")

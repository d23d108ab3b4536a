"""CPU time of ``kpublish export hepdata`` against hepdata_lib, whole processes in turn; 100 tables of 1,000 rows; goal 0.1.

Both read the same annotated files and write bins, values with asymmetric errors, and counts; hepdata_lib reads with pandas.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from paired import compare
from validate import OURS, make

TABLES = 100
EXPORT = "'export', 'hepdata', {!r}"
THEIRS = """
import glob
import os
import pandas
from hepdata_lib import Submission, Table, Uncertainty, Variable

submission = Submission()
for number, path in enumerate(sorted(glob.glob({folder!r} + "/*.ecsv"))):
    data = pandas.read_csv(path, comment="#")
    table = Table(f"Spectrum number {{number}}")
    table.description = "Seeded numbers"
    energy = Variable("energy", is_independent=True, is_binned=True, units="GeV")
    energy.values = list(zip(data["energy_low"].tolist(), data["energy_high"].tolist()))
    flux = Variable("flux", is_independent=False, is_binned=False, units="GeV-1 m-2 s-1 sr-1")
    flux.values = data["flux"].tolist()
    error = Uncertainty("stat", is_symmetric=False)
    error.values = list(zip((-data["flux_minus"]).tolist(), data["flux_plus"].tolist()))
    flux.add_uncertainty(error)
    events = Variable("events", is_independent=False, is_binned=False)
    events.values = data["events"].tolist()
    for variable in (energy, flux, events):
        table.add_variable(variable)
    submission.add_table(table)
os.chdir({folder!r})  # where it leaves an archive beside
submission.create_files({folder!r} + "/by-hand", validate=False, remove_old=True)
"""


if __name__ == "__main__":
    place = Path(tempfile.mkdtemp())
    try:
        folder, _ = make(place, TABLES)
        ours = [sys.executable, "-c", OURS.replace("'validate', {!r}", EXPORT).format(str(folder))]
        theirs = [sys.executable, "-c", THEIRS.format(folder=str(folder))]
        compare(f"{TABLES} tables as a HEPData submission / hepdata_lib (goal 0.1)", ours, theirs, rounds=3)
        for made in (*folder.glob("dist/*.zip"), folder / "by-hand" / "submission.yaml"):
            print(f"{made.name}: {made.stat().st_size / 1e6:.1f} MB")
    finally:
        shutil.rmtree(place)

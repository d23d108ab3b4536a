"""A selection that misses a number by rounding is answered with the number."""

import shutil
from pathlib import Path

from kpublish.checks.figure import FIG12
from kpublish.formats.kpublish_yaml import load_project

FULL = Path(__file__).parents[1] / "examples" / "bad" / "FIG12"


def test_a_number_missed_by_rounding_is_named(tmp_path):
    folder = tmp_path / "plots"
    shutil.copytree(FULL, folder)
    table = folder / "data" / "flux.ecsv"
    table.write_text(table.read_text("utf-8").replace("\n10.0,", "\n10.000000000000002,"), "utf-8")
    (figure,) = folder.glob("figures/*.yaml")
    text = figure.read_text("utf-8")
    start, _, rest = text.partition("where: {")
    figure.write_text(f"{start}where: {{energy_low: 10.0{rest[rest.index('}') :]}", "utf-8")
    (fault,) = FIG12().check(load_project(folder))
    assert fault.remedy == "Write energy_low: 10.000000000000002, as it stands in the table."

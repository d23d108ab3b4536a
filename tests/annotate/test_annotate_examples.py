"""Each folder of tests/examples/annotate: the file in it becomes ``out.ecsv``, by its ``answers.yaml`` and ``options``."""

from pathlib import Path

import pytest
import yaml

from kpublish.annotate.answering import answered, defaults, flat
from kpublish.annotate.proposing import propose
from kpublish.annotate.writing import annotate
from kpublish.formats.ecsv import read
from kpublish.formats.reading_any import read_any

EXAMPLES = Path(__file__).parents[1] / "examples" / "annotate"
KID = "00000000-0000-4000-8000-000000000000"


def made(folder):
    (file,) = [path for path in folder.iterdir() if path.name not in ("out.ecsv", "answers.yaml", "options")]
    (table,) = read_any(file, file.name)
    assert not table.faults
    given = folder / "answers.yaml"
    answers = flat(yaml.safe_load(given.read_text("utf-8"))) if given.exists() else {}
    draft = propose(table, answers)
    options = folder / "options"
    linear = options.exists() and "--linear" in options.read_text("utf-8")
    return table, annotate(answered(draft, defaults(draft, answers)), KID, linear=linear)


@pytest.mark.parametrize("folder", sorted(EXAMPLES.iterdir()), ids=lambda folder: folder.name)
def test_a_bare_table_becomes_the_annotated_one(folder):
    table, done = made(folder)
    assert done.text == (folder / "out.ecsv").read_text("utf-8")
    assert (done.rows, done.columns) == (table.rows, len(table.columns))


@pytest.mark.parametrize("folder", sorted(EXAMPLES.iterdir()), ids=lambda folder: folder.name)
def test_astropy_and_pandas_read_the_same_rows(folder):
    import pandas as pd
    from astropy.table import Table

    ours = read(folder / "out.ecsv", "out.ecsv")
    theirs = Table.read(folder / "out.ecsv", format="ascii.ecsv")
    frame = pd.read_csv(folder / "out.ecsv", comment="#")
    assert not ours.faults
    assert theirs.colnames == list(frame.columns) == [parameter.columnname for parameter in ours.parameters]
    assert len(theirs) == len(frame) == len(ours.lines)

import os
import signal

import pytest
from click.testing import CliRunner

from kpublish.cli import group
from kpublish.errors import UnreadableFile
from kpublish.formats import many

ROWS = "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype: [{name: e, datatype: int64}]\ne\n"


def process_of(name):
    return f"{name} {os.getpid()}"


def ended(name):
    os.kill(os.getpid(), signal.SIGKILL)


def test_several_processes_find_the_same_in_the_same_order(tmp_path):
    for number in range(45):
        (tmp_path / f"t{number:02}.ecsv").write_text(ROWS + f"{number}\n" + "x\n" * (number % 3))
    one, two = (CliRunner().invoke(group, ["validate", str(tmp_path), "--jobs", jobs]) for jobs in ("1", "2"))
    assert (one.exit_code, one.output) == (two.exit_code, two.output)
    assert "'x' in the column 'e'" in one.output


def test_many_names_are_read_elsewhere_and_in_order():
    names = [f"n{number}" for number in range(50)]
    read = many.read_all(process_of, names, 2)
    assert [text.split()[0] for text in read] == names
    assert str(os.getpid()) not in {text.split()[1] for text in read}


def test_few_names_are_read_here():
    assert many.read_all(process_of, ["a", "b"], 8) == (f"a {os.getpid()}", f"b {os.getpid()}")


def test_a_process_that_the_system_ends_is_one_sentence():
    with pytest.raises(UnreadableFile, match="ended a process"):
        many.read_all(ended, [str(number) for number in range(50)], 2)

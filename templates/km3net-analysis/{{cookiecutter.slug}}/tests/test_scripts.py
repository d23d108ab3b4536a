"""What the scripts compute is what one can compute by hand."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from acceptance import acceptance
from expected_events import integral


def test_a_constant_area_over_the_whole_sky_is_seen_from_all_of_it():
    rows = [
        ["2", "", "3", str(bottom), "", str(bottom + 0.5), "10"]
        for bottom in (-1.0, -0.5, 0.0, 0.5)
    ]
    assert acceptance(rows) == {(100.0, 1000.0): pytest.approx(10 * 4 * 3.141592653589793)}


def test_the_integral_of_an_inverse_square_is_known():
    assert integral(1.0, 2.0, normalization=3.0, pivot=1.0, index=2.0) == pytest.approx(1.5)
    assert integral(10.0, 20.0, normalization=3.0, pivot=10.0, index=2.0) == pytest.approx(15.0)


def test_another_file_than_the_one_that_is_named_is_refused(tmp_path):
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "effective_area.csv").write_text("something else")
    command = [
        sys.executable,
        "scripts/fetch.py",
        "--from",
        str(tmp_path / "mirror"),
        "--into",
        str(tmp_path / "inputs"),
    ]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "another file" in done.stderr
    assert not list((tmp_path / "inputs").iterdir())

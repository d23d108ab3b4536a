import subprocess
import sys
from pathlib import Path

RUN = Path(__file__).parents[1] / "fuzz" / "run.py"


def test_mutated_files_of_every_format_are_read_or_refused_in_time_and_within_memory():
    done = subprocess.run([sys.executable, str(RUN), "250"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:2000].count("\n"), done.stderr) == (0, 1, "")
    assert "0 failures" in done.stdout

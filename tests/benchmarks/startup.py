"""CPU time of ``kpublish --help`` against ``python -c 'import click'``, paired in one run; the goal is 3.0 or less."""

import sys

from paired import compare

if __name__ == "__main__":
    ours = [sys.executable, "-c", "from kpublish.cli import main; main(['--help'])"]
    compare("kpublish --help / import click", ours, [sys.executable, "-c", "import click"], rounds=15)

"""Start-up is a feature: help and listings import nothing heavy and scan no entry points."""

import subprocess
import sys

import pytest

HEAVY = (
    "matplotlib",
    "astropy",
    "numpy",
    "pandas",
    "pydantic",
    "django",
    "rest_framework",
    "git",
    "requests",
    "yaml",
    "cookiecutter",
)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments):
    code = (
        "import sys; from kpublish.cli import run; code = run(sys.argv[1:]); print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    result = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert not loaded & set(HEAVY)


def test_help_scans_no_entry_points():
    code = (
        "import sys, importlib.metadata as metadata\n"
        "def scan(*args, **kwargs): raise SystemExit('scanned')\n"
        "metadata.entry_points = scan\n"
        "from kpublish.cli import run; sys.exit(run(['--help']))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_validating_a_loose_file_imports_neither_git_nor_numpy(tmp_path):
    code = "import sys; from kpublish.cli import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    (tmp_path / "empty.ecsv").write_text("")
    result = subprocess.run(
        [sys.executable, "-c", code, "validate", str(tmp_path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert not loaded & {"matplotlib", "astropy", "numpy", "pandas", "django", "git", "requests"}

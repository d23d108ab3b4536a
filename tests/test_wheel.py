"""What a stranger gets: the wheel holds templates and migrations, and the demo runs from it outside the checkout."""

import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel in an environment of its own; what it depends on is lent by the environment of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    (folder / "home").mkdir()
    return folder


def python(installed, *arguments, **environ):
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}
    clean |= {"HOME": str(installed / "home"), **environ}
    command = [str(installed / "bin" / "python"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=installed / "home", env=clean, check=False)


def test_the_wheel_holds_templates_migrations_styles_and_types(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    generated = "kpublish/templates/km3net-public-plots/{{cookiecutter.slug}}/"
    for name in ("kpublish.yaml", ".gitlab-ci.yml", ".gitignore", ".gitattributes", "data/effective_area.ecsv"):
        assert generated + name in names
    assert "kpublish/plots/km3net.mplstyle" in names
    assert "kpublish/py.typed" in names
    assert any(name.startswith("kpublish/datacenter/migrations/0001") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def test_the_wheel_is_what_runs_in_the_environment(installed):
    result = python(installed, "-c", "import kpublish; print(kpublish.__file__)")
    assert result.stdout.startswith(str(installed)), result.stderr


def test_the_demo_runs_from_the_wheel_in_an_empty_home(installed):
    result = python(installed, "-m", "kpublish", "demo", "--folder", str(installed / "demo"))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "every checksum equal" in result.stdout
    assert "there already, nothing sent" in result.stdout
    assert "landing page  http://127.0.0.1:" in result.stdout
    assert result.stderr == ""

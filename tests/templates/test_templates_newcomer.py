"""A newcomer types at most five commands, from an empty home to a published plot."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from kpublish.datacenter.server import start

IRF = Path(__file__).parents[1] / "data" / "km3net-ARCA230-irf"
#: What is typed, by the way in which the repository comes about.
WAYS = {
    "kpublish": """
        kpublish new public-plots my-plots --defaults
        cd my-plots
        git tag v1.0.0
        kpublish release
    """,
    "cookiecutter": """
        kpublish templates install
        cookiecutter km3net-public-plots --no-input
        cd my-plots && kpublish init
        git tag v1.0.0
        kpublish release
    """,
    "copier": """
        kpublish templates install
        copier copy --quiet --defaults ~/.cookiecutters/km3net-public-plots my-plots
        cd my-plots && kpublish init
        git tag v1.0.0
        kpublish release
    """,
    "adopt": """
        cd published && kpublish adopt
        : in an editor; sed -i "s/^  license: .*/&\\n  approval: {by: KM3NeT, date: 2024-04-10, reference: arXiv}/" kpublish.yaml
        git init --quiet && git add --all
        git -c user.name=Ada -c user.email=ada@example.org commit --quiet --message "Adopt"
        git tag v1.0.0
        kpublish release
    """,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A data center for all newcomers."""
    with start(tmp_path_factory.mktemp("datacenter") / "data") as running:
        yield running


@pytest.mark.parametrize("way", [way if way == "copier" else pytest.param(way, marks=pytest.mark.long) for way in WAYS])
def test_at_most_five_commands_lead_to_a_published_plot(way, server, tmp_path):
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    shutil.copytree(IRF, work / "published")
    (work / "published/ORIGIN.md").rename(work / "published/README.md")
    commands = [line.strip() for line in WAYS[way].strip().splitlines()]
    assert len([command for command in commands if not command.startswith(": in an editor")]) <= 5
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "KPUBLISH_DATACENTER_URL": server.url,
        "KPUBLISH_DATACENTER_TOKEN_FILE": str(server.token_file),
    }
    typed = "\n".join(["set -e", *commands])
    done = subprocess.run(["bash", "-c", typed], cwd=work, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.quote(typed)}\n{done.stdout}\n{done.stderr}"
    assert "published" in done.stdout
    found = requests.get(f"{server.url}/api/v1/releases", timeout=60).json()["results"]
    assert any(release["kid"] in done.stdout for release in found)

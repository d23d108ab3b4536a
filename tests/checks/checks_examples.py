"""Bad examples as projects.

An example may hold ``.state.yaml``, which says how a repository is made of it: ``git`` (false: none), ``tag``,
``change`` (a file edited after the commit), ``untrack`` (a file taken out of git), ``crlf`` (a file that git writes anew with
other line ends), ``copy`` (a file under names that not every system bears), ``large`` (a file of 60 MB), ``submodule`` (a folder
that is a repository of its own) and ``profile``.
"""

import shutil
import subprocess
from pathlib import Path

import yaml

from kpublish import repository
from kpublish.formats.kpublish_yaml import load_project

EXAMPLES = Path(__file__).parents[1] / "examples"


def prepared(example: Path, tmp_path: Path):
    """The example as a project in a folder of its own, and the profile in which it is asked."""
    folder = tmp_path / example.name
    shutil.copytree(example, folder, symlinks=True)
    file = folder / ".state.yaml"
    if not file.exists():
        return load_project(folder), "draft"
    state = yaml.safe_load(file.read_text("utf-8"))
    file.unlink()
    for source, target in state.get("copy", {}).items():
        (folder / target).parent.mkdir(exist_ok=True)
        shutil.copyfile(folder / source, folder / target)
    if state.get("git", True):
        repository.init(folder)
    if "large" in state:
        with open(folder / state["large"], "wb") as stream:
            stream.truncate(60 * 1024**2)
    if "submodule" in state:
        (folder / state["submodule"]).mkdir(parents=True)
        entry = f"160000,{'1' * 40},{state['submodule']}"
        subprocess.run(["git", "update-index", "--add", "--cacheinfo", entry], cwd=folder, check=True)
        commit(folder)
    if "tag" in state:
        repository.tag(folder, state["tag"])
    if "change" in state:
        with open(folder / state["change"], "a", encoding="utf-8") as stream:
            stream.write("1000.0,10000.0,5e-10,1e-10\n")
    if "crlf" in state:
        (folder / state["crlf"]).unlink()
        subprocess.run(["git", "-c", "core.autocrlf=true", "checkout", "-q", "--", state["crlf"]], cwd=folder, check=True)
        subprocess.run(["git", "config", "core.autocrlf", "true"], cwd=folder, check=True)
    if "untrack" in state:
        subprocess.run(["git", "rm", "-q", "--cached", state["untrack"]], cwd=folder, check=True)
        commit(folder)
        repository.tag(folder, f"{state['tag']}.post1")
        subprocess.run(["git", "tag", "--force", state["tag"]], cwd=folder, check=True, capture_output=True)
    return load_project(folder, git=repository.git_state(folder)), state.get("profile", "draft")


def commit(folder):
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "m"], cwd=folder, check=True)

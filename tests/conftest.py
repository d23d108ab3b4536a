"""What all tests share: an empty home, groups that need real components, and projects made of the examples."""

import os
import shutil
from pathlib import Path

import pytest
from servers.browser import browser
from servers.invenio import READY, invenio

__all__ = ["browser", "invenio"]

#: What make npm brings.
NPM = Path(__file__).parents[1] / ".venv-npm" / "node_modules"
#: What make workflows brings.
WORKFLOWS = Path(__file__).parents[1] / ".venv-workflows" / "bin"
#: A group of tests → what must be there, and how to get it.
GROUPS = {
    "editor": (NPM / "yaml-language-server", "yaml-language-server from npm"),
    "gitlab": (NPM / "gitlab-ci-local", "gitlab-ci-local from npm"),
    "nextflow": (NPM / "npm-groovy-lint", "npm-groovy-lint from npm"),
    "axe": (NPM / "axe-core", "axe-core from npm"),
    "workflows": (WORKFLOWS / "snakemake", "Snakemake, cwltool and twine"),
    "browser": ("/usr/bin/chromium", "Debian's chromium"),
    "emacs": ("/usr/bin/emacs", "Debian's emacs-nox"),
    "locales": ("/usr/share/i18n/locales/de_DE", "Debian's locales"),
    "pandoc": ("/usr/bin/pandoc", "Debian's pandoc"),
    "postgresql": ("/usr/lib/postgresql", "Debian's postgresql"),
    "r": ("/usr/bin/Rscript", "Debian's r-base-core"),
    "cpp": ("/usr/bin/clang-format", "Debian's clang-format"),
    "shell": ("/usr/bin/shellcheck", "Debian's shellcheck"),
    "invenio": (READY, "InvenioRDM"),
}


#: Files with few tests that take long: begun first, so that no process works alone in the end.
LONG = [
    "test_templates_pipeline.py",
    "test_datacenter_crash.py",
    "test_templates_combinations.py",
    "test_datacenter_browser.py",
    "test_datacenter_openapi.py",
    "test_templates_updating.py",
    "test_datacenter_production.py",
    "test_datacenter_soak.py",
    "test_templates_python_project.py",
    "test_datacenter_backup.py",
    "test_datacenter_bucket.py",
    "test_cli_annotate_events.py",
    "test_cli_withstands.py",
    "test_templates_document.py",
    "test_templates_analysis.py",
]


def pytest_collection_modifyitems(config, items):
    """Deselect groups whose real component is missing, and say so in one line; CI selects all."""
    if not os.environ.get("LONG"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
    if os.environ.get("CI"):
        return
    missing = {group: name for group, (path, name) in GROUPS.items() if not os.path.exists(path)}
    left = [item for item in items if any(item.get_closest_marker(group) for group in missing)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
        told = f"deselected {len(left)} tests that need {', '.join(missing.values())} (make test SETUP=1 installs it)"
        config.stash[_LEFT] = told
        if hasattr(config, "workeroutput"):  # one of several processes: the one that prints must know
            config.workeroutput["left"] = told


_LEFT = pytest.StashKey()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """One of several processes ended: what it left out is told by the one that prints."""
    node.config.stash[_LEFT] = getattr(node, "workeroutput", {}).get("left", "")


def pytest_terminal_summary(terminalreporter, config):
    if config.stash.get(_LEFT, ""):
        terminalreporter.write_line(config.stash[_LEFT])


@pytest.fixture(autouse=True, scope="session")
def empty_home(tmp_path_factory):
    """A home of its own, without anybody's git, matplotlib or kpublish settings."""
    home = tmp_path_factory.mktemp("home")
    patch = pytest.MonkeyPatch()
    patch.setenv("HOME", str(home))
    for name in list(os.environ):
        if name.startswith(("KPUBLISH_", "GIT_", "XDG_", "CI_", "GITLAB_", "ZENODO_")) or name in (
            "CI",
            "MPLCONFIGDIR",
            "MPLBACKEND",
        ):
            patch.delenv(name)
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    yield home
    patch.undo()
    shutil.rmtree(home, ignore_errors=True)

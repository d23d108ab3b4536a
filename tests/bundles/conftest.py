"""Fixtures: real git repositories and projects."""

import pytest
from bundles_projects import FILES, drawn, project_at

from kpublish.repository import init


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Makes a repository with a commit; more files by keyword ``files``."""

    def make(name="plots", files=()):
        root = tmp_path / name
        for path, content in {**FILES, **dict(files)}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-23T23:30:00-02:00")
        init(root)
        return root

    return make


@pytest.fixture
def project(repository):
    """A project in a repository with a commit, and its drawn figures."""
    made = project_at(repository())
    return made, drawn(made)

"""What tests of several commands do with a repository and a data center."""

import subprocess

from kpublish import http


def allow(monkeypatch, server, token_file=None):
    monkeypatch.setenv("KPUBLISH_DATACENTER_URL", server.url)
    monkeypatch.setenv("KPUBLISH_DATACENTER_TOKEN_FILE", str(token_file or server.token_file))


def commit(folder):
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "commit", "-qam", "Change something"], cwd=folder, check=True)
    subprocess.run([*git, "tag", "-f", "v1.0.0"], cwd=folder, check=True, capture_output=True)


def with_archives(folder, text):
    """Let the project name other archives."""
    file = folder / "kpublish.yaml"
    head, _, _ = file.read_text().partition("archives:\n")
    file.write_text(f"{head}archives:\n{text}")
    commit(folder)


def published(server):
    return http.get_json(f"{server.url}/api/v1/releases")["results"]

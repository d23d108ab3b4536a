"""kpublish new."""

import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from kpublish.cli import group, run


def test_a_repository_is_made_and_the_next_steps_are_told(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert run(["new", "public-plots", "my-plots", "--defaults"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert "git repository with its first commit" in out
    assert out.endswith("Next:\n  cd my-plots\n  kpublish validate\n  kpublish render\n")
    assert (tmp_path / "my-plots" / "kpublish.yaml").is_file()


def test_the_next_steps_can_be_typed_for_any_folder_name(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert run(["new", "public-plots", "my plots; rm x", "--defaults"]) == 0
    assert "  cd 'my plots; rm x'\n" in capfd.readouterr().out


def test_without_arguments_the_templates_are_listed(capfd):
    assert run(["new"]) == 0
    assert "public-plots\n  A repository that publishes plots and their data" in capfd.readouterr().out


def test_every_question_is_asked_and_a_wrong_answer_is_asked_again(tmp_path):
    answers = [
        "  ", "My title", "", "Ada", "Example", "0000-0002-1825-0098", "0000-0002-1825-0097", "nobody", "role@example.org",
        "example.org", "https://example.org/analysis", "GPL", "CC-BY-4.0", "", "2.0.0", "final",
    ]  # fmt: skip
    result = CliRunner().invoke(group, ["new", "public-plots", str(tmp_path / "plots")], input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    for fault in ("It must not be empty", "check digit", "Write an e-mail address", "begins with https", "GPL"):
        assert fault in result.output
    said = yaml.safe_load((tmp_path / "plots" / "kpublish.yaml").read_bytes())["KM3Resource"]
    assert (said["title"], said["version"], said["status"]) == ("My title", "2.0.0", "final")
    assert said["authors"][1] == {"givenName": "Ada", "familyName": "Example", "orcid": "0000-0002-1825-0097"}
    assert said["contact"]["email"] == "role@example.org"
    assert said["relatedResources"] == [{"id": "https://example.org/analysis", "relation": "isDerivedFrom"}]
    assert said["content"]["instrument"] == "KM3NeT/ARCA230"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pubic-plots", "plots"], "Did you mean 'public-plots'?"),
        (["public-plots"], "kpublish new public-plots my-plots"),
        (["pubic-plots"], "Did you mean 'public-plots'?"),
        (["public-plots", "plots", "--defaults", "--set", "title"], "--set KEY=ANSWER"),
        (["public-plots", "plots", "--defaults", "--set", "title="], "It must not be empty"),
        (["public-plots", "plots", "--defaults", "--set", "titel=A"], "Did you mean 'title'?"),
        (["public-plots", "plots", "--defaults", "--set", "license=MIT"], "CC-BY-4.0"),
        (["public-plots", "plots", "--defaults", "--set", "author_orcid=0000-0002-1825-0098"], "check digit"),
        (["public-plots", "plots", "--defaults", "--set", "version=1 0"], "git tag"),
        (["public-plots", "plots", "--defaults", "--set", "contact_email=@"], "e-mail address"),
        (["public-plots", "plots", "--defaults", "--set", "analysis_repository=https://a b"], "begins with https"),
        (["public-plots", "plots", "--defaults", "--set", "title=a\x1b[31mb"], "control characters"),
        (["public-plots", "full", "--defaults"], "Name a new folder"),
        (["public-plots", "full/file", "--defaults"], "Name a new folder"),
        (["public-plots", "plots"], "Interrupted"),
    ],
)
def test_wrong_use_is_one_sentence_with_a_remedy_and_makes_nothing(tmp_path, monkeypatch, arguments, message):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    command = [sys.executable, "-m", "kpublish", "new", *arguments]
    result = subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert result.returncode == (130 if message == "Interrupted" else 2)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_a_missing_git_is_told(tmp_path):
    environ = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "kpublish", "new", "public-plots", str(tmp_path / "plots"), "--defaults"]
    result = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert "The program git is not installed" in result.stdout
    assert (tmp_path / "plots" / "kpublish.yaml").is_file()

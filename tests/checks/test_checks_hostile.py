"""Whatever lies in a repository, its checks say something or nothing, soon, and never break."""

import os
import random
import shutil
from pathlib import Path

import pytest

from kpublish import repository
from kpublish.checks.engine import check
from kpublish.formats.kpublish_yaml import load_project

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = ["README.md", "README.rst", "codemeta.json", ".zenodo.json", "CITATION.cff", "plots.ipynb", "requirements.txt", "LICENSE"]
NAMES += ["run.py", "pyproject.toml", "package.json", "setup.py", "data/events.prov.json", "notes.txt", ".gitignore"]
#: What asks much of a pattern, a parser or the memory.
LONG = {
    "brackets": "[" * 100_000,
    "braces": '{"a":' * 50_000,
    "backticks": "`a/" * 40_000,
    "fences": "```\n" * 40_000,
    "links": "[a](b" * 40_000,
    "blanks": " " * 300_000 + "x",
    "line ends": "\n" * 300_000,
    "homes": "/afs/home/" * 30_000,
    "addresses": "a@b." * 60_000,
    "hosts": "://a.b-" * 40_000 + ".local",
    "tokens": "token " * 50_000 + "=" * 1000,
    "digits": "9" * 100_000,
    "one word": "a" * 300_000,
    "words": "password = " * 10_000,
    "imports": "import a, " * 30_000,
    "versions": "[project]\nname = 1\n" * 20_000,
    "aliases": "a: &a [x,x,x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
    "number": '{"version": 1e999999, "a": ' + "1" * 5000 + "}",
    "surrogates": '{"title": "\\ud800", "version": "\\udfff"}',
    "NUL": "a\0b",
    "controls": "".join(map(chr, range(1, 32))) * 100,
    "separators": "XXX\u2028TODO\x85TBD\x0b/home/ada/x\x0c" * 1000,
}


@pytest.fixture
def project(tmp_path):
    return Path(shutil.copytree(EXAMPLES / "good" / "minimal", tmp_path / "plots"))


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_and_deep_texts_are_looked_through(project, text):
    (project / "data").mkdir()
    for name in NAMES:
        (project / name).write_text(text, "utf-8", newline="")
    read = load_project(project)
    for finding in check(read, "public"):
        assert finding.where.line <= read.texts[finding.where.path].count("\n") + 1


def test_files_that_are_broken_anywhere_are_looked_through(project):
    chance = random.Random(7)
    sources = [path for path in sorted((EXAMPLES / "bad").rglob("*")) if path.is_file() and path.name in NAMES]
    assert len(sources) > 20
    for number in range(400):
        source = chance.choice(sources)
        content = bytearray(source.read_bytes())
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(content) + 1)
            broken = chance.choice(
                [b"", b'"', b"{", b"]", b"\xff", b"null", b"-1", b"\r\n", b"\0", b"[[", b": ", b"`", bytes(content[:20])]
            )
            content[place : place + chance.randrange(9)] = broken
        (project / source.name).write_bytes(content)
        check(load_project(project), "public")
        assert number >= 0


def test_what_is_no_file_is_left_alone(project, tmp_path):
    (tmp_path / "outside.md").write_text("The paper is available at XXX.\n")
    os.mkfifo(project / "pipe.md")
    (project / "LICENSE").symlink_to("LICENSE")
    (project / "notes.md").symlink_to(tmp_path / "outside.md")
    (project / "codemeta.json").mkdir()
    (project / "gone.md").symlink_to("nothing")
    (project / "device.txt").symlink_to("/dev/zero")
    assert check(load_project(project)) == ()


def test_names_that_are_no_text_are_told(project):
    (Path(os.fsdecode(os.fsencode(project) + b"/caf\xe9.txt"))).write_text("a\n")
    assert [finding.code for finding in check(load_project(project))] == ["FIL01"]


def test_the_rest_of_a_large_table_of_numbers_is_not_kept(project):
    head = "# system Linux ccwexample0352 5.14.0-427 x86_64\n"
    (project / "large.dat").write_text(head + "1.0 2.0 -3e-5 nan\n" * 100_000)
    read = load_project(project)
    assert len(read.files["large.dat"].text) < 10_000
    assert [finding.code for finding in check(read)] == ["TAB12", "PRV02"]


def test_what_programs_installed_is_not_looked_through(project):
    for folder in ("venv/lib/site-packages/a", "node_modules/b", "src/__pycache__"):
        (project / folder).mkdir(parents=True)
        (project / folder / "README.md").write_text("The paper is available at XXX.\n")
    assert list(load_project(project).files) == ["README.md", "kpublish.yaml"]
    repository.init(project)
    assert "LNK04" in [finding.code for finding in check(load_project(project, git=repository.git_state(project)))]

"""The pages of code style: what they call good passes the tools, the bad is told by them, and templates carry the settings."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kpublish.templating import new

PAGES = Path(__file__).parents[1] / "docs" / "how-to" / "code-style"
_EXAMPLE = re.compile(r"^(Good|Bad)(?: \(([A-Z0-9, ]+)\))?:\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def settings(page, language):
    """The settings that a page shows."""
    return re.search(rf"^```{language}\n(.*?)^```$", (PAGES / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)[1]


def examples(page, kind):
    """The good or bad examples of a page, with the codes that tell the bad ones."""
    found = _EXAMPLE.findall((PAGES / page).read_text("utf-8"))
    return [
        pytest.param(code, set(codes.split(", ")) - {""}, id=f"{page}-{number}")
        for number, (said, codes, _, code) in enumerate(found)
        if said == kind
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the settings of every page."""
    made = tmp_path_factory.mktemp("style")
    (made / "pyproject.toml").write_text(settings("python.md", "toml"))
    (made / ".shellcheckrc").write_text(settings("shell.md", "ini"))
    (made / ".clang-format").write_text(settings("cpp.md", "yaml"))
    return made


def tool(folder, *command, text):
    return subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, check=False)


def ruff(folder, *arguments, text):
    command = (sys.executable, "-m", "ruff", *arguments, "--no-cache", "--stdin-filename", "src/example.py", "-")
    return tool(folder, *command, text=text)


def told_by_shellcheck(folder, text):
    done = tool(folder, "shellcheck", "--format=json", "-", text=text)
    return {f"SC{each['code']}" for each in json.loads(done.stdout)}


@pytest.mark.parametrize(("code", "codes"), examples("python.md", "Good"))
def test_good_python_passes_ruff_as_it_stands(folder, code, codes):
    done = ruff(folder, "check", text=code)
    assert done.returncode == 0, done.stdout
    assert ruff(folder, "format", "--check", text=code).returncode == 0
    assert not codes


@pytest.mark.parametrize(("code", "codes"), examples("python.md", "Bad"))
def test_bad_python_is_told_by_the_codes_beside_it(folder, code, codes):
    done = ruff(folder, "check", "--output-format=json", text=code)
    assert done.returncode == 1
    assert codes
    assert codes <= {each["code"] for each in json.loads(done.stdout)}


@pytest.mark.shell
@pytest.mark.parametrize(("code", "codes"), examples("shell.md", "Good"))
def test_good_shell_passes_shellcheck(folder, code, codes):
    assert told_by_shellcheck(folder, code) == set()


@pytest.mark.shell
@pytest.mark.parametrize(("code", "codes"), examples("shell.md", "Bad"))
def test_bad_shell_is_told_by_the_codes_beside_it(folder, code, codes):
    assert codes
    assert codes <= told_by_shellcheck(folder, code)


@pytest.mark.cpp
@pytest.mark.parametrize(("code", "codes"), examples("cpp.md", "Good"))
def test_good_cpp_is_as_clang_format_writes_it(folder, code, codes):
    assert tool(folder, "clang-format", "--assume-filename=example.cc", text=code).stdout == code


@pytest.mark.cpp
@pytest.mark.parametrize(("code", "codes"), examples("cpp.md", "Good") + examples("cpp.md", "Bad"))
def test_cpp_compiles(folder, code, codes):
    done = tool(folder, "g++", "-std=c++17", "-fsyntax-only", "-x", "c++", "-", text=code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", ["python.md", "julia.md", "cpp.md", "shell.md"])
def test_every_section_has_a_good_and_a_bad_example(page):
    sections = (PAGES / page).read_text("utf-8").split("\n## ")[1:]
    assert len(sections) >= 4
    for section in sections:
        assert [found[0] for found in _EXAMPLE.findall(section)] == ["Good", "Bad"], section.partition("\n")[0]


def test_the_python_template_carries_the_settings_of_the_page(tmp_path):
    made = new("python-project", tmp_path / "package", defaults=True)
    carried = tomllib.loads((made / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
    assert carried == tomllib.loads(settings("python.md", "toml"))["tool"]["ruff"]
    assert (made / ".editorconfig").read_text("utf-8").startswith("# https://editorconfig.org\nroot = true\n")

"""The documentation says what the code does."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def test_the_reference_is_what_the_registries_say(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    made = runpy.run_path(str(DOCS / "make_reference.py"))["pages"]()
    for name, text in made.items():
        assert (DOCS / "reference" / name).read_text("utf-8") == text, f"{name} is out of date: make reference"


def test_every_page_is_reached_from_the_navigation():
    listed = set(re.findall(r"[\w./-]+\.md", (ROOT / ".mkdocs.yml").read_text("utf-8")))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if "changelog" not in path.parts}
    assert listed - {"changelog/index.md"} == pages


def test_relative_links_lead_somewhere():
    broken = []
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")) and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert not broken


def test_every_command_named_in_the_readme_exists():
    from kpublish.cli import group

    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"kpublish (?:--\S+ )*([a-z]+)\b", "\n".join(re.findall(r"```(?:sh|bash)\n(.*?)```", text, re.DOTALL))))
    assert named
    assert named <= set(group.list_commands(None))

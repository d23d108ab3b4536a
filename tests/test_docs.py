"""The documentation says what the code does."""

import re
import runpy
from pathlib import Path

from kpublish import pipeline, repository, templating

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


def test_links_to_a_place_in_a_page_find_it():
    broken = []
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target, place in re.findall(r"\]\(([^)#\s]*\.md|)#([^)\s]+)\)", page.read_text("utf-8")):
            text = (page.parent / target if target else page).read_text("utf-8")
            headings = {
                re.sub(r"[^\w -]", "", line).strip().replace(" ", "-").lower() for line in re.findall(r"^#+ (.*)", text, re.M)
            }
            if place not in headings | set(re.findall(r'<a id="([^"]+)"', text)):
                broken.append(f"{page.name}: {target}#{place}")
    assert not broken


def test_the_files_of_the_how_to_have_no_findings_and_can_be_drawn(tmp_path):
    page = (DOCS / "how-to" / "annotate-a-table.md").read_text("utf-8")
    table, figure = re.findall(r"^```(?:text|yaml)\n(.*?)^```", page, re.DOTALL | re.MULTILINE)[:2]
    folder = templating.new("public-plots", tmp_path / "plots", defaults=True)
    allowed = "  " + re.search(r"^approval: .*\n", page, re.MULTILINE)[0]
    said = (folder / "kpublish.yaml").read_text("utf-8")
    (folder / "kpublish.yaml").write_text(said.replace("  status: ", f"{allowed}  status: "))
    (folder / "data" / "background_rate.ecsv").write_text(table)
    (folder / "figures" / "background_rate.yaml").write_text(figure)
    (folder / "figures" / "effective_area.yaml").unlink()
    (folder / "data" / "effective_area.ecsv").unlink()
    readme = folder / "README.md"
    readme.write_text(readme.read_text("utf-8").replace("effective_area", "background_rate"), "utf-8")
    (folder / ".git").rename(tmp_path / "template.git")
    repository.init(folder)
    repository.tag(folder, "v1.0.0")
    project = pipeline.load(folder)
    assert len(project.tables) == len(project.figures) == 1
    assert pipeline.validate(project, "public") == ()
    (drawn,) = pipeline.render(project)
    assert drawn.faults == ()


def test_every_command_named_in_the_readme_exists():
    from kpublish.cli import group

    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"kpublish (?:--\S+ )*([a-z]+)\b", "\n".join(re.findall(r"```(?:sh|bash)\n(.*?)```", text, re.DOTALL))))
    assert named
    assert named <= set(group.list_commands(None))

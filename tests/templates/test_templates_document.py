"""The template km3net-document: the same repository by three tools, without findings, and a document that is exported and released."""

import datetime
import io
import itertools
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import copier
import pikepdf
import pytest
import requests
import yaml

import kpublish
from kpublish import repository
from kpublish.cli.new import _fault
from kpublish.datacenter.server import start
from kpublish.errors import UsageError
from kpublish.templating import new, rendered, template, updating

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "templates" / "km3net-document"
KID = re.compile(r"\bkid: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n")
PERSON = {"author_given_name": "Ada", "author_family_name": "O'Example", "author_orcid": "0000-0002-1825-0097"}
CHOICES = ("resource_type", "license", "status")
#: Every combination of what can be chosen, all by default and with everything written.
COMBINATIONS = [
    {**dict(zip(CHOICES, chosen, strict=True)), **written}
    for *chosen, written in itertools.product(
        ("preprint", "paper"), ("CC-BY-4.0", "CC0-1.0"), ("preliminary", "final"), ({}, {**PERSON, "date": "2020-02-29"})
    )
]
#: No text is ever taken for markup of YAML, HTML, Typst, Org or TeX.
NASTY = "It's \"quoted\" <b>&amp;</b> #strong[x] *a* _b_ $x$ \\ ${x} Fläche für ν_μ — 10⁶"
TOOLS = pytest.mark.parametrize("tool", ["cookiecutter", "copier", "kpublish"])


def files(folder):
    """Path → text of everything that the template made, but for the kid."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): KID.sub("kid: …\n", path.read_bytes().decode()) for path in found}


def findings(folder, profile="draft"):
    return [f"{each.code} {each.where.path}: {each.message}" for each in kpublish.validate(kpublish.load(folder), profile)]


@pytest.fixture
def made(tmp_path, cookies):
    """Make the repository with one of the three tools."""

    def make(tool="kpublish", **answers):
        if tool == "kpublish":
            return new("document", tmp_path / "by-kpublish", answers, defaults=True)
        if tool == "copier":
            copier.run_copy(str(TEMPLATE), tmp_path / "by-copier", data=answers, defaults=True, quiet=True)
            return tmp_path / "by-copier"
        result = cookies.bake(extra_context=answers, template=str(TEMPLATE))
        assert result.exception is None, result.exception
        return result.project_path

    return make


def run(folder, *arguments, **environ):
    """Run make as users do, with the Python of the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["make", "--no-print-directory", *arguments, "PYTHON=python"]
    clean = {"PATH": path, "HOME": os.environ["HOME"], "LC_ALL": "C.UTF-8", **environ}
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)


def exported(folder, *arguments):
    done = run(folder, *(arguments or ("pdf", "html")))
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("answers", COMBINATIONS, ids=["-".join(filter(str, map(str, each.values()))) for each in COMBINATIONS])
def test_every_combination_of_answers_is_the_same_by_cookiecutter_and_copier_and_without_findings(made, answers):
    folder = made("cookiecutter", **answers)
    assert files(made("copier", **answers)) == files(folder)
    assert findings(folder) == []
    release = kpublish.load(folder).release
    assert [getattr(release, name) for name in ("resourceType", "license", "status")] == [answers[name] for name in CHOICES]
    assert release.datePublication == answers.get("date", datetime.datetime.now().astimezone().date().isoformat())


@pytest.mark.parametrize("answers", [{}, {"title": NASTY, "description": f"{NASTY}\n\n{NASTY}", **PERSON}], ids=["defaults", "nasty"])
def test_the_three_tools_make_the_same_files_but_for_the_kid(made, answers):
    first = files(made("kpublish", **answers))
    assert files(made("copier", **answers)) == first
    assert files(made("cookiecutter", **answers)) == first


@TOOLS
def test_a_fresh_repository_has_no_findings_and_remembers_its_day(made, tool):
    folder = made(tool)
    assert findings(folder) == []
    assert len(KID.findall((folder / "kpublish.yaml").read_text("utf-8"))) == 1
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_bytes())
    assert answers["_src_path"] == "https://github.com/KM3NeT/km3net-document.git"
    assert answers["_commit"] == f"v{kpublish.__version__}"
    assert answers["date"] == kpublish.load(folder).release.datePublication
    assert not [name for name, text in files(folder).items() if str(ROOT) in text or str(folder.parent) in text]


def test_an_update_on_another_day_keeps_day_and_kid(tmp_path):
    folder = tmp_path / "document"
    rendered(template("document"), folder, {"__today": "2020-02-29"})
    before = (folder / "kpublish.yaml").read_bytes()
    assert b'datePublication: "2020-02-29"' in before
    updating.init(folder)
    assert not updating.update(folder).new
    assert (folder / "kpublish.yaml").read_bytes() == before


def test_both_tools_ask_the_same_questions():
    ours = json.loads((TEMPLATE / "cookiecutter.json").read_bytes())
    theirs = yaml.safe_load((TEMPLATE / "copier.yml").read_bytes())
    asked = {key: default for key, default in ours.items() if not key.startswith("_") and key != "slug"}
    questions = {key: value for key, value in theirs.items() if not key.startswith("_") and key != "cookiecutter"}
    assert list(asked) == list(questions)
    for key, question in questions.items():
        assert asked[key] in (question["default"], question.get("choices")), key
        assert ours["__prompts__"][key] == question["help"]


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        *(("title", text) for text in ("", " ")),
        ("description", ""),
        *(("author_orcid", text) for text in ("0000-0002-1825-0098", "0000 0002 1825 0097", "0000-0002-1825-009", "x", "０000-0002-1825-0097")),
        *(("date", text) for text in ("2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "1.1.2026", "20260101xx", "0000-01-01")),
    ],
)
def test_an_answer_that_would_be_a_finding_is_refused_at_once_by_every_tool(tmp_path, cookies, key, answer):
    with pytest.raises(ValueError, match=f"question '{key}'"):
        copier.run_copy(str(TEMPLATE), tmp_path / "by-copier", data={key: answer}, defaults=True, quiet=True)
    assert cookies.bake(extra_context={key: answer}, template=str(TEMPLATE)).exit_code != 0
    assert _fault(key, answer)
    assert not list(tmp_path.glob("by-*"))


@pytest.mark.parametrize(
    ("key", "answer"),
    [("author_orcid", "0000-0002-1694-233X"), ("author_orcid", "https://orcid.org/0000-0002-1825-0097"), ("date", "2000-02-29")],
)
def test_a_good_answer_is_taken_by_every_tool(made, key, answer):
    assert _fault(key, answer) == ""
    for tool in ("cookiecutter", "copier", "kpublish"):
        assert findings(made(tool, **{key: answer})) == []


def test_what_comes_next_is_told():
    assert template("document").following == ("kpublish validate", "make pdf html")
    with pytest.raises(UsageError, match="no possible answer"):
        new("document", Path("nowhere"), {"resource_type": "plot"}, defaults=True)


@pytest.mark.pandoc
def test_pdf_and_html_say_what_kpublish_yaml_says_whatever_it_is(made):
    folder = made(title=NASTY, description=NASTY, date="2020-02-29", **PERSON)
    assert NASTY not in (folder / "document.org").read_text("utf-8")
    exported(folder)
    with pikepdf.open(folder / "document.pdf") as pdf:
        assert str(pdf.docinfo["/Title"]) == NASTY
        assert pdf.open_metadata()["dc:creator"] == ["KM3NeT Collaboration, Ada O'Example"]
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20200229")
        assert pdf.Root.MarkInfo.Marked
    page = (folder / "document.html").read_text("utf-8")
    told = re.sub(r"<[^>]+>", "", page).replace("&quot;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
    assert told.replace("&amp;", "&").count(NASTY) == 3
    assert '<meta name="author" content="KM3NeT Collaboration">' in page
    assert '<a href="https://orcid.org/0000-0002-1825-0097">Ada O' in page
    assert '<time datetime="2020-02-29">' in page


@pytest.mark.pandoc
def test_the_example_arrives_whole_and_the_same_bytes_come_twice(made):
    folder = made()
    exported(folder)
    page = (folder / "document.html").read_text("utf-8")
    assert len(re.findall(r'<math [^>]*display="block"', page)) == 2
    assert '<a href="#fig:cone">Figure\u00a01</a>' in page
    assert '<a href="#tab:media">Table\u00a01</a>' in page
    assert '<a href="#formulas">Formulas</a>' in page
    for name in ("formulas", "fig:cone", "tab:media"):
        assert page.count(f'id="{name}"') == 1
    assert 'src="data:image/svg+xml;base64,' in page
    assert re.search(r'<img[^>]* alt="A horizontal arrow', page)
    assert not re.search(r'(?:src|href)="(?!https://|#|data:)', page)
    before = {name: (folder / name).read_bytes() for name in ("document.pdf", "document.html")}
    exported(folder)
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert findings(folder) == []


@pytest.mark.pandoc
def test_what_is_older_than_the_text_is_told(made):
    folder = made()
    assert "Run: make pdf html" in run(folder, "check").stderr
    exported(folder)
    exported(folder, "check")
    change(folder / "document.org", "This is an example", "This is no example")
    done = run(folder, "check")
    assert done.returncode != 0
    assert "document.org: FAILED" in done.stdout
    exported(folder, "pdf")
    assert "document.html is not made of the files as they are" in run(folder, "check").stderr
    exported(folder, "html")
    exported(folder, "check")


#: Text → what stops its export.
REFUSED = {
    "#+TITLE: Said twice": "take #+TITLE: out: kpublish.yaml says it",
    "\\begin{tikzpicture}\n\\draw;\n\\end{tikzpicture}": "only formulas of LaTeX can be exported, not: \\begin{tikzpicture}",
    "\\(\\undefinedmacro{x}\\)": "cannot be exported",
    "[[file:images/none.svg]]": "there is no image images/none.svg",
    "text [[file:images/cone.svg]]": "say what the image images/cone.svg shows",
    "[[file:../outside.png]]": "the image ../outside.png is none of",
    "[[https://example.org/x.png]]": "the image https://example.org/x.png is none of",
}


@pytest.mark.pandoc
def test_what_cannot_be_exported_is_named_and_nothing_is_written(made):
    folder = made()
    text = (folder / "document.org").read_text("utf-8")
    for refused, told in REFUSED.items():
        (folder / "document.org").write_text(f"{refused}\n\n{text}", "utf-8")
        done = run(folder, "pdf")
        assert done.returncode != 0, refused
        assert told in done.stderr
        assert "Traceback" not in done.stderr
        assert not (folder / "document.pdf").exists()


EVERYTHING = r"""
* More
:PROPERTIES:
:CUSTOM_ID: more
:END:
/a/ *b* _c_ +d+ =e= ~f~ x^2 H_2 \alpha{} "q" 'r' [[#more][inside]] [[#nowhere][nowhere]] [cite:@one] #[x] @at $ \\
\(\frac{a}{b}\binom{n}{k}\hat x\vec v\bar\nu_\mu\overline{AB}\underline{AB}\underbrace{a}_b\overbrace{a}^b\mathbf B\mathcal L\mathrm{eff}
\text{ for }\sum_{i=1}^n\lim_{x\to0}\sqrt{2}\sqrt[3]{x}\left|x\right|\begin{cases}1&x>0\\0\end{cases}\phantom{x}\sin^2 x\ge\mathbb R\overset{!}{=}\)

\begin{gather}
a = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \label{eq:a} \\
b
\end{gather}

#+begin_src python
print("x")
#+end_src

#+begin_quote
q
#+end_quote

#+begin_verse
v
 w
#+end_verse

#+begin_export latex
\dropped
#+end_export

3) three
   - sub
- term :: told
-----
"""


@pytest.mark.pandoc
def test_whatever_org_knows_and_articles_need_is_set(made):
    folder = made()
    (folder / "references.bib").write_text("@article{one, author={Example, Ada}, title={On one}, year={2020}, journal={Journal}}\n")
    path = folder / "document.org"
    path.write_text(f"#+BIBLIOGRAPHY: references.bib\n{path.read_text('utf-8')}{EVERYTHING}", "utf-8")
    exported(folder)
    page = (folder / "document.html").read_text("utf-8")
    assert "(Example 2020)" in page
    assert "dropped" not in page
    assert "  references.bib\n" in (folder / "export/document.pdf.sha256").read_text("utf-8")


@pytest.mark.emacs
def test_emacs_takes_title_authors_and_date_from_the_same_place(made):
    folder = made(title='A "title" of \\E_\\nu', date="2020-02-29", **PERSON)
    exported(folder, "emacs-html")
    page = (folder / "document.emacs.html").read_text("utf-8")
    assert re.search(r"<title>A .*title.* of \\E_\\nu</title>", page)
    assert re.search(r'<meta name="author" content="KM3NeT Collaboration, Ada O[^"]*Example"', page)
    assert "2020-02-29" in page
    assert findings(folder) == []


def check_jsonschema(*arguments):
    result = subprocess.run([sys.executable, "-m", "check_jsonschema", *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_editors_and_gitlab_accept_the_yaml_files(made):
    folder = made("copier")
    check_jsonschema("--schemafile", str(folder / ".schema/kpublish.json"), str(folder / "kpublish.yaml"))
    pipeline = str(folder / ".gitlab-ci.yml")
    check_jsonschema("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", pipeline)


def test_the_pipeline_exports_and_packs_nothing_before_the_document_is_known_to_be_fresh(made):
    said = yaml.safe_load((made("copier") / ".gitlab-ci.yml").read_bytes())
    (included,) = said["include"]
    assert included["component"] == f"$CI_SERVER_FQDN/open-data/kpublish/kpublish@{kpublish.__version__}"
    jobs = list(yaml.safe_load_all((ROOT / "templates/kpublish/template.yml").read_bytes()))[1]
    assert said["document"]["stage"] in jobs["stages"]
    needed = [each if isinstance(each, str) else each["job"] for each in said["bundle"]["needs"]]
    assert needed == [*jobs["bundle"]["needs"], "document"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with start(tmp_path_factory.mktemp("datacenter") / "data") as running:
        yield running


@pytest.mark.pandoc
def test_the_exported_document_is_released_with_what_the_pipeline_runs(made, server):
    folder = made(title="A released document", **PERSON)
    for line in yaml.safe_load((folder / ".gitlab-ci.yml").read_bytes())["document"]["script"][:1]:
        exported(folder, *line.split()[1:])
    assert (folder / "build/document.pdf").is_file()
    assert not (folder / "export/document.pdf.sha256").exists()
    change(folder / "kpublish.yaml", "  language: en", "  approval: {by: KM3NeT, date: 2026-11-20, reference: arXiv}\n  language: en")
    exported(folder)
    git = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", "Export the document"], check=True)
    repository.tag(folder, "v1.0.0")
    assert findings(folder, "public") == []
    secrets = {"KPUBLISH_DATACENTER_URL": server.url, "KPUBLISH_DATACENTER_TOKEN_FILE": str(server.token_file)}
    done = run(folder, "release", **secrets)
    assert done.returncode == 0, done.stdout + done.stderr
    (release,) = requests.get(f"{server.url}/api/v1/releases", timeout=60).json()["results"]
    assert release["kid"] == kpublish.load(folder).release.kid
    (package,) = (folder / "dist").glob("*.zip")
    with zipfile.ZipFile(package) as packed:
        names = packed.namelist()
        assert {"document.org", "document.pdf", "document.html", "kpublish.yaml"} <= set(names)
        assert not [name for name in names if name.startswith("build/")]
        with pikepdf.open(io.BytesIO(packed.read("document.pdf"))) as pdf:
            assert str(pdf.docinfo["/Title"]) == "A released document"
        assert "<title>A released document</title>" in packed.read("document.html").decode()
    store = kpublish.KM3Store(server.url)
    assert "A released document" in store.get(release["kid"]).citation

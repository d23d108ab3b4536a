"""Rules about texts tell what matters to readers, and keep still about what only looks like it."""

import json
import shutil
from pathlib import Path

import pytest

from kpublish.checks.engine import check
from kpublish.formats.kpublish_yaml import load_project

EXAMPLES = Path(__file__).parents[1] / "examples"
CODEMETA = {"@context": "https://w3id.org/codemeta/3.0", "@type": "SoftwareSourceCode", "name": "Sensitivity of a made-up detector"}
CFF = "cff-version: 1.2.0\nmessage: Cite it.\ntitle: Sensitivity of a made-up detector\nauthors:\n- {name: KM3NeT Collaboration}\n"


@pytest.fixture
def told(tmp_path):
    """Codes that are told about files in a good repository: ``told({path: text})``."""

    def ask(files, profile="draft"):
        folder = tmp_path / "plots"
        shutil.copytree(EXAMPLES / "good" / "minimal", folder)
        for path, text in {"LICENSES/BSD-3-Clause.txt": "SPDX-License-Identifier: BSD-3-Clause\n", **files}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        return [finding.code for finding in check(load_project(folder), profile)]

    return ask


QUIET = {
    "links": ("README.md", "[a](https://a.example) [b](#here) [c](mailto:a@b.c) [d](/x) [e](README.md#top) ![f](<README.md>)\n"),
    "a link in code": ("README.md", "`[a](gone.md)`\n\n```\n[b](gone.md)\n```\n"),
    "a link to what is made": ("README.md", "[the figure](rendered/flux.png), [the package](dist/)\n"),
    "a folder of another repository": ("README.md", "Its `../other/` and `data/flux.csv` of <https://example.org/x>\n"),
    "a tree of something else": ("README.md", "```\nother\n├── src\n├── README.md\n└── data\n    └── a.csv\n```\n"),
    "versions of others": ("README.md", "Version 1.0.0. It needs version 0.17 of gammapy.\n\nVersions 2.0.0 and 3.0.0 are gone.\n"),
    "public hosts": ("README.md", "https://opendata.km3net.de https://a-b.pages.km3net.de www.km3net.de opendata@km3net.de\n"),
    "hosts that only end alike": ("README.md", "https://notkm3net.de https://km3net.dev https://x.local.example.org\n"),
    "numbers with dots": ("README.md", "Version 10.2.3, doi:10.5281/zenodo.1, 1.10.20.30.40 and section 172.16\n"),
    "a server in a program": ("serve.py", "URL = 'http://localhost:8000'\n"),
    "letters of a licence": ("notes.txt", "Runs XXI and XX, the TODOs are done, tba_10 and XXth\n"),
    "placeholders in code": ("README.md", "Run `kpublish get <your-id>`:\n\n```\npip install <your package>\n```\n"),
    "HTML": ("README.md", "<name>a</name> [x] <url>\n"),
    "users of everybody": (
        "run.json",
        '["/home/jovyan/work", "/Users/username/x", "/home/user/y", "https://x.example/home/ada/z"]\n',
    ),
    "a home of a page": ("README.md", "See [home](https://example.org/home/ada) and data/home/x\n"),
    "settings of a program": ("run.yaml", "user: ada\nhost: db.example.org\n"),
    "addresses of roles": ("data/events.prov.json", '{"contact": "opendata@km3net.de", "to": "info@example-lab.org"}\n'),
    "addresses of authors in a page": ("README.md", "Ada Example <ada@example-lab.org>\n"),
    "variables for tokens": ("run.py", "token = os.environ['ZENODO_TOKEN']\npassword = getpass('Password: ')\n"),
    "checksums": ("sums.txt", "token sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c\n"),
    "an address of an example": ("README.md", "postgresql://user:password@host/name and https://me:<token>@host/x\n"),
    "a secret of CI": ("ci.yml", 'script: curl --header "PRIVATE-TOKEN: $TOKEN" --data password=$PASSWORD\n'),
    "a notebook that ran": ("a.ipynb", '{"cells": [{"outputs": [{"output_type": "stream"}]}], "nbformat": 4}\n'),
    "a few requirements": ("requirements.txt", "numpy\nscipy\n"),
    "a citation file": ("CITATION.cff", CFF + "type: dataset\ndate-released: 2026-11-22\nversion: 1.0.0\nlicense: CC-BY-4.0\n"),
    "licences in a list": ("CITATION.cff", CFF + "license: [CC-BY-4.0, BSD-3-Clause]\n"),
    "a licence of code beside one of data": (
        "codemeta.json",
        json.dumps({**CODEMETA, "license": "https://spdx.org/licenses/BSD-3-Clause"}),
    ),
    "the same title in other letters": ("codemeta.json", json.dumps({**CODEMETA, "name": "Sensitivity of a  made-up Detector."})),
    "a time in a metadata file": ("codemeta.json", json.dumps({**CODEMETA, "dateModified": "2026-11-22T08:30:00Z"})),
    "a version with v": ("codemeta.json", json.dumps({**CODEMETA, "version": "v1.0.0"})),
    "a version of a dependency": ("pyproject.toml", '[project]\nname = "a"\nversion = "1.0.0"\n[tool.x]\nversion = "2.0.0"\n'),
}


@pytest.mark.parametrize(("path", "text"), QUIET.values(), ids=QUIET)
def test_what_only_looks_like_a_fault_is_not_told(told, path, text):
    assert told({path: text}) == []


TOLD = {
    "a picture that is gone": ("README.md", "![f](gone.png)\n", ["LNK01"]),
    "a reference": ("README.md", "[a]: gone/file.md\n", ["LNK01"]),
    "a badge that links": ("README.md", "[![a](gone.svg)](https://a.example)\n", ["LNK01"]),
    "a link with blanks": ("README.md", "[a](<gone%20too.md>)\n", ["LNK01"]),
    "a folder from the top": ("README.md", "`/notebooks/` and `./src/`\n", ["LNK02", "LNK02"]),
    "a tree": ("README.md", "```\nplots\n├── README.md\n├── kpublish.yaml\n└── data\n    └── a.csv\n```\n", ["LNK02"] * 2),
    "a tree in ASCII": ("README.md", "    |-- README.md\n    |-- kpublish.yaml\n    `-- notebooks/  # how\n", ["LNK02"]),
    "a mailing list inside": ("notes.txt", "at https://elog.km3net.de/x, wiki.km3net.de\n", ["LNK03", "LNK03"]),
    "an address of git": ("README.md", "git clone git@git.km3net.de:open-data/a.git, ada@mail.km3net.de\n", ["LNK03"]),
    "addresses of networks": ("README.md", "10.0.3.4, 172.20.1.1, http://[::1]/ http://db.lan/x\n", ["LNK03"] * 4),
    "an address inside of one": ("README.md", "https://mybinder.example/git/https%3A%2F%2Fgit.km3net.de%2Fa\n", ["LNK03"]),
    "placeholders": ("README.md", "TBD. doi zenodo.XXXX, <your name>, [insert title]\n", ["LNK04"] * 4),
    "a placeholder in metadata": ("codemeta.json", json.dumps({**CODEMETA, "description": "TODO"}), ["LNK04"]),
    "homes": ("run.log", "/pbs/home/a/aexample/x C:\\Users\\Ada\\y /afs/example.org/user/a/ada/z\n", ["PRV01"] * 3),
    "a home in a notebook": ("a.ipynb", '{"cells": [], "x": "/home/ada/x"}', ["PRV01"]),
    "a record in YAML": ("provenance.yaml", "user: ada\nhost: 'cca001'\nenvironment:\n  PATH: /bin\n", ["PRV02"] * 3),
    "an address in a header": ("data/a.csv", "# contact: ada.example@example-lab.org\n1,2\n", ["PRV03"]),
    "a password in an address": ("run.sh", "curl https://ada:s3cr3t-word@data.institute.org/x\n", ["SEC01"]),
    "a token of Zenodo": ("run.py", "TOKEN = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7aB3dE6gH9jK2mN5pQ8sT1vW4yZ7aB3d'\n", ["SEC01"]),
    "a key of a cloud": ("run.cfg", "key = AKIAQYLPMN5HFIQR7BBB\n", ["SEC01"]),
    "a word in a header of a table": ("data/a.csv", "# password = 'correct-horse-7'\n1,2\n3,4\n", ["SEC01"]),
    "a field of another name": ("CITATION.cff", CFF + "licence: CC-BY-4.0\n", ["MET02"]),
    "nobody": (
        "CITATION.cff",
        CFF.replace("{name: KM3NeT Collaboration}", "{orcid: 'https://orcid.org/0000-0002-1825-0097'}"),
        ["MET02"],
    ),
    "a wrong check digit": (
        "codemeta.json",
        json.dumps({**CODEMETA, "contributor": {"name": "A", "@id": "https://orcid.org/0000-0002-1825-0098"}}),
        ["MET02"],
    ),
    "no name": ("codemeta.json", json.dumps({key: CODEMETA[key] for key in ("@context", "@type")}), ["MET02"]),
    "a list in place of fields": ("codemeta.json", "[]", ["MET01"]),
    "another licence of data": ("codemeta.json", json.dumps({**CODEMETA, "@type": "Dataset", "license": "CC0-1.0"}), ["MET04"]),
    "another DOI": ("codemeta.json", json.dumps({**CODEMETA, "identifier": "https://doi.org/10.5281/zenodo.2"}), []),
    "poetry": ("pyproject.toml", '[tool.poetry]\nname = "a"\nversion = "1.0.1"\n', ["MET03"]),
    "setuptools": ("setup.cfg", "[metadata]\nname = a\nversion = 1.0.1\n", ["MET03"]),
    "a script of setuptools": ("setup.py", "setup(name='a', version='1.0.1')\n", ["MET03"]),
    "a package of JavaScript": ("package.json", '{\n  "name": "a",\n  "version": "1.0.1"\n}\n', ["MET03"]),
    "a module": ("src/made_up/__init__.py", '__version__ = "1.0.1"\n', ["MET03"]),
    "a page": ("README.md", "# Plots\n\n**Version:** 1.0.1\n", ["MET03"]),
    "a name with a blank": ("data/my flux.txt", "1\n", ["FIL01"]),
    "a name of a device": ("data/aux.txt", "1\n", ["FIL01"]),
    "another licence": ("LICENSE", "Apache License\n  Version 2.0\n", []),
    "a licence that forbids": ("LICENSE.md", "Attribution-ShareAlike 4.0 International\n", ["LIC04"]),
}


@pytest.mark.parametrize(("path", "text", "codes"), TOLD.values(), ids=TOLD)
def test_what_readers_would_stumble_over_is_told(told, path, text, codes):
    assert told({path: text}) == codes


def test_our_own_citation_file_and_those_of_others_say_the_same(tmp_path):
    from kpublish import repository
    from kpublish.bundles.packing import pack
    from kpublish.exports import EXPORTS

    folder = Path(shutil.copytree(EXAMPLES / "good" / "minimal", tmp_path / "plots"))
    repository.init(folder)
    release = pack(load_project(folder, git=repository.git_state(folder)), ()).release
    for path, content in EXPORTS.get("citation_cff").documents(release).items():
        (folder / path).write_bytes(content)
    assert check(load_project(folder)) == ()


@pytest.mark.parametrize(("kind", "refused"), [("dataset", 8), ("package", 8), ("software", 7), ("workflow", 7), ("notebook", 7)])
def test_of_what_kpublish_makes_software_may_bring_its_citation_only(told, kind, refused):
    from kpublish.checks.files import MADE

    said = (EXAMPLES / "good" / "minimal" / "kpublish.yaml").read_text("utf-8") + f"  resourceType: {kind}\n"
    assert told({"kpublish.yaml": said, **dict.fromkeys(MADE, CFF)}, "public").count("FIL05") == refused


def test_the_names_of_what_kpublish_makes_are_known(tmp_path):
    from kpublish import repository
    from kpublish.bundles.packing import pack
    from kpublish.checks.files import MADE

    folder = Path(shutil.copytree(EXAMPLES / "good" / "minimal", tmp_path / "plots"))
    (folder / "provenance").mkdir()
    (folder / "provenance/a.json").write_text('{"refID": "a", "name": "A step"}')
    repository.init(folder)
    release = pack(load_project(folder, git=repository.git_state(folder)), ()).release
    assert {entry.path for entry in release.files if entry.role == "metadata"} == set(MADE)

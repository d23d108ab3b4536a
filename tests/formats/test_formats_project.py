"""Reading a project: which files belong to it, what kpublish.yaml says, and that one broken file hides no other."""

import os
from pathlib import Path

import pytest

from kpublish.errors import MissingFile
from kpublish.formats.kpublish_yaml import find_root, load_project
from kpublish.formats.understanding import understand
from kpublish.formats.yaml_document import read_text
from kpublish.model.archive import ArchiveEntry
from kpublish.model.identifiers import PUBLIC_ADDRESS
from kpublish.model.resource import ResourceHeader

PROJECT = """KM3Resource:
  kid: 8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11
  title: Effective area
  version: 1.0.0
"""
TABLE = """# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {name: energy, datatype: float64, unit: GeV}
# meta:
#   KM3Resource: {kid: 5c0b9c0e-6c59-4f0c-9a53-0c0f6b1a7d22, title: A table}
energy
1.0
"""
FIGURE = """KM3Resource: {kid: 7c0b9c0e-6c59-4f0c-9a53-0c0f6b1a7d33, title: A figure}
figure:
  layers:
  - {mark: line, table: data/a.ecsv, y: energy}
"""


@pytest.fixture
def make(tmp_path):
    """Makes a project of files; a value of None is an empty folder."""

    def make_project(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return make_project


GOOD = {"kpublish.yaml": PROJECT, "data/a.ecsv": TABLE, "data/deep/er/b.ecsv": TABLE, "figures/f.yaml": FIGURE}


def all_faults(project):
    return [fault for holder in (project, *project.tables, *project.figures) for fault in holder.faults]


def places(faults):
    return [(fault.code, fault.where.path, fault.where.line) for fault in faults]


def test_a_project_is_read_whole(make):
    project = load_project(make(GOOD))
    assert all_faults(project) == []
    assert project.release.title == "Effective area"
    assert [table.path for table in project.tables] == ["data/a.ecsv", "data/deep/er/b.ecsv"]
    assert project.table("data/a.ecsv").column("energy") == [1.0]
    assert [(figure.path, figure.tables, figure.resource.title) for figure in project.figures] == [
        ("figures/f.yaml", ("data/a.ecsv",), "A figure")
    ]
    assert project.landing == PUBLIC_ADDRESS


def test_texts_are_the_files_as_they_stand(make):
    root = make(GOOD)
    project = load_project(root)
    assert dict(project.texts) == {name: (root / name).read_text() for name in GOOD}


def test_only_files_of_the_project_are_found(make, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "secret.ecsv").write_text(TABLE)
    root = make(
        {
            "kpublish.yaml": PROJECT + "tables: ['**/*.ecsv']\n",
            "data/a.ecsv": TABLE,
            "data/[x]+y.ecsv": TABLE,
            "data/a.csv": "x",
            ".git/b.ecsv": TABLE,
            ".kpublish/c.ecsv": TABLE,
            "rendered/d.ecsv": TABLE,
        }
    )
    (root / "data/link.ecsv").symlink_to(elsewhere / "secret.ecsv")
    (root / "data/folder").symlink_to(elsewhere)
    (root / "data/loop").symlink_to(root)
    (root / "data/inside.ecsv").symlink_to("a.ecsv")
    project = load_project(root)
    assert [table.path for table in project.tables] == ["data/[x]+y.ecsv", "data/a.ecsv", "data/inside.ecsv"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("data/*.ecsv", ["data/a.ecsv"]),
        ("data/**/*.ecsv", ["data/a.ecsv", "data/deep/er/b.ecsv"]),
        ("**/b.ecsv", ["data/deep/er/b.ecsv"]),
        ("data/?.ecsv", ["data/a.ecsv"]),
        ("data/[!b].ecsv", ["data/a.ecsv"]),
        ("data/a.ecsv", ["data/a.ecsv"]),
        ("nowhere/*.ecsv", []),
    ],
)
def test_patterns_choose_files(make, pattern, found):
    project = load_project(make({**GOOD, "kpublish.yaml": PROJECT + f"tables: ['{pattern}']\n"}))
    assert [table.path for table in project.tables] == found


def test_kpublish_yaml_names_archives_ignores_and_the_landing_address(make):
    text = (
        PROJECT + "archives:\n  datacenter: {kind: datacenter, url: 'https://example.org'}\n  own: {kind: directory}\n"
        "ignore:\n  TAB03: {path: data/a.ecsv, reason: why}\n  UNI01:\n  - {path: 'data/*', reason: because}\n"
        "landing: https://example.org\n"
    )
    project = load_project(make({**GOOD, "kpublish.yaml": text}))
    assert all_faults(project) == []
    assert project.archives == (ArchiveEntry("datacenter", "datacenter", "https://example.org"), ArchiveEntry("own", "directory"))
    assert [(ignore.code, ignore.path, ignore.reason, ignore.where.line) for ignore in project.ignores] == [
        ("TAB03", "data/a.ecsv", "why", 9),
        ("UNI01", "data/*", "because", 11),
    ]
    assert project.landing == "https://example.org"


@pytest.mark.parametrize(
    ("addition", "code", "line"),
    [
        ("  titel: x\n", "RES02", 5),
        ("  licence: 1.10\n", "RES02", 5),
        ("table: [x]\n", "RES02", 5),
        ("tables: data\n", "CFG01", 5),
        ("tables: [/etc/*.ecsv]\n", "CFG01", 5),
        ("tables: [data/../../x.ecsv]\n", "CFG01", 5),
        ("tables: [data/missing.ecsv]\n", "CFG01", 5),
        ("archives: {Data-Center: {kind: datacenter}}\n", "CFG01", 5),
        ("archives:\n  a: {url: x}\n", "CFG01", 6),
        ("archives:\n  a: {kind: datacenter, url: 'https://me:secret@example.org'}\n", "CFG01", 6),
        ("landing: somewhere\n", "CFG01", 5),
        ("landing: 'https://me:secret@example.org'\n", "CFG01", 5),
        ("ignore:\n  TAB03: {path: data/a.ecsv}\n", "IGN01", 6),
        ("ignore:\n  TAB03: {path: data/a.ecsv, reason: ' '}\n", "IGN01", 6),
        ("ignore:\n  tab3: {path: data/a.ecsv, reason: why}\n", "IGN01", 6),
        ("ignore: everything\n", "IGN01", 5),
        ("KM3Resource: {}\n", "YML02", 5),
    ],
)
def test_faults_of_kpublish_yaml_hide_nothing_else(make, addition, code, line):
    project = load_project(make({**GOOD, "kpublish.yaml": PROJECT + addition}))
    assert places(all_faults(project)) == [(code, "kpublish.yaml", line)]
    assert project.faults[0].remedy
    assert project.release is not None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "RES01"),
        ("# nothing\n", "RES01"),
        ("tables: []\n", "RES01"),
        ("- a\n- b\n", "RES03"),
        ("KM3Resource: text\n", "RES03"),
        ("a: [\n", "YML01"),
        (b"\xff\xfe", "YML01"),
        (b"\x89PNG\r\n\x1a\n\0", "YML01"),
    ],
)
def test_a_kpublish_yaml_that_says_nothing_is_told(make, content, code):
    project = load_project(make({**GOOD, "kpublish.yaml": content}))
    assert [fault.code for fault in project.faults] == [code]
    assert project.release is None or project.release.said() == {}


def test_broken_files_hide_no_others(make):
    root = make(
        {
            **GOOD,
            "data/empty.ecsv": "",
            "data/plain.ecsv": "a,b\n1,2\n",
            "data/binary.ecsv": b"\xff\x00\xfe",
            "data/yaml.ecsv": "# %ECSV 1.0\n# ---\n# a: [\na\n1\n",
            "figures/empty.yaml": "",
            "figures/list.yaml": "- a\n",
            "figures/syntax.yaml": "a: [\n",
            "figures/nothing.yaml": "KM3Resource: {title: A}\n",
            "figures/wrong.yaml": FIGURE.replace("mark:", "marc:").replace("title", "titel"),
        }
    )
    os.mkfifo(root / "data/pipe.ecsv")
    project = load_project(root)
    assert places(all_faults(project)) == [
        ("TAB01", "data/binary.ecsv", 1),
        ("TAB01", "data/empty.ecsv", 1),
        ("TAB01", "data/pipe.ecsv", 0),
        ("TAB01", "data/plain.ecsv", 1),
        ("YML01", "data/yaml.ecsv", 4),
        ("FIG01", "figures/empty.yaml", 0),
        ("FIG01", "figures/list.yaml", 1),
        ("FIG01", "figures/nothing.yaml", 1),
        ("YML01", "figures/syntax.yaml", 2),
        ("RES02", "figures/wrong.yaml", 1),
        ("FIG01", "figures/wrong.yaml", 4),
    ]
    assert project.table("data/a.ecsv").column("energy") == [1.0]
    nothing = next(figure for figure in project.figures if figure.name == "nothing")
    assert (nothing.resource.title, nothing.description) == ("A", None)


def test_a_folder_instead_of_kpublish_yaml_is_told(make):
    root = make({"kpublish.yaml/x": "", "data/a.ecsv": TABLE})
    project = load_project(root)
    assert [fault.code for fault in project.faults] == ["YML01"]
    assert len(project.tables) == 1


def test_an_unreadable_file_is_told(make):
    root = make(GOOD)
    (root / "data/a.ecsv").unlink()
    (root / "data/a.ecsv").symlink_to("a.ecsv")
    project = load_project(root)
    assert len(project.tables) == 1
    assert all_faults(project) == []


def test_loose_annotated_files_need_no_kpublish_yaml(make):
    root = make({"a.ecsv": TABLE, "sub/b.ecsv": TABLE, "c.csv": "x", ".cache/d.ecsv": TABLE, "f.yaml": FIGURE})
    project = load_project(root)
    assert [table.path for table in project.tables] == ["a.ecsv", "sub/b.ecsv"]
    assert (project.document, project.release, project.figures, project.paths) == (None, None, (), ())
    assert project.texts["sub/b.ecsv"] == TABLE


def test_files_of_a_project_below_are_not_loose(make):
    root = make({"a.ecsv": TABLE, "project/kpublish.yaml": PROJECT, "project/data/b.ecsv": TABLE})
    assert [table.path for table in load_project(root).tables] == ["a.ecsv"]


@pytest.mark.parametrize("pattern", ["data/[", "data/[z-a]*", "data/[]*", "[", "**[", "data/*["])
def test_a_pattern_that_is_none_matches_nothing(make, pattern):
    root = make({"kpublish.yaml": f"{PROJECT}tables: ['{pattern}']\n", "data/a.ecsv": TABLE})
    assert load_project(root).tables == ()


def test_of_loose_files_only_those_asked_for_are_read(make):
    root = make({"a.ecsv": TABLE, "b.ecsv": "broken", "sub/c.ecsv": TABLE})
    assert [table.path for table in load_project(root, only=("a.ecsv",)).tables] == ["a.ecsv"]
    project = load_project(root, only=("sub",))
    assert [table.path for table in project.tables] == ["sub/c.ecsv"]
    assert project.paths == ("sub", "sub/c.ecsv")


def test_a_file_asked_for_is_read_even_if_the_project_does_not_name_it(make):
    root = make({**GOOD, "other/t.ecsv": TABLE, "other/t.csv": "a,b\n", "other/f.yaml": FIGURE, "other/noext": "x"})
    project = load_project(root, only=("other/t.ecsv", "other/t.csv", "other/f.yaml", "other/noext", "kpublish.yaml"))
    assert project.table("other/t.ecsv").faults == ()
    assert [figure.path for figure in project.figures] == ["figures/f.yaml", "other/f.yaml"]
    assert places(all_faults(project)) == [("TAB01", "other/noext", 0), ("TAB01", "other/t.csv", 0)]
    assert project.paths == ("kpublish.yaml", "other/f.yaml", "other/noext", "other/t.csv", "other/t.ecsv")


def test_a_folder_asked_for_stands_for_the_files_in_it(make):
    root = make(GOOD)
    assert load_project(root, only=("data/deep",)).paths == ("data/deep", "data/deep/er/b.ecsv")
    assert set(load_project(root, only=(".",)).paths) == {".", "data/a.ecsv", "data/deep/er/b.ecsv", "figures/f.yaml"}


def test_what_is_asked_for_and_missing_is_an_error(make):
    root = make(GOOD)
    with pytest.raises(MissingFile):
        load_project(root, only=("data/missing.ecsv",))
    with pytest.raises(MissingFile):
        find_root(root / "missing")


def test_the_root_is_the_nearest_folder_with_a_kpublish_yaml(make, tmp_path_factory):
    root = make(GOOD)
    assert find_root(root / "data/deep/er/b.ecsv") == find_root(root / "data") == find_root(root) == root
    loose = tmp_path_factory.mktemp("loose")
    (loose / "a.ecsv").write_text(TABLE)
    assert find_root(loose / "a.ecsv") == loose


def test_a_relative_path_is_enough(make, monkeypatch):
    root = make(GOOD)
    monkeypatch.chdir(root / "data")
    assert find_root(Path("a.ecsv")) == root


@pytest.mark.parametrize("text", ["version: 1.10\nversion: '2'\n", "content: {instrument: 1.10}\ncontent:\n"])
def test_a_doubtful_literal_under_a_key_said_twice_is_no_crash(text):
    document = read_text(text, "x")
    _, faults = understand(ResourceHeader, document.data, document)
    assert not [fault for fault in faults if fault.code == "RES04"]

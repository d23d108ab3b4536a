"""What --fix does: it mends what is safe, never a number, all or nothing, and once."""

import os
import shutil
import stat
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from kpublish import repository
from kpublish.checks import engine, mending
from kpublish.checks.engine import check, rules
from kpublish.checks.mending import edits, mend
from kpublish.errors import StorageError
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.finding import Fault, Fix, Position

EXAMPLES = Path(__file__).parents[1] / "examples"
BAD = sorted((EXAMPLES / "bad").iterdir())
#: Rules of which bad examples are mended, at least.
SAFE = {"DAT01", "FIL04", "IDN01", "IDN03", "IDN06", "LIC01", "LNK01", "MET02", "PRV01", "RES04", "SRC01", "TAB11", "UNI01"}


def copied(example, tmp_path):
    return Path(shutil.copytree(example, tmp_path / "project", symlinks=True))


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_can_be_mended_is_gone_afterwards_and_nothing_else_changed(tmp_path):
    mended = set()
    for example in BAD:
        folder = Path(shutil.copytree(example, tmp_path / example.name, symlinks=True))
        before, findings = contents(folder), check(load_project(folder))
        bodies = {table.path: table.body for table in load_project(folder).tables}
        changed = {each.path: each for each in mend(partial(load_project, folder), "draft")}
        after = check(load_project(folder))
        assert {path for path, content in contents(folder).items() if content != before[path]} == set(changed)
        assert not [finding for finding in after if finding.fix], example.name
        assert len(after) == sum(finding.fix is None for finding in findings), example.name
        assert {finding.code for finding in after} <= {finding.code for finding in findings}
        assert all(table.body == bodies[table.path] for table in load_project(folder).tables if bodies[table.path])
        assert mend(partial(load_project, folder), "draft") == ()
        mended |= {finding.code for finding in findings if finding.fix}
    assert mended >= SAFE


def test_a_dry_run_tells_and_writes_nothing(tmp_path):
    folder = copied(EXAMPLES / "bad" / "UNI01", tmp_path)
    before = contents(folder)
    (told,) = mend(partial(load_project, folder), "draft", dry=True)
    assert contents(folder) == before
    assert told.diff().split("\n")[:5] == [
        "--- a/data/flux.ecsv",
        "+++ b/data/flux.ecsv",
        "@@ -7 +7 @@",
        "-#   unit: GeV^{1}",
        "+#   unit: GeV",
    ]


def test_a_diff_tells_of_line_ends_in_one_line(tmp_path):
    folder = copied(EXAMPLES / "bad" / "FIL04-table", tmp_path)
    (told,) = mend(partial(load_project, folder), "draft")
    lines = told.before.count(b"\r\n")
    assert told.diff().split("\n")[2:] == [f"@@ {lines} lines end with LF in place of CR LF @@"]


def test_the_mark_of_a_table_is_taken_out(tmp_path):
    folder = copied(EXAMPLES / "good" / "loose", tmp_path)
    table = folder / "flux.ecsv"
    plain = table.read_bytes()
    table.write_bytes(b"\xef\xbb\xbf" + plain)
    (told,) = mend(partial(load_project, folder), "draft")
    assert table.read_bytes() == plain
    assert "@@ the byte order mark is taken out @@" in told.diff()


def test_keys_in_other_capitals_or_british_english_are_renamed(tmp_path):
    folder = copied(EXAMPLES / "good" / "full", tmp_path)
    file = folder / "kpublish.yaml"
    right = file.read_text("utf-8")
    file.write_text(right.replace("license:", "licence:").replace("referenceURL:", "referenceUrl:"), "utf-8")
    mend(partial(load_project, folder), "draft")
    assert file.read_text("utf-8") == right


def test_a_word_in_other_capitals_is_mended_and_an_unknown_one_is_not(tmp_path):
    folder = copied(EXAMPLES / "good" / "full", tmp_path)
    file = folder / "kpublish.yaml"
    right = file.read_text("utf-8")
    file.write_text(right.replace("status: preliminary", "status: Preliminary"), "utf-8")
    mend(partial(load_project, folder), "draft")
    assert file.read_text("utf-8") == right
    file.write_text(right.replace("status: preliminary", "status: preliminery"), "utf-8")
    assert mend(partial(load_project, folder), "draft") == ()


def test_versions_are_mended_only_where_the_tag_says_which_is_right(tmp_path):
    folder = copied(EXAMPLES / "bad" / "MET03", tmp_path)
    assert mend(partial(load_project, folder), "draft") == ()
    repository.init(folder)
    repository.tag(folder, "v1.0.0")

    def read():
        return load_project(folder, git=repository.git_state(folder))

    assert [each.path for each in mend(read, "draft")] == ["codemeta.json", "pyproject.toml"]
    assert 'version = "1.0.0"' in (folder / "pyproject.toml").read_text("utf-8")
    assert "MET03" not in [finding.code for finding in check(read())]


def test_a_line_that_holds_a_secret_is_not_edited(tmp_path):
    folder = copied(EXAMPLES / "good" / "minimal", tmp_path)
    (folder / "run.yaml").write_text("/home/ada/x: 1\npassword: 'correct-horse-7' # /home/ada/y\n/home/bob/z: 1\n")
    assert sorted({finding.code for finding in check(load_project(folder))}) == ["PRV01", "SEC01"]
    assert mend(partial(load_project, folder), "draft") == ()


def planted(monkeypatch, *faults):
    """A rule that yields these faults as long as their text stands there."""

    class PLANTED(type(rules()["TAB04"].rule)):
        def check(self, project):
            yield from (fault for fault in faults if project.texts.get(fault.where.path, "") != "mended")

    entry = replace(rules()["TAB04"], rule=PLANTED())
    monkeypatch.setattr(engine, "rules", lambda: {"TAB04": entry})
    return entry


def fault(path, line, column, length, replacement):
    where = Position(path, line, column, length)
    return Fault(where, "It is wrong.", fix=Fix(where, replacement))


@pytest.mark.parametrize(
    ("path", "line", "column", "length", "replacement"),
    [
        ("data/flux.ecsv", 30, 1, 3, "9.9"),
        ("data/flux.ecsv", 2, 1, 5, "# %"),
        ("kpublish.yaml", 2, 1, 4, "  {:"),
        ("numbers.json", 1, 2, 3, "1.5"),
        ("numbers.json", 99, 1, 1, "x"),
        ("../outside.txt", 1, 1, 1, "x"),
        ("gone.txt", 1, 1, 1, "x"),
    ],
)
def test_an_edit_that_touches_a_number_or_spoils_a_file_is_not_made(path, line, column, length, replacement, tmp_path, monkeypatch):
    folder = copied(EXAMPLES / "good" / "full", tmp_path)
    (folder / "numbers.json").write_text("[1.0]")
    (tmp_path / "outside.txt").write_text("a")
    planted(monkeypatch, fault(path, line, column, length, replacement))
    before = contents(tmp_path)
    project = load_project(folder)
    assert edits(project, check(project)) == ()
    assert contents(tmp_path) == before


def test_an_edit_that_brings_an_error_is_taken_back(tmp_path, monkeypatch):
    folder = copied(EXAMPLES / "good" / "minimal", tmp_path)
    (folder / "notes.txt").write_text("a")

    class WORSE(type(rules()["TAB04"].rule)):
        def check(self, project):
            text = project.files["notes.txt"].text
            yield from [fault("notes.txt", 1, 1, 1, "b")] * (1 if text == "a" else 2)

    monkeypatch.setattr(engine, "rules", lambda: {"TAB04": replace(entry, rule=WORSE())})
    entry = rules()["TAB04"]
    assert mend(partial(load_project, folder), "draft") == ()
    assert (folder / "notes.txt").read_text() == "a"


def test_what_cannot_be_written_leaves_every_file_as_it_was(tmp_path, monkeypatch):
    folder = copied(EXAMPLES / "bad" / "MET02", tmp_path)
    file = folder / "kpublish.yaml"
    file.write_text(file.read_text("utf-8").replace("CC-BY-4.0", "cc-by-4.0"), "utf-8")
    before, write = contents(folder), mending.write_bytes

    def full(path, content, **how):
        if path.name == "kpublish.yaml":
            raise StorageError("The disk is full.", remedy="Free some space.")
        write(path, content, **how)

    monkeypatch.setattr(mending, "write_bytes", full)
    with pytest.raises(StorageError):
        mend(partial(load_project, folder), "draft")
    assert contents(folder) == before


def test_permissions_stay_and_links_are_left_alone(tmp_path):
    folder = copied(EXAMPLES / "bad" / "FIL04", tmp_path)
    os.chmod(folder / "notes.txt", 0o750)
    shutil.copyfile(folder / "notes.txt", tmp_path / "elsewhere.txt")
    (folder / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    mend(partial(load_project, folder), "draft")
    assert stat.S_IMODE((folder / "notes.txt").stat().st_mode) == 0o750
    assert (folder / "link.txt").is_symlink()
    assert b"\r\n" in (tmp_path / "elsewhere.txt").read_bytes()


def test_of_two_edits_that_overlap_the_first_is_made(tmp_path, monkeypatch):
    folder = copied(EXAMPLES / "good" / "minimal", tmp_path)
    (folder / "notes.txt").write_text("abcdef\n")
    planted(monkeypatch, fault("notes.txt", 1, 1, 3, "X"), fault("notes.txt", 1, 2, 3, "Y"), fault("notes.txt", 1, 5, 1, "Z"))
    project = load_project(folder)
    assert [each.after for each in edits(project, check(project))] == [b"XdZf\n"]

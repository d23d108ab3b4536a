"""``ls``, ``show`` and ``get`` say what is there, and never overwrite what is different."""

import json

import pytest

from kpublish.cli import run

RELEASE = "3ceaaf30-8142-48ea-91d9-3080f9b439fc"
FLUX = "9dfb369b-ab13-4fae-a276-55daa05f1119"


@pytest.fixture
def say(address, capsys, tmp_path, monkeypatch):
    """Runs a command on each kind of source in turn, in an empty folder: (exit code, output, errors)."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def command(*arguments):
        code = run([*arguments, "--from", address])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def here(tmp_path):
    return {path.relative_to(tmp_path / "here").as_posix() for path in (tmp_path / "here").rglob("*") if path.is_file()}


def test_ls_lists_one_resource_per_line_below_each_other(say):
    code, out, _ = say("ls")
    head, *lines = out.splitlines()
    assert code == 0
    assert head.split() == ["name", "kind", "version", "title", "kid"]
    assert len(lines) == 4
    assert {line.index(kid) for line, kid in zip(lines[:2], (RELEASE, FLUX), strict=True)} == {head.index("kid")}


def test_ls_of_an_empty_source_says_so(capsys, tmp_path):
    assert run(["ls", "--url", str(tmp_path)]) == 0
    assert "Nothing is published" in capsys.readouterr().err


def test_show_tells_metadata_columns_files_and_landing_page(say):
    code, out, _ = say("show", "flux")
    assert code == 0
    for words in ("Flux over energy", f"/r/{RELEASE}", "columns (3 rows)", "energy_high", "GeV-1 m-2 s-1", "data/flux.ecsv"):
        assert words in out


def test_show_writes_json(say):
    code, out, _ = say("show", FLUX, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["release"]["kid"] == RELEASE
    assert [entry["path"] for entry in told["files"]] == ["data/flux.ecsv"]
    assert [column["columnname"] for column in told["parameters"]][:2] == ["energy_low", "energy_high"]
    assert json.loads(say("show", RELEASE, "--json")[1])["kid"] == RELEASE


def test_get_brings_the_file_of_a_table(say, tmp_path, contents):
    code, out, _ = say("get", "flux")
    assert code == 0
    assert here(tmp_path) == {"flux.ecsv"}
    assert (tmp_path / "here" / "flux.ecsv").read_bytes() == contents["data/flux.ecsv"]
    assert "flux.ecsv" in out
    assert "sha256 " in out


def test_get_brings_all_formats_of_a_figure_or_the_one_that_is_named(say, tmp_path):
    assert say("get", "figures/flux.yaml", "-o", "out/")[0] == 0
    assert here(tmp_path) == {"out/flux.pdf", "out/flux.png", "out/flux.svg"}
    assert say("get", "figures/flux.yaml", "-o", "my.pdf")[0] == 0
    assert (tmp_path / "here" / "my.pdf").read_bytes() == b"a pdf"


def test_get_brings_the_package_of_a_release(say, tmp_path, package):
    assert say("get", RELEASE)[0] == 0
    assert here(tmp_path) == {package.path.name}
    assert (tmp_path / "here" / package.path.name).read_bytes() == package.path.read_bytes()


def test_get_leaves_a_different_file_alone_unless_it_is_forced(say, tmp_path, contents):
    mine = tmp_path / "here" / "flux.png"
    mine.write_text("mine")
    code, _, err = say("get", "figures/flux.yaml")
    assert code == 2
    assert "--force" in err
    assert here(tmp_path) == {"flux.png"}
    assert mine.read_text() == "mine"
    assert say("get", "figures/flux.yaml", "--force")[0] == 0
    assert mine.read_text() == "a png"


def test_get_twice_leaves_the_file_as_it_is(say, tmp_path):
    assert say("get", "flux", "-o", "mine.ecsv")[0] == 0
    before = (tmp_path / "here" / "mine.ecsv").stat()
    assert say("get", "flux", "-o", "mine.ecsv")[0] == 0
    assert (tmp_path / "here" / "mine.ecsv").stat().st_ino == before.st_ino


@pytest.mark.parametrize("command", ["show", "get"])
def test_what_is_not_there_is_one_sentence_with_its_own_exit_code(say, command):
    code, out, err = say(command, "flax")
    assert (code, out) == (4, "")
    assert "Did you mean 'flux'?" in err


def test_a_release_without_a_package_is_brought_file_by_file(folder, capsys, tmp_path):
    release = folder({"data/a.csv": "1", "README.md": "2", "data/README.md": "3"})
    assert run(["get", release.kid, "--from", str(folder.path), "-o", str(tmp_path / "out")]) == 0
    assert {path.name: path.read_text() for path in (tmp_path / "out" / "data").iterdir()} == {"a.csv": "1", "README.md": "3"}


def test_names_of_a_hostile_release_stay_in_the_folder(folder, tmp_path, capsys):
    release = folder({"data/aeff.ecsv": "1"})
    document = folder.path / release.kid / "1.0.0" / "release.json"
    document.write_text(document.read_text().replace("data/aeff.ecsv", "data/.."))
    assert run(["get", release.members[0].resource.kid, "--from", str(folder.path), "-o", str(tmp_path)]) == 6
    assert "leads out" in capsys.readouterr().err

"""Records of other tools are brought into provenance/ without what tells a person or a computer, and nothing else is lost."""

import json
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from kpublish import repository
from kpublish.checks.engine import check
from kpublish.cli import run
from kpublish.formats.kpublish_yaml import load_project
from kpublish.formats.personal import without_personal
from kpublish.formats.step_records import records_in
from kpublish.model.provenance import StepRecord

DATA = Path(__file__).parent / "data"
OURS = DATA / "provenance"
FULL = Path(__file__).parent / "examples" / "good" / "minimal"
WORKFLOWS = Path(__file__).parents[1] / ".venv-workflows" / "bin"
RECORD = OURS / "mupage_ARCA.h5.prov.json"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository as current folder."""
    shutil.copytree(FULL, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def brought(folder):
    return [(step, path.read_text("utf-8")) for path, step in records_in(folder).items()]


def test_of_a_real_record_not_one_personal_datum_is_left_and_nothing_else_is_lost(folder, capfd):
    activity = json.loads(RECORD.read_text())[0]
    activity["input"] = [{"url": "/pbs/home/a/adomi/raw/run1.root"}, {"url": "raw/run2.root"}]
    activity["output"] = [{"url": "mupage_ARCA.h5"}]
    (folder / "raw").mkdir()
    (folder / "raw/run2.root").write_bytes(b"run 2")
    (folder / "mupage_ARCA.h5").write_bytes(b"events")
    (folder / "mupage_ARCA.h5.prov.json").write_text(json.dumps([activity]))
    assert run(["record", "--import", "mupage_ARCA.h5.prov.json"]) == 0
    ((step, text),) = brought(folder)
    personal = personal_data(activity)
    assert {"adomi", "tgal", "/pbs/home/a/adomi", "cca003", "/bin/false"} <= personal
    assert [datum for datum in sorted(personal) if datum in text] == []
    assert not re.search(r"/(?:pbs|sps|home|opt)/|in2p3", text)
    assert [(file.path, file.sha256) for file in step.inputs] == [
        ("run1.root", ""),
        ("raw/run2.root", sha256(b"run 2").hexdigest()),
    ]
    assert [(file.path, file.sha256, file.size) for file in step.outputs] == [("mupage_ARCA.h5", sha256(b"events").hexdigest(), 6)]
    packages = {package["name"]: package["version"] for package in activity["system"]["python"]["packages"]}
    assert len(packages) > 150
    assert {"thepipe": "1.3.5", "Python": "3.7.5", "Linux": "x86_64", **packages} == step.software
    assert step.command[1] == "~/mypython/lib/python3.7/site-packages/ipykernel_launcher.py"
    assert "keep it out of the repository" in capfd.readouterr().out


def personal_data(activity):
    """All that a record of thepipe tells about persons and computers: user, host, home folders, values of the environment."""
    environment = {name: value for name, value in activity["system"]["environment"].items() if value}
    folders = {part for value in environment.values() for part in value.split(":") if part.count("/") > 1}
    users = set(re.findall(r"/(?:home/./|users/)(\w+)", json.dumps(activity)))
    return {*environment.values(), *folders, *users, activity["system"]["platform"]["node"]} - {"", "."}


@pytest.mark.parametrize(
    ("place", "personal"),
    [
        (DATA / "bare/orientations.root", ["cca013", "cca018", "martin", "/sps/"]),
        (OURS / "KM3NeT_00000232.tripod.txt", ["ccwslurm0352", "martin", "/sps/"]),
        (OURS / "trace.txt", ["aexample", "cca007", "/sps/", "abcdef", "in2p3"]),
        (OURS / "nf-prov", ["aexample", "Ada", "0000-0002-1825-0097", "example.invalid", "/sps/"]),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_records_of_every_tool_tell_no_person_and_no_computer(folder, place, personal):
    assert run(["record", "--import", str(place)]) == 0
    found = brought(folder)
    assert len(found) > 1
    assert [word for word in personal for _, text in found if word in text] == []
    assert all(step.imported for step, _ in found)


def test_who_imports_is_not_told_either(folder, monkeypatch):
    monkeypatch.setenv("HOME", "/data/ada")
    monkeypatch.setenv("USER", "ada")
    crate = json.loads((OURS / "nf-prov/ro-crate-metadata.json").read_text())
    crate["@graph"][-4]["name"] = crate["@graph"][-5]["name"] = "/data/ada/x/selected.h5 of ada"
    for entity in crate["@graph"]:
        if entity.get("@type") == "CreateAction":
            entity["description"] = f"select --in /data/ada/raw.h5 --out {folder}/out.h5 by ADA at 134.158.1.7"
    (folder / "ro-crate-metadata.json").write_text(json.dumps(crate))
    assert run(["record", "--import", "."]) == 0
    for step, text in brought(folder):
        assert "ada" not in text.lower()
        assert step.settings == "select --in ~/raw.h5 --out out.h5 by … at …"


def test_a_second_import_writes_the_same(folder):
    assert run(["record", "--import", str(OURS / "trace.txt")]) == 0
    first = brought(folder)
    assert run(["record", "--import", str(OURS / "trace.txt")]) == 0
    assert brought(folder) == first


def test_files_outside_of_the_repository_and_the_record_are_not_looked_into(folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    activity = json.loads(RECORD.read_text())[0] | {
        "input": [{"url": url} for url in (str(tmp_path / "secret"), "../secret", "link")]
    }
    (folder / "a.json").write_text(json.dumps([activity]))
    assert run(["record", "--import", "a.json"]) == 0
    ((step, _),) = brought(folder)
    assert [(file.path, file.sha256) for file in step.inputs] == [("secret", ""), ("secret", ""), ("link", "")]


def test_a_chain_of_imported_steps_is_walked_back(folder, capfd):
    shutil.copy(DATA / "bare/orientations.root", folder)
    assert run(["record", "--import", "orientations.root"]) == 0
    capfd.readouterr()
    assert run(["trace", "orientations.root"]) == 0
    told = capfd.readouterr().out
    assert told.index("made by JBallarat") < told.index("KM3NeT_00000133_00017471_ahrs.root") < told.index("made by JConvertDB")


def test_what_was_imported_has_no_findings(folder):
    for place in (RECORD, OURS / "trace.txt", OURS / "nf-prov", OURS / "KM3NeT_00000232.tripod.txt"):
        assert run(["record", "--import", str(place)]) == 0
    repository.init(folder)
    assert [finding for finding in check(load_project(folder), "public") if finding.where.path.startswith("provenance/")] == []


def test_a_record_of_a_tool_in_provenance_is_found(folder):
    (folder / "provenance").mkdir()
    shutil.copy(RECORD, folder / "provenance/a.json")
    codes = {finding.code for finding in check(load_project(folder), "draft") if finding.where.path == "provenance/a.json"}
    assert codes == {"PRV01", "PRV02"}


def test_the_short_line_of_a_step_with_many_packages_stays_short(folder):
    assert run(["record", "--import", str(RECORD)]) == 0
    ((step, _),) = brought(folder)
    assert step.line.software.startswith("thepipe 1.3.5, Python 3.7.5, Linux x86_64, jppy 3.3.0, ")
    assert step.line.software.endswith(" more")
    assert len(step.line.software) < 300


@pytest.mark.workflows
def test_what_cwltool_and_snakemake_really_wrote_is_brought_without_who_ran_them(folder, tmp_path):
    home = tmp_path / "home/aexample"
    (home / "run").mkdir(parents=True)
    (home / "run/Snakefile").write_text(
        f'rule copy:\n  input: "{home}/in.txt"\n  output: "out.txt"\n  shell: "cp {{input}} {{output}}"\n'
    )
    (home / "in.txt").write_text("1\n")
    (home / "run/tool.cwl").write_text(
        "{cwlVersion: v1.2, class: CommandLineTool, baseCommand: cat, stdout: out.txt, "
        "inputs: {file: {type: File, inputBinding: {}}}, outputs: {out: stdout}}"
    )
    environ = {
        "PATH": os.pathsep.join([str(WORKFLOWS), os.environ["PATH"]]),
        "HOME": str(home),
        "USER": "aexample",
        "LC_ALL": "C.UTF-8",
    }
    who = ["--enable-user-provenance", "--enable-host-provenance", "--full-name", "Ada Example"]
    for command in (
        ["snakemake", "-c1", "out.txt"],
        ["cwltool", *who, "--provenance", "ro", "tool.cwl", "--file", str(home / "in.txt")],
    ):
        subprocess.run(command, cwd=home / "run", env=environ, check=True, capture_output=True, timeout=120)
    traces = (home / "run/ro/metadata/provenance/primary.cwlprov.json").read_text() + (
        home / "run/.snakemake/metadata/b3V0LnR4dA=="
    ).read_text()
    assert "Ada Example" in traces
    assert str(home) in traces
    assert run(["record", "--import", str(home / "run"), str(home / "run/ro")]) == 0
    found = brought(folder)
    assert {step.imported for step, _ in found} == {"Snakemake", "CWL"}
    assert [word for _, text in found for word in ("Ada", "aexample", str(tmp_path)) if word in text] == []
    assert {tuple(file.path for file in step.inputs) for step, _ in found} == {("in.txt",)}


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--import", "nothing.json"], "There is no file or folder nothing.json", 2),
        (["--import", "kpublish.yaml"], "no record of a tool that kpublish reads", 2),
        (["--import", "--name", "x", "kpublish.yaml"], "--import takes no other option", 2),
        (["--import"], "Missing argument", 2),
    ],
)
def test_mistakes_are_one_sentence(folder, capfd, arguments, said, code):
    assert run(["record", *arguments]) == code
    assert said in capfd.readouterr().err
    assert not (folder / "provenance").exists()


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("/home/ada/x", (), "~/x"),
        ("/sps/km3net/users/ada", (), "~"),
        ("/mnt/nfs.1/astro/home/a/ada/x", (), "~/x"),
        ("https://example.org/home/about", (), "https://example.org/home/about"),
        (r"C:\Users\Ada Example\x", (), r"~\x"),
        ("/data/ada/x of adam", ("/data/ada", "ada"), "~/x of adam"),
        ("ssh ada@host.in2p3.fr", (), "ssh …"),
        ("opendata@km3net.de", (), "opendata@km3net.de"),
        ("Linux cca003 3.10.0 x86_64", (), "Linux 3.10.0 x86_64"),
        ("http://134.158.1.7:8080/x, ::1, 127.0.0.1", (), "http://…:8080/x, ::1, 127.0.0.1"),
        ("2001:660:3302::1f at 21:06:31, std::sort", (), "… at 21:06:31, std::sort"),
        ("card a4:c3:f0:52:a9:27", (), "card …"),
        ("run by root as user", ("root", "user"), "run by root as user"),
        ("https://ada:secret@example.org/x", (), "https://example.org/x"),
    ],
)
def test_what_is_personal_is_known_by_its_form_or_by_name(text, names, left):
    assert without_personal(text, names) == left


def test_old_records_are_read_as_before():
    said = {"refID": "x", "name": "y", "command": ["z"], "started": "2026-01-01T00:00:00Z", "ended": "2026-01-01T00:00:00Z"}
    file = {"path": "a", "sha256": "ab" * 32, "size": 3}
    record = StepRecord.model_validate({**said, "exitCode": 0, "inputs": [file]})
    assert (record.inputs[0].size, record.imported) == (3, None)

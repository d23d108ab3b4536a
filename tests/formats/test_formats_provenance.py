"""Records of other tools are read as steps; those of Snakemake and cwltool are made by the tools themselves."""

import json
import os
import shutil
import subprocess
import zipfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
import uproot

from kpublish.errors import KpublishError, MissingFile, UnreadableFile
from kpublish.formats.provenance import READERS
from kpublish.formats.provenance.finding import read_foreign
from kpublish.formats.provenance.values import identifier

DATA = Path(__file__).parents[1] / "data"
OURS = DATA / "provenance"
WORKFLOWS = Path(__file__).parents[2] / ".venv-workflows" / "bin"
SNAKEFILE = """
rule all:
    input: "sum.txt"
rule split:
    input: "in.txt"
    output: "a.txt", "b.txt"
    params: n=3
    shell: "head -n {params.n} {input} > {output[0]}; tail -n {params.n} {input} > {output[1]}"
rule sum:
    input: "a.txt", "b.txt"
    output: report("sum.txt")
    run:
        lines = [line for name in input for line in open(name)]
        open(output[0], "w").write(f"{sum(map(int, lines))}\\n")
"""
WORKFLOW = """
cwlVersion: v1.2
class: Workflow
inputs: {table: File, lines: int}
outputs:
  result: {type: File, outputSource: first/counts}
steps:
  sort:
    in: {table: table}
    out: [sorted]
    run:
      class: CommandLineTool
      hints: {DockerRequirement: {dockerPull: debian:12}}
      baseCommand: sort
      inputs: {table: {type: File, inputBinding: {position: 1}}}
      outputs: {sorted: stdout}
      stdout: sorted.txt
  first:
    in: {sorted: sort/sorted, lines: lines}
    out: [counts]
    run:
      class: CommandLineTool
      baseCommand: [head, -n]
      inputs: {lines: {type: int, inputBinding: {position: 1}}, sorted: {type: File, inputBinding: {position: 2}}}
      outputs: {counts: stdout}
      stdout: counts.txt
"""


def files(step):
    return [file.path for file in step.inputs], [file.path for file in step.outputs]


def run(folder, *command):
    """Run a tool of make workflows in a folder, with that as home."""
    environ = {"PATH": os.pathsep.join([str(WORKFLOWS), os.environ["PATH"]]), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize("name", READERS.names())
def test_each_reader_names_its_tool_and_passes_over_what_is_none_of_it(name, tmp_path):
    reader = READERS.get(name)
    assert reader.TOOL
    assert reader.ADDRESS.startswith("https://")
    (tmp_path / "a.txt").write_text("a b\n1 2\n")
    assert not reader.recognises(tmp_path / "a.txt", b"a b\n1 2\n")
    assert not reader.recognises(tmp_path, b"")


def test_thepipe_tells_one_activity_with_every_package():
    tool, told = read_foreign(OURS / "mupage_ARCA.h5.prov.json")
    (step,) = told.steps
    assert (tool, step.refID, step.name, step.exitCode) == ("thepipe", "7e15d946-0c46-497f-8dc5-109651440005", "main session", 0)
    assert (step.started, step.ended) == ("2021-02-02T21:06:31Z", "2021-02-02T21:06:38Z")
    said = json.loads((OURS / "mupage_ARCA.h5.prov.json").read_text())[0]["system"]["python"]["packages"]
    assert step.software.items() >= {(package["name"], package["version"]) for package in said}
    assert [*step.software][:3] == ["thepipe", "Python", "Linux"]
    assert files(step) == ([], ["mupage_ARCA.h5"])
    assert set(told.names) == {"adomi", "/pbs/home/a/adomi", "cca003"}


def test_thepipe_tells_inputs_outputs_and_settings(tmp_path):
    activity = json.loads((OURS / "mupage_ARCA.h5.prov.json").read_text())[0]
    activity |= {"input": [{"url": "raw.root", "comment": ""}], "output": [{"url": "out.h5"}], "configuration": {"cut": 0.7}}
    (tmp_path / "x.json").write_text(json.dumps([activity]))
    (step,) = read_foreign(tmp_path / "x.json")[1].steps
    assert files(step) == (["raw.root"], ["out.h5"])
    assert step.settings == '{"cut": 0.7}'


def test_text_of_jpp_tells_its_programs_the_last_of_which_made_it():
    _, told = read_foreign(OURS / "KM3NeT_00000232.tripod.txt")
    assert [step.name for step in told.steps] == ["JEditTripod", "JEditTripod"]
    assert [files(step) for step in told.steps] == [
        (["tripod.txt"], ["tripod.txt"]),
        (["tripod.txt"], ["KM3NeT_00000232.tripod.txt"]),
    ]
    assert told.steps[0].command[:5] == ("JEditTripod", "-f", "tripod.txt", "-r", "13 7 8 9 10")
    assert told.steps[0].software == {"Jpp": "master_rocky-122-g6ffcefaa9-D", "ROOT": "6.32.02", "Linux": "x86_64"}
    assert told.names == ("ccwslurm0352",)


def test_root_files_of_jpp_tell_the_same_in_meta_each_program_of_a_name():
    _, told = read_foreign(DATA / "bare" / "orientations.root")
    assert [step.name for step in told.steps] == ["JConvertDB", "JConvertDB", "JBallarat"]
    converted = ["KM3NeT_00000133_00017472_ahrs.root", "KM3NeT_00000133_00017471_ahrs.root"]
    assert [files(step) for step in told.steps[:2]] == [([], [name]) for name in converted]
    assert files(told.steps[2]) == (["detector.datx", *reversed(converted)], ["orientations.root"])
    assert told.names == ("cca013", "cca018")


def test_root_files_with_strings_in_meta_are_read_too(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        file["META/JPrint"] = "application=JPrint\ncommand=/opt/bin/JPrint -f in.root -o a.root\nGIT=18.0"
    (step,) = read_foreign(tmp_path / "a.root")[1].steps
    assert (step.name, files(step), step.software) == ("JPrint", (["in.root"], ["a.root"]), {"Jpp": "18.0"})


@pytest.mark.workflows
def test_snakemake_tells_its_jobs_with_checksums_of_inputs(snakemade):
    tool, told = read_foreign(snakemade / ".snakemake")
    assert (tool, told.base) == ("Snakemake", snakemade)
    assert [(step.name, *files(step)) for step in told.steps] == [
        ("split", ["in.txt"], ["a.txt", "b.txt"]),
        ("sum", ["a.txt", "b.txt"], ["sum.txt"]),
    ]
    assert told.steps[0].command[:5] == ("head", "-n", "3", "in.txt", ">")
    assert told.steps[1].settings.startswith("lines = [line for name in input")
    assert told.steps[0].inputs[0].sha256 == sha256((snakemade / "in.txt").read_bytes()).hexdigest()
    assert all(step.started <= step.ended for step in told.steps)
    assert read_foreign(snakemade)[1] == told


@pytest.mark.workflows
def test_a_report_of_snakemake_tells_its_rules_and_its_version(snakemade):
    version = subprocess.run([WORKFLOWS / "snakemake", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    told = [read_foreign(snakemade / name)[1].steps for name in ("report.html", "report.zip")]
    assert told[0] == told[1]
    assert [(step.name, *files(step)) for step in told[0]] == [
        ("split", ["in.txt"], ["a.txt", "b.txt"]),
        ("sum", ["a.txt", "b.txt"], ["sum.txt"]),
    ]
    assert all(step.software == {"Snakemake": version} for step in told[0])
    assert told[0][0].settings.startswith("head -n {params.n} {input} > {output[0]}")


@pytest.fixture(scope="module")
def snakemade(tmp_path_factory):
    """A folder in which Snakemake has run, and has written reports."""
    folder = tmp_path_factory.mktemp("snakemake")
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "in.txt").write_text("1\n2\n3\n4\n5\n")
    run(folder, "snakemake", "-c1")
    for name in ("report.html", "report.zip"):
        run(folder, "snakemake", "--report", name)
    return folder


@pytest.mark.workflows
def test_cwltool_tells_its_steps_with_the_bytes_of_their_files(tmp_path):
    (tmp_path / "wf.cwl").write_text(WORKFLOW)
    (tmp_path / "in.txt").write_text("3\n1\n2\n")
    (tmp_path / "job.yml").write_text("table: {class: File, path: in.txt}\nlines: 2\n")
    who = ["--enable-user-provenance", "--enable-host-provenance", "--full-name", "Ada Example"]
    run(tmp_path, "cwltool", "--no-container", *who, "--provenance", "ro", "wf.cwl", "job.yml")
    tool, told = read_foreign(tmp_path / "ro")
    assert tool == "CWL"
    assert [(step.name, *files(step)) for step in told.steps] == [
        ("sort", ["in.txt"], ["sorted.txt"]),
        ("first", ["sorted.txt"], ["counts.txt"]),
    ]
    assert [step.command for step in told.steps] == [("sort",), ("head", "-n")]
    assert (told.steps[0].container, told.steps[1].settings) == ("debian:12", "lines=2")
    assert told.steps[0].outputs == told.steps[1].inputs
    assert told.steps[1].outputs[0].sha256 == sha256(b"1\n2\n").hexdigest()
    assert [*told.steps[0].software] == ["cwltool"]
    assert "Ada Example" in told.names


def test_traces_of_nextflow_tell_tasks_without_files():
    tool, told = read_foreign(OURS / "trace.txt")
    assert tool == "Nextflow"
    assert [(step.name, step.settings, step.exitCode) for step in told.steps] == [
        ("SELECT (run 1)", None, 0),
        ("HISTOGRAM", "failed", 1),
        ("HISTOGRAM", "cached", 0),
    ]
    assert (told.steps[0].started, told.steps[0].ended) == ("2026-10-05T09:12:02Z", "2026-10-05T09:12:44Z")
    assert (told.steps[0].container, told.names) == ("docker.io/km3net/select:2.1", ("cca007",))


@pytest.mark.parametrize("place", ["nf-prov", "nf-prov/ro-crate-metadata.json"])
def test_run_crates_tell_tasks_whose_files_go_by_where_they_were_published(place):
    _, told = read_foreign(OURS / place)
    assert [(step.name, *files(step)) for step in told.steps] == [
        ("SELECT (run 1)", ["/sps/km3net/users/aexample/raw/events.h5"], ["selected.h5"]),
        ("HISTOGRAM", ["selected.h5"], ["results/histogram.csv"]),
    ]
    assert told.steps[0].software == {"SELECT": "", "Nextflow": "25.10.0"}
    assert {"Ada Example", "ada@example.invalid"} <= set(told.names)


def test_a_crate_of_one_action_tells_the_workflow(tmp_path):
    said = json.loads((OURS / "nf-prov/ro-crate-metadata.json").read_text())
    said["@graph"] = [each for each in said["@graph"] if not each["@id"].startswith(("#task", "#publish"))]
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(said))
    (step,) = read_foreign(tmp_path)[1].steps
    assert step.refID == "3b2c6e57-7d0c-4a0c-8e55-0f6f0a6f4d01"
    assert (step.started, files(step)[1]) == ("2026-10-05T09:12:00Z", ["results/histogram.csv"])


def test_what_no_tool_writes_is_one_sentence_that_names_the_tools(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        read_foreign(DATA / "bare" / "sens_10yr_gamma-2.txt")
    assert all(tool in caught.value.remedy for tool in ("thepipe", "Jpp", "Snakemake", "CWL", "Nextflow"))
    with pytest.raises(MissingFile):
        read_foreign(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.prov.json", '[{"uuid": "thepipe_version", "system": 5, "parent_activity": 0}]'),
        ("b.prov.json", '[{"uuid": "x", "thepipe_version": '),
        ("ro-crate-metadata.json", "[]"),
        ("ro-crate-metadata.json", '{"@graph": [{"@id": "x"}]}'),
        ("trace.txt", "task_id\thash\tname\n"),
        ("x.root", "root and nothing else"),
    ],
)
def test_what_is_not_as_its_tool_writes_it_is_one_sentence(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(UnreadableFile):
        read_foreign(tmp_path / name)


def test_metadata_of_snakemake_that_is_no_json_is_one_sentence(tmp_path):
    (tmp_path / ".snakemake/metadata").mkdir(parents=True)
    (tmp_path / ".snakemake/metadata/YQ==").write_text("{")
    with pytest.raises(UnreadableFile, match="no JSON"):
        read_foreign(tmp_path)


def test_a_zip_that_is_no_report_and_an_empty_folder_are_none_of_ours(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as folder:
        folder.writestr("a/b.html", "x")
    for place in (tmp_path / "a.zip", tmp_path):
        with pytest.raises(UnreadableFile, match="no record"):
            read_foreign(place)
    shutil.rmtree(tmp_path)


def test_a_uuid_that_tells_a_network_card_is_replaced():
    told = "5749ebad-f620-11ea-868d-a4c3f052a927"
    assert identifier(told) == identifier(told) != told
    assert identifier("3b2c6e57-7d0c-4a0c-8e55-0f6f0a6f4d01") == "3b2c6e57-7d0c-4a0c-8e55-0f6f0a6f4d01"


SAMPLES = (
    OURS / "mupage_ARCA.h5.prov.json",
    OURS / "KM3NeT_00000232.tripod.txt",
    OURS / "trace.txt",
    OURS / "nf-prov" / "ro-crate-metadata.json",
    DATA / "bare" / "orientations.root",
)


def mutated(content, random):
    """The content with some bytes changed, left out or put in."""
    changed = bytearray(content)
    for _ in range(random.choice([1, 3, 30])):
        place = random.randrange(len(changed))
        changed[place : place + random.choice([0, 1, 1, 20])] = random.randbytes(random.choice([0, 1, 5]))
    return bytes(changed)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_of_broken_records_every_one_is_read_or_refused_in_a_sentence(sample, tmp_path):
    random = Random(sample.name)
    content = sample.read_bytes()
    for _ in range(60):
        (tmp_path / sample.name).write_bytes(mutated(content, random))
        with suppress(KpublishError):
            read_foreign(tmp_path / sample.name)


def test_broken_zips_are_refused_in_a_sentence(tmp_path):
    with zipfile.ZipFile(tmp_path / "report.zip", "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("report/report.html", SNAKEFILE * 9)
    content = (tmp_path / "report.zip").read_bytes()
    random = Random(1)
    for _ in range(100):
        (tmp_path / "report.zip").write_bytes(mutated(content, random))
        with suppress(KpublishError):
            read_foreign(tmp_path / "report.zip")

"""Packing real git repositories."""

import hashlib
import json
import os
import subprocess
import zipfile
from dataclasses import replace

import pytest
from bundles_projects import FIGURE_KID, FILES, KID, TABLE_KID, drawn, project_at

from kpublish.bundles.manifest import MANIFEST
from kpublish.bundles.packing import file_name, pack
from kpublish.bundles.unpacking import read
from kpublish.bundles.verifying import seal, verify
from kpublish.errors import IntegrityError, MissingFile, NotARepository, StorageError, UsageError
from kpublish.model.bundle import Release
from kpublish.repository import git_state, tag

GENERATED = ["CITATION.cff", "datacite.json", "index.html", "km3resource.json", "ro-crate-metadata.json", MANIFEST]


def git(folder, *arguments):
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *arguments], cwd=folder, check=True, capture_output=True)


def test_the_package_holds_tracked_files_figures_and_then_what_has_their_checksums(project):
    made, figures = project
    (made.root / ".env").write_text("SECRET=1")
    (made.root / "untracked.txt").write_text("1")
    bundle = pack(made, figures)
    assert bundle.path == made.root / "dist" / "effective-area-1.0.0.zip"
    payload = sorted([*made.git.tracked, *figures[0].files])
    with zipfile.ZipFile(bundle.path) as package:
        assert package.namelist() == payload + GENERATED
        assert package.testzip() is None
    assert list(bundle.contents) == payload + GENERATED
    assert git_state(made.root).untracked == ("untracked.txt",)


RECORD = {"refID": "3b2c6e57-7d0c-4a0c-8e55-0f6f0a6f4d01", "name": "Binning", "inputs": [{"path": "raw.root"}]}


def test_recorded_steps_are_told_by_the_release_and_in_its_documents(repository):
    made = {"path": "data/aeff.ecsv", "sha256": hashlib.sha256(FILES["data/aeff.ecsv"].encode()).hexdigest()}
    step = RECORD | {"outputs": [made]}
    earlier = RECORD | {"refID": "c5e1a6f2-0b7e-4a34-9d3c-8f2d5b7a9e10", "name": "Selection"}
    files = {
        "provenance/a.json": json.dumps(step | {"ended": "2026-10-05T09:12:44Z"}),
        "provenance/b.json": json.dumps(earlier | {"ended": "2026-10-04T09:12:44Z"}),
        "provenance/of-another-tool.json": "[]",
        "provenance/deeper/c.json": json.dumps(step),
    }
    project = project_at(repository(files=files))
    bundle = pack(project, drawn(project))
    assert [step.name for step in bundle.release.steps] == ["Selection", "Binning"]
    package = zipfile.ZipFile(bundle.path)
    assert {"w3c-prov.json", "w3c-prov.provn"} <= set(package.namelist())
    described = Release.model_validate_json(package.read("km3resource.json"))
    assert described.steps == bundle.release.steps
    assert "Binning" in package.read("w3c-prov.provn").decode()
    assert verify(bundle.path).release.steps == described.steps


def test_a_package_without_steps_is_read_as_before(project):
    bundle = pack(*project)
    assert b"steps" not in zipfile.ZipFile(bundle.path).read("km3resource.json")
    assert verify(bundle.path).release.steps == ()


def test_other_programs_unpack_and_verify_it(project, tmp_path):
    bundle = pack(*project)
    subprocess.run(["unzip", "-q", bundle.path, "-d", tmp_path / "out"], check=True)
    run = subprocess.run(
        ["sha256sum", "--check", "--strict", MANIFEST], cwd=tmp_path / "out", capture_output=True, text=True, check=True
    )
    assert len(run.stdout.splitlines()) == len(bundle.contents) - 1
    with zipfile.ZipFile(bundle.path) as package:
        (date,) = {entry.date_time for entry in package.infolist()}
        (mode,) = {entry.external_attr >> 16 for entry in package.infolist()}
        assert {(entry.compress_type, entry.extra) for entry in package.infolist()} == {(zipfile.ZIP_STORED, b"")}
    assert date == (2026, 11, 24, 0, 0, 0)  # in UTC
    assert mode == 0o100644


def test_a_sealed_package_knows_its_own_checksum(project):
    packed = pack(*project)
    assert packed.sha256 == ""
    bundle = seal(packed)
    assert seal(bundle) is bundle
    assert bundle.sha256 == hashlib.sha256(bundle.path.read_bytes()).hexdigest()
    last = bundle.release.files[-1]
    assert (last.path, last.role, last.size, last.sha256) == (
        "effective-area-1.0.0.zip",
        "package",
        bundle.path.stat().st_size,
        bundle.sha256,
    )
    assert [entry.path for entry in bundle.release.files[:-1]] == list(bundle.contents)


def test_two_clones_give_the_same_bytes(project, tmp_path):
    made, figures = project
    tag(made.root, "v1.0.0")
    git(tmp_path, "clone", "-q", "--no-tags", made.root, "elsewhere")
    git(tmp_path / "elsewhere", "remote", "set-url", "origin", "https://example.org/a/b.git")
    os.chmod(tmp_path / "elsewhere" / "README.md", 0o600)
    os.utime(tmp_path / "elsewhere" / "README.md", (1, 1))
    first = project_at(made.root)
    second = project_at(tmp_path / "elsewhere")
    assert first.git.tags != second.git.tags
    assert first.git.remote != second.git.remote
    one, other = pack(first, figures), pack(second, figures, tmp_path / "other.zip")
    assert one.path.read_bytes() == other.path.read_bytes()
    assert (one.release.tag, other.release.tag) == ("v1.0.0", None)


def test_members_are_told_in_full(project):
    release = pack(*project).release
    table, figure = release.members
    assert (table.kind, table.resource.kid, table.rows, table.files) == ("table", TABLE_KID, 2, ("data/aeff.ecsv",))
    assert figure.files == ("rendered/aeff.png", "rendered/aeff.svg", "rendered/aeff.pdf")
    assert (figure.tables, figure.alt) == ((TABLE_KID,), "an area")
    for member in release.members:
        resource = member.resource
        assert (resource.publisher, resource.license, resource.version) == ("KM3NeT Collaboration", "CC-BY-4.0", "1.0.0")
        assert resource.parentResource == KID
        assert [source.accessURL for source in resource.source] == list(member.files)
        entry = release.file(member.files[0])
        assert (resource.source[0].fileSize, resource.source[0].checksum.value) == (entry.size, entry.sha256)
    assert release.resource.source[0].accessURL == f"https://opendata.km3net.de/r/{KID}"
    kids = {entry.path: entry.kid for entry in release.files if entry.kid}
    assert kids["rendered/aeff.pdf"] == kids["figures/aeff.yaml"] == FIGURE_KID


def test_a_stated_date_and_public_address_win(repository):
    made = replace(project_at(repository(), datePublication="2027-01-02"), landing="https://data.example.org/")
    release = pack(made, drawn(made)).release
    assert {release.resource.datePublication, *(member.resource.datePublication for member in release.members)} == {"2027-01-02"}
    assert release.landing == f"https://data.example.org/r/{KID}"


def test_the_digest_is_that_of_the_tracked_files_alone(project):
    made, figures = project
    first = pack(made, figures).release.digest
    lines = [f"{hashlib.sha256((made.root / path).read_bytes()).hexdigest()}  {path}\n" for path in made.git.tracked]
    assert first == hashlib.sha256("".join(lines).encode()).hexdigest()
    (figure,) = figures
    other = replace(figure, files={path: content + b"x" for path, content in figure.files.items()})
    assert pack(made, [other]).release.digest == first
    (made.root / "README.md").write_text("# Other\n")
    git(made.root, "commit", "-q", "-a", "-m", "other")
    changed = project_at(made.root)
    assert pack(changed, drawn(changed)).release.digest != first


def test_links_out_of_the_repository_stay_out(repository, tmp_path):
    (tmp_path / "secret").write_text("token")
    root = repository()
    (root / ".env").write_text("SECRET=1")
    for name, target in {"out": tmp_path / "secret", "ignored": ".env", "inside": "README.md"}.items():
        (root / name).symlink_to(target)
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", "links")
    made = project_at(root)
    bundle = pack(made, drawn(made))
    assert not {"out", "ignored", ".env"} & bundle.contents.keys()
    assert b"".join(read(bundle, "inside")) == b"# Plots\n"


def test_a_package_that_changed_since_it_was_packed_is_not_sealed(project):
    bundle = pack(*project)
    content = bytearray(bundle.path.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.path.write_bytes(content)
    with pytest.raises(IntegrityError):
        seal(bundle)


def test_a_package_that_another_one_replaced_is_not_sealed(project, tmp_path):
    bundle = pack(*project)
    other = replace(project[0], release=project[0].release.model_copy(update={"title": "Another title"}))
    pack(other, project[1], bundle.path)
    with pytest.raises(IntegrityError, match="not what was packed"):
        seal(bundle)


def test_large_files_are_packed_in_pieces(repository):
    content = os.urandom(1 << 20) * 33 + b"end"
    made = project_at(repository(files={"data/large.bin": content}))
    bundle = pack(made, drawn(made))
    assert bundle.release.file("data/large.bin").sha256 == hashlib.sha256(content).hexdigest()
    assert seal(bundle).sha256 == hashlib.sha256(bundle.path.read_bytes()).hexdigest()
    with zipfile.ZipFile(bundle.path) as package:
        assert package.read("data/large.bin") == content


def test_a_committed_figure_counts_once_and_not_for_the_digest(repository):
    made = project_at(repository())
    git(made.root, "add", "--force", "--all")
    for path, content in drawn(made)[0].files.items():
        (made.root / path).parent.mkdir(exist_ok=True)
        (made.root / path).write_bytes(content)
    plain = pack(made, drawn(made)).release
    git(made.root, "add", "--force", "rendered")
    git(made.root, "commit", "-q", "-m", "figures")
    tracked = project_at(made.root)
    assert "rendered/aeff.png" in tracked.git.tracked
    release = pack(tracked, drawn(tracked)).release
    assert [entry.path for entry in release.files] == [entry.path for entry in plain.files]
    assert release.digest == plain.digest


def test_the_description_in_the_package_is_the_release(project):
    bundle = pack(*project)
    said = json.loads(b"".join(read(bundle, "km3resource.json")))
    assert (said["kid"], said["digest"], said["commit"]) == (KID, bundle.release.digest, bundle.release.commit)
    assert not {"tag", "repository"} & said.keys()
    assert {entry["role"] for entry in said["files"]} == {"data", "figure", "document"}


def _dirty(made):
    (made.root / "README.md").write_text("changed")
    return replace(made, git=git_state(made.root))


def _commit(made, name, content="x"):
    (made.root / name).write_text(content)
    git(made.root, "add", "--all")
    git(made.root, "commit", "-q", "-m", "more")
    return project_at(made.root)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (_dirty, UsageError, "README.md differs from the commit"),
        (lambda made: replace(made, git=None), NotARepository, "has no commit|not in a git"),
        (lambda made: replace(made, document=None, release=None), UsageError, "kpublish.yaml"),
        (lambda made: replace(made, git=replace(made.git, tracked=())), UsageError, "kpublish.yaml is not tracked"),
        (lambda made: replace(made, tables=(replace(made.tables[0], path="new.ecsv"),)), UsageError, "new.ecsv is not tracked"),
        (lambda made: replace(made, tables=(replace(made.tables[0], sha256="0" * 64),)), UsageError, "data/aeff.ecsv changed"),
        (lambda made: replace(made, tables=(replace(made.tables[0], resource=None),)), UsageError, "could not be understood"),
        (lambda made: project_at(made.root, license=None), UsageError, "license: field required"),
        (lambda made: project_at(made.root, version=None), UsageError, "no version"),
        (lambda made: _commit(made, "CITATION.cff"), UsageError, "CITATION.cff"),
        (lambda made: _commit(made, "Index.HTML"), UsageError, "Index.HTML"),
        (lambda made: _commit(made, "readme.MD"), UsageError, "one file on some systems"),
        (lambda made: _commit(made, "a\nb"), UsageError, "control character"),
        (lambda made: replace(made, git=replace(made.git, tracked=(*made.git.tracked, "gone.txt"))), MissingFile, "gone.txt"),
    ],
)  # fmt: skip
def test_what_cannot_be_packed_is_a_sentence_and_leaves_nothing(project, change, error, said):
    made, figures = project
    with pytest.raises(error, match=said) as caught:
        pack(change(made), figures)
    assert caught.value.remedy
    assert not list(made.root.glob("dist/*"))


@pytest.mark.parametrize("kind", ["software", "notebook", "workflow"])
def test_the_citation_of_software_is_packed_as_it_stands(project, kind):
    made, _ = project
    (made.root / "CITATION.cff").write_text("cff-version: 1.2.0\n")
    git(made.root, "add", "--all")
    git(made.root, "commit", "-q", "-m", "more")
    bundle = pack(project_at(made.root, resourceType=kind), ())
    with zipfile.ZipFile(bundle.path) as package:
        assert package.namelist().count("CITATION.cff") == 1
        assert package.read("CITATION.cff") == b"cff-version: 1.2.0\n"
    assert {entry.role for entry in bundle.release.files if entry.path == "CITATION.cff"} == {"document"}
    assert seal(bundle).sha256


def test_a_package_never_overwrites_a_tracked_file_or_a_folder(project):
    made, figures = project
    for target, said in (("README.md", "overwrite"), ("data", "folder")):
        with pytest.raises(UsageError, match=said):
            pack(made, figures, made.root / target)
    assert (made.root / "README.md").read_text() == "# Plots\n"


def test_a_full_disk_is_a_sentence(project):
    with pytest.raises(StorageError):
        pack(*project, output=project[0].root / "README.md" / "package.zip")


def test_file_names_of_packages_are_plain():
    assert file_name("Flux of ν_μ / cm² — preliminary!", "1.0.0+a b/../x") == "flux-of-cm2-preliminary-1.0.0+a-b-..-x.zip"
    assert file_name("中微子", "1.0.0") == "package-1.0.0.zip"

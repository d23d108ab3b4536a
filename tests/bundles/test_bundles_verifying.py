"""Verifying and unpacking packages, whole ones and those that somebody broke."""

import io
import os
import random
import zipfile

import pytest
from bundles_projects import drawn, project_at

from kpublish.bundles import verifying
from kpublish.bundles.layout import Record, central_header, directory_end, local_header
from kpublish.bundles.manifest import MANIFEST, read_manifest, write_manifest
from kpublish.bundles.packing import pack
from kpublish.bundles.unpacking import read, unpack
from kpublish.bundles.verifying import seal, verify
from kpublish.bundles.zipping import ZipWriter
from kpublish.errors import IntegrityError, MissingFile, NotFound, UnreadableFile, UsageError


@pytest.fixture
def bundle(project):
    return pack(*project)


def contents(bundle):
    return {path: b"".join(read(bundle, path)) for path in bundle.contents}


def without(files, name):
    return {path: content for path, content in files.items() if path != name}


def rewrite(bundle, files, manifest=None):
    """Write ``files`` as a package would be, with a manifest that fits them unless another is given."""
    with bundle.path.open("wb") as stream:
        writer = ZipWriter(stream, "2026-11-24")
        for path, content in files.items():
            if path != MANIFEST:
                writer.add(path, io.BytesIO(content))
        if manifest is None:
            manifest = write_manifest((entry.path, entry.sha256) for entry in writer.packed)
        writer.add(MANIFEST, io.BytesIO(manifest))
        writer.close()


def test_a_package_verifies_to_what_was_packed(project):
    packed = seal(pack(*project))
    verified = verify(packed.path)
    assert verified.release == packed.release.model_copy(update={"tag": None, "repository": None})
    assert (verified.sha256, verified.contents) == (packed.sha256, packed.contents)


def test_a_package_may_be_renamed(bundle, tmp_path):
    bundle.path.rename(tmp_path / "other.zip")
    assert verify(tmp_path / "other.zip").release.files[:-1] == bundle.release.files


def test_any_changed_byte_is_found(bundle):
    whole = bundle.path.read_bytes()
    directory = whole.index(b"PK\1\2")
    for place in [*random.Random(0).sample(range(directory), 200), *range(directory, len(whole))]:
        changed = bytearray(whole)
        changed[place] ^= 0x01
        bundle.path.write_bytes(changed)
        with pytest.raises(IntegrityError):
            verify(bundle.path)


def test_a_package_that_is_cut_off_or_goes_on_is_found(bundle):
    whole = bundle.path.read_bytes()
    for size in [0, 1, 21, 22, 100, len(whole) // 2, len(whole) - 1]:
        bundle.path.write_bytes(whole[:size])
        with pytest.raises(IntegrityError):
            verify(bundle.path)
    for other in (whole + b"x", b"x" + whole, whole + whole):
        bundle.path.write_bytes(other)
        with pytest.raises(IntegrityError):
            verify(bundle.path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\5\6" + bytes(18), b"PK\5\6" + b"\xff" * 18, b"\0" * 5000])
def test_what_is_no_package_is_a_sentence(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(IntegrityError) as caught:
        verify(tmp_path / "x.zip")
    assert caught.value.remedy


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_package_zipped_again_by_another_program_is_found(bundle, compression):
    files = contents(bundle)
    with zipfile.ZipFile(bundle.path, "w", compression) as package:
        for path, content in files.items():
            package.writestr(path, content)
    with pytest.raises(IntegrityError, match="not written by kpublish"):
        verify(bundle.path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../outside", "leads out"),
        ("/etc/passwd", "leads out"),
        ("C:/x", "leads out"),
        ("a/../../x", "leads out"),
        ("a\\..\\x", "backslash"),
        ("a//b", "simplest form"),
        ("./a", "simplest form"),
        ("folder/", "simplest form"),
        ("a\nb", "control character"),
        ("x" * 2000, "too long"),
        ("README.MD", "one file on some systems"),
        ("README.md/x", "one file on some systems"),
        ("data", "one file on some systems"),
    ],
)
def test_names_that_lead_out_or_clash_are_found(bundle, name, said):
    rewrite(bundle, {**contents(bundle), name: b"x"})
    with pytest.raises(IntegrityError, match=said):
        verify(bundle.path)


def test_a_name_that_stands_there_twice_is_found(bundle):
    files = contents(bundle)
    with bundle.path.open("wb") as stream:
        writer = ZipWriter(stream, "2026-11-24")
        for path, content in [*files.items(), ("README.md", b"other")]:
            writer.add(path, io.BytesIO(content))
        writer.close()
    with pytest.raises(IntegrityError, match=r"README\.md"):
        verify(bundle.path)


def test_a_link_is_found(bundle):
    whole = bundle.path.read_bytes()
    regular, link = (0o100644 << 16).to_bytes(4, "little"), (0o120777 << 16).to_bytes(4, "little")
    bundle.path.write_bytes(whole.replace(regular, link, 1))
    with pytest.raises(IntegrityError, match="a link"):
        verify(bundle.path)


def test_sizes_that_lie_are_found_without_reading_more_than_there_is(tmp_path):
    bomb = Record("README.md", 2**45, 0, 0, 0)
    head, directory = local_header(bomb) + b"x", central_header(bomb)
    (tmp_path / "x.zip").write_bytes(head + directory + directory_end(1, len(head), len(directory)))
    with pytest.raises(IntegrityError, match="ends within"):
        verify(tmp_path / "x.zip")


def test_two_files_that_share_their_bytes_are_found(tmp_path):
    one, other = (Record(name, 1, 0x8CDC1683, 0, 0) for name in ("a", "b"))
    head, directory = local_header(one) + b"x", central_header(one) + central_header(other)
    (tmp_path / "x.zip").write_bytes(head + directory + directory_end(2, len(head), len(directory)))
    with pytest.raises(IntegrityError):
        verify(tmp_path / "x.zip")


def test_a_directory_too_large_to_be_one_is_not_read(bundle, monkeypatch):
    monkeypatch.setattr(verifying, "LIMIT", 100)
    with pytest.raises(IntegrityError, match="directory"):
        verify(bundle.path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files | {"extra.txt": b"x"}, "extra.txt is not in the manifest"),
        (lambda files: without(files, "README.md"), "README.md is missing"),
        (lambda files: files | {"README.md": b"other"}, "not what its checksum says"),
    ],
)
def test_files_that_do_not_fit_the_manifest_are_found(bundle, change, said):
    files = contents(bundle)
    rewrite(bundle, change(files), files[MANIFEST])
    with pytest.raises(IntegrityError, match=said):
        verify(bundle.path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files | {"README.md": b"other"}, "says something else about README.md"),
        (
            lambda files: {path: content for path, content in files.items() if path != "README.md"},
            "says something else about README.md",
        ),
        (lambda files: files | {"km3resource.json": b"{}"}, "cannot be understood"),
        (lambda files: files | {"km3resource.json": b"\xff"}, "cannot be understood"),
        (lambda files: without(files, "km3resource.json"), "no km3resource.json"),
    ],
)
def test_a_description_of_something_else_is_found(bundle, change, said):
    rewrite(bundle, change(contents(bundle)))
    with pytest.raises(IntegrityError, match=said):
        verify(bundle.path)


def test_a_digest_of_something_else_is_found(bundle):
    files = contents(bundle)
    files["km3resource.json"] = files["km3resource.json"].replace(bundle.release.digest.encode(), b"0" * 64)
    rewrite(bundle, files)
    with pytest.raises(IntegrityError, match="digest"):
        verify(bundle.path)


def test_a_missing_file_a_folder_and_a_pipe_are_sentences(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(MissingFile):
        verify(tmp_path / "nothing.zip")
    for place in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UnreadableFile):
            verify(place)


@pytest.mark.parametrize("content", [b"x\n", b"0" * 64 + b" a\n", (b"0" * 64 + b"  a\n") * 2])
def test_a_manifest_with_other_lines_is_found(content):
    with pytest.raises(IntegrityError, match="Line"):
        read_manifest(content)


def test_unpacked_files_are_those_that_were_packed(bundle, tmp_path):
    unpack(bundle.path, tmp_path / "new" / "folder")
    found = {
        path.relative_to(tmp_path / "new" / "folder").as_posix(): path.read_bytes()
        for path in (tmp_path / "new" / "folder").rglob("*")
        if path.is_file()
    }
    assert found == contents(bundle)


def test_a_broken_package_leaves_nothing_unpacked(bundle, tmp_path):
    bundle.path.write_bytes(bundle.path.read_bytes()[:-1])
    with pytest.raises(IntegrityError):
        unpack(bundle.path, tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_files_of_others_are_never_overwritten(bundle, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").write_text("1")
    for place in (tmp_path / "folder", tmp_path / "folder" / "mine"):
        with pytest.raises(UsageError, match="not empty"):
            unpack(bundle.path, place)
    assert (tmp_path / "folder" / "mine").read_text() == "1"


def test_what_the_package_does_not_hold_is_a_sentence(bundle):
    with pytest.raises(NotFound):
        list(read(bundle, "nothing"))
    bundle.path.write_bytes(b"")
    with pytest.raises(IntegrityError, match="ends within"):
        list(read(bundle, "README.md"))


def test_a_release_without_figures_verifies(repository):
    made = project_at(repository())
    assert verify(pack(made, ()).path).release.members[0].kind == "table"
    assert drawn(made)

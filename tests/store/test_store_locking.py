"""A lock file pins versions and bytes, for Python and for the command line."""

import hashlib

import pytest
import yaml

from kpublish.cli import run
from kpublish.errors import IntegrityError, NotFound, UnreadableFile, UsageError
from kpublish.store import KM3Store

TABLE = "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n# - {name: a, datatype: int64}\n# schema: astropy-2.0\na\n1\n"
KID, OWN = "2d5d5608-574d-44a5-bd08-e87b482c3b48", "31fdd27b-d32f-43d4-a0ff-1b7a4da8f5c3"


@pytest.fixture
def used(folder, tmp_path):
    """A store that handed out the table ``aeff`` in its first version, the lock file of it, and then a second version."""
    folder({"data/aeff.ecsv": TABLE}, kid=KID, kids={"data/aeff.ecsv": OWN})
    store = KM3Store(folder.path, cache=tmp_path / "cache")
    store.get("aeff")
    path = store.lock(tmp_path / "data.lock")
    folder({"data/aeff.ecsv": TABLE + "2\n"}, kid=KID, kids={"data/aeff.ecsv": OWN}, version="2.0.0")
    return store, path


def test_it_names_version_and_checksum_and_comes_out_the_same_twice(used):
    store, path = used
    (one,) = yaml.safe_load(path.read_text())["resources"]
    assert (one["name"], one["kid"], one["version"], one["source"]) == ("aeff", OWN, "1.0.0", store.address)
    assert one["files"][0]["checksum"] == "sha256 " + hashlib.sha256(TABLE.encode()).hexdigest()
    before = path.read_bytes()
    assert store.lock(path).read_bytes() == before


@pytest.mark.parametrize("identifier", ["aeff", OWN, f"urn:uuid:{OWN}"])
def test_a_store_with_it_loads_the_locked_version(used, tmp_path, identifier):
    store, path = used
    locked = KM3Store(store.address, cache=tmp_path / "other", locked=path)
    assert list(locked.get(identifier).data["a"]) == [1]
    assert list(locked.get(f"{OWN}@2.0.0").data["a"]) == [1, 2]
    assert list(KM3Store(store.address, cache=tmp_path / "other").get(identifier).data["a"]) == [1, 2]


def test_other_bytes_under_a_locked_version_are_refused(used, tmp_path):
    store, path = used
    path.write_text(path.read_text().replace(hashlib.sha256(TABLE.encode()).hexdigest(), "0" * 64))
    with pytest.raises(IntegrityError, match="other bytes here than were locked"):
        KM3Store(store.address, cache=tmp_path / "other", locked=path).get("aeff")


def test_the_command_downloads_the_locked_bytes(used, tmp_path, capsys):
    _, path = used
    assert run(["get", "--locked", str(path), "-o", f"{tmp_path}/out/"]) == 0
    assert (tmp_path / "out" / "aeff.ecsv").read_text() == TABLE
    assert run(["get", "aeff", "--locked", str(path), "-o", f"{tmp_path}/again/"]) == 0
    assert run(["get", "aef", "--locked", str(path)]) == NotFound.exit_code
    assert "Did you mean 'aeff'" in capsys.readouterr().err
    assert run(["get", "aeff", "--version", "1.0.0", "--locked", str(path)]) == 2
    assert run(["get"]) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [("format: 2", "format"), ("resources: [{name: a}]", "kid"), ("a: [", "none"), ("- 1", "none"), ("\0", "none")],
)
def test_what_is_no_lock_file_is_a_sentence(tmp_path, text, said):
    (tmp_path / "data.lock").write_text(text)
    with pytest.raises(UnreadableFile, match="no lock file" if said == "none" else said):
        KM3Store(tmp_path, locked=tmp_path / "data.lock")


def test_before_anything_was_loaded_there_is_nothing_to_lock(used, tmp_path):
    store, _ = used
    fresh = KM3Store(store.address, cache=tmp_path / "other")
    with pytest.raises(UsageError, match="Nothing was loaded"):
        fresh.lock(tmp_path / "none.lock")
    assert fresh.lock(tmp_path / "one.lock", "aeff").read_text().count("version: 2.0.0") == 1

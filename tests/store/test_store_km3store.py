"""A KM3Store finds, verifies and keeps what was published, whatever source it reads."""

import io
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kpublish
from kpublish.datacenter.server import start
from kpublish.errors import (
    ConfigurationError,
    IntegrityError,
    MissingFile,
    NotFound,
    StorageError,
    Unreachable,
    UsageError,
)
from kpublish.model.identifiers import PUBLIC_ADDRESS
from kpublish.store import KM3Store
from kpublish.store.cache import Cache
from kpublish.store.sources.datacenter import DataCenter

RELEASE = "3ceaaf30-8142-48ea-91d9-3080f9b439fc"
FLUX = "9dfb369b-ab13-4fae-a276-55daa05f1119"
FIGURE = "6301bbfc-a0c5-454e-8ff9-bb510944fe0c"
NAME = "sensitivity-of-a-made-up-detector"
TABLE = b"""# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {name: energy, datatype: float64, unit: GeV, meta: {role: value, axis: x}}
# meta:
#   KM3Resource: {kid: 1c0ffee0-6f5b-4f0c-9c57-5a2d1f3b7a11, title: Energies, description: Made up.}
# schema: astropy-2.0
energy
1.5
"""


@pytest.fixture
def store(address, tmp_path):
    """A store on each kind of source in turn, with a cache of its own."""
    return KM3Store(address, cache=tmp_path / "cache")


def test_the_store_is_a_public_name():
    assert kpublish.KM3Store is KM3Store


def test_every_source_lists_the_release_and_what_it_holds(store):
    listed = store.list()
    assert [(entry.name, entry.kind, entry.version) for entry in listed] == [
        (NAME, "package", "1.0.0"),
        ("flux", "table", "1.0.0"),
        ("limits", "table", "1.0.0"),
        ("flux", "figure", "1.0.0"),
    ]
    assert {entry.release for entry in listed} == {RELEASE}
    assert listed[1].kid == FLUX
    assert repr(listed[1]) == f"<table flux 1.0.0: Flux over energy ({FLUX})>"


def test_an_identifier_lists_only_what_it_means(store):
    assert [entry.kid for entry in store.list("limits")] == [store.get("limits").metadata.kid]
    assert len(store.list(RELEASE)) == 4


@pytest.mark.parametrize("identifier", ["flux", FLUX, "data/flux.ecsv"])
def test_a_table_is_found_by_name_kid_and_path(store, identifier):
    table = store.get(identifier)
    assert table.metadata.kid == FLUX
    assert list(table.data["flux"]) == [2.5e-05, 3.1e-07, 4.2e-09]


@pytest.mark.parametrize("identifier", [FIGURE, "figures/flux.yaml"])
def test_a_figure_is_handed_out_as_its_best_file(store, identifier):
    figure = store.get(identifier)
    assert figure.data == figure.path.read_bytes() == b"a png"
    assert figure.metadata.title == "Flux over energy, drawn"


@pytest.mark.parametrize("identifier", [RELEASE, NAME])
def test_a_release_is_a_collection_of_what_it_holds(store, identifier):
    collection = store.get(identifier)
    assert [entry.name for entry in collection.resources] == ["flux", "limits", "flux"]
    assert collection.metadata.title == "Sensitivity of a made-up detector"
    assert "limits" in repr(collection)


def test_every_file_of_a_release_comes_back_byte_by_byte(store, package, contents):
    release, member = store.find(RELEASE)
    assert member is None
    assert {entry.path for entry in release.files} == set(contents)
    for entry in release.files:
        assert store.download(release, entry).read_bytes() == contents[entry.path]


def test_files_are_kept_by_checksum_and_read_only(store, tmp_path):
    path = store.get(FLUX).path
    sha256 = store.get(FLUX).table.sha256
    assert path == tmp_path / "cache" / sha256[:2] / sha256
    assert path.stat().st_mode & 0o222 == 0


def test_without_a_cache_folder_the_users_own_is_used(addresses, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = KM3Store(addresses["bundle"]).get("flux").path
    assert path.is_relative_to(tmp_path / "kpublish")


def test_a_changed_file_in_the_cache_is_fetched_again(store):
    path = store.get(FLUX).path
    good = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(good.replace(b"2.5e-05", b"9.5e-05"))
    assert store.get(FLUX).path.read_bytes() == good


def test_an_unknown_name_is_answered_with_the_nearest(store):
    with pytest.raises(NotFound, match="Did you mean 'limits'"):
        store.get("limit")


def test_an_unknown_kid_or_version_is_a_sentence(store):
    unknown = str(uuid.uuid4())
    with pytest.raises(NotFound, match=f"has no resource {unknown}"):
        store.get(unknown)
    for identifier in (FLUX, "flux", RELEASE):
        with pytest.raises(NotFound, match="has no version 7"):
            store.get(identifier, version="7")


def test_the_newest_version_is_meant_unless_one_is_named(folder, tmp_path):
    kid, kids = str(uuid.uuid4()), {"data/aeff.ecsv": str(uuid.uuid4())}
    for version in ("1.9.0", "1.10.0", "1.10.0-rc.1"):
        folder({"data/aeff.ecsv": TABLE + version.encode()}, kid=kid, kids=kids, version=version)
    store = KM3Store(folder.path, cache=tmp_path / "cache")
    assert {entry.version for entry in store.list()} == {"1.10.0"}
    for identifier in (kid, kids["data/aeff.ecsv"], "aeff"):
        assert store.find(identifier)[0].version == "1.10.0"
        assert store.find(identifier, "1.9.0")[0].version == "1.9.0"


def test_a_data_center_gives_older_versions_too(publishing, tmp_path):
    kid, kids = str(uuid.uuid4()), {"data/aeff.ecsv": str(uuid.uuid4())}
    with start(tmp_path / "data") as server:
        for version in ("1.0.0", "2.0.0"):
            publishing(server, {"data/aeff.ecsv": TABLE + version[:3].encode() + b"\n"}, kid=kid, kids=kids, version=version)
        store = KM3Store(server.url, cache=tmp_path / "cache")
        assert store.get("aeff").path.read_bytes().endswith(b"2.0\n")
        assert store.get("aeff", version="1.0.0").path.read_bytes().endswith(b"1.0\n")


def test_a_name_in_two_releases_is_refused_with_both_kids(folder):
    kids = [member.resource.kid for title in "AB" for member in folder({"data/aeff.ecsv": TABLE}, title=title).members]
    with pytest.raises(UsageError) as told:
        KM3Store(folder.path).find("aeff")
    assert all(kid in str(told.value) for kid in kids)


def test_a_long_list_is_read_page_by_page(publishing, tmp_path, monkeypatch):
    monkeypatch.setattr("kpublish.store.sources.datacenter.PAGE", 2)
    with start(tmp_path / "data") as server:
        titles = [f"Release {number}" for number in range(5)]
        for title in titles:
            publishing(server, {"data/aeff.ecsv": TABLE}, title=title)
        listed = KM3Store(server.url).list()
    assert sorted(entry.title for entry in listed if entry.kind == "package") == titles


def test_a_list_that_leads_in_circles_ends(addresses, monkeypatch):
    asked = []

    def answer(url):
        asked.append(url)
        return {"results": [release.model_dump(mode="json")], "next": url}

    (release,) = KM3Store(addresses["directory"]).source.releases()
    monkeypatch.setattr("kpublish.store.sources.datacenter.get_json", answer)
    assert list(DataCenter("http://127.0.0.1:9").releases()) == [release]
    assert len(asked) == 1


def test_bytes_that_rotted_on_the_server_are_refused_and_not_kept(publishing, tmp_path):
    with start(tmp_path / "data") as server:
        release = publishing(server, {"data/aeff.ecsv": TABLE})
        sha256 = release.files[0].sha256
        (stored,) = [path for path in (tmp_path / "data").rglob(sha256) if path.is_file()]
        stored.chmod(0o600)
        stored.write_bytes(stored.read_bytes().replace(b"1.5", b"1.6"))
        store = KM3Store(server.url, cache=tmp_path / "cache")
        with pytest.raises(IntegrityError, match=r"data/aeff\.ecsv are not those"):
            store.get("aeff")
    assert not store.cache.path(release.files[0]).exists()


def test_a_name_with_control_characters_reaches_no_terminal_with_the_error(folder, tmp_path):
    entry = folder({"data/aeff.ecsv": TABLE}).files[0].model_copy(update={"path": "data/\x1b[31m.ecsv"})
    with pytest.raises(IntegrityError) as told:
        Cache(tmp_path / "cache").keep(entry, lambda start: io.BytesIO(b"?"[start:]))
    assert str(told.value).isprintable()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(TABLE) - 1), st.integers(1, 255))
def test_one_wrong_byte_anywhere_is_refused(folder, tmp_path, position, flip):
    release = folder({"data/aeff.ecsv": TABLE})
    stored = folder.path / release.kid / release.version / "data/aeff.ecsv"
    stored.write_bytes(TABLE[:position] + bytes([TABLE[position] ^ flip]) + TABLE[position + 1 :])
    store = KM3Store(folder.path, cache=tmp_path / "cache")
    with pytest.raises(IntegrityError):
        store.get(release.members[0].resource.kid)
    assert not store.cache.path(release.files[0]).exists()


@pytest.mark.parametrize(("body", "why"), [(TABLE[:-1], "bytes instead of"), (TABLE + b"1\n", "more than")])
def test_a_file_that_is_too_short_or_too_long_is_refused(folder, tmp_path, body, why):
    release = folder({"data/aeff.ecsv": TABLE})
    (folder.path / release.kid / release.version / "data/aeff.ecsv").write_bytes(body)
    with pytest.raises(IntegrityError, match=why):
        KM3Store(folder.path, cache=tmp_path / "cache").get("aeff")


def test_a_file_that_is_gone_is_a_sentence(folder, tmp_path):
    release = folder({"data/aeff.ecsv": TABLE})
    (folder.path / release.kid / release.version / "data/aeff.ecsv").unlink()
    with pytest.raises(MissingFile):
        KM3Store(folder.path, cache=tmp_path / "cache").get("aeff")


def test_a_name_that_leads_out_of_the_release_is_refused(folder, tmp_path):
    (folder.path / "secret.ecsv").write_bytes(TABLE)
    release = folder({"data/aeff.ecsv": TABLE})
    hostile = release.files[0].model_copy(update={"path": "../../secret.ecsv"})
    with pytest.raises(IntegrityError, match="leads out"):
        KM3Store(folder.path, cache=tmp_path / "cache").download(release, hostile)


def test_what_is_cached_needs_no_network(publishing, tmp_path, monkeypatch):
    monkeypatch.setattr("kpublish.http.session.BACKOFF", 0)
    with start(tmp_path / "data") as server:
        publishing(server, {"data/aeff.ecsv": TABLE})
        store = KM3Store(server.url, cache=tmp_path / "cache")
        release, _ = store.find("aeff")
        store.get("aeff")
    assert store.download(release, release.files[0]).read_bytes().endswith(b"energy\n1.5\n")
    with pytest.raises(Unreachable):
        KM3Store(server.url, cache=tmp_path / "other").download(release, release.files[0])


def test_a_cache_that_cannot_be_written_is_a_sentence(folder, tmp_path):
    folder({"data/aeff.ecsv": TABLE})
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(StorageError):
        KM3Store(folder.path, cache=tmp_path / "cache").get("aeff")


def test_drafts_in_a_folder_are_not_listed(folder):
    release = folder({"data/aeff.ecsv": TABLE})
    (folder.path / release.kid / "1.0.0").rename(folder.path / release.kid / ".1.0.0.draft")
    assert KM3Store(folder.path).list() == []
    assert KM3Store(folder.path.as_uri()).list() == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "not json", "[" * 100_000])
def test_a_document_that_is_no_release_is_a_sentence(folder, text):
    release = folder({"data/aeff.ecsv": TABLE})
    (folder.path / release.kid / "1.0.0" / "release.json").write_text(text)
    with pytest.raises(IntegrityError, match=r"release\.json"):
        KM3Store(folder.path).list()


def test_a_source_that_gives_another_resource_is_refused(folder):
    release = folder({"data/aeff.ecsv": TABLE})
    document = folder.path / release.kid / "1.0.0" / "release.json"
    (folder.path / release.kid / "2.0.0").mkdir()
    document.rename(folder.path / release.kid / "2.0.0" / "release.json")
    with pytest.raises(IntegrityError, match="another resource"):
        KM3Store(folder.path).find(release.kid, "2.0.0")


def test_addresses_that_cannot_be_read_are_refused_with_a_remedy(tmp_path):
    for address in (tmp_path / "nowhere", "opendata.km3net.de", "ftp://127.0.0.1/"):
        with pytest.raises(UsageError, match="Give a data center"):
            KM3Store(address)
    for address in ("http://opendata.km3net.de", "https://me:secret@opendata.km3net.de", "https://[bad"):
        with pytest.raises(ConfigurationError) as told:
            KM3Store(address)
        assert "secret" not in str(told.value)


def test_the_address_comes_from_the_environment_or_is_the_public_one(monkeypatch, addresses):
    assert KM3Store().address == PUBLIC_ADDRESS
    monkeypatch.setenv("KPUBLISH_DATACENTER_URL", addresses["datacenter"])
    assert KM3Store().address == addresses["datacenter"]
    assert repr(KM3Store()) == f"KM3Store({addresses['datacenter']!r})"


def test_a_file_that_is_no_package_is_refused(tmp_path):
    (tmp_path / "some.zip").write_bytes(b"no zip")
    with pytest.raises(IntegrityError):
        KM3Store(tmp_path / "some.zip").list()


def test_the_index_tells_names_underlined_and_technical_lines_on_request(store, capsys):
    store.print_index()
    plain = capsys.readouterr().out
    assert "\nflux\n====\ntitle:" in plain
    assert "sha256" not in plain
    store.print_index(include_technical=True)
    assert store.get("flux").table.sha256 in capsys.readouterr().out

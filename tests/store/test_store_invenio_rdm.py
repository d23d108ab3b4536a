"""Records of a real InvenioRDM are read without a token: our packages, our files, and what others have put there."""

import hashlib
import warnings

import pandas as pd
import pytest

from kpublish.cli import run
from kpublish.errors import IntegrityError, NotFound, Unreachable
from kpublish.store import KM3Store
from kpublish.store.offline import StaleCatalogue
from kpublish.store.sources.invenio_rdm import record_of

pytestmark = pytest.mark.invenio
FLUX = "9dfb369b-ab13-4fae-a276-55daa05f1119"


def put(invenio, metadata, contents, *, after=None):
    """Publish a record, or a new version of the one ``after``; return its address."""
    draft = invenio.ask("POST", f"/records/{after}/versions" if after else "/records", json={} if not after else None).json()
    number = draft["id"]
    said = {
        "title": "A record",
        "publication_date": "2026-11-27",
        "publisher": "KM3NeT Collaboration",
        "resource_type": {"id": "dataset"},
        "creators": [{"person_or_org": {"type": "organizational", "name": "KM3NeT Collaboration"}}],
        "rights": [{"id": "cc-by-4.0"}],
        **metadata,
    }
    told = {"metadata": said, "access": {"record": "public", "files": "public"}, "files": {"enabled": True}}
    faults = invenio.ask("PUT", f"/records/{number}/draft", json=told).json().get("errors", [])
    assert {fault["field"] for fault in faults} <= {"files.enabled"}, faults
    for path, body in contents.items():
        start = invenio.ask("POST", f"/records/{number}/draft/files", accept="application/json", json=[{"key": path}])
        start.raise_for_status()
        address = f"/records/{number}/draft/files/{path}"
        sent = invenio.ask("PUT", f"{address}/content", accept="application/json", data=body)
        assert "errors" not in sent.json()
        invenio.ask("POST", f"{address}/commit", accept="application/json").raise_for_status()
    invenio.ask("POST", f"/records/{number}/draft/actions/publish").raise_for_status()
    return f"{invenio.url}/records/{number}"


@pytest.fixture(scope="session")
def packaged(invenio, package):
    """The address of a record that holds the package of the fullest example."""
    kid = {"identifiers": [{"identifier": f"urn:uuid:{package.release.kid}", "scheme": "urn"}], "version": "1.0.0"}
    return put(invenio, kid, {package.path.name: package.path.read_bytes()})


@pytest.fixture(scope="session")
def foreign(invenio):
    """The address of a record that kpublish did not make, in its second version; the first one's."""
    metadata = {"title": "Flux points", "description": "<p>Of a <b>made-up</b> source &amp; its spectrum</p>"}
    metadata["creators"] = [{"person_or_org": {"type": "personal", "given_name": "Zoë", "family_name": "Example"}}]
    first = put(invenio, {**metadata, "version": "1.0"}, {"flux points.csv": b"e,f\n1,2\n"})
    second = put(invenio, {**metadata, "version": "2.0"}, {"flux points.csv": b"e,f\n1,3\n"}, after=first.rpartition("/")[2])
    return second, first


@pytest.mark.parametrize(
    ("address", "record"),
    [
        ("https://zenodo.org/records/1234567", ("https://zenodo.org", "1234567")),
        ("https://sandbox.zenodo.org/record/12/files/a.csv?download=1", ("https://sandbox.zenodo.org", "12")),
        ("http://127.0.0.1:5000/api/records/abcde-fgh12", ("http://127.0.0.1:5000", "abcde-fgh12")),
        ("https://doi.org/10.5281/zenodo.15113014", ("https://zenodo.org", "15113014")),
        ("doi:10.5281/ZENODO.1", ("https://zenodo.org", "1")),
        ("10.5281/zenodo.", None),
        ("https://opendata.km3net.de/r/9dfb369b-ab13-4fae-a276-55daa05f1119", None),
        ("records/12", None),
    ],
)
def test_addresses_of_records_are_recognised(address, record):
    assert record_of(address) == record


def test_a_record_with_our_package_is_a_release_like_any_other(packaged, package, contents, tmp_path):
    store = KM3Store(packaged, cache=tmp_path)
    assert store.list()[0].kid == package.release.kid
    flux = store.get("flux")
    assert flux.path.read_bytes() == contents["data/flux.ecsv"]
    assert flux.get_paraminfo()["value_y"]["unit"] == "GeV-1 m-2 s-1"
    assert store.get(FLUX, version="1.0.0").data.equals(flux.data)
    with pytest.raises(NotFound, match=r"no version 9\.9\.9"):
        store.get(FLUX, version="9.9.9")


def test_a_record_with_our_files_gives_each_by_itself(invenio, contents, tmp_path):
    files = {path: body for path, body in contents.items() if not path.endswith(".zip") and body}
    flat = {path: body for path, body in files.items() if "/" not in path or path.startswith("data/")}
    store = KM3Store(put(invenio, {}, flat), cache=tmp_path)
    assert list(store.get("flux").data.columns)[:2] == ["energy_low", "energy_high"]
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and file.read_bytes()[:2] == b"PK"]
    with pytest.raises(IntegrityError, match="has no file"):
        store.get("figures/flux.yaml")


def test_a_record_of_others_is_its_files_and_what_it_says(foreign, tmp_path):
    second, first = foreign
    store = KM3Store(second, cache=tmp_path)
    release, file = store.list()
    assert (release.title, release.version, file.kind, file.name) == ("Flux points", "2.0", "file", "flux points")
    points = store.get("flux points")
    assert points.data == b"e,f\n1,3\n"
    assert pd.read_csv(points.path)["f"].tolist() == [3]
    assert points.release.resource.description == "Of a made-up source & its spectrum"
    assert points.release.resource.license == "CC-BY-4.0"
    assert points.release.resource.idDOI.startswith("10.5281/zenodo.")
    assert "Example, Z. (2026). Flux points (version 2.0)" in store.cite(points).text
    assert store.get("flux points", version="1.0").data == b"e,f\n1,2\n"
    assert KM3Store(first, cache=tmp_path).get("flux points").data == b"e,f\n1,2\n"
    assert KM3Store(first, cache=tmp_path).list()[0].kid == release.kid


def test_the_command_downloads_from_a_record_and_locks_hold(foreign, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert run(["get", "flux points.csv", "--from", foreign[0]]) == 0
    assert (tmp_path / "flux points.csv").read_bytes() == b"e,f\n1,3\n"
    assert "md5 " + hashlib.md5(b"e,f\n1,3\n").hexdigest() in capsys.readouterr().out
    KM3Store(foreign[0]).lock("data.lock", "flux points")
    assert run(["get", "--locked", "data.lock", "-o", "again/"]) == 0
    assert (tmp_path / "again" / "flux points.csv").read_bytes() == b"e,f\n1,3\n"


def test_offline_what_was_loaded_is_there_and_its_date_is_told(foreign, tmp_path, monkeypatch):
    monkeypatch.setattr("kpublish.http.session.BACKOFF", 0)
    online = KM3Store(foreign[0], cache=tmp_path)
    online.update_catalog()
    online.get("flux points")
    monkeypatch.setattr("requests.Session.request", _nobody)
    with pytest.warns(StaleCatalogue):
        assert KM3Store(foreign[0], cache=tmp_path).get("flux points").data == b"e,f\n1,3\n"
    with pytest.raises(Unreachable), warnings.catch_warnings():
        KM3Store(foreign[1], cache=tmp_path).list()


def _nobody(*_, **__):
    import requests

    raise requests.ConnectionError


def test_a_record_that_is_not_there_and_a_server_of_another_kind_are_sentences(invenio, addresses, tmp_path):
    with pytest.raises(NotFound, match="does not know it"):
        KM3Store(f"{invenio.url}/records/abcde-fgh12", cache=tmp_path).list()
    with pytest.raises(NotFound):
        KM3Store(f"{addresses['datacenter']}/records/12", cache=tmp_path).list()

"""A resource is found by every form in which people write its identifier, with or without a version."""

import uuid

import pytest

from kpublish.errors import NotFound, UsageError
from kpublish.store import KM3Store
from kpublish.store.identifiers import Asked, understood

RELEASE = "3ceaaf30-8142-48ea-91d9-3080f9b439fc"
FLUX = "9dfb369b-ab13-4fae-a276-55daa05f1119"


@pytest.mark.parametrize(
    "identifier",
    [
        FLUX,
        FLUX.upper(),
        f"urn:uuid:{FLUX}",
        f"URN:UUID:{FLUX}",
        f" {FLUX}@1.0.0\n",
        "flux@1.0.0",
        "data/flux.ecsv@1.0.0",
        f"https://opendata.km3net.de/r/{FLUX}",
        f"https://opendata.km3net.de/r/{FLUX}/1.0.0",
        f"http://127.0.0.1:8000/r/{FLUX}/",
        f"https://example.org/mirror/r/{FLUX}/1.0.0?from=paper#cite",
    ],
)
def test_a_table_is_found_by_every_form_of_its_identifier(address, identifier):
    release, member = KM3Store(address).find(identifier)
    assert (release.kid, release.version, member.resource.kid) == (RELEASE, "1.0.0", FLUX)


@pytest.mark.parametrize(
    "identifier",
    ["10.5281/zenodo.1234567", "doi:10.5281/ZENODO.1234567", "https://doi.org/10.5281/zenodo.1234567"],
)
def test_a_release_is_found_by_its_doi(address, identifier):
    release, member = KM3Store(address).find(identifier)
    assert (release.kid, member) == (RELEASE, None)
    assert KM3Store(address).find(identifier, "1.0.0")[0] == release


def test_a_doi_that_nothing_states_is_a_sentence(addresses):
    with pytest.raises(NotFound, match=r"states the DOI 10\.5281/zenodo\.1\b"):
        KM3Store(addresses["directory"]).find("10.5281/zenodo.1")


def test_a_version_in_the_identifier_is_the_one_that_is_loaded(folder):
    kid, kids = str(uuid.uuid4()), {"data/aeff.ecsv": str(uuid.uuid4())}
    for version in ("1.0.0", "2.0.0-rc.1+build.5"):
        folder({"data/aeff.ecsv": version}, kid=kid, kids=kids, version=version)
    store = KM3Store(folder.path)
    for version in ("1.0.0", "2.0.0-rc.1+build.5"):
        for name in ("aeff", kid, f"urn:uuid:{kid}", "data/aeff.ecsv"):
            assert store.find(f"{name}@{version}")[0].version == version
    assert store.find(f"https://opendata.km3net.de/r/{kid}/2.0.0-rc.1%2Bbuild.5")[0].version == "2.0.0-rc.1+build.5"
    with pytest.raises(NotFound, match="has no version 7"):
        store.find("aeff@7")


def test_two_versions_at_once_are_refused():
    assert understood("aeff@1.0.0", "1.0.0") == Asked(name="aeff", version="1.0.0")
    with pytest.raises(UsageError, match=r"names version 1\.0\.0, not 2\.0\.0"):
        understood("aeff@1.0.0", "2.0.0")


def test_a_name_may_hold_the_sign_that_stands_before_versions():
    assert understood("flux@earth") == Asked(name="flux@earth")
    assert understood("data/flux@2.ecsv") == Asked(name="data/flux@2.ecsv")


def test_an_address_that_is_no_landing_page_is_a_name():
    assert understood("https://example.org/r/about") == Asked(name="https://example.org/r/about")

"""A real InvenioRDM gets each version exactly once: new versions, reviews, embargoes, amendments, and what people did by hand."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from archives_parts import Crash, Fragile, connect, root_of
from servers.invenio import JSON

from kpublish.archives.push import push, push_all
from kpublish.archives.targets import sealed, targets
from kpublish.config import ArchiveSettings, Token, host_of
from kpublish.errors import ArchiveError, Refused, VersionTaken
from kpublish.http import session
from kpublish.journal import opened
from kpublish.model.archive import ArchiveOptions, ArchiveStatus, Choices
from kpublish.model.people import Author, Funding

pytestmark = pytest.mark.invenio


@pytest.fixture
def zenodo(invenio):
    """The settings of the server; its search knows at once what was made."""
    token = Token(invenio.tokens["alice"], host_of(invenio.url))
    return ArchiveSettings("zenodo", "invenio_rdm", invenio.url, token, ArchiveOptions(settle=0))


def records_of(invenio, kid):
    """Every record and draft of alice's that names the kid, by version."""
    found = invenio.ask("GET", "/user/records?size=100&allversions=true").json()["hits"]["hits"]
    mine = [one for one in found if {"identifier": f"urn:uuid:{kid}", "scheme": "urn"} in one["metadata"].get("identifiers", [])]
    return sorted((one["metadata"]["version"], one["status"]) for one in mine)


def files_of(invenio, number):
    entries = invenio.ask("GET", f"/records/{number}/files", accept="application/json", user=None).json()["entries"]
    content = {
        one["key"]: invenio.ask("GET", f"/records/{number}/files/{one['key']}/content", user=None, accept="*/*") for one in entries
    }
    return {key: hashlib.sha256(answer.content).hexdigest() for key, answer in content.items()}


def test_a_package_is_published_once_with_a_doi_and_adopted_the_second_time(invenio, zenodo, bundle):
    (receipt,) = push_all(bundle, [zenodo])
    release = bundle.release
    assert receipt.state.status is ArchiveStatus.PUBLISHED
    assert receipt.state.doi.startswith("10.5281/zenodo.")
    assert receipt.state.concept_doi not in ("", receipt.state.doi)
    assert receipt.differences == ()
    assert files_of(invenio, receipt.state.id) == {"package.zip": bundle.sha256}
    (again,) = push_all(bundle, [zenodo])
    assert again.adopted
    assert again.state.doi == receipt.state.doi
    assert records_of(invenio, release.kid) == [("1.0.0", "published")]


def test_clients_of_zenodo_read_what_was_published(invenio, zenodo, bundle, tmp_path):
    from openscm_zenodo.zenodo import ZenodoInteractor
    from zenodo_client import Zenodo

    (receipt,) = push_all(bundle, [zenodo])
    number = receipt.state.id
    client = Zenodo(access_token=invenio.tokens["alice"])
    client.base, client.api_base = invenio.url, f"{invenio.url}/api"
    assert client.download(number, "package.zip", parts=[str(tmp_path)]).read_bytes() == bundle.path.read_bytes()
    other = ZenodoInteractor(token=invenio.tokens["alice"], zenodo_domain=invenio.url)
    record = other.get_record(number).json()
    assert [file["checksum"] for file in record["files"]] == [f"md5:{receipt.state.files['package.zip'].md5}"]
    assert other.get_latest_deposition_id(number) == number
    assert other.get_concept_id(number) == receipt.state.concept
    assert other.get_metadata(number)["metadata"]["title"] == bundle.release.resource.title


def test_with_files_all_every_file_but_the_empty_one_stands_by_itself(invenio, zenodo, bundle):
    (receipt,) = push_all(bundle, [replace(zenodo, options=ArchiveOptions(settle=0, files="all"))])
    wanted = {entry.path: entry.sha256 for entry in bundle.release.files if entry.size and entry.role != "package"}
    assert files_of(invenio, receipt.state.id) == wanted


def test_n_files_cost_at_most_two_requests_each_and_ten(zenodo, making, monkeypatch):
    bundle, asked = making(more=8), []
    send = session.Session._send

    def counted(self, request):
        asked.append(f"{request.verb} {request.url}")
        return send(self, request)

    monkeypatch.setattr(session.Session, "_send", counted)
    (receipt,) = push_all(bundle, [replace(zenodo, options=ArchiveOptions(settle=0, files="all"))])
    assert receipt.sent == 11
    assert len(asked) <= 2 * receipt.sent + 10, asked


def test_a_new_version_holds_exactly_the_new_files_and_belongs_to_the_old_one(invenio, zenodo, making):
    first = making()
    (old,) = push_all(first, [zenodo])
    second = making(kid=first.release.kid, version="1.1.0", text="more\n")
    (new,) = push_all(second, [zenodo])
    assert new.state.concept == old.state.concept
    assert new.state.doi != old.state.doi
    assert files_of(invenio, new.state.id) == {"package.zip": second.sha256}
    assert files_of(invenio, old.state.id) == {"package.zip": first.sha256}
    metadata = invenio.ask("GET", f"/records/{new.state.id}", user=None).json()["metadata"]
    assert (metadata["version"], metadata["publication_date"]) == ("1.1.0", "2026-11-23")
    assert records_of(invenio, first.release.kid) == [("1.0.0", "published"), ("1.1.0", "published")]


def test_another_release_of_a_published_version_is_refused(zenodo, making, invenio):
    first = making()
    push_all(first, [zenodo])
    with pytest.raises(VersionTaken):
        push_all(making(kid=first.release.kid, text="other\n"), [zenodo])
    assert records_of(invenio, first.release.kid) == [("1.0.0", "published")]


@pytest.mark.parametrize("fate", ["lost"], indirect=True)
def test_a_crash_after_any_verb_and_a_lost_journal_leave_one_version_after_a_rerun(invenio, zenodo, making, fate):
    for verb in ("draft", "send", "publish"):
        bundle = sealed(making(), [zenodo])
        (target,) = targets(bundle, [zenodo], None)
        fragile = Fragile(target.archive, at=["find", "draft", "send", "find", "publish"].index(verb) + 1, after=True)
        with pytest.raises(Crash), opened(root_of(bundle)) as journal:
            push(target.bundle, fragile, journal)
        assert fragile.verbs[-1] == verb
        fate(root_of(bundle))
        (receipt,) = push_all(bundle, [zenodo])
        assert receipt.state.status is ArchiveStatus.PUBLISHED
        assert records_of(invenio, bundle.release.kid) == [("1.0.0", "published")]
        assert files_of(invenio, receipt.state.id) == {"package.zip": bundle.sha256}


def test_metadata_arrive_as_the_release_says_them(invenio, zenodo, making, tmp_path):
    bundle = making()
    people = (
        Author(type="collaboration", name="KM3NeT Collaboration", ror="https://ror.org/00f7hpc57"),
        Author(givenName="Ada", familyName="Example", orcid="0000-0002-1825-0097", affiliation="University of Examples"),
    )
    more = {"authors": people, "description": "A < B & more", "language": "en", "keywords": ("neutrino astronomy",)}
    more["funding"] = (Funding(funder="European Commission", award="739560", title="KM3NeT 2.0"),)
    resource = bundle.release.resource.model_copy(update=more)
    bundle = replace(bundle, release=bundle.release.model_copy(update={"resource": resource}))
    (receipt,) = push_all(bundle, [zenodo])
    assert receipt.differences == ()
    stored = invenio.ask("GET", f"/records/{receipt.state.id}", user=None).json()["metadata"]
    group, person = (creator["person_or_org"] for creator in stored["creators"])
    assert (group["type"], group["name"]) == ("organizational", "KM3NeT Collaboration")
    assert group["identifiers"] == [{"scheme": "ror", "identifier": "00f7hpc57"}]
    assert person["identifiers"] == [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}]
    assert stored["description"] == "<p>A &lt; B &amp; more</p>"
    assert stored["rights"][0]["id"] == "cc-by-4.0"
    assert stored["languages"][0]["id"] == "eng"
    assert stored["funding"][0]["award"]["number"] == "739560"
    assert stored["publisher"] == "KM3NeT Collaboration"


def test_a_draft_is_staged_with_a_reserved_doi_and_published_by_the_same_command(invenio, zenodo, bundle):
    (staged,) = push_all(bundle, [zenodo], choices=Choices(draft=True))
    assert staged.state.status is ArchiveStatus.DRAFT
    assert staged.state.doi.startswith("10.5281/zenodo.")
    (published,) = push_all(bundle, [zenodo])
    assert published.state.doi == staged.state.doi
    assert records_of(invenio, bundle.release.kid) == [("1.0.0", "published")]


def test_an_embargo_closes_the_files_and_not_the_record(invenio, zenodo, bundle):
    (receipt,) = push_all(bundle, [zenodo], choices=Choices(embargo=date(2126, 1, 1)))
    access = invenio.ask("GET", f"/records/{receipt.state.id}", user=None).json()["access"]
    assert (access["record"], access["files"], access["embargo"]["until"]) == ("public", "restricted", "2126-01-01")


def test_a_community_is_asked_or_its_curators_decide_first(invenio, zenodo, making):
    community = invenio.community("km3net")
    first = making()
    (asked,) = push_all(first, [replace(zenodo, options=ArchiveOptions(settle=0, community="km3net"))])
    assert "km3net is asked for" in asked.state.note
    reviewed = replace(zenodo, options=ArchiveOptions(settle=0, community="km3net", review=True))
    second = making()
    (receipt,) = push_all(second, [reviewed])
    assert receipt.state.status is ArchiveStatus.IN_REVIEW
    (again,) = push_all(second, [reviewed])
    assert again.state.status is ArchiveStatus.IN_REVIEW
    requests = invenio.ask("GET", f"/communities/{community}/requests?size=50", user="curator", accept="*/*").json()["hits"]["hits"]
    (number,) = [one["id"] for one in requests if one["topic"].get("record") == receipt.state.id]
    invenio.ask("POST", f"/requests/{number}/actions/accept", user="curator", accept="*/*", json={}).raise_for_status()
    (accepted,) = push_all(second, [reviewed])
    assert accepted.state.status is ArchiveStatus.PUBLISHED
    with pytest.raises(ArchiveError, match="has no community 'gone'"):
        push_all(making(), [replace(zenodo, options=ArchiveOptions(settle=0, community="gone"))])


def test_a_draft_that_somebody_deleted_or_filled_by_hand_is_made_right(invenio, zenodo, making):
    deleted = making()
    (staged,) = push_all(deleted, [zenodo], choices=Choices(draft=True))
    invenio.ask("DELETE", f"/records/{staged.state.id}/draft").raise_for_status()
    (receipt,) = push_all(deleted, [zenodo])
    assert files_of(invenio, receipt.state.id) == {"package.zip": deleted.sha256}
    edited = making()
    (staged,) = push_all(edited, [zenodo], choices=Choices(draft=True))
    place = f"/records/{staged.state.id}/draft/files"
    invenio.ask("DELETE", f"{place}/package.zip", accept="application/json")
    for key in ("package.zip", "mine.txt", "begun.txt"):
        invenio.ask("POST", place, accept="application/json", json=[{"key": key}])
    for key in ("package.zip", "mine.txt"):
        invenio.ask("PUT", f"{place}/{key}/content", accept="application/json", data=b"by hand")
        invenio.ask("POST", f"{place}/{key}/commit", accept="application/json")
    (receipt,) = push_all(edited, [zenodo])
    assert files_of(invenio, receipt.state.id) == {"package.zip": edited.sha256}


def test_an_amendment_changes_the_description_and_nothing_else_and_only_once(invenio, zenodo, bundle):
    (receipt,) = push_all(bundle, [zenodo])
    resource = bundle.release.resource.model_copy(update={"title": "Effective area, corrected"})
    changed = bundle.release.model_copy(update={"resource": resource})
    archive = connect(zenodo)
    archive.find(changed.kid, changed.version)
    state = archive.amend(changed, ())
    assert (state.id, state.doi) == (receipt.state.id, receipt.state.doi)
    told = invenio.ask("GET", f"/records/{state.id}", user=None)
    assert told.json()["metadata"]["title"] == "Effective area, corrected"
    archive.amend(changed, ())
    assert invenio.ask("GET", f"/records/{state.id}", user=None).json()["revision_id"] == told.json()["revision_id"]
    assert records_of(invenio, changed.kid) == [("1.0.0", "published")]


def test_a_record_cannot_be_taken_away_and_who_can_is_told(zenodo, bundle):
    push_all(bundle, [zenodo])
    with pytest.raises(ArchiveError, match="only its staff") as told:
        connect(zenodo).withdraw(bundle.release.kid, bundle.release.version, "wrong units")
    assert "support" in told.value.remedy


def test_a_wrong_token_is_refused_in_one_sentence(zenodo, bundle):
    wrong = replace(zenodo, token=Token("nonsense", zenodo.token.host))
    with pytest.raises(Refused, match=r"(refused|know) the token"):
        push_all(bundle, [wrong])


def test_the_witness_knows_the_draft_when_the_journal_is_lost_and_the_links_go_both_ways(invenio, zenodo, datacenter, bundle):
    (_, staged) = push_all(bundle, [datacenter, zenodo], choices=Choices(draft=True))
    known = connect(datacenter).find(bundle.release.kid, bundle.release.version).records["zenodo"]
    assert (known.id, known.doi) == (staged.state.id, staged.state.doi)
    center, published = push_all(bundle, [datacenter, zenodo], journal_root=root_of(bundle) / "another clone")
    assert (center.state.status, published.state.id) == (ArchiveStatus.PUBLISHED, staged.state.id)
    links = connect(datacenter).find(bundle.release.kid, bundle.release.version).links
    assert [(link.relation, link.identifier) for link in links] == [("isIdenticalTo", published.state.doi)]
    related = invenio.ask("GET", f"/records/{published.state.id}", accept=JSON).json()["metadata"]["related_identifiers"]
    assert bundle.release.landing in [one["identifier"] for one in related]
    before = invenio.ask("GET", f"/records/{published.state.id}").json()["revision_id"]
    push_all(bundle, [datacenter, zenodo])
    assert invenio.ask("GET", f"/records/{published.state.id}").json()["revision_id"] == before
    assert records_of(invenio, bundle.release.kid) == [("1.0.0", "published")]

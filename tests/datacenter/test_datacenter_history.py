"""What becomes of a version: records, leases, amendments, withdrawal, embargo."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest


def _where(release: Any) -> str:
    return f"/releases/{release.kid}/{release.version}"


def _amended(release: Any, **changes: Any) -> dict[str, Any]:
    document = json.loads(json.dumps(release.document))
    document["resource"].update(changes)
    return document


def _amend(datacenter: Any, release: Any, document: Any, **more: Any) -> Any:
    return datacenter.ask("PATCH", _where(release), json={"release": document, **more})


def _withdraw(datacenter: Any, release: Any, reason: str = "The energy scale is wrong.") -> Any:
    return datacenter.ask("POST", f"{_where(release)}/withdraw", json={"reason": reason})


def _lease(datacenter: Any, release: Any, holder: str, seconds: int = 900) -> Any:
    return datacenter.ask("POST", f"{_where(release)}/lease", json={"holder": holder, "seconds": seconds})


ZENODO = {
    "archive": "zenodo",
    "kind": "invenio_rdm",
    "id": "123",
    "concept": "122",
    "doi": "10.5281/zenodo.123",
    "concept_doi": "10.5281/zenodo.122",
    "url": "https://zenodo.org/records/123",
    "status": "draft",
}

# --- records


def test_a_record_of_another_archive_is_kept_with_drafts_and_published_versions(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    where = f"{_where(release)}/records/zenodo"
    answer = datacenter.ask("PUT", where, json=ZENODO)
    assert (answer.status_code, answer.json()["records"]) == (200, {"zenodo": ZENODO})
    datacenter.bring(release)
    later = {**ZENODO, "status": "published"}
    assert datacenter.ask("PUT", where, json=later).json()["records"] == {"zenodo": later}
    assert datacenter.state(release, token="").json()["records"] == {"zenodo": later}
    page = datacenter.page(f"/r/{release.kid}").text
    assert '<a href="https://doi.org/10.5281/zenodo.123">10.5281/zenodo.123</a>' in page


def test_a_record_that_is_none_is_refused(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    where = f"{_where(release)}/records/zenodo"
    wrong = ({}, {**ZENODO, "archive": "other"}, {**ZENODO, "url": "x" * 2000}, {**ZENODO, "id": "\x1b[31m"}, [1], "x")
    assert [datacenter.ask("PUT", where, json=value).status_code for value in wrong] == [422] * len(wrong)
    assert datacenter.ask("PUT", where, json=ZENODO, token="").status_code == 401
    assert datacenter.ask("PUT", where, json={**ZENODO, "url": "javascript:alert(1)", "doi": ""}).status_code == 200
    datacenter.bring(release)
    assert 'href="javascript:' not in datacenter.page(f"/r/{release.kid}").text


# --- leases


def test_while_a_draft_is_leased_nobody_else_changes_it(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    leased = _lease(datacenter, release, "job 1")
    assert (leased.status_code, leased.json()["holder"]) == (200, "job 1")
    refused = [
        _lease(datacenter, release, "job 2"),
        datacenter.open(release, headers={"Kpublish-Holder": "job 2"}),
        datacenter.open(release),
        datacenter.send(release, "data/aeff.ecsv", headers={"Kpublish-Holder": "job 2"}),
        datacenter.ask("DELETE", f"{_where(release)}/files", params={"path": "README.md"}),
        datacenter.ask("PUT", f"{_where(release)}/records/zenodo", json=ZENODO),
        datacenter.publish(release),
    ]
    for answer in (*refused[:-1], refused[-1]):
        assert (answer.status_code, answer.json()["code"]) == (409, "leased"), answer.text
        assert answer.json()["holder"] == "job 1"
        assert "job 1 works on version 1.0.0" in answer.json()["detail"]
    mine = {"Kpublish-Holder": "job 1"}
    for path in release.contents:
        assert datacenter.send(release, path, headers=mine).status_code in (200, 201)
    assert datacenter.publish(release, headers=mine).status_code == 200


def test_a_lease_is_prolonged_given_back_and_ends_by_itself(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    first, second = _lease(datacenter, release, "job 1", 60).json(), _lease(datacenter, release, "job 1", 900).json()
    assert first["until"] < second["until"]
    where = f"{_where(release)}/lease"
    assert datacenter.ask("DELETE", where, params={"holder": "job 2"}).json()["holder"] == "job 1"
    for _ in range(2):
        assert datacenter.ask("DELETE", where, params={"holder": "job 1"}).json() == {"holder": "", "until": None}
    ending = _lease(datacenter, release, "job 1", 1).json()
    while datetime.now(UTC) <= datetime.fromisoformat(ending["until"]):
        assert datacenter.ask("GET", "/health").status_code == 200
    assert _lease(datacenter, release, "job 2").status_code == 200


def test_of_many_runners_at_once_one_gets_the_lease(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: _lease(datacenter, release, f"job {number}").status_code, range(8)))
    assert sorted(answers) == [200] + [409] * 7


def test_a_lease_needs_a_version_a_holder_and_a_sensible_time(datacenter: Any, release: Any) -> None:
    assert _lease(datacenter, release, "job 1").status_code == 404
    datacenter.open(release)
    for holder, seconds in (("", 900), ("x" * 201, 900), ("a\nb", 900), ("job", 0), ("job", 10**9)):
        assert _lease(datacenter, release, holder, seconds).status_code == 422


# --- amendments


def test_an_amendment_changes_the_description_and_is_kept_and_shown(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    before = datacenter.state(release).json()
    links = [{"relation": "isIdenticalTo", "identifier": "10.5281/zenodo.123", "scheme": "DOI"}]
    document = _amended(release, title="A better <title>", referenceURL="https://doi.org/10.1000/paper")
    answer = _amend(datacenter, release, document, links=links)
    assert answer.status_code == 200, answer.text
    state = answer.json()
    assert (state["release"], state["links"], state["revision"], state["files"]) == (document, links, 1, before["files"])
    (kept,) = state["amendments"]
    assert kept["by"] == "local"
    title = release.document["resource"]["title"]
    assert {"field": "resource.title", "before": title, "after": "A better <title>"} in kept["changes"]
    assert {change["field"] for change in kept["changes"]} == {"resource.title", "resource.referenceURL", "links"}
    page = datacenter.page(f"/r/{release.kid}").text
    for text in ("<h2>Amendments</h2>", "A better &lt;title&gt;", title, "is identical to", "https://doi.org/10.5281/zenodo.123"):
        assert text in page
    assert datacenter.ask("GET", f"/resources/{release.kid}", token="").json()["release"]["resource"]["title"] == "A better <title>"


def test_the_same_amendment_again_is_no_second_one(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    document = _amended(release, title="Another title")
    first, second = _amend(datacenter, release, document, links=[]), _amend(datacenter, release, document)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    said_otherwise = {**document, "tag": None, "resource": dict(reversed(document["resource"].items()))}
    assert _amend(datacenter, release, said_otherwise).json()["revision"] == 1
    back = _amend(datacenter, release, release.document).json()
    assert [len(item["changes"]) for item in back["amendments"]] == [1, 1]


def test_amendments_of_a_table_and_a_figure_of_one_name_are_told_apart(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    document = _amended(release)
    for member in document["members"]:
        member["resource"]["description"] = f"Of the {member['kind']}."
    (kept,) = _amend(datacenter, release, document).json()["amendments"]
    told = {change["field"]: change["after"] for change in kept["changes"]}
    assert told == {
        "members.table aeff.resource.description": "Of the table.",
        "members.figure aeff.resource.description": "Of the figure.",
    }
    assert "table aeff: description" in datacenter.page(f"/r/{release.kid}").text


def _other_digest(document: Any) -> None:
    document["digest"] = "f" * 64


def _other_commit(document: Any) -> None:
    document["commit"] = "b" * 40


def _other_bytes(document: Any) -> None:
    document["files"][0]["sha256"] = "0" * 64


def _fewer_files(document: Any) -> None:
    document["files"].pop()


def _other_unit(document: Any) -> None:
    document["members"][0]["parameters"][0]["unit"] = "cm2"


def _other_member(document: Any) -> None:
    document["members"].pop()


def _other_rows(document: Any) -> None:
    document["members"][0]["rows"] = 2


def _late_embargo(document: Any) -> None:
    document["embargo"] = "2099-01-01"


@pytest.mark.parametrize(
    "change",
    [_other_digest, _other_commit, _other_bytes, _fewer_files, _other_unit, _other_member, _other_rows, _late_embargo],
)
def test_what_identifies_a_release_is_never_amended(datacenter: Any, release: Any, change: Callable[[Any], None]) -> None:
    datacenter.bring(release)
    document = _amended(release)
    change(document)
    answer = _amend(datacenter, release, document)
    assert (answer.status_code, answer.json()["code"]) == (409, "immutable")
    assert datacenter.state(release).json()["release"] == release.document


def test_an_amendment_must_be_valid_and_of_a_published_version(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    datacenter.open(release)
    assert _amend(datacenter, release, release.document).json()["code"] == "not-published"
    datacenter.bring(release)
    other = making()
    wrong = [
        {"release": other.document},
        {"release": _amended(release, titel="x")},
        {"links": []},
        {"release": release.document, "links": [{"relation": "is identical to", "identifier": "x"}]},
        {"release": release.document, "links": {}},
        [],
    ]
    for body in wrong:
        assert datacenter.ask("PATCH", _where(release), json=body).status_code == 422, body
    assert datacenter.ask("PATCH", _where(release), json={"release": release.document}, token="").status_code == 401
    assert datacenter.ask("PATCH", _where(other), json={"release": other.document}).status_code == 404


def test_who_saw_an_older_state_changes_nothing(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    seen = datacenter.state(release).headers["ETag"]
    assert datacenter.state(release).headers["ETag"] == seen
    assert datacenter.state(release, headers={"If-None-Match": seen}).status_code == 304
    datacenter.send(release, "data/aeff.ecsv")
    old, where = {"If-Match": seen}, _where(release)
    refused = [
        datacenter.open(release, headers=old),
        datacenter.publish(release, headers=old),
        datacenter.ask("DELETE", f"{where}/files", params={"path": "README.md"}, headers=old),
    ]
    datacenter.bring(release)
    refused += [
        datacenter.ask("PATCH", where, json={"release": _amended(release, title="x")}, headers=old),
        datacenter.ask("POST", f"{where}/withdraw", json={"reason": "x"}, headers=old),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(412, "changed")] * 5
    new = {"If-Match": datacenter.state(release).headers["ETag"]}
    document = _amended(release, title="Another title")
    amended = datacenter.ask("PATCH", where, json={"release": document}, headers=new)
    assert (amended.status_code, amended.json()["revision"]) == (200, 1)
    assert amended.headers["ETag"] == datacenter.state(release).headers["ETag"] != new["If-Match"]
    assert datacenter.ask("PATCH", where, json={"release": document}, headers={"If-Match": "*"}).status_code == 200


def test_a_version_that_is_not_there_matches_nothing(datacenter: Any, release: Any) -> None:
    for mark in ("*", '"x"'):
        assert datacenter.open(release, headers={"If-Match": mark}).status_code == 412
    assert datacenter.state(release).status_code == 404


def test_lists_and_pages_that_did_not_change_are_not_sent_again(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    for address in ("/", f"/r/{release.kid}", "/api/v1/releases", "/api/v1/search", "/sitemap.xml"):
        mark = datacenter.page(address).headers["ETag"]
        again = datacenter.page(address, headers={"If-None-Match": mark})
        assert (again.status_code, again.content) == (304, b""), address


# --- withdrawal


def test_a_withdrawn_version_leaves_a_tombstone_and_nothing_else(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    answer = _withdraw(datacenter, release, "The energy scale is <wrong>.")
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert answer.json()["withdrawal"]["reason"] == "The energy scale is <wrong>."
    assert _withdraw(datacenter, release, "Another reason").json() == answer.json()
    assert datacenter.state(release, token="").json()["status"] == "withdrawn"
    for address in (f"/r/{release.kid}", f"/r/{release.kid}/1.0.0", f"/r/{release.table}"):
        page = datacenter.page(address)
        assert page.status_code == 410
        for text in ("was withdrawn on", "The energy scale is &lt;wrong&gt;.", release.document["resource"]["title"], "(2026)"):
            assert text in page.text
    sha = release.sha256("data/aeff.ecsv")
    for path in (f"/files/{sha}", f"/resources/{release.kid}", f"/resources/{release.table}"):
        gone = datacenter.ask("GET", path, token="")
        assert (gone.status_code, gone.json()["code"]) == (410, "withdrawn"), path
        assert gone.json()["reason"] == "The energy scale is <wrong>."
    assert datacenter.page(f"/r/{release.kid}/1.0.0/files/data/aeff.ecsv").status_code == 410
    assert f'href="/r/{release.kid}/1.0.0"' not in datacenter.page("/").text


def test_a_withdrawn_version_is_never_published_again(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    _withdraw(datacenter, release)
    answers = [datacenter.open(release), datacenter.publish(release), _amend(datacenter, release, release.document)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "withdrawn"),
        (409, "withdrawn"),
        (409, "not-published"),
    ]


def test_withdrawing_one_version_leaves_the_others(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    datacenter.bring(release)
    later = datacenter.bring(making(release.kid, "1.1.0"))
    _withdraw(datacenter, later)
    assert datacenter.page(f"/r/{release.kid}").status_code == 200
    assert datacenter.page(f"/r/{release.kid}/1.1.0").status_code == 410
    assert f'<a href="/r/{release.kid}/1.0.0">1.0.0</a>' in datacenter.page(f"/r/{release.kid}/1.1.0").text
    assert datacenter.ask("GET", f"/files/{release.sha256('README.md')}", token="").status_code == 200
    copy = making()
    copy.document["members"][0]["resource"]["kid"] = later.table
    assert datacenter.open(copy).json()["code"] == "kid-taken"


def test_a_withdrawal_needs_a_reason_and_a_published_version(datacenter: Any, release: Any) -> None:
    assert _withdraw(datacenter, release).status_code == 404
    datacenter.open(release)
    assert _withdraw(datacenter, release).json()["code"] == "not-published"
    datacenter.bring(release)
    assert [_withdraw(datacenter, release, reason).status_code for reason in ("", "  ", "x" * 6000)] == [422] * 3
    assert datacenter.ask("POST", f"{_where(release)}/withdraw", json={"reason": "x"}, token="").status_code == 401


# --- embargo


def test_under_an_embargo_the_description_is_public_and_the_files_are_not(datacenter: Any, release: Any) -> None:
    until = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    release.document["embargo"] = until
    datacenter.bring(release)
    sha = release.sha256("data/aeff.ecsv")
    refused = datacenter.ask("GET", f"/files/{sha}", token="")
    assert (refused.status_code, refused.json()["code"], refused.json()["until"]) == (403, "embargoed", until)
    assert datacenter.page(f"/r/{release.kid}/1.0.0/files/data/aeff.ecsv").status_code == 403
    own = datacenter.ask("GET", f"/files/{sha}")
    assert (own.content, own.headers["Cache-Control"]) == (release.contents["data/aeff.ecsv"], "private, no-store")
    state = datacenter.state(release, token="").json()
    assert (state["status"], state["embargo"]) == ("published", until)
    page = datacenter.page(f"/r/{release.kid}").text
    assert f"until {until} (UTC)" in page
    assert "/files/" not in page
    assert '"isAccessibleForFree": false' in page
    catalogue = datacenter.page("/").text
    assert f"files open on {until}" in catalogue
    assert f"/r/{release.kid}/1.0.0/files/" not in catalogue


def test_an_embargo_ends_on_its_day_or_by_an_amendment(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    today = datetime.now(UTC).date()
    release.document["embargo"] = today.isoformat()
    datacenter.bring(release)
    assert datacenter.ask("GET", f"/files/{release.sha256('data/aeff.ecsv')}", token="").status_code == 200
    other = making()
    other.document["embargo"] = (today + timedelta(days=9)).isoformat()
    datacenter.bring(other)
    lifted = {**other.document, "embargo": None}
    assert _amend(datacenter, other, lifted).json()["embargo"] == ""
    assert datacenter.page(f"/r/{other.kid}/1.0.0/files/data/aeff.ecsv").status_code == 200


def test_knowing_a_checksum_opens_nobodys_bytes(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    release.document["embargo"] = "2099-01-01"
    datacenter.bring(release)
    thief = making()
    entry = next(entry for entry in release.document["files"] if entry["path"] == "data/aeff.ecsv")
    thief.document["files"] = [{**entry, "path": "stolen.ecsv"}]
    for member in thief.document["members"]:
        member["files"] = []
    assert datacenter.open(thief).json()["files"] == {}
    where = f"{_where(thief)}/files/{entry['sha256']}"
    assert datacenter.ask("PUT", where, data=b"x" * entry["size"]).json()["code"] == "checksum"
    assert datacenter.publish(thief).json()["missing"] == ["stolen.ecsv"]


# --- who asks


def test_a_token_is_told_what_it_may_do(datacenter: Any) -> None:
    told = datacenter.ask("GET", "/me").json()
    assert (told["name"], told["expires"], told["quota"]["bytes"]) == ("local", None, None)
    assert {"read-drafts", "write", "publish"} <= set(told["rights"])
    for token in ("", "wrong"):
        assert datacenter.ask("GET", "/me", token=token).json()["code"] == "unauthorized"

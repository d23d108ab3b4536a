"""Collections: made and filled by several projects, published as versions, amended, withdrawn; by the API and by forms."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from datacenter_parts import ISSUER, Person, made
from rdflib import DCTERMS, Graph, URIRef
from signposting import find_signposting_http_link

from kpublish.model.identifiers import version_uuid

Hands = dict[str, tuple[str, Any, int]]


@pytest.fixture(scope="module")
def hands(datacenter: Any, run: Callable[..., str], numbers: Iterator[int]) -> Hands:
    """Three projects, each with a published release and a token that may publish."""
    told: Hands = {}
    for name in ("owner", "friend", "stranger"):
        release, number = made(title=f"Release of the {name}"), str(next(numbers))
        place = ("--namespace", "72", "--issuer", ISSUER, "--path", f"km3net/{name}{number}")
        run("register-project", number, *place, "--kid", release.kid)
        datacenter.bring(release)
        told[name] = (_token(run, number, "publisher"), release, _id(datacenter, number))
    return told


def _token(run: Callable[..., str], number: str, role: str) -> str:
    options = ("--project", number, "--issuer", ISSUER, "--role", role, "--output", "-")
    return run("create-token", f"{role} of {number} {uuid.uuid4()}", *options)


def _id(datacenter: Any, number: str) -> int:
    found = datacenter.ask("GET", "/projects").json()["results"]
    return int(next(entry["id"] for entry in found if entry["number"] == number))


def _number(datacenter: Any, hands: Hands, name: str) -> str:
    return str(datacenter.ask("GET", f"/projects/{hands[name][2]}").json()["number"])


# --- members


def _collection(datacenter: Any, hands: Hands, **said: Any) -> Any:
    token, _, _ = hands["owner"]
    body = {"title": "An analysis", "kind": "analysis", "contributors": [hands["friend"][2]], **said}
    answer = datacenter.ask("POST", "/collections", token=token, json=body)
    assert answer.status_code == 201, answer.text
    return answer


def test_a_collection_holds_what_several_repositories_published(datacenter: Any, hands: Hands) -> None:
    made = _collection(datacenter, hands).json()
    place = f"/collections/{made['kid']}"
    token, release, _ = hands["owner"]
    friend, theirs, _ = hands["friend"]
    answers = [datacenter.ask("PUT", f"{place}/members/{release.table}", token=token).status_code for _ in range(2)]
    assert answers == [201, 200]
    assert datacenter.ask("PUT", f"{place}/members/{theirs.kid}", token=friend).status_code == 201
    told = datacenter.ask("GET", place, token="").json()
    assert [member["kid"] for member in told["members"]] == [release.table, theirs.kid]
    resource = told["resource"]
    assert (resource["ktype"], [one["kid"] for one in resource["resources"]]) == ("km3.collection", [release.table, theirs.kid])
    assert all(source["accessURL"].startswith("http") for one in resource["resources"] for source in one["source"])
    assert datacenter.page(f"{place}/km3resource.json").json() == resource
    page = datacenter.page(place)
    assert ("2 members" in page.text, "Release of the friend" in page.text) == (True, True)
    assert "An analysis" in datacenter.page("/collections").text
    assert made["kid"] in {one["kid"] for one in datacenter.ask("GET", "/collections", token="").json()["results"]}
    assert datacenter.ask("GET", f"/kid/{made['kid']}", token="").json()["kind"] == "collection"


def test_who_may_not_add_to_a_collection_is_refused(datacenter: Any, hands: Hands, making: Callable[..., Any]) -> None:
    place = f"/collections/{_collection(datacenter, hands).json()['kid']}"
    (owner, mine, _), (friend, theirs, _), (stranger, foreign, _) = hands.values()
    refused = [
        datacenter.ask("PUT", f"{place}/members/{foreign.kid}", token=stranger),
        datacenter.ask("PUT", f"{place}/members/{mine.kid}", token=friend),
        datacenter.ask("PATCH", place, token=friend, json={"title": "Mine"}),
        datacenter.ask("PATCH", place, token=stranger, json={"contributors": [hands["stranger"][2]]}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4
    assert datacenter.ask("PUT", f"{place}/members/{theirs.kid}", token="").status_code == 401
    draft = making()
    datacenter.open(draft)
    for kid in (draft.kid, str(uuid.uuid4())):
        assert datacenter.ask("PUT", f"{place}/members/{kid}", token=owner).status_code == 404
    datacenter.ask("PUT", f"{place}/members/{mine.kid}", token=owner)
    assert datacenter.ask("DELETE", f"{place}/members/{mine.kid}", token=friend).status_code == 403
    assert datacenter.ask("DELETE", f"{place}/members/{mine.kid}", token=stranger).status_code == 403
    assert datacenter.ask("DELETE", f"{place}/members/{mine.kid}", token=owner).json()["members"] == []
    assert datacenter.ask("DELETE", f"{place}/members/{mine.kid}", token=owner).status_code == 404
    assert datacenter.ask("POST", "/collections", token="", json={"title": "x", "kind": "analysis"}).status_code == 401


def test_a_collection_changes_only_as_it_was_seen(datacenter: Any, hands: Hands) -> None:
    made = _collection(datacenter, hands)
    place, token = f"/collections/{made.json()['kid']}", hands["owner"][0]
    seen = {"If-Match": made.headers["ETag"]}
    assert datacenter.ask("PATCH", place, token=token, json={"title": "Better"}, headers=seen).json()["title"] == "Better"
    kid = hands["owner"][1].kid
    assert datacenter.ask("PUT", f"{place}/members/{kid}", token=token, headers=seen).status_code == 412
    now = {"If-Match": datacenter.ask("GET", place).headers["ETag"]}
    assert datacenter.ask("PUT", f"{place}/members/{kid}", token=token, headers=now).status_code == 201
    assert datacenter.ask("DELETE", f"{place}/members/{kid}", token=token, headers=now).status_code == 412
    assert datacenter.ask("GET", place, headers={"If-None-Match": datacenter.ask("GET", place).headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "said", [{"title": " "}, {"kind": "other"}, {"contributors": [10**6]}, {"license": "a b"}, {"title": "a\x00b"}]
)
def test_a_collection_that_says_nonsense_is_refused(datacenter: Any, hands: Hands, said: dict[str, Any]) -> None:
    body = {"title": "An analysis", "kind": "analysis", **said}
    assert datacenter.ask("POST", "/collections", token=hands["owner"][0], json=body).status_code == 422


def _filled(datacenter: Any, hands: Hands, *members: str, **said: Any) -> str:
    """Where a collection with members is; of the owner's release, if none are named."""
    place = f"/collections/{_collection(datacenter, hands, **said).json()['kid']}"
    for kid in members or (hands["owner"][1].kid,):
        assert datacenter.ask("PUT", f"{place}/members/{kid}", token=hands["owner"][0]).status_code == 201
    return place


def _publish(datacenter: Any, hands: Hands, place: str, version: str = "1.0.0", **said: Any) -> Any:
    return datacenter.ask("POST", f"{place}/versions", token=hands["owner"][0], json={"version": version, **said})


def _withdraw(datacenter: Any, hands: Hands, place: str, reason: str = "Wrong cuts.") -> Any:
    return datacenter.ask("POST", f"{place}/withdraw", token=hands["owner"][0], json={"reason": reason})


# --- versions


def test_a_version_pins_its_members_and_never_changes(datacenter: Any, hands: Hands) -> None:
    first = datacenter.bring(made(title="First"))
    place = _filled(datacenter, hands, first.kid, first.table)
    answer = _publish(datacenter, hands, place, comment="For the paper.")
    told = answer.json()
    assert (answer.status_code, told["version"], told["newest"], told["comment"]) == (201, "1.0.0", "1.0.0", "For the paper.")
    datacenter.bring(made(first.kid, "1.1.0", title="Second"))
    datacenter.ask("PATCH", place, token=hands["owner"][0], json={"title": "Renamed"})
    assert datacenter.ask("GET", f"{place}/versions/1.0.0", token="").json() == told
    assert [(member["kid"], member["version"]) for member in told["members"]] == [(first.kid, "1.0.0"), (first.table, "1.0.0")]
    assert [member["version"] for member in datacenter.ask("GET", place).json()["members"]] == ["1.1.0", "1.1.0"]
    page = datacenter.page(f"{place}/1.0.0").text
    assert (">An analysis</h1>" in page, "For the paper." in page, "newer version" in page) == (True, True, False)
    for address in (f"/r/{first.kid}/1.0.0", f"/r/{first.kid}/1.0.0#{first.table}"):
        assert f'href="{datacenter.server.url}{address}"' in page
        assert datacenter.page(address).status_code == 200


def test_a_newer_version_is_told_wherever_one_looks(datacenter: Any, hands: Hands) -> None:
    place = _filled(datacenter, hands)
    assert "No version is published yet" in datacenter.page(place).text
    assert _publish(datacenter, hands, place).status_code == 201
    datacenter.ask("PATCH", place, token=hands["owner"][0], json={"title": "Renamed"})
    assert _publish(datacenter, hands, place, "1.1.0", comment="New title").json()["title"] == "Renamed"
    old, new, whole = (datacenter.page(f"{place}{version}").text for version in ("/1.0.0", "/1.1.0", ""))
    assert f'A newer version exists: <a href="{datacenter.server.url}{place}/1.1.0">' in old
    assert "newer version" not in new
    assert all(f'{place}/{version}">Version' in whole for version in ("1.0.0", "1.1.0"))
    listed = datacenter.ask("GET", f"{place}/versions", token="").json()["results"]
    assert [(one["version"], one["comment"]) for one in listed] == [("1.1.0", "New title"), ("1.0.0", "")]
    assert listed == datacenter.ask("GET", place).json()["versions"]
    assert datacenter.ask("GET", f"{place}/versions/1.0.0").json()["newest"] == "1.1.0"
    for kid in (place.rpartition("/")[2], version_uuid(place.rpartition("/")[2], "1.0.0")):
        found = datacenter.ask("GET", f"/kid/{kid}", token="").json()
        places = [(entry["version"], entry["title"], entry["status"]) for entry in found["places"]]
        expected = [("1.1.0", "Renamed", "published"), ("1.0.0", "An analysis", "published")]
        assert (found["kind"], places) in (("collection", expected), ("version", expected[1:]))
        assert datacenter.http.get(found["url"], timeout=60).status_code == 200
        assert f"{place}/1.0.0" in datacenter.page(f"/kid/{kid}").text
    assert [datacenter.ask("GET", f"{place}/versions/2").status_code, datacenter.page(f"{place}/2").status_code] == [404, 404]


def test_a_version_is_published_once(datacenter: Any, hands: Hands) -> None:
    place = _filled(datacenter, hands)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _publish(datacenter, hands, place), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1
    datacenter.ask("PUT", f"{place}/members/{hands['friend'][1].kid}", token=hands["owner"][0])
    taken = _publish(datacenter, hands, place)
    assert (taken.status_code, taken.json()["code"]) == (409, "version-taken")
    assert len(datacenter.ask("GET", f"{place}/versions/1.0.0").json()["members"]) == 1


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_a_version_is_told_to_machines(datacenter: Any, hands: Hands) -> None:
    place = _filled(datacenter, hands, hands["owner"][1].kid, hands["friend"][1].figure)
    _publish(datacenter, hands, place)
    _publish(datacenter, hands, place, "1.1.0")
    whole = f"{datacenter.server.url}{place}"
    told = datacenter.page(f"{place}/1.0.0/km3resource.json").json()
    assert told == datacenter.ask("GET", f"{place}/versions/1.0.0").json()["resource"]
    assert (told["version"], told["relatedResources"]) == ("1.0.0", [{"id": whole, "relation": "isVersionOf"}])
    assert [one["kid"] for one in told["resources"]] == [hands["owner"][1].kid, hands["friend"][1].figure]
    related = datacenter.page(f"{place}/km3resource.json").json()["relatedResources"]
    assert related == [{"id": f"{whole}/{version}", "relation": "hasVersion"} for version in ("1.1.0", "1.0.0")]
    successor, predecessor = (f"{whole}/1.1.0", "successor-version"), (f"{whole}/1.0.0", "predecessor-version")
    for version, other in (("1.0.0", successor), ("1.1.0", predecessor)):
        answer = datacenter.page(f"{place}/{version}")
        found = find_signposting_http_link([answer.headers["Link"]], answer.url)
        assert found.citeAs is not None
        assert str(found.citeAs.target) == f"{whole}/{version}"
        assert len(found.items) == 2
        links = set(re.findall(r'<([^>]+)>; rel="(\S+-version|version-history|\S+isVersionOf)"', answer.headers["Link"]))
        expected = {(f"{whole}/1.1.0", "latest-version"), (whole, "version-history"), (whole, f"{DCTERMS}isVersionOf"), other}
        assert links == expected
        for link in (*found.items, *found.describedBy):
            answered = datacenter.http.get(link.target, timeout=60)
            assert (answered.status_code, answered.headers["Content-Type"].partition(";")[0]) == (200, str(link.type))
        graph = _graph(answer.text)
        assert (URIRef(f"{whole}/{version}"), DCTERMS.isVersionOf, URIRef(whole)) in graph
    living = _graph(datacenter.page(place).text)
    assert set(living.objects(URIRef(whole), DCTERMS.hasVersion)) == {URIRef(f"{whole}/{name}") for name in ("1.0.0", "1.1.0")}


def _graph(page: str) -> Graph:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return Graph().parse(data=found[1], format="json-ld")


def test_what_a_collection_says_cannot_break_out_of_its_page(datacenter: Any, hands: Hands) -> None:
    evil = "</script><script>alert(1)</script>"
    place = _filled(datacenter, hands, title=evil, description=evil)
    _publish(datacenter, hands, place, comment=evil)
    for page in (place, f"{place}/1.0.0"):
        assert evil not in datacenter.page(page).text
        assert json.loads(datacenter.page(f"{page}/km3resource.json").text)["title"] == evil


def test_a_member_withdrawn_since_is_marked_and_still_listed(datacenter: Any, hands: Hands) -> None:
    gone = datacenter.bring(made(title="Soon gone"))
    place = _filled(datacenter, hands, gone.kid, hands["owner"][1].kid)
    _publish(datacenter, hands, place)
    datacenter.ask("POST", f"/releases/{gone.kid}/1.0.0/withdraw", json={"reason": "wrong"})
    told = datacenter.ask("GET", f"{place}/versions/1.0.0").json()
    members = [(member["kid"], member["status"]) for member in told["members"]]
    assert members == [(gone.kid, "withdrawn"), (hands["owner"][1].kid, "published")]
    assert [one["kid"] for one in told["resource"]["resources"]] == [hands["owner"][1].kid]
    page = datacenter.page(f"{place}/1.0.0").text
    assert ("Soon gone</a>" in page, '<span class="chip">withdrawn</span>' in page) == (True, True)
    assert datacenter.page(f"/r/{gone.kid}/1.0.0").status_code == 410
    refused = _publish(datacenter, hands, place, "1.1.0")
    assert (refused.status_code, refused.json()["code"], refused.json()["member"]) == (409, "member-withdrawn", gone.kid)


def test_a_collection_without_members_has_no_version(datacenter: Any, hands: Hands) -> None:
    place = f"/collections/{_collection(datacenter, hands).json()['kid']}"
    refused = _publish(datacenter, hands, place)
    assert (refused.status_code, refused.json()["code"]) == (409, "incomplete")
    assert datacenter.ask("GET", f"{place}/versions").json() == {"results": []}


@pytest.mark.parametrize("version", ["", "v1", "1/2", "1 0", "edit", "1" * 65, "1.0\x00", 1])
def test_a_version_is_called_by_a_number(datacenter: Any, hands: Hands, version: Any) -> None:
    answer = _publish(datacenter, hands, f"/collections/{_collection(datacenter, hands).json()['kid']}", version)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_version_is_published_only_of_what_was_seen(datacenter: Any, hands: Hands) -> None:
    place = _filled(datacenter, hands)
    seen = {"If-Match": datacenter.ask("GET", place).headers["ETag"]}
    datacenter.ask("PATCH", place, token=hands["owner"][0], json={"title": "Other"})
    for path, body in (("versions", {"version": "1.0.0"}), ("withdraw", {"reason": "x"})):
        answer = datacenter.ask("POST", f"{place}/{path}", token=hands["owner"][0], json=body, headers=seen)
        assert (answer.status_code, answer.json()["code"]) == (412, "changed")
    assert datacenter.ask("GET", f"{place}/versions").json() == {"results": []}


# --- rights, one by one


@pytest.mark.parametrize(
    ("who", "changing", "adding", "ending"),
    [
        ("nobody", 401, 401, 401),
        ("stranger", 403, 403, 403),
        ("friend", 403, 201, 403),
        ("author", 200, 201, 403),
        ("owner", 200, 201, 200),
        ("steward", 200, 201, 200),
    ],
)
def test_everyone_may_do_what_is_theirs_and_no_more(
    datacenter: Any, hands: Hands, run: Callable[..., str], who: str, changing: int, adding: int, ending: int
) -> None:
    place, number = _filled(datacenter, hands), _number(datacenter, hands, "owner")
    tokens = {"nobody": "", "author": _token(run, number, "author") if who == "author" else "", "steward": None}
    token = hands[who][0] if who in hands else tokens[who]
    mine = hands[who][1] if who in ("friend", "stranger") else hands["owner"][1]

    def ask(method: str, path: str = "", **said: Any) -> int:
        return int(datacenter.ask(method, f"{place}{path}", token=token, json=said or None).status_code)

    assert ask("PATCH", description="Said again") == changing
    assert ask("PUT", f"/members/{mine.table}") == adding
    assert ask("POST", "/versions", version="1.0.0") == (201 if ending == 200 else ending)
    assert ask("POST", "/withdraw", reason="Wrong cuts.") == ending
    assert datacenter.page(place).status_code == (410 if ending == 200 else 200)
    assert datacenter.ask("GET", f"{place}/versions/1.0.0").status_code == (410 if ending == 200 else 404)


def test_a_collection_moves_with_the_namespace_of_its_project(
    datacenter: Any, hands: Hands, run: Callable[..., str], project: Callable[..., str]
) -> None:
    source, target = project(), project()
    token = _token(run, source, "author")
    said = {"title": "Moving", "kind": "dataset"}
    kid = datacenter.ask("POST", "/collections", token=token, json=said).json()["kid"]
    datacenter.ask("POST", f"/projects/{_id(datacenter, source)}/move", json={"to": _id(datacenter, target)})
    assert datacenter.ask("GET", f"/collections/{kid}").json()["owner"] == _id(datacenter, target)
    assert datacenter.ask("PATCH", f"/collections/{kid}", token=token, json={"title": "x"}).status_code == 403


# --- amendments


def test_what_a_collection_said_before_is_kept_and_shown(datacenter: Any, hands: Hands) -> None:
    place, token = _filled(datacenter, hands), hands["owner"][0]
    for said in (
        {"title": "Second title"},
        {"title": "Third title", "description": "At last"},
        {"title": "Third title"},
        {"contributors": []},
    ):
        assert datacenter.ask("PATCH", place, token=token, json=said).status_code == 200
    told = datacenter.ask("GET", place).json()["amendments"]
    assert [amendment["changes"] for amendment in told] == [
        [{"field": "title", "before": "An analysis", "after": "Second title"}],
        [
            {"field": "title", "before": "Second title", "after": "Third title"},
            {"field": "description", "before": "", "after": "At last"},
        ],
    ]
    page = datacenter.page(place).text
    for text in ("title was “An analysis”", "title was “Second title”; description was empty", f"by {told[0]['by']}"):
        assert text in page
    assert page.count("Amended on") == 2


# --- withdrawal


def test_collections_are_found_by_their_words_page_by_page(datacenter: Any, hands: Hands) -> None:
    word = f"Õ{uuid.uuid4().hex}"
    kids = [
        _collection(datacenter, hands, title=f"Point sources {number}", description=f"with {word}-track events").json()["kid"]
        for number in range(5)
    ]
    address, found = f"/collections?q={word.lower()}+sour&limit=2", []
    while address:
        told = datacenter.ask("GET", address, token="").json()
        found += [entry["kid"] for entry in told["results"]]
        address = (told["next"] or "").partition("/api/v1")[2]
    assert found == kids[::-1]
    asked = {f'"{word} track"': 5, f'"track {word}"': 0, f'"{word} tra"': 0, f"{word} cascade": 0}
    for text, count in asked.items():
        answer = datacenter.ask("GET", "/collections", token="", params={"q": text})
        assert len(answer.json()["results"]) == count, text
    for query in ("limit=0", "cursor=x", "cursor=²"):
        assert datacenter.ask("GET", f"/collections?{query}", token="").status_code == 400
    page = datacenter.page(f"/?q={word}").text
    assert [page.count("Point sources"), f"/collections?q={quote(word)}" in page] == [3, True]
    page = datacenter.page(f"/collections?q={word}").text
    assert page.count("Point sources") == 5
    assert "No collection answers that." in datacenter.page(f"/collections?q={word}+cascade").text
    _withdraw(datacenter, hands, f"/collections/{kids[0]}")
    assert len(datacenter.ask("GET", f"/collections?q={word}", token="").json()["results"]) == 4


def test_the_site_map_names_collections_until_they_are_withdrawn(datacenter: Any, hands: Hands) -> None:
    place = _filled(datacenter, hands)
    page = f"<loc>{datacenter.server.url}{place}</loc>"
    assert page in datacenter.page("/sitemap-collections.xml").text
    _publish(datacenter, hands, place)
    assert f"{page}<lastmod>{datetime.now(UTC):%Y-%m-%d}</lastmod>" in datacenter.page("/sitemap-collections.xml").text
    _withdraw(datacenter, hands, place)
    assert page not in datacenter.page("/sitemap-collections.xml").text


def test_a_withdrawn_collection_leaves_its_reason_and_its_members(datacenter: Any, hands: Hands) -> None:
    place, token = _filled(datacenter, hands, title="A wrong analysis"), hands["owner"][0]
    kid = place.rpartition("/")[2]
    _publish(datacenter, hands, place)
    for body in ({}, {"reason": " "}, {"reason": None}):
        assert datacenter.ask("POST", f"{place}/withdraw", token=token, json=body).status_code == 422
    done = _withdraw(datacenter, hands, place, "Wrong cuts;\nsee erratum.")
    assert (done.status_code, done.json()["withdrawal"]["reason"]) == (200, "Wrong cuts;\nsee erratum.")
    again = _withdraw(datacenter, hands, place, "Another reason")
    assert (again.status_code, again.json(), again.headers["ETag"]) == (200, done.json(), done.headers["ETag"])
    for page in (place, f"{place}/1.0.0", f"/kid/{kid}"):
        shown = datacenter.page(page)
        assert (shown.status_code, "see erratum." in shown.text, "Another reason" in shown.text) == (410, True, False)
    stone = datacenter.page(place).text
    assert ("A wrong analysis" in stone, f'href="/r/{hands["owner"][1].kid}/1.0.0"' in stone, "1.0.0." in stone) == (True,) * 3
    for path in (place, f"{place}/versions", f"{place}/versions/1.0.0", f"/kid/{kid}"):
        told = datacenter.ask("GET", path, token="")
        assert (told.status_code, told.json()["code"], told.json()["reason"]) == (410, "withdrawn", "Wrong cuts;\nsee erratum.")
    for path in (f"{place}/km3resource.json", f"{place}/1.0.0/km3resource.json"):
        assert datacenter.page(path).status_code == 410
    found = datacenter.ask("GET", f"/kid/{version_uuid(kid, '1.0.0')}", token="").json()
    assert [entry["status"] for entry in found["places"]] == ["withdrawn"]
    assert kid not in datacenter.page("/collections").text + datacenter.ask("GET", "/collections").text
    assert datacenter.page(f"/r/{hands['owner'][1].kid}").status_code == 200


def test_nothing_of_a_withdrawn_collection_changes_any_more(datacenter: Any, hands: Hands) -> None:
    place, token = _filled(datacenter, hands), hands["owner"][0]
    _withdraw(datacenter, hands, place)
    member = f"{place}/members/{hands['owner'][1].kid}"
    answers = [
        datacenter.ask("PATCH", place, token=token, json={"title": "x"}),
        datacenter.ask("PUT", member, token=token),
        datacenter.ask("DELETE", member, token=token),
        _publish(datacenter, hands, place),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(410, "withdrawn")] * 4
    refused = datacenter.ask("POST", f"{place}/withdraw", token=hands["stranger"][0], json={"reason": "x"})
    assert refused.status_code == 403


# --- forms


@pytest.fixture(scope="module")
def people(datacenter: Any, hands: Hands, run: Callable[..., str], password_file: str) -> Iterator[dict[str, Person]]:
    """Somebody of every role, signed in."""
    roles = {"publisher": "owner", "author": "owner", "reviewer": "owner", "friend": "friend"}
    told = {}
    for name in (*roles, "steward"):
        account = f"c{uuid.uuid4().hex[:12]}"
        run("create-user", account, "--password-file", password_file, *(["--steward"] if name == "steward" else []))
        if name in roles:
            role = name if name in ("publisher", "author", "reviewer") else "author"
            run("set-role", account, role, "--project", _number(datacenter, hands, roles[name]), "--issuer", ISSUER)
        told[name] = Person(datacenter)
        assert told[name].sign_in(account).status_code == 302
    yield told
    for person in told.values():
        person.http.close()


def _new(person: Person, project: int | str, **said: str) -> Any:
    fields = {"title": "Typed in", "kind": "dataset", "description": "One\r\ntwo", "license": "CC0-1.0", **said}
    return person.post("/collections/new", project=str(project), **fields)


@pytest.fixture
def typed(hands: Hands, people: dict[str, Person]) -> str:
    """The address of a collection that the owner made in the form, to which the friend contributes."""
    answer = _new(people["publisher"], hands["owner"][2])
    assert answer.status_code == 302, answer.text
    place = str(answer.headers["Location"]).removesuffix("/edit#members")
    assert _act(people["publisher"], place, "allow", project=str(hands["friend"][2])).status_code == 302
    return place


def _act(person: Person, place: str, action: str, **fields: str) -> Any:
    return person.post(f"{place}/edit", action=action, **fields)


def _says(answer: Any) -> str:
    """The sentence of what went wrong, beside a form or as a page."""
    found = re.search(r'role="alert"><strong>(.*?)</strong>', answer.text) or re.search(r"<h1>(.*?)</h1>", answer.text)
    assert found, answer.text
    return found[1]


def test_a_collection_goes_all_the_way_through_forms(datacenter: Any, hands: Hands, people: dict[str, Person], typed: str) -> None:
    owner, kid = people["publisher"], typed.rpartition("/")[2]
    told = datacenter.ask("GET", typed).json()
    assert (told["title"], told["description"], told["license"]) == ("Typed in", "One\ntwo", "CC0-1.0")
    assert (told["owner"], told["contributors"]) == (hands["owner"][2], [hands["friend"][2]])
    assert f'href="{typed}/edit"' in owner.get("/account").text
    page = people["friend"].get("/account").text
    assert (f'href="{typed}/edit"' in page, f"(id {hands['friend'][2]})" in page) == (True, True)
    for member in (hands["owner"][1].kid, f" {hands['stranger'][1].table.upper()} "):
        assert _act(owner, typed, "add", kid=member).headers["Location"] == f"{typed}/edit#members"
    assert _act(owner, typed, "remove", kid=hands["stranger"][1].table).status_code == 302
    seen = re.search(r'name="seen" value="([^"]+)"', owner.get(f"{typed}/edit").text)
    assert seen
    said = {"seen": seen[1].replace("&quot;", '"'), "title": "Typed again", "kind": "analysis", "license": "CC0-1.0"}
    assert _act(owner, typed, "describe", **said, description="One\r\ntwo").headers["Location"] == f"{typed}/edit#description"
    changes = datacenter.ask("GET", typed).json()["amendments"][0]["changes"]
    assert [change["field"] for change in changes] == ["title", "kind"]
    late = _act(owner, typed, "describe", **{**said, "title": "Too late"})
    assert (late.status_code, _says(late)) == (409, "The collection is not any more as this page showed it.")
    assert "Too late" in late.text
    assert _act(owner, typed, "publish", version="1.0.0", comment="First").status_code == 302
    assert [member["kid"] for member in datacenter.ask("GET", f"{typed}/versions/1.0.0").json()["members"]] == [
        hands["owner"][1].kid
    ]
    assert _act(owner, typed, "dismiss", project=str(hands["friend"][2])).status_code == 302
    assert datacenter.ask("GET", typed).json()["contributors"] == []
    refused = _act(owner, typed, "withdraw", reason=" ")
    assert (refused.status_code, "reason" in _says(refused)) == (422, True)
    assert _act(owner, typed, "withdraw", reason="Wrong cuts.").headers["Location"] == typed
    assert (datacenter.page(typed).status_code, owner.get(f"{typed}/edit").status_code) == (410, 410)
    assert kid not in owner.get("/account").text


def test_contributors_add_and_take_out_what_is_theirs(datacenter: Any, hands: Hands, people: dict[str, Person], typed: str) -> None:
    friend, mine, foreign = people["friend"], hands["friend"][1], hands["owner"][1]
    _act(people["author"], typed, "add", kid=foreign.kid)
    page = friend.get(f"{typed}/edit").text
    assert [name for name in ("describe", "allow", "publish", "withdraw", "remove") if f'value="{name}"' in page] == []
    assert _act(friend, typed, "add", kid=mine.kid).status_code == 302
    refused = [
        _act(friend, typed, "add", kid=foreign.table),
        _act(friend, typed, "remove", kid=foreign.kid),
        _act(friend, typed, "allow", project=str(hands["stranger"][2])),
        _act(friend, typed, "publish", version="1.0.0"),
        _act(friend, typed, "withdraw", reason="Not mine"),
    ]
    assert [(answer.status_code, " may not " in _says(answer)) for answer in refused] == [(403, True)] * 5
    assert [member["kid"] for member in datacenter.ask("GET", typed).json()["members"]] == [foreign.kid, mine.kid]
    assert _act(friend, typed, "remove", kid=mine.kid).status_code == 302
    assert datacenter.ask("GET", typed).json()["contributors"] == [hands["friend"][2]]


def test_forms_give_nobody_more_than_the_api(datacenter: Any, hands: Hands, people: dict[str, Person], typed: str) -> None:
    assert datacenter.page(f"{typed}/edit", allow_redirects=False).headers["Location"] == f"/login?next={typed}/edit"
    assert Person(datacenter).send(f"{typed}/edit", action="withdraw", reason="x").status_code == 302
    answer = people["reviewer"].get(f"{typed}/edit")
    assert (answer.status_code, " may not change this collection" in answer.text) == (403, True)
    forced = people["reviewer"].post(f"{typed}/edit", "/account", action="withdraw", reason="x")
    none = people["reviewer"].post("/collections/new", "/account", title="x", kind="analysis", license="CC0-1.0")
    assert (forced.status_code, none.status_code) == (403, 422)
    forged = people["publisher"].send(f"{typed}/edit", action="withdraw", reason="x")
    assert (forged.status_code, "does not come from a page" in forged.text) == (403, True)
    assert 'value="publish"' not in people["author"].get(f"{typed}/edit").text
    assert _act(people["author"], typed, "withdraw", reason="x").status_code == 403
    assert _act(people["publisher"], typed, "everything").status_code == 422
    assert _new(people["publisher"], hands["stranger"][2]).status_code == 422
    assert _act(people["steward"], typed, "add", kid=hands["stranger"][1].kid).status_code == 302
    told = datacenter.ask("GET", typed).json()
    assert (len(told["members"]), told["withdrawal"], told["amendments"]) == (1, None, [])


def test_a_steward_makes_collections_of_nobody_and_of_any_project(datacenter: Any, hands: Hands, people: dict[str, Person]) -> None:
    for project, owner in (("", None), (hands["stranger"][2], hands["stranger"][2])):
        answer = _new(people["steward"], project)
        place = str(answer.headers["Location"]).removesuffix("/edit#members")
        assert datacenter.ask("GET", place).json()["owner"] == owner


@pytest.mark.parametrize(
    ("action", "fields", "sentence"),
    [
        ("add", {"kid": "00000000-0000-4000-8000-000000000000"}, "There is no published resource"),
        ("remove", {"kid": "x"}, "There is no member x"),
        ("allow", {"project": "km3net/nobody"}, "No project is called km3net/nobody."),
        ("allow", {"project": ""}, "No project is called nothing."),
        ("publish", {"version": "one"}, "The new version is not valid: version"),
        ("publish", {"version": "1.0.0"}, "The collection has no members."),
        ("describe", {"title": "x"}, "The collection is not any more"),
    ],
)
def test_what_goes_wrong_in_a_form_is_a_sentence_beside_what_was_typed(
    people: dict[str, Person], typed: str, action: str, fields: dict[str, str], sentence: str
) -> None:
    answer = _act(people["publisher"], typed, action, **fields)
    assert (answer.status_code in (404, 409, 422), sentence in answer.text) == (True, True), answer.text
    assert all(not value.isprintable() or value in answer.text for value in fields.values())


def test_a_collection_that_is_typed_in_wrong_is_shown_again(hands: Hands, people: dict[str, Person]) -> None:
    answer = _new(people["publisher"], hands["owner"][2], title=" ", description="Kept text")
    assert (answer.status_code, "Kept text" in answer.text, "title" in _says(answer)) == (422, True, True)

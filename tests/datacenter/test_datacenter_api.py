"""The HTTP API, asked by a plain client."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

# --- opening, filling, publishing


def test_a_release_is_opened_filled_published_and_read_back(datacenter: Any, release: Any) -> None:
    opened = datacenter.open(release)
    assert opened.status_code == 201
    assert opened.json()["status"] == "draft"
    for path in release.contents:
        if path not in opened.json()["files"]:
            assert datacenter.send(release, path).status_code == 201
    answer = datacenter.publish(release)
    assert answer.status_code == 200
    state = datacenter.state(release, token="").json()
    assert state == answer.json()
    assert (state["status"], state["kid"], state["version"]) == ("published", release.kid, release.version)
    assert state["digest"] == release.document["digest"]
    assert state["release"] == release.document
    assert state["url"] == f"{datacenter.server.url}/r/{release.kid}/1.0.0"
    assert state["files"] == {
        path: {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()} for path, body in release.contents.items()
    }
    for path, body in release.contents.items():
        assert datacenter.ask("GET", f"/files/{release.sha256(path)}", token="").content == body


def test_an_upload_is_answered_with_what_it_changed_however_large_the_release_is(datacenter: Any, release: Any) -> None:
    twin = {**next(file for file in release.document["files"] if file["path"] == "data/aeff.ecsv"), "path": "data/twin.ecsv"}
    release.document["files"].append(twin)
    state = datacenter.open(release).json()
    answer = datacenter.send(release, "data/aeff.ecsv").json()
    assert set(answer) == set(state) - {"release"}
    assert set(answer["files"]) == {"data/aeff.ecsv", "data/twin.ecsv"}


def test_every_step_is_safe_to_repeat(datacenter: Any, release: Any) -> None:
    assert [datacenter.open(release).status_code for _ in range(2)] == [201, 200]
    assert [datacenter.send(release, "data/aeff.ecsv").status_code for _ in range(2)] == [201, 200]
    for path in release.contents:
        datacenter.send(release, path)
    first, second = datacenter.publish(release), datacenter.publish(release)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert datacenter.open(release).status_code == 200
    assert datacenter.send(release, "data/aeff.ecsv").status_code == 200


def test_opening_a_draft_again_keeps_what_has_arrived_and_takes_the_new_description(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    datacenter.send(release, "data/aeff.ecsv")
    release.document["resource"]["title"] = "Another title"
    release.document["files"] = [entry for entry in release.document["files"] if entry["path"] != "README.md"]
    state = datacenter.open(release).json()
    assert state["release"]["resource"]["title"] == "Another title"
    assert "data/aeff.ecsv" in state["files"]
    assert "README.md" not in state["files"]


def test_content_that_the_store_knows_need_not_be_sent_again(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    datacenter.bring(release)
    later = making(release.kid, "1.1.0", salt=release.kid)
    same = [path for path in later.contents if later.contents[path] == release.contents[path]]
    assert set(same) == {"README.md", "figures/aeff.yaml", "rendered/aeff.png", "rendered/aeff.svg"}
    assert set(datacenter.open(later).json()["files"]) == set(same)


def test_an_incomplete_draft_is_not_published_and_the_missing_files_are_named(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    datacenter.send(release, "data/aeff.ecsv")
    answer = datacenter.publish(release)
    assert (answer.status_code, answer.json()["code"]) == (409, "incomplete")
    assert "rendered/aeff.png" in answer.json()["missing"]
    assert "data/aeff.ecsv" not in answer.json()["missing"]
    assert "rendered/aeff.png" in answer.json()["detail"]
    assert datacenter.state(release, token="").status_code == 404


def test_a_removed_file_of_a_draft_is_asked_for_again(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    datacenter.send(release, "data/aeff.ecsv")
    where = f"/releases/{release.kid}/{release.version}/files"
    answer = datacenter.ask("DELETE", where, params={"path": "data/aeff.ecsv"})
    assert answer.status_code == 200
    assert "data/aeff.ecsv" not in answer.json()["files"]
    assert "data/aeff.ecsv" in datacenter.publish(release).json()["missing"]
    assert datacenter.send(release, "data/aeff.ecsv").json()["files"]["data/aeff.ecsv"]["size"] == len(
        release.contents["data/aeff.ecsv"]
    )
    assert datacenter.ask("DELETE", where, params={"path": "no/such"}).status_code == 404
    assert datacenter.ask("DELETE", where).json()["code"] == "invalid"


def test_a_published_version_never_changes(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    before = datacenter.state(release).json()
    where = f"/releases/{release.kid}/{release.version}"
    assert datacenter.ask("DELETE", f"{where}/files", params={"path": "data/aeff.ecsv"}).status_code == 409
    release.document["resource"]["title"] = "Changed after the fact"
    assert datacenter.open(release).status_code == 200
    release.document["digest"] = "f" * 64
    refused = datacenter.open(release)
    assert (refused.status_code, refused.json()["code"]) == (409, "version-taken")
    assert "Raise the version" in refused.json()["remedy"]
    assert datacenter.state(release).json() == before


def test_publishing_what_somebody_else_opened_from_other_inputs_is_refused(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    for path in release.contents:
        datacenter.send(release, path)
    answer = datacenter.publish(release, params={"digest": "e" * 64})
    assert (answer.status_code, answer.json()["code"]) == (409, "version-taken")
    assert datacenter.publish(release, params={"digest": release.document["digest"]}).status_code == 200
    assert datacenter.publish(release, params={"digest": "e" * 64}).status_code == 409


@pytest.mark.parametrize("part", ["release", "member"])
def test_a_kid_belongs_to_the_release_that_published_it_first(
    datacenter: Any, release: Any, making: Callable[..., Any], part: str
) -> None:
    datacenter.bring(release)
    copy = making()
    taken = release.kid if part == "release" else release.table
    copy.document["members"][0]["resource"]["kid"] = taken
    answer = datacenter.open(copy)
    assert (answer.status_code, answer.json()["code"]) == (409, "kid-taken")
    assert taken in answer.json()["detail"]


def test_of_two_drafts_with_one_kid_only_the_first_is_published(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    copy = making()
    copy.document["members"][0]["resource"]["kid"] = release.table
    assert datacenter.open(release).status_code == 201
    assert datacenter.open(copy).status_code == 201
    datacenter.bring(release)
    for path in copy.contents:
        datacenter.send(copy, path)
    assert datacenter.publish(copy).json()["code"] == "kid-taken"
    assert datacenter.state(copy, token="").status_code == 404


# --- who may do what


@pytest.mark.parametrize("token", ["", "wrong", "é", "x" * 9000])
def test_writing_without_a_known_token_is_refused(datacenter: Any, release: Any, token: str) -> None:
    secret = token.encode().decode("latin-1")
    datacenter.open(release)
    where = f"/releases/{release.kid}/{release.version}"
    answers = [
        datacenter.open(release, token=secret),
        datacenter.send(release, "data/aeff.ecsv", token=secret),
        datacenter.publish(release, token=secret),
        datacenter.ask("DELETE", f"{where}/files", params={"path": "README.md"}, token=secret),
    ]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert {answer.json()["code"] for answer in answers} == {"unauthorized"}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert "data/aeff.ecsv" not in datacenter.state(release).json()["files"]


def test_other_schemes_than_bearer_are_refused(datacenter: Any, release: Any) -> None:
    for value in (f"Basic {datacenter.token}", f"Token {datacenter.token}", datacenter.token, "Bearer"):
        assert datacenter.open(release, token="", headers={"Authorization": value}).status_code == 401


def test_anonymous_readers_see_nothing_of_a_draft(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    for path in release.contents:
        datacenter.send(release, path)
    where = f"/releases/{release.kid}/{release.version}"
    sha = release.sha256("data/aeff.ecsv")
    for path in (where, f"/resources/{release.kid}", f"/resources/{release.table}", f"/files/{sha}"):
        answer = datacenter.ask("GET", path, token="")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
    for path in (
        f"/r/{release.kid}",
        f"/r/{release.kid}/1.0.0",
        f"/r/{release.table}",
        f"/r/{release.kid}/1.0.0/files/data/aeff.ecsv",
    ):
        assert datacenter.page(path).status_code == 404, path
    listed = datacenter.ask("GET", "/releases", params={"limit": 1000}, token="").json()["results"]
    assert release.kid not in [item["kid"] for item in listed]
    assert release.kid not in datacenter.page("/").text
    assert datacenter.state(release).status_code == 200


# --- wrong input


def test_wrong_bytes_are_refused_and_nothing_of_them_is_kept(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    right = release.contents["data/aeff.ecsv"]
    for wrong in (right[:-1] + b"x", right[:-1], right + b"x", b""):
        answer = datacenter.send(release, "data/aeff.ecsv", wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "checksum"), wrong
    assert "data/aeff.ecsv" not in datacenter.state(release).json()["files"]
    data = datacenter.server.token_file.parent
    assert not (data / "content" / release.sha256("data/aeff.ecsv")[:2] / release.sha256("data/aeff.ecsv")).exists()
    assert not list(data.glob("content/*/.*.part"))


def test_bytes_that_no_file_of_the_draft_has_are_refused(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    answer = datacenter.ask("PUT", f"/releases/{release.kid}/{release.version}/files/{'0' * 64}", data=b"x")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    unknown = datacenter.ask("PUT", f"/releases/{uuid.uuid4()}/1.0.0/files/{'0' * 64}", data=b"x")
    assert unknown.status_code == 404


NOT_JSON = [b"", b"{", b"\xff\xfe", b'{"kid": NaN}', b'{"kid": 1e999}', b"[" * 100_000, b'{"kid": "\\ud800"}']


@pytest.mark.parametrize("body", NOT_JSON, ids=range(len(NOT_JSON)))
def test_what_is_not_json_is_refused(datacenter: Any, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = datacenter.ask(
        "PUT", f"/releases/{uuid.uuid4()}/1.0.0", data=body, headers={**headers, "Content-Length": str(len(body))}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_json_that_is_no_release_is_refused_with_every_wrong_field(datacenter: Any, release: Any) -> None:
    del release.document["commit"]
    release.document["resource"]["titel"] = "misspelt"
    release.document["files"][0]["size"] = -1
    answer = datacenter.open(release)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert {fault["field"] for fault in answer.json()["errors"]} == {"commit", "resource.titel", "files.0.size"}
    for value in ([], None, "text", 1):
        headers = {"Content-Type": "application/json"}
        again = datacenter.ask("PUT", f"/releases/{release.kid}/1.0.0", data=json.dumps(value), headers=headers)
        assert (again.status_code, again.json()["code"]) == (422, "invalid")


def _set(document: dict[str, Any], *keys: Any, value: Any) -> None:
    for key in keys[:-1]:
        document = document[key]
    document[keys[-1]] = value


WRONG = {
    "a path upwards": (("files", 0, "path"), "../../etc/passwd"),
    "an absolute path": (("files", 0, "path"), "/etc/passwd"),
    "a path with a backslash": (("files", 0, "path"), "data\\x"),
    "a path with a NUL": (("files", 0, "path"), "a\0b"),
    "a path with a line break": (("files", 0, "path"), "a\r\nSet-Cookie: x=1"),
    "a path that is not plain": (("files", 0, "path"), "data//./x"),
    "the folder itself": (("files", 0, "path"), "."),
    "no path": (("files", 0, "path"), ""),
    "an endless path": (("files", 0, "path"), "x/" * 2000 + "y"),
    "one path twice": (("files", 0, "path"), "README.md"),
    "a media type with a line break": (("files", 0, "mediaType"), "text/plain\r\nX: y"),
    "no media type": (("files", 0, "mediaType"), "png"),
    "a checksum in capitals": (("files", 0, "sha256"), "A" * 64),
    "a member without UUID": (("members", 0, "resource", "kid"), "aeff"),
    "another kid in the metadata": (("resource", "kid"), "3b2efa2f-9424-4748-a452-19be813ebad5"),
    "another version in the metadata": (("resource", "version"), "9.9.9"),
    "a landing address that is a script": (("landing",), "javascript:alert(1)"),
    "a landing address with credentials": (("landing",), "https://user:secret@example.org/r"),
    "a source that is a script": (("resource", "source", 0, "accessURL"), "javascript:alert(1)"),
    "a source with credentials": (("resource", "source", 0, "accessURL"), "https://user:secret@example.org/f"),
    "a source that leads out of the package": (("members", 0, "resource", "source", 0, "accessURL"), "../../x"),
    "a source on another host without scheme": (("members", 1, "resource", "source", 0, "accessURL"), "//example.org/x"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_release_that_could_not_be_kept_safely_is_refused(datacenter: Any, release: Any, name: str) -> None:
    keys, value = WRONG[name]
    _set(release.document, *keys, value=value)
    answer = datacenter.open(release)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == ".".join(str(key) for key in keys) or "twice" in answer.json()["detail"]
    assert datacenter.state(release).status_code == 404


@pytest.mark.parametrize("other", ["readme.MD", "README.md/x"])
def test_two_paths_that_are_one_file_on_some_systems_are_refused(datacenter: Any, release: Any, other: str) -> None:
    release.document["files"].append({**release.document["files"][-1], "path": other})
    answer = datacenter.open(release)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "files")


def test_one_kid_twice_in_a_release_is_refused(datacenter: Any, release: Any) -> None:
    release.document["members"][1]["resource"]["kid"] = release.table
    assert "stands twice" in datacenter.open(release).json()["detail"]


@pytest.mark.parametrize(
    "kid", ["aeff", "6E4A8A33-5C6A-4F0E-9D3C-0C4B1D3C2A10", "{6e4a8a33-5c6a-4f0e-9d3c-0c4b1d3c2a10}", "%00", "..%2f"]
)
def test_a_kid_that_is_no_uuid_is_refused(datacenter: Any, release: Any, kid: str) -> None:
    release.document["kid"] = release.document["resource"]["kid"] = kid
    answer = datacenter.ask("PUT", f"/releases/{kid.replace('%', '%25')}/1.0.0", json=release.document)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("version", ["-1", "1 0", "v" * 65, "1.0\n", "ä"])
def test_a_version_that_is_no_plain_word_is_refused(datacenter: Any, making: Callable[..., Any], version: str) -> None:
    release = making(version=version)
    answer = datacenter.ask("PUT", f"/releases/{release.kid}/{version.replace(chr(10), '%0A')}", json=release.document)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_address_and_body_must_name_the_same_version(datacenter: Any, release: Any) -> None:
    answer = datacenter.ask("PUT", f"/releases/{release.kid}/2.0.0", json=release.document)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert datacenter.ask("GET", f"/releases/{release.kid}/2.0.0").status_code == 404


def test_a_document_over_the_limit_is_refused(datacenter: Any, release: Any) -> None:
    release.document["resource"]["description"] = "x" * (20 * 1024**2)
    answer = datacenter.open(release)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_every_error_has_the_one_shape(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    where = f"/releases/{release.kid}/{release.version}"
    answers = [
        datacenter.ask("GET", "/nothing"),
        datacenter.ask("BREW", "/nothing"),
        datacenter.ask("POST", where),
        datacenter.ask("BREW", where),
        datacenter.ask("PUT", where, data=b"{}", headers={"Content-Type": "text/yaml"}),
        datacenter.ask("GET", "/releases", params={"limit": "0"}),
        datacenter.ask("GET", "/releases", params={"cursor": "-1"}),
        datacenter.ask("GET", "/releases", params={"limit": "9" * 5000}),
        datacenter.ask("GET", f"/resources/{uuid.uuid4()}"),
        datacenter.ask("GET", f"/resources/{release.kid}", params={"version": "7"}),
        datacenter.ask("GET", "/files/..%2f..%2ftoken"),
        datacenter.ask("GET", "/health", headers={"Host": "evil.example"}),
        datacenter.ask("PUT", where, data=iter([b"{}"])),
        datacenter.ask("DELETE", where),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 405, 405, 415, 400, 400, 400, 404, 404, 404, 400, 411, 405]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/json"
        problem = answer.json()
        assert set(problem) == {"code", "detail", "remedy"}
        assert all(problem.values()), problem
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "127.0.0.1:8000@evil.example"]
)
def test_a_foreign_host_is_refused_everywhere(datacenter: Any, host: str) -> None:
    for path in ("/", "/api/v1/releases", "/r/x", "/favicon.svg"):
        assert datacenter.page(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost:1234"])
def test_names_of_this_machine_for_itself_are_known(datacenter: Any, host: str) -> None:
    assert datacenter.ask("GET", "/health", headers={"Host": host}).json()["status"] == "ok"


# --- reading


def test_the_list_holds_the_newest_version_of_each_release_page_by_page(starting: Any, making: Callable[..., Any]) -> None:
    client = starting()
    releases = [client.bring(making(title=f"Release {number}")) for number in range(5)]
    client.bring(making(releases[0].kid, "1.1.0", title="Release 0 again"))
    titles, url = [], "/releases?limit=2"
    while url:
        page = client.ask("GET", url.partition("/api/v1")[2] or url, token="").json()
        assert len(page["results"]) <= 2
        titles += [(item["resource"]["title"], item["version"]) for item in page["results"]]
        url = page["next"]
    assert titles == [("Release 0 again", "1.1.0"), *((f"Release {number}", "1.0.0") for number in (4, 3, 2, 1))]


def test_readers_get_absolute_addresses_that_lead_to_the_bytes(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    found = datacenter.ask("GET", f"/resources/{release.kid}", token="").json()
    listed = datacenter.ask("GET", "/releases", params={"limit": 1000}, token="").json()["results"]
    assert found["release"] in listed
    assert found["release"]["resource"]["source"] == release.document["resource"]["source"]
    address = found["release"]["members"][0]["resource"]["source"][0]["accessURL"]
    assert address == f"{datacenter.server.url}/r/{release.kid}/1.0.0/files/data/aeff.ecsv"
    assert datacenter.http.get(address, timeout=60).content == release.contents["data/aeff.ecsv"]
    assert datacenter.state(release).json()["release"] == release.document


def test_a_member_is_found_by_its_own_kid_in_every_version(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    datacenter.bring(release)
    later = making(release.kid, "1.1.0")
    later.document["members"][0]["resource"]["kid"] = release.table
    datacenter.bring(later)
    found = datacenter.ask("GET", f"/resources/{release.table}", token="").json()
    assert (found["member"], found["release"]["version"], found["versions"]) == (0, "1.1.0", ["1.1.0", "1.0.0"])
    older = datacenter.ask("GET", f"/resources/{release.table}", params={"version": "1.0.0"}, token="").json()
    assert older["release"]["version"] == "1.0.0"
    whole = datacenter.ask("GET", f"/resources/{release.kid}", token="").json()
    assert (whole["member"], whole["url"]) == (None, f"{datacenter.server.url}/r/{release.kid}/1.1.0")


def test_content_is_sent_with_its_checksum_as_etag_and_not_twice(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    sha = release.sha256("data/aeff.ecsv")
    answer = datacenter.ask("GET", f"/files/{sha}", token="")
    assert answer.headers["ETag"] == f'"{sha}"'
    assert "immutable" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    again = datacenter.ask("GET", f"/files/{sha}", headers={"If-None-Match": f'"{sha}"'})
    assert (again.status_code, again.content) == (304, b"")
    head = datacenter.ask("HEAD", f"/files/{sha}")
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(release.contents["data/aeff.ecsv"])))


# --- many at once


def test_two_publishers_of_one_version_make_one_version(datacenter: Any, making: Callable[..., Any]) -> None:
    one = making()
    other = making(one.kid, salt="other inputs")

    def run(release: Any) -> str:
        for path in release.contents if datacenter.open(release).ok else ():
            datacenter.send(release, path)
        answer = datacenter.publish(release, params={"digest": release.document["digest"]})
        return "published" if answer.ok else str(answer.json()["code"])

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(run, [one, other, one, other]))
    assert set(ends) <= {"published", "version-taken", "incomplete"}
    state = datacenter.state(one)
    winner = one if state.json()["digest"] == one.document["digest"] else other
    datacenter.bring(winner)
    state = datacenter.state(one, token="").json()
    assert state["release"] == winner.document
    assert {path: file["sha256"] for path, file in state["files"].items()} == {
        path: winner.sha256(path) for path in winner.contents
    }
    loser = other if winner is one else one
    assert datacenter.open(loser).json()["code"] == "version-taken"


def test_many_writers_at_once_all_succeed(datacenter: Any, making: Callable[..., Any]) -> None:
    with ThreadPoolExecutor(8) as pool:
        releases = list(pool.map(lambda _: datacenter.bring(making()), range(16)))
    listed = datacenter.ask("GET", "/releases", params={"limit": 1000}, token="").json()["results"]
    assert {release.kid for release in releases} <= {item["kid"] for item in listed}


def test_a_large_document_survives_the_way(datacenter: Any, release: Any) -> None:
    release.document["resource"]["description"] = "ν → μ, 10⁻⁶ " * 100_000
    datacenter.bring(release)
    assert json.dumps(datacenter.state(release).json()["release"]) == json.dumps(release.document)

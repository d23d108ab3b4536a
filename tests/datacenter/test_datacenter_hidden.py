"""Drafts cannot be found out: what is hidden is answered as what is not there, with the same work, whatever is asked."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from datacenter_parts import Made, Person, made

READING = [
    "/api/v1/releases/{kid}/1.0.0",
    "/api/v1/resources/{kid}",
    "/api/v1/resources/{kid}?version=1.0.0",
    "/api/v1/kid/{kid}",
    "/api/v1/kid/{member}",
    "/api/v1/kid/{version}",
    "/api/v1/kid/{sha256}",
    "/api/v1/files/{sha256}",
    "/api/v1/collections/{kid}",
    "/r/{kid}",
    "/r/{kid}/1.0.0",
    "/r/{member}",
    "/r/{kid}/1.0.0/files/README.md",
    "/r/{kid}/1.0.0/metadata/schema.jsonld",
    "/r/{kid}/1.0.0/linkset",
    "/kid/{kid}",
    "/kid/{sha256}",
    "/drafts/{kid}/1.0.0/files/README.md",
    "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:{kid}",
    "/api/v1/search?q={kid}",
    "/api/v1/search?q={word}",
    "/?q={word}",
]
#: Method, path below the version, JSON.
WRITING: list[tuple[str, str, Any]] = [
    ("PUT", "/files/{sha256}", None),
    ("DELETE", "/files?path=README.md", None),
    ("POST", "/publish", None),
    ("POST", "/review", {"decision": "publish"}),
    ("POST", "/comments", {"comment": "x"}),
    ("POST", "/withdraw", {"reason": "x"}),
    ("POST", "/lease", {"holder": "x"}),
    ("DELETE", "/lease?holder=x", None),
    ("PUT", "/records/zenodo", {"archive": "zenodo", "kind": "x"}),
    ("PATCH", "", {"release": {}}),
]


def _names(release: Made) -> dict[str, str]:
    found = {"kid": release.kid, "member": release.table, "sha256": release.sha256("data/aeff.ecsv")}
    word = str(release.document["resource"]["title"]).split()[-1]
    return {**found, "word": word, "version": str(uuid.uuid5(uuid.UUID(release.kid), release.version))}


def _told(answer: Any, names: dict[str, str]) -> tuple[Any, ...]:
    """What a caller sees, without the names that were asked for; and without forgery tokens."""
    text = answer.text
    for name in names.values():
        text = text.replace(name, "…")
    text = re.sub(r"<responseDate>.*?</responseDate>", "", text)
    headers = {name: value for name, value in answer.headers.items() if name not in ("Date", "Content-Length", "ETag")}
    return answer.status_code, text, headers


@pytest.fixture(scope="module")
def pair(datacenter: Any) -> tuple[Made, Made]:
    """A draft with all its files, and a release that never was brought."""
    hidden, absent = (made(title=f"Hidden area {word}") for word in ("quokka", "wombat"))
    datacenter.open(hidden)
    for path in hidden.contents:
        datacenter.send(hidden, path)
    return hidden, absent


@pytest.fixture(scope="module")
def stranger(run: Callable[..., str]) -> str:
    """The token of somebody else."""
    return run("create-token", f"stranger {uuid.uuid4()}", "--role", "publisher", "--kid", str(uuid.uuid4()), "--output", "-")


@pytest.mark.parametrize("conditions", [{}, {"If-Match": '"x"'}, {"If-Match": "*"}, {"If-None-Match": "*"}], ids=str)
def test_who_may_not_see_a_draft_hears_what_one_hears_of_nothing(
    datacenter: Any, pair: tuple[Made, Made], stranger: str, conditions: dict[str, str]
) -> None:
    for token in ("", stranger):
        for path in READING:
            headers = {**conditions, **({"Authorization": f"Bearer {token}"} if token else {})}
            told = [_told(datacenter.page(path.format(**_names(one)), headers=headers), _names(one)) for one in pair]
            assert told[0] == told[1], path
            assert told[0][0] in (200, 304, 404, 412), path
        for method, path, body in WRITING:
            place = "/releases/{kid}/1.0.0" + path
            told = [
                _told(datacenter.ask(method, place.format(**_names(one)), token=token, headers=conditions, json=body), _names(one))
                for one in pair
            ]
            assert told[0] == told[1], (method, path)
            assert told[0][0] in (401, 403), (method, path)


def test_who_has_signed_in_elsewhere_hears_the_same(datacenter: Any, pair: tuple[Made, Made], account: Callable[..., str]) -> None:
    person = Person(datacenter)
    person.sign_in(account())
    for path in (*READING, "/drafts/{kid}/1.0.0"):
        told = [_told(person.get(path.format(**_names(one))), _names(one)) for one in pair]
        assert told[0] == told[1], path
    for one in pair:
        assert one.kid not in person.get("/account").text


def test_a_draft_stands_in_no_list(datacenter: Any, pair: tuple[Made, Made]) -> None:
    datacenter.bring(made(title="Something to be listed"))
    lists = [
        "/",
        "/api/v1/releases?limit=1000",
        "/api/v1/search?q=quokka",
        "/sitemap.xml",
        "/sitemap-0.xml",
        "/collections",
        "/ktype",
    ]
    lists += ["/ktype/km3.table", "/api/v1/ktype/km3.table", "/api/v1/collections", "/robots.txt", "/oai?verb=ListSets"]
    lists += [f"/oai?verb={verb}&metadataPrefix=oai_dc" for verb in ("ListRecords", "ListIdentifiers")]
    for path in lists:
        answer = datacenter.page(path)
        assert answer.status_code == 200, path
        for name in (pair[0].kid, pair[0].table, "Hidden area"):
            assert name not in answer.text, path


def test_what_is_hidden_costs_the_database_what_nothing_costs(
    datacenter: Any, pair: tuple[Made, Made], run: Callable[..., str]
) -> None:
    run("create-token", f"counting {uuid.uuid4()}", "--role", "author", "--output", "-")  # the process knows the database now
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, asked = Client(SERVER_NAME="localhost"), {}
    for path in READING:
        for one in pair:
            with CaptureQueriesContext(connection) as queries:
                client.get(path.format(**_names(one)))
            asked[path, one.kid] = [re.sub(r"'[^']*'", "?", query["sql"]) for query in queries]
    connection.close()
    for path in READING:
        assert asked[path, pair[0].kid] == asked[path, pair[1].kid], path
    assert any(asked.values())


def test_a_checksum_of_a_draft_neither_tells_nor_opens_its_bytes(
    datacenter: Any, pair: tuple[Made, Made], run: Callable[..., str]
) -> None:
    """Somebody who only knows the checksum announces it as a file of his own: as for bytes that nobody has."""
    hidden, unknown = pair[0], hashlib.sha256(uuid.uuid4().bytes).hexdigest()
    known, size = hidden.sha256("data/aeff.ecsv"), len(hidden.contents["data/aeff.ecsv"])
    mine = made()
    for path, sha256 in (("known", known), ("unknown", unknown)):
        mine.document["files"].append({"path": path, "size": size, "sha256": sha256, "mediaType": "text/csv"})
    token = run("create-token", f"curious {uuid.uuid4()}", "--role", "author", "--kid", mine.kid, "--output", "-")
    told = datacenter.open(mine, token=token)
    assert set(told.json()["files"]) & {"known", "unknown"} == set()
    where = f"/releases/{mine.kid}/1.0.0/files"
    for body in (b"x" * size, b"", b"x" * (size + 1)):
        answers = [datacenter.ask("PUT", f"{where}/{sha256}", token=token, data=body) for sha256 in (known, unknown)]
        assert [answer.status_code for answer in answers] == [422, 422]
        assert answers[0].text.replace(known, "…") == answers[1].text.replace(unknown, "…")
    used = datacenter.ask("GET", "/me", token=token).json()["quota"]["used"]
    assert used == sum(entry["size"] for entry in mine.document["files"])
    for sha256 in (known, unknown):
        for path in (f"/api/v1/files/{sha256}", f"/api/v1/kid/{sha256}", f"/kid/{sha256}"):
            assert datacenter.page(path, headers={"Authorization": f"Bearer {token}"}).status_code == 404
    whole = datacenter.ask("PUT", f"{where}/{known}", token=token, data=hidden.contents["data/aeff.ecsv"])
    assert (whole.status_code, "known" in whole.json()["files"]) == (201, True)


def test_a_link_for_reviewers_is_no_key_to_other_drafts(datacenter: Any, pair: tuple[Made, Made], run: Callable[..., str]) -> None:
    mine = made()
    token = run("create-token", f"submitting {uuid.uuid4()}", "--role", "author", "--kid", mine.kid, "--output", "-")
    datacenter.open(mine, token=token)
    for path in mine.contents:
        datacenter.send(mine, path, token=token)
    link = datacenter.publish(mine, token=token).json()["review"]["link"].removeprefix(datacenter.server.url)
    number, _, mark = link.removeprefix("/review/").partition(":")
    assert datacenter.page(f"{link}/files/data/aeff.ecsv").content == mine.contents["data/aeff.ecsv"]
    other = hidden_path = f"../../../drafts/{pair[0].kid}/1.0.0/files/data/aeff.ecsv"
    for wrong in (
        f"/review/{int(number) - 1}:{mark}",
        f"/review/0{number}:{mark}",
        f"/review/{number}:{mark[:-1]}",
        f"/review/{number}:",
    ):
        for path in (wrong, f"{wrong}/files/data/aeff.ecsv"):
            assert datacenter.page(path).status_code == 404, path
    assert datacenter.page(f"{link}/files/{other}").status_code == 404, hidden_path
    assert datacenter.page(f"/drafts/{mine.kid}/1.0.0/files/data/aeff.ecsv").status_code == 404
    assert datacenter.page(f"/api/v1/files/{mine.sha256('data/aeff.ecsv')}").status_code == 404

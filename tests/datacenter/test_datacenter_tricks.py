"""Tricks with what is asked: JSON, paths, and questions that are strange or have no end."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from datacenter_parts import Person, log_of

# --- JSON


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"kid": NaN}',
        b'{"kid": -Infinity}',
        b'{"kid": 1e999}',
        b'{"kid": ' + b"9" * 10_000 + b"}",
        b'{"kid": "\\ud800"}',
        b'{"kid": "\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        '{"kid": "x"}'.encode("utf-16"),
        b"{'kid': 'x'}",
        b'{"kid": "x"} {}',
    ],
    ids=lambda body: body[:16],
)
def test_what_is_no_json_is_refused(datacenter: Any, release: Any, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = datacenter.ask("PUT", f"/releases/{release.kid}/1.0.0", data=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), answer.text


def test_of_keys_that_stand_twice_the_last_counts_for_everyone(datacenter: Any, release: Any) -> None:
    text = json.dumps(release.document)
    doubled = f'{{"kid": "{uuid.uuid4()}", "version": "9.9.9", "resource": {{}}, {text[1:]}'
    answer = datacenter.ask(
        "PUT", f"/releases/{release.kid}/1.0.0", data=doubled.encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 201
    assert answer.json()["release"] == release.document


# --- paths

TRICKS = [
    "../../token",
    "..%2f..%2ftoken",
    "%2e%2e/%2e%2e/token",
    "%252e%252e%252ftoken",
    "%c0%ae%c0%ae/token",
    "%e0%80%ae%e0%80%ae/token",
    "..\\..\\token",
    "..%5c..%5ctoken",
    "%00",
    "token%00.png",
    "//token",
    ".;/token",
    "%ff%fe",
    "token%0d%0aX:y",
    "file:///etc/passwd",
]


def test_tricks_with_paths_reach_nothing_on_any_route(datacenter: Any, release: Any, account: Callable[..., str]) -> None:
    datacenter.bring(release)
    person = Person(datacenter)
    person.sign_in(account("--steward"))
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.http.cookies)
    version = f"/r/{release.kid}/1.0.0"
    routes = [f"{version}/files/", f"{version}/metadata/", f"{version}/", f"/drafts/{release.kid}/1.0.0/files/", "/api/v1/files/"]
    routes += ["/review/", "/review/1:x/files/", "/api/v1/explorer/", "/kid/", "/ktype/", "/collections/", "/r/", "/", "/api/v1/"]
    where = datacenter.server.url.rpartition("/")[2]
    with closing(http.client.HTTPConnection(where, timeout=60)) as line:
        for path in (route + trick for route in routes for trick in TRICKS):
            line.putrequest("GET", path, skip_accept_encoding=True)
            line.putheader("Cookie", cookies)
            line.endheaders()
            answer = line.getresponse()
            text = answer.read()
            assert answer.status in (302, 404), (path, answer.status)
            assert datacenter.token.encode() not in text
            assert b"root:" not in text
    assert "Traceback" not in log_of(datacenter)


def test_long_and_strange_questions_are_answered(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    questions = [
        "a " * 3000,
        '"' * 3000,
        "NEAR(a b) OR * -x: ^ NOT",
        "') OR 1=1 --",
        "title:x AND {a b}",
        "'" * 999,
        "\u0301" * 3000,
    ]
    questions += [
        "x" * 20_000,
        "a* " * 1000,
        "a:b:c",
        "datacenter_words MATCH x",
        "; DROP TABLE datacenter_event",
        "%_\\",
        "\ufdfa" * 999,
    ]
    for question in questions:
        for path in ("/", "/api/v1/search"):
            assert datacenter.page(path, params={"q": question}).status_code == 200, (path, question[:30])
    assert datacenter.page("/", params={"type": ["x"] * 900}).status_code == 200
    long = "x" * 30_000
    for path in ("/kid/", "/ktype/", "/collections/", "/r/", "/review/", "/api/v1/kid/", "/api/v1/resources/", "/api/v1/files/"):
        assert datacenter.page(path + long).status_code == 404, path
    headers = [{"Accept": "a/b;q=0.1," * 3000}, {"Accept": "text/html;" + "a=b;" * 6000}, {"If-None-Match": 'W/"' * 9000}]
    headers += [
        {"Range": "bytes=" + "1-2," * 6000},
        {"Cookie": "a=b;" * 6000},
        {"If-Modified-Since": long},
        {"Authorization": long},
    ]
    for header in headers:
        for path in (f"/r/{release.kid}", f"/r/{release.kid}/1.0.0/files/README.md"):
            assert datacenter.page(path, headers=header).status_code == 200, (path, str(header)[:30])

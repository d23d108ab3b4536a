"""What is not genuine: id tokens, forms, headers in metadata, and addresses that lead elsewhere."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from datacenter_parts import Person
from servers.issuer import Issuer


@pytest.fixture(scope="module")
def issuer(run: Callable[..., str]) -> Iterator[Issuer]:
    """A GitLab with project 40."""
    with Issuer() as issuer:
        run("register-project", "40", "--namespace", "72", "--issuer", issuer.url, "--publish")
        yield issuer


def _exchange(datacenter: Any, id_token: str) -> Any:
    return datacenter.ask("POST", "/token", token="", json={"id_token": id_token})


def _written(*parts: bytes) -> str:
    """A token as anybody can write one."""
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, b"x"))


# --- id tokens

_HEAD = b'{"alg":"RS256","kid":"first"}'


@pytest.mark.parametrize(
    "id_token",
    [
        _written(_HEAD, b'{"iss":' + b"[" * 5500 + b"]" * 5500 + b"}"),
        _written(b'{"alg":"RS256","x":' + b"[" * 5500 + b"]" * 5500 + b"}", b"{}"),
        _written(_HEAD, b'{"iss":' + b"9" * 9000 + b"}"),
        _written(_HEAD, b'{"iss":"a\\u0000"}'),
        _written(_HEAD, b'{"iss":"\\ud800"}'),
        _written(_HEAD, b"\xff\xfe"),
        _written(b"[]", b"{}"),
        _written(_HEAD, b"[]"),
        "é.é.é",
        "." * 16_000,
    ],
    ids=["deep claims", "deep head", "a number", "NUL", "half a sign", "no text", "a list as head", "a list", "letters", "points"],
)
def test_nonsense_in_place_of_an_id_token_is_refused(datacenter: Any, issuer: Issuer, id_token: str) -> None:
    answer = _exchange(datacenter, id_token)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token"), answer.text


def test_an_issuer_that_only_looks_like_ours_is_never_asked(datacenter: Any, issuer: Issuer) -> None:
    address, asked = issuer.url.removeprefix("http://"), len(issuer.asked)
    for other in (
        f"{issuer.url}/",
        f"{issuer.url}/.",
        f"{issuer.url}#",
        f"{issuer.url}?",
        f" {issuer.url}",
        f"{issuer.url}\n",
        f"HTTP://{address}",
        f"http://gitlab@{address}",
        f"http://{address}@evil.example",
        f"http://{address.replace('127.0.0.1', 'localhost')}",
        [issuer.url],
        {"": issuer.url},
    ):
        claims = {**issuer.claims(datacenter.server.url), "iss": other}
        answer = _exchange(datacenter, _written(_HEAD, json.dumps(claims).encode()))
        assert (
            answer.status_code,
            "issuer is not registered" in answer.json()["detail"] or "no signed" in answer.json()["detail"],
        ) == (
            401,
            True,
        ), answer.text
    assert len(issuer.asked) == asked


@pytest.mark.parametrize(
    "kid", ["../first", "first\0", "FIRST", "", "first/../first", "' OR 1=1 --", "http://evil.example/keys", "x" * 5000]
)
def test_a_key_is_found_by_its_very_name_only(datacenter: Any, issuer: Issuer, kid: str) -> None:
    claims = issuer.claims(datacenter.server.url, project_id="40", jti=str(uuid.uuid4()))
    assert _exchange(datacenter, issuer.sign(claims, kid=kid)).status_code == 401
    assert _exchange(datacenter, issuer.sign(claims)).status_code == 201


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 10**18},
        {"exp": 1e300},
        {"exp": "4102444800"},
        {"exp": True},
        {"iat": 1e300},
        {"nbf": 10**30},
        {"job_id": "4" * 41},
        {"sha": "a" * 65},
        {"jti": "j" * 301},
        {"jti": "a\nb"},
        {"ref": ""},
        {"aud": {"a": 1}},
    ],
    ids=str,
)
def test_absurd_claims_of_a_genuine_issuer_are_refused(datacenter: Any, issuer: Issuer, claims: dict[str, Any]) -> None:
    said = {**issuer.claims(datacenter.server.url, project_id="40", jti=str(uuid.uuid4())), **claims}
    answer = _exchange(datacenter, issuer.sign(said))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token"), answer.text


# --- forms


def test_every_form_is_sent_from_its_page_only(datacenter: Any, account: Callable[..., str], release: Any) -> None:
    datacenter.open(release)
    person, other = Person(datacenter), Person(datacenter)
    name = account("--steward")
    for someone in (person, other):
        someone.sign_in(name)
    foreign = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', other.get("/account").text)
    assert foreign
    for path in ("/login", "/logout", "/account", "/admin", "/upload", f"/drafts/{release.kid}/1.0.0"):
        for token in ("", foreign[1], "x" * 64):
            answer = person.send(path, csrfmiddlewaretoken=token)
            assert (answer.status_code, "does not come from a page" in answer.text) == (403, True), (path, token)
    assert person.get("/account", allow_redirects=False).status_code == 200


def test_a_nul_in_a_form_is_refused_before_a_database_is_asked(datacenter: Any, account: Callable[..., str]) -> None:
    person = Person(datacenter)
    assert person.post("/login", name="a\0b", password="x").status_code == 400
    person.sign_in(account("--steward"))
    for path in ("/account", "/admin", "/upload"):
        for fields in ({"name": "\0", "what": "token"}, {"\0": "x"}, {"old": "x", "new": "four quiet words\0"}):
            answer = person.post(path, "/account", **fields)
            assert (answer.status_code, "holds a NUL character" in answer.text) == (400, True), (path, fields)


# --- headers that metadata would write, and addresses that lead elsewhere


def test_metadata_writes_no_header_and_no_link(datacenter: Any, release: Any) -> None:
    evil = '10.1234/x>; rel="evil", <https://evil.example>; rel="cite-as"\r\nSet-Cookie: evil=1\r\n\r\n<script>'
    release.document["resource"].update(idDOI=evil, license=evil, title=evil)
    release.document["resource"]["authors"] = [{"name": evil, "type": "person", "orcid": f"0000-0001{evil}"}]
    release.document["landing"] = 'https://opendata.km3net.de/r/x>;rel="evil"'
    datacenter.bring_reviewed(release)
    page = f"/r/{release.kid}"
    for path in (page, f"{page}/1.0.0/linkset", f"{page}/1.0.0/linkset.json", f"{page}/1.0.0/files/README.md"):
        answer = datacenter.page(path)
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers
        links = answer.headers.get("Link", "") if "linkset" not in path else answer.text
        relations = set(re.findall(r'rel="([^"]+)"', links))
        assert "evil" not in relations
        assert "<https://evil" not in links
        assert "\r" not in links


def test_names_of_files_write_no_header(datacenter: Any, release: Any) -> None:
    name = 'a"; filename=evil.html; x="é%0d%0aSet-Cookie: evil=1.md'
    release.contents[name] = release.contents.pop("README.md")
    next(entry for entry in release.document["files"] if entry["path"] == "README.md")["path"] = name
    datacenter.bring(release)
    found = [link for link in re.findall(r'href="([^"]+)"', datacenter.page(f"/r/{release.kid}").text) if "evil.html" in link]
    answer = datacenter.http.get(found[0].replace("&amp;", "&"), timeout=60)
    assert (answer.status_code, answer.content) == (200, release.contents[name])
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''a%22%3B%20filename%3Devil.html")
    assert "Set-Cookie" not in answer.headers


def test_no_address_leads_to_another_site(datacenter: Any, release: Any, account: Callable[..., str]) -> None:
    datacenter.bring(release)
    person = Person(datacenter)
    person.sign_in(account())
    for path in (
        "//evil.example/login",
        "/\\evil.example",
        "/login?next=//evil.example",
        "/login?next=https:evil.example",
        "/login?next=/%09/evil.example",
        "/login?next=/%5cevil.example",
        "/kid?id=//evil.example",
        "/kid?id=https://evil.example",
        "/kid?id=%0d%0aLocation:%20https://evil.example",
        f"/r/{release.table}?//evil.example",
        "/drafts//evil.example",
        "/drafts/%2f%2fevil.example/1",
        "/logout?next=//evil.example",
    ):
        answer = person.get(path, allow_redirects=False)
        where = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", where), (path, where)
        assert "\r" not in where

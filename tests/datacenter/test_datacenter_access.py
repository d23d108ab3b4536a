"""Who may do what: scoped tokens, reviews, quotas, and trusted publishing from GitLab CI."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import jwt
import pytest
from datacenter_parts import log_of
from servers.issuer import Issuer


def _run(datacenter: Any, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = str(datacenter.server.token_file.parent)
    command = [sys.executable, "-m", "kpublish", "datacenter", *arguments, "--data", folder]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _register(run: Callable[..., str], issuer: Issuer, number: str, *more: str) -> None:
    run("register-project", number, "--namespace", "72", "--issuer", issuer.url, "--path", f"km3net/p{number}", *more)


@pytest.fixture(scope="module")
def issuer(run: Callable[..., str]) -> Iterator[Issuer]:
    """A GitLab with project 20, which may publish, and 21, which may submit."""
    with Issuer() as issuer:
        _register(run, issuer, "20", "--publish")
        _register(run, issuer, "21")
        yield issuer


def _exchange(datacenter: Any, id_token: str) -> Any:
    return datacenter.ask("POST", "/token", token="", json={"id_token": id_token})


def _token(datacenter: Any, issuer: Issuer, **claims: Any) -> str:
    answer = _exchange(datacenter, issuer.sign(issuer.claims(datacenter.server.url, jti=str(uuid.uuid4()), **claims)))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def _tagged(release: Any) -> Any:
    release.document["tag"] = "v1.0.0"
    return release


def _fill(datacenter: Any, release: Any, token: str) -> None:
    opened = datacenter.open(release, token=token)
    assert opened.status_code in (200, 201), opened.text
    for path in release.contents:
        assert datacenter.send(release, path, token=token).status_code in (200, 201)


# --- trusted publishing


def test_a_ci_job_publishes_without_a_stored_secret(datacenter: Any, issuer: Issuer, release: Any) -> None:
    _tagged(release)
    answer = _exchange(datacenter, issuer.sign(issuer.claims(datacenter.server.url, jti=str(uuid.uuid4()))))
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.json()["token"]
    told = datacenter.ask("GET", "/me", token=token).json()
    assert told["name"] == "km3net/p20, job 4711"
    assert told["expires"] == answer.json()["expires"]
    assert "publish" in told["rights"]
    _fill(datacenter, release, token)
    assert datacenter.publish(release, token=token).json()["status"] == "published"


def test_the_keys_of_the_issuer_are_asked_for_once(datacenter: Any, issuer: Issuer) -> None:
    for _ in range(3):
        _token(datacenter, issuer)
    assert len(issuer.asked) <= 2


def test_only_the_secret_is_handed_out_and_only_its_digest_is_kept(datacenter: Any, issuer: Issuer) -> None:
    token = _token(datacenter, issuer)
    data = datacenter.server.token_file.parent
    for file in (path for path in data.rglob("*") if path.is_file()):
        assert token.encode() not in file.read_bytes(), file


def _unsigned(issuer: Issuer, claims: Any) -> str:
    return jwt.encode(claims, None, algorithm="none", headers={"kid": "first"})


def _signed_with_the_public_key(issuer: Issuer, claims: Any) -> str:
    """HS256 over the PEM of the RSA key, by hand: libraries refuse to make it."""
    head = {"alg": "HS256", "typ": "JWT", "kid": "first"}
    parts = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims))
    mark = hmac.new(issuer.public_pem(), parts, hashlib.sha256).digest()
    return (parts + b"." + base64.urlsafe_b64encode(mark).rstrip(b"=")).decode()


def _by_a_stranger(issuer: Issuer, claims: Any) -> str:
    return issuer.sign(claims, key=issuer.stranger)


def _with_its_own_key(issuer: Issuer, claims: Any) -> str:
    """Brings its key along, and the address of more."""
    own = issuer.jwk(issuer.stranger, "first")
    return issuer.sign(claims, key=issuer.stranger, jwk=own, jku=f"{issuer.url}/evil", x5u=f"{issuer.url}/evil")


def _with_an_unknown_key_id(issuer: Issuer, claims: Any) -> str:
    return issuer.sign(claims, kid="../../other")


def _with_another_algorithm(issuer: Issuer, claims: Any) -> str:
    return issuer.sign(claims, algorithm="RS512")


def _changed_afterwards(issuer: Issuer, claims: Any) -> str:
    head, _, mark = issuer.sign(claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims, "project_id": "21"}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{mark}"


def _no_token(issuer: Issuer, claims: Any) -> str:
    return "a.b.c"


FORGERIES = [
    _unsigned,
    _signed_with_the_public_key,
    _by_a_stranger,
    _with_its_own_key,
    _with_an_unknown_key_id,
    _with_another_algorithm,
    _changed_afterwards,
    _no_token,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_forged_id_token_is_refused(datacenter: Any, issuer: Issuer, forge: Callable[..., str]) -> None:
    genuine = issuer.claims(datacenter.server.url, jti=str(uuid.uuid4()))
    answer = _exchange(datacenter, forge(issuer, genuine))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token"), answer.text
    assert "/evil" not in issuer.asked
    assert _exchange(datacenter, issuer.sign(genuine)).status_code == 201


WRONG_CLAIMS = [
    ({"aud": "https://elsewhere.example"}, 401, "is not for http://127.0.0.1"),
    ({"aud": ["http://127.0.0.1", "https://elsewhere.example"]}, 401, "is not for"),
    ({"exp": 1}, 401, "has expired"),
    ({"iat": 2**33, "nbf": 2**33}, 401, "is not valid yet"),
    ({"jti": None}, 401, "lacks the claim jti"),
    ({"job_id": None}, 401, "lacks the claim job_id"),
    ({"project_id": 20}, 401, "is not a text"),
    ({"iss": "https://gitlab.unknown.example"}, 401, "is not registered here"),
    ({"iss": None}, 401, "is not registered here"),
    ({"project_id": "999"}, 403, "number 999 is not registered"),
    ({"namespace_id": "73"}, 403, "in another namespace than 73"),
    ({"ref_type": "branch"}, 403, "not for a tag"),
    ({"ref_protected": "false"}, 403, "is not protected"),
    ({"ref_protected": True}, 401, "is not a text"),
]


@pytest.mark.parametrize(("claims", "status", "words"), WRONG_CLAIMS, ids=[str(case[0]) for case in WRONG_CLAIMS])
def test_an_id_token_with_a_wrong_claim_is_refused(
    datacenter: Any, issuer: Issuer, claims: dict[str, Any], status: int, words: str
) -> None:
    said = {"jti": str(uuid.uuid4()), **claims}
    answer = _exchange(datacenter, issuer.sign(issuer.claims(datacenter.server.url, **said)))
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
    assert answer.json()["remedy"]


def test_clocks_may_differ_by_a_minute_and_not_by_more(datacenter: Any, issuer: Issuer) -> None:
    now = issuer.claims("")["iat"]
    late = _exchange(datacenter, issuer.sign(issuer.claims(datacenter.server.url, jti=str(uuid.uuid4()), exp=now - 30)))
    too_late = _exchange(datacenter, issuer.sign(issuer.claims(datacenter.server.url, jti=str(uuid.uuid4()), exp=now - 90)))
    assert (late.status_code, too_late.status_code) == (201, 401)


def test_a_path_that_somebody_else_registered_again_opens_nothing(datacenter: Any, issuer: Issuer) -> None:
    claims = issuer.claims(datacenter.server.url, jti=str(uuid.uuid4()), project_id="5000", project_path="km3net/p20")
    answer = _exchange(datacenter, issuer.sign(claims))
    assert (answer.status_code, answer.json()["code"]) == (403, "not-trusted")


def test_an_id_token_is_exchanged_again_by_its_own_job_only(datacenter: Any, issuer: Issuer) -> None:
    claims = issuer.claims(datacenter.server.url, jti=str(uuid.uuid4()))
    assert [_exchange(datacenter, issuer.sign(claims)).status_code for _ in range(2)] == [201, 201]
    replayed = _exchange(datacenter, issuer.sign({**claims, "job_id": "4712"}))
    assert (replayed.status_code, "another job has used it" in replayed.json()["detail"]) == (401, True)


def test_a_registered_environment_is_required(datacenter: Any, run: Callable[..., str], issuer: Issuer) -> None:
    _register(run, issuer, "22", "--environment", "release")
    asked = {
        name: issuer.claims(datacenter.server.url, project_id="22", environment=name, jti=name) for name in ("release", "test")
    }
    assert _exchange(datacenter, issuer.sign(asked["release"])).status_code == 201
    assert _exchange(datacenter, issuer.sign(asked["test"])).json()["code"] == "not-trusted"


@pytest.mark.parametrize("documents", ["none", "another issuer", "elsewhere", "too large", "no keys"])
def test_an_issuer_that_does_not_tell_its_keys_lets_nobody_in(
    datacenter: Any, run: Callable[..., str], release: Any, documents: str
) -> None:
    with Issuer() as broken:
        _register(run, broken, "30")
        named = {"issuer": broken.url, "jwks_uri": f"{broken.url}/oauth/discovery/keys"}
        told: dict[str, Any] = {
            "none": None,
            "another issuer": {**named, "issuer": "https://gitlab.com"},
            "elsewhere": {**named, "jwks_uri": "http://localhost:1/keys"},
            "too large": {**named, "more": "x" * 300_000},
            "no keys": {**named, "jwks_uri": f"{broken.url}/.well-known/openid-configuration"},
        }[documents]
        broken.documents["/.well-known/openid-configuration"] = json.dumps(told).encode() if told else b"<html>"
        claims = broken.claims(datacenter.server.url, project_id="30")
        answers = [_exchange(datacenter, broken.sign(claims)) for _ in range(2)]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "issuer")] * 2
        assert len(broken.asked) <= 2


def test_a_new_key_of_the_issuer_is_found_when_the_first_token_brings_it(datacenter: Any, run: Callable[..., str]) -> None:
    with Issuer() as rotating:
        _register(run, rotating, "31")
        rotating.documents["/oauth/discovery/keys"] = json.dumps(
            {"keys": [{"kty": "EC", "kid": "x"}, rotating.jwk(rotating.stranger, "second"), rotating.jwk(rotating.key, "first")]}
        ).encode()
        claims = rotating.claims(datacenter.server.url, project_id="31")
        assert _exchange(datacenter, rotating.sign(claims, key=rotating.stranger, kid="second")).status_code == 201


def test_what_is_no_exchange_is_refused(datacenter: Any) -> None:
    for body in ({}, {"id_token": 1}, {"id_token": ""}, {"id_token": "x" * 20_000}, []):
        assert datacenter.ask("POST", "/token", token="", json=body).status_code == 422
    assert datacenter.ask("POST", "/token", token="", data=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert datacenter.ask("GET", "/token", token="").status_code == 405


# --- whose a kid is


def test_a_kid_belongs_to_the_project_that_brought_it(datacenter: Any, issuer: Issuer, release: Any) -> None:
    _tagged(release)
    mine, theirs = _token(datacenter, issuer), _token(datacenter, issuer, project_id="21")
    _fill(datacenter, release, mine)
    where = f"/releases/{release.kid}/1.0.0"
    refused = [
        datacenter.open(release, token=theirs),
        datacenter.send(release, "README.md", token=theirs),
        datacenter.publish(release, token=theirs),
        datacenter.ask("DELETE", f"{where}/files", params={"path": "README.md"}, token=theirs),
        datacenter.ask("POST", f"{where}/lease", json={"holder": "x"}, token=theirs),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "other-project")] * 5
    assert "km3net/p21, job 4711" in refused[0].json()["detail"]
    assert datacenter.state(release, token=theirs).status_code == 404
    assert datacenter.publish(release, token=mine).status_code == 200
    later = {**release.document, "version": "1.0.1"}
    answer = datacenter.ask("PUT", f"/releases/{release.kid}/1.0.1", json=later, token=theirs)
    assert (answer.status_code, answer.json()["code"]) == (403, "other-project")


def test_a_project_takes_over_older_releases_only_if_they_are_handed_to_it(
    datacenter: Any, run: Callable[..., str], issuer: Issuer, release: Any, making: Callable[..., Any]
) -> None:
    datacenter.bring(release)
    later = making(release.kid, "1.1.0")
    later.document["tag"] = "v1.0.0"
    token = _token(datacenter, issuer)
    assert datacenter.open(later, token=token).json()["code"] == "other-project"
    _register(run, issuer, "20", "--publish", "--kid", release.kid)
    assert datacenter.open(later, token=token).status_code == 401
    assert datacenter.open(later, token=_token(datacenter, issuer)).status_code == 201


def test_a_token_of_a_pipeline_is_for_its_commit_and_tag(datacenter: Any, issuer: Issuer, release: Any) -> None:
    _tagged(release)
    other_commit, other_tag = _token(datacenter, issuer, sha="b" * 40), _token(datacenter, issuer, ref="v2.0.0")
    for token in (other_commit, other_tag):
        answer = datacenter.open(release, token=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "other-commit")
    _fill(datacenter, release, _token(datacenter, issuer))
    assert datacenter.publish(release, token=_token(datacenter, issuer)).status_code == 200
    where = f"/releases/{release.kid}/1.0.0"
    changed = {**release.document, "embargo": None, "repository": "https://gitlab.com/km3net/aeff"}
    later = [
        datacenter.ask("PATCH", where, json={"release": changed}, token=other_tag),
        datacenter.ask("POST", f"{where}/withdraw", json={"reason": "x"}, token=other_tag),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in later] == [(403, "other-commit")] * 2


# --- scoped tokens


def test_tokens_do_what_their_rights_say(datacenter: Any, run: Callable[..., str], release: Any) -> None:
    author, reviewer, reader = (
        run("create-token", f"{release.kid} {name}", *options, "--output", "-")
        for name, options in (
            ("author", ("--role", "author")),
            ("reviewer", ("--role", "reviewer")),
            ("reader", ("--right", "read-drafts")),
        )
    )
    assert datacenter.ask("GET", "/me", token=author).json()["rights"] == ["read-drafts", "write"]
    assert datacenter.ask("GET", "/me", token=author).json()["expires"] is not None
    _fill(datacenter, release, author)
    assert datacenter.state(release, token=reader).status_code == 200
    for token in (reviewer, reader):
        answer = datacenter.send(release, "README.md", token=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "may not write" in answer.json()["detail"]
    datacenter.bring(release)
    where = f"/releases/{release.kid}/1.0.0"
    assert datacenter.ask("PATCH", where, json={"release": release.document}, token=author).status_code == 403
    assert datacenter.ask("POST", f"{where}/withdraw", json={"reason": "x"}, token=author).status_code == 403


def test_a_token_for_a_kid_or_a_namespace_is_for_nothing_else(
    datacenter: Any, run: Callable[..., str], issuer: Issuer, release: Any, making: Callable[..., Any]
) -> None:
    other = making()
    for_kid = run("create-token", f"{release.kid} kid", "--kid", release.kid, "--output", "-")
    assert datacenter.open(release, token=for_kid).status_code == 201
    assert datacenter.open(other, token=for_kid).json()["code"] == "other-project"
    assert datacenter.state(other, token=for_kid).status_code == 404
    for_all = run(
        "create-token", f"{release.kid} group", "--namespace", "72", "--issuer", issuer.url, "--right", "publish", "--output", "-"
    )
    assert datacenter.state(release, token=for_all).status_code == 404
    mine = _tagged(making())
    _fill(datacenter, mine, _token(datacenter, issuer, project_id="21"))
    assert datacenter.publish(mine, token=for_all).json()["status"] == "published"


def test_a_removed_token_is_void_and_an_expired_one_says_so(datacenter: Any, run: Callable[..., str], release: Any) -> None:
    token = run("create-token", f"{release.kid} gone", "--output", "-")
    assert datacenter.open(release, token=token).status_code == 201
    run("remove-token", f"{release.kid} gone")
    assert datacenter.open(release, token=token).json()["code"] == "unauthorized"
    token = run("create-token", f"{release.kid} old", "--output", "-")
    with closing(sqlite3.connect(datacenter.server.token_file.parent / "datacenter.sqlite3")) as database:
        database.execute("UPDATE datacenter_token SET expires = '2020-01-01 00:00:00' WHERE name = ?", [f"{release.kid} old"])
        database.commit()
    answer = datacenter.open(release, token=token)
    assert (answer.status_code, answer.json()["code"]) == (401, "expired")
    assert "2020-01-01 00:00:00 UTC" in answer.json()["detail"]
    assert datacenter.ask("GET", "/releases", token=token).status_code == 200


# --- quotas


def test_what_is_more_than_the_quota_is_refused_before_it_is_sent(
    datacenter: Any, run: Callable[..., str], release: Any, making: Callable[..., Any]
) -> None:
    token = run("create-token", f"{release.kid} small", "--kid", release.kid, "--quota", "1", "--output", "-")
    _fill(datacenter, release, token)
    size = sum(len(body) for body in release.contents.values())
    assert datacenter.ask("GET", "/me", token=token).json()["quota"] == {"bytes": 1_000_000, "used": size}
    large = making(release.kid, "2.0.0")
    large.document["files"][0]["size"] = 1_000_001
    answer = datacenter.open(large, token=token)
    assert (answer.status_code, answer.json()["code"]) == (413, "quota")
    assert datacenter.ask("GET", "/me", token=token).json()["quota"]["used"] == size
    assert datacenter.state(large).status_code == 404


# --- review


def test_what_may_only_be_submitted_is_reviewed_sent_back_and_published(
    datacenter: Any, run: Callable[..., str], issuer: Issuer, release: Any
) -> None:
    _tagged(release)
    reviewer = run("create-token", f"{release.kid} eve", "--role", "reviewer", "--output", "-")
    ci = _token(datacenter, issuer, project_id="21")
    review = f"/releases/{release.kid}/1.0.0/review"
    _fill(datacenter, release, ci)
    early = datacenter.ask("POST", review, json={"decision": "publish"}, token=reviewer)
    assert (early.status_code, early.json()["code"]) == (409, "not-in-review")
    submitted = [datacenter.publish(release, token=ci) for _ in range(2)]
    assert [(answer.status_code, answer.json()["status"]) for answer in submitted] == [(200, "in review")] * 2
    assert submitted[0].json() == submitted[1].json()
    assert datacenter.state(release, token="").status_code == 404
    assert datacenter.page(f"/r/{release.kid}").status_code == 404
    assert datacenter.ask("POST", review, json={"decision": "publish"}, token=ci).status_code == 403
    assert datacenter.open(release, token=ci).json()["status"] == "in review"
    changed = {**release.document, "digest": "f" * 64}
    answer = datacenter.ask("PUT", f"/releases/{release.kid}/1.0.0", json=changed, token=ci)
    assert (answer.status_code, answer.json()["code"]) == (409, "in-review")
    for silent in ({}, {"comment": ""}, {"comment": " \n"}):
        answer = datacenter.ask("POST", review, json={"decision": "return", **silent}, token=reviewer)
        told = answer.json()
        assert (answer.status_code, told["code"], told["detail"]) == (422, "invalid", "No reason is given.")
        assert told["remedy"]
    assert datacenter.state(release, token=ci).json()["status"] == "in review"
    body = {"decision": "return", "comment": "Please state the zenith range."}
    returned = [datacenter.ask("POST", review, json=body, token=reviewer) for _ in range(2)]
    assert [answer.json()["status"] for answer in returned] == ["draft", "draft"]
    told = returned[1].json()["review"]
    assert (told["decision"], told["comment"], told["by"]) == ("return", body["comment"], f"{release.kid} eve")
    release.document["resource"]["description"] = "Zenith 0 to 90 degrees."
    assert datacenter.open(release, token=ci).status_code == 200
    assert datacenter.publish(release, token=ci).json()["review"]["decision"] == ""
    published = [datacenter.ask("POST", review, json={"decision": "publish"}, token=reviewer) for _ in range(2)]
    assert [(answer.status_code, answer.json()["status"]) for answer in published] == [(200, "published")] * 2
    assert datacenter.state(release, token="").json()["review"]["decision"] == "publish"
    assert datacenter.page(f"/r/{release.kid}").status_code == 200


def test_a_publisher_publishes_what_is_in_review_in_its_own_way(datacenter: Any, issuer: Issuer, release: Any) -> None:
    _tagged(release)
    ci = _token(datacenter, issuer, project_id="21")
    _fill(datacenter, release, ci)
    assert datacenter.publish(release, token=ci).json()["status"] == "in review"
    assert datacenter.publish(release).json()["status"] == "published"
    answer = datacenter.ask("POST", f"/releases/{release.kid}/1.0.0/review", json={"decision": "perhaps"})
    assert answer.status_code == 422


def test_the_reviewers_link_shows_what_nobody_else_sees(datacenter: Any, issuer: Issuer, making: Callable[..., Any]) -> None:
    mine = _tagged(making())
    token = _token(datacenter, issuer, project_id="21")
    _fill(datacenter, mine, token)
    link = datacenter.publish(mine, token=token).json()["review"]["link"].removeprefix(datacenter.server.url)
    page = datacenter.page(link)
    assert (page.status_code, page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == (200, "private, no-store", "noindex")
    assert "In review" in page.text
    assert "This is the first version" in page.text
    assert datacenter.page(f"{link}/files/data/aeff.ecsv").content == mine.contents["data/aeff.ecsv"]
    assert datacenter.page(f"{link}/files/../../../token").status_code == 404
    for wrong in (f"{link}x", "/review/1", "/review/1:x", link.replace("/review/", "/review/9")):
        assert datacenter.page(wrong).status_code == 404, wrong
    assert link.rpartition("/")[2] not in log_of(datacenter)
    body = {"decision": "return", "comment": "<b>Zenith?</b>"}
    datacenter.ask("POST", f"/releases/{mine.kid}/1.0.0/review", json=body)
    assert "&lt;b&gt;Zenith?&lt;/b&gt;" in datacenter.page(link).text
    again = datacenter.publish(mine, token=token).json()["review"]["link"].removeprefix(datacenter.server.url)
    assert (datacenter.page(link).status_code, datacenter.page(again).status_code) == (404, 200)
    datacenter.publish(mine)
    assert datacenter.page(again, allow_redirects=False).headers["Location"] == f"/r/{mine.kid}/1.0.0"


def test_a_reviewer_sees_what_changed_since_the_last_version(
    datacenter: Any, issuer: Issuer, release: Any, making: Callable[..., Any]
) -> None:
    _tagged(release)
    token = _token(datacenter, issuer, project_id="21")
    _fill(datacenter, release, token)
    datacenter.publish(release)
    later = making(release.kid, "1.1.0", title="Effective area, corrected", salt="corrected")
    later.document["tag"] = "v1.1.0"
    token = _token(datacenter, issuer, project_id="21", ref="v1.1.0")
    _fill(datacenter, later, token)
    link = datacenter.publish(later, token=token).json()["review"]["link"].removeprefix(datacenter.server.url)
    page = datacenter.page(link).text
    assert "Changed files</dt><dd>data/aeff.ecsv, kpublish.yaml</dd>" in page
    assert '<td class="wide">Effective area, corrected</td>' in page


# --- the commands


def test_a_token_is_written_to_a_private_file_and_never_over_another(datacenter: Any, tmp_path: Path) -> None:
    file = tmp_path / "token"
    name = str(uuid.uuid4())
    done = _run(datacenter, "create-token", name, "--output", str(file))
    assert done.returncode == 0
    secret = file.read_text().strip()
    assert (file.stat().st_mode & 0o777, secret in done.stdout + done.stderr) == (0o600, False)
    assert datacenter.ask("GET", "/me", token=secret).json()["name"] == name
    for arguments in (("create-token", "x", "--output", str(file)), ("create-token", name, "--output", "-")):
        again = _run(datacenter, *arguments)
        assert (again.returncode, "already" in again.stderr) == (2, True)
    assert file.read_text().strip() == secret


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create-token", "x", "--project", "77", "--output", "-"), "No project with the number 77"),
        (("register-project", "km3net/aeff", "--namespace", "72"), "is no number"),
        (("register-project", "20", "--namespace", "72", "--issuer", "http://gitlab.com"), "is not https"),
        (("register-project", "20"), "Missing option '--namespace'"),
        (("remove-token", "nobody"), "There is no token named 'nobody'"),
    ],
)
def test_wrong_use_is_a_sentence(datacenter: Any, arguments: tuple[str, ...], words: str) -> None:
    done = _run(datacenter, *arguments)
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr


def test_a_folder_that_is_no_data_center_is_left_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kpublish", "datacenter", "fsck", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "is no data center" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())

"""The page of stewards, and the page on which one tries the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import Person


def test_a_steward_gives_roles_lets_ci_publish_and_voids_tokens(
    datacenter: Any, account: Callable[..., str], project: Callable[..., str], run: Callable[..., str], tmp_path: Path
) -> None:
    number, author = project(), account()
    token = f"t-{number}"
    run("create-token", token, "--output", str(tmp_path / "token"))
    steward = Person(datacenter)
    name = account("--steward")
    steward.sign_in(name)
    page = steward.get("/admin").text
    assert f"km3net/p{number}" in page
    assert token in page
    (pk,) = set(re.findall(rf'id="name-(\d+)"(?=[^§]*?Role in km3net/p{number}<)', page)[-1:])
    assert steward.post("/admin", what="role", project=pk, name=author, role="reviewer").status_code == 302
    assert steward.post("/admin", what="ci", project=pk, may_publish="yes").status_code == 302
    assert steward.post("/admin", what="token", name=token).status_code == 302
    page = steward.get("/admin").text
    assert f"<li>{author}: reviewer</li>" in page
    assert f"Make {token} void" not in page
    assert page.count(f"by {name}</li>") >= 3
    told = datacenter.ask("GET", f"/projects/{pk}").json()
    assert (told["may_publish"], told["people"]) == (True, {author: "reviewer"})


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"what": "role", "project": "0", "name": "x", "role": "author"}, "There is no such project"),
        ({"what": "role", "project": "9" * 40}, "There is no such project"),
        ({"what": "token", "name": "nobody-has-this"}, "There is no token named"),
        ({"what": "all"}, "There is no such project"),
    ],
)
def test_what_cannot_be_done_is_told_on_the_page(
    datacenter: Any, account: Callable[..., str], asked: dict[str, str], message: str
) -> None:
    steward = Person(datacenter)
    steward.sign_in(account("--steward"))
    answer = steward.post("/admin", **asked)
    assert answer.status_code == 422
    assert message in answer.text


def test_nobody_else_sees_it(datacenter: Any, account: Callable[..., str]) -> None:
    person = Person(datacenter)
    assert person.get("/admin", allow_redirects=False).headers["Location"] == "/login?next=/admin"
    person.sign_in(account())
    assert person.get("/admin").status_code == 403
    assert person.post("/admin", "/account", what="token", name="x").status_code == 403


def test_the_explorer_gives_its_own_files_only(datacenter: Any) -> None:
    page = datacenter.page("/api/v1/explorer")
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert re.search(r"script-src 'nonce-[\w-]{22}';", policy)
    for name, status in (("swagger-ui.css", 200), ("swagger-ui-bundle.js", 200), ("LICENSE", 404), ("..%2f__init__.py", 404)):
        assert datacenter.page(f"/api/v1/explorer/{name}").status_code == status, name


@pytest.mark.browser
def test_the_explorer_shows_every_operation_without_complaint(datacenter: Any, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    told: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: hosts.add(request.url.partition("/api")[0]))
    page.goto(f"{datacenter.server.url}/api/v1/explorer")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() > 25
    assert told == []
    assert {host for host in hosts if not host.startswith("data:")} <= {
        datacenter.server.url,
        f"{datacenter.server.url}/favicon.svg",
    }
    page.close()

"""Accounts: signing in, roles in projects, and the trail of what was decided."""

from __future__ import annotations

import re
import runpy
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import ISSUER, PASSWORD, Person

import kpublish
from kpublish import cli


def _id(datacenter: Any, number: str) -> int:
    found = datacenter.ask("GET", "/projects").json()["results"]
    return next(entry["id"] for entry in found if entry["number"] == number)


# --- signing in


def test_one_signs_in_sees_ones_page_and_signs_out_for_good(datacenter: Any, account: Callable[..., str]) -> None:
    name, person = account(), Person(datacenter)
    assert person.get("/account", allow_redirects=False).headers["Location"] == "/login?next=/account"
    answer = person.sign_in(name)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert f"<h1>{name}</h1>" in person.get("/account").text
    stolen = dict(person.http.cookies)
    assert person.post("/logout", "/account").status_code == 302
    thief = Person(datacenter)
    thief.http.cookies.update(stolen)
    assert thief.get("/account", allow_redirects=False).status_code == 302


def test_cookies_are_strict_and_readers_get_none(datacenter: Any, account: Callable[..., str]) -> None:
    person = Person(datacenter)
    told = {cookie.partition("=")[0]: cookie for cookie in [person.get("/login").headers["Set-Cookie"]]}
    told["session"] = next(part for part in person.sign_in(account()).headers["Set-Cookie"].split(", ") if "session=" in part)
    for cookie in told.values():
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
    for page in ("/", "/privacy", "/nothing"):
        assert "Set-Cookie" not in Person(datacenter).get(page).headers


def test_behind_https_cookies_go_over_https_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPUBLISH_DC_PUBLIC_URL", "https://opendata.example.org")
    monkeypatch.setenv("KPUBLISH_DC_DATA", str(tmp_path))
    settings = runpy.run_path(str(Path(kpublish.__file__).parent / "datacenter" / "settings.py"))
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://opendata.example.org"]


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\r\nX: y"]
)
def test_signing_in_leads_to_no_other_site(datacenter: Any, account: Callable[..., str], wanted: str) -> None:
    person = Person(datacenter)
    answer = person.post("/login", name=account(), password=PASSWORD, next=wanted)
    assert answer.headers["Location"] == "/account"


def test_a_form_from_elsewhere_is_refused(datacenter: Any, account: Callable[..., str]) -> None:
    name, person = account(), Person(datacenter)
    answer = person.send("/login", name=name, password=PASSWORD)
    assert (answer.status_code, "does not come from a page of this data center" in answer.text) == (403, True)
    page = person.get("/login").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    for origin in ("https://evil.example", "null"):
        person.http.headers["Origin"] = origin
        assert person.send("/login", name=name, password=PASSWORD, csrfmiddlewaretoken=token[1]).status_code == 403
    person.http.headers["Origin"] = datacenter.server.url
    assert person.send("/login", name=name, password=PASSWORD, csrfmiddlewaretoken=token[1]).status_code == 302


def test_guessing_is_slowed_down_for_an_account_and_everyone_hears_the_same(starting: Any, password_file: str) -> None:
    client = starting()
    command = [sys.executable, "-m", "kpublish", "datacenter", "create-user", "alice", "--password-file", password_file]
    command += ["--data", str(client.server.token_file.parent)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    person = Person(client)
    wrong = [person.post("/login", name=name, password="wrong") for name in ("alice", "nobody")]
    assert [answer.status_code for answer in wrong] == [403, 403]
    assert all("Name or password is wrong." in answer.text for answer in wrong)
    for _ in range(9):
        person.post("/login", name="alice", password="wrong")
    answer = person.sign_in("alice")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "too many tries" in answer.text
    with closing(sqlite3.connect(client.server.token_file.parent / "datacenter.sqlite3")) as database:
        keys = [key for (key,) in database.execute("SELECT key FROM datacenter_attempt")]
        assert keys
        assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)  # no name, and no address
        database.execute("UPDATE datacenter_attempt SET made = '2020-01-01 00:00:00'")
        database.commit()
    assert person.sign_in("alice").status_code == 302


def test_guessing_many_accounts_from_one_address_is_slowed_down(starting: Any) -> None:
    person = Person(starting())
    page = person.get("/login").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    with closing(sqlite3.connect(person.client.server.token_file.parent / "datacenter.sqlite3")) as database:
        person.send("/login", name="first", password="wrong", csrfmiddlewaretoken=token[1])
        account, address = (key for (key,) in database.execute("SELECT key FROM datacenter_attempt ORDER BY id"))
        row = "INSERT INTO datacenter_attempt (key, made) VALUES (?, datetime('now'))"
        database.executemany(row, [(address,)] * 49)
        database.commit()
    answer = person.send("/login", name="another", password="wrong", csrfmiddlewaretoken=token[1])
    assert (answer.status_code, "with this address" in answer.text, account != address) == (429, True, True)


def test_one_changes_ones_password_and_other_sessions_end(datacenter: Any, account: Callable[..., str]) -> None:
    name = account()
    here, elsewhere = Person(datacenter), Person(datacenter)
    for person in (here, elsewhere):
        person.sign_in(name)
    assert here.post("/account", old="wrong", new="another password of mine").status_code == 422
    assert here.post("/account", old=PASSWORD, new="short").status_code == 422
    assert here.post("/account", old=PASSWORD, new="another password of mine").status_code == 200
    assert here.get("/account", allow_redirects=False).status_code == 200
    assert elsewhere.get("/account", allow_redirects=False).status_code == 302


def test_a_removed_account_is_nobody_at_once(datacenter: Any, run: Callable[..., str], account: Callable[..., str]) -> None:
    name, person = account(), Person(datacenter)
    person.sign_in(name)
    run("remove-user", name)
    assert person.get("/account", allow_redirects=False).status_code == 302
    assert person.sign_in(name).status_code == 403


# --- roles and namespaces


def test_only_who_may_do_everything_decides_on_projects(
    datacenter: Any, run: Callable[..., str], project: Callable[..., str]
) -> None:
    number = project()
    scoped = run("create-token", f"scoped {number}", "--role", "publisher", "--kid", str(uuid.uuid4()), "--output", "-")
    for token, status in (("", 401), (scoped, 403)):
        assert datacenter.ask("GET", "/projects", token=token).status_code == status
        place = f"/projects/{_id(datacenter, number)}"
        assert datacenter.ask("GET", place, token=token).status_code == status
        assert datacenter.ask("PATCH", place, token=token, json={"may_publish": True}).status_code == status
        assert datacenter.ask("PUT", f"{place}/people/x", token=token, json={"role": "author"}).status_code == status
        assert datacenter.ask("POST", f"{place}/move", token=token, json={"to": 1}).status_code == status
        assert datacenter.ask("GET", f"{place}/trail", token=token).status_code == status


def test_ci_submits_unless_it_is_allowed_to_publish(datacenter: Any, project: Callable[..., str]) -> None:
    place = f"/projects/{_id(datacenter, project())}"
    told = datacenter.ask("GET", place)
    assert told.json()["may_publish"] is False
    stale = {"If-Match": told.headers["ETag"]}
    assert datacenter.ask("PATCH", place, json={"may_publish": True}, headers=stale).json()["may_publish"] is True
    assert datacenter.ask("PATCH", place, json={"may_publish": False}, headers=stale).status_code == 412
    lines = datacenter.ask("GET", f"{place}/trail").json()["results"]
    assert [(line["verb"], line["by"]) for line in lines] == [("registered", "command line"), ("ci", "local")]


def test_a_role_counts_in_its_project_and_goes_along_when_the_namespace_moves(
    datacenter: Any, project: Callable[..., str], account: Callable[..., str], making: Callable[..., Any], run: Callable[..., str]
) -> None:
    release = making()
    old, new = project("--kid", release.kid), project()
    name = account()
    places = [f"/projects/{_id(datacenter, number)}" for number in (old, new)]
    told = datacenter.ask("PUT", f"{places[0]}/people/{name}", json={"role": "reviewer"}).json()
    assert told["people"] == {name: "reviewer"}
    assert datacenter.ask("PUT", f"{places[0]}/people/{name}", json={"role": "king"}).status_code == 422
    assert datacenter.ask("PUT", f"{places[0]}/people/nobody", json={"role": "author"}).status_code == 400
    moved = datacenter.ask("POST", f"{places[0]}/move", json={"to": _id(datacenter, new)}).json()
    assert (moved["number"], moved["kids"], moved["people"]) == (new, [release.kid], {name: "reviewer"})
    left = datacenter.ask("GET", places[0]).json()
    assert (left["kids"], left["people"]) == ([], {})
    verbs = [[line["verb"] for line in datacenter.ask("GET", f"{place}/trail").json()["results"]] for place in places]
    assert verbs == [["registered", "role", "moved away"], ["registered", "moved here"]]
    assert datacenter.ask("POST", f"{places[0]}/move", json={"to": 10**6}).status_code == 404
    assert datacenter.ask("POST", f"{places[0]}/move", json={"to": _id(datacenter, old)}).status_code == 400
    run("move-namespace", new, old, "--issuer", ISSUER)
    assert datacenter.ask("GET", places[0]).json()["kids"] == [release.kid]


def test_the_database_itself_keeps_the_trail(datacenter: Any, release: Any, account: Callable[..., str]) -> None:
    datacenter.bring(release)  # an event of a version
    account()  # an act of who runs the data center
    with closing(sqlite3.connect(datacenter.server.token_file.parent / "datacenter.sqlite3", timeout=20)) as database:
        for table in ("datacenter_event", "datacenter_act"):
            columns = "id, verb, by, made, " + ("version_id, comment" if table == "datacenter_event" else "about, subject")
            line = f"INTO {table} ({columns}, details) SELECT {columns}, '{{}}' FROM {table}"
            for statement in (
                f"UPDATE {table} SET verb = 'x'",
                f"DELETE FROM {table}",
                f"REPLACE {line}",
                f"INSERT OR REPLACE {line}",
                f"INSERT {line} WHERE true ON CONFLICT (id) DO UPDATE SET verb = 'x'",
            ):
                with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                    database.execute(statement)
                database.rollback()


# --- the commands


def test_wrong_use_of_accounts_is_a_sentence(
    datacenter: Any, account: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str], run: Callable[..., str]
) -> None:
    name, folder = account(), str(datacenter.server.token_file.parent)
    easy = tmp_path / "easy"
    easy.write_text("password1234\n")
    good = tmp_path / "good"
    good.write_text(PASSWORD)
    for arguments, words in (
        (("create-user", name, "--password-file", str(good)), "already"),
        (("create-user", "local", "--password-file", str(good)), "already"),
        (("create-user", "a b", "--password-file", str(good)), "cannot be the name"),
        (("create-user", "new", "--password-file", str(easy)), "too common"),
        (("set-role", "nobody", "author", "--project", "1", "--issuer", ISSUER), "No project with the number 1"),
        (("remove-user", "nobody"), "no account named"),
        (("set-password", "nobody", "--password-file", str(good)), "no account named"),
    ):
        capsys.readouterr()
        assert cli.run(["datacenter", *arguments, "--data", folder]) == 2, arguments
        said = capsys.readouterr().err
        assert words in said, said
        assert PASSWORD not in said


# --- privacy


def test_every_page_of_the_site_leads_to_what_is_stored_about_people(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    for page in ("/", "/privacy", "/login", f"/r/{release.kid}", "/nothing"):
        assert '<a href="/privacy">' in datacenter.page(page).text.rpartition("<footer>")[2], page
    assert "What is stored about people" in datacenter.page("/privacy").text

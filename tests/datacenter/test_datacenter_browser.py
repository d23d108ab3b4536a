"""Every page in a real browser: without complaint, without help from elsewhere, for everybody, and without JavaScript.

``SCREENSHOTS=folder`` keeps pictures of all of them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import ISSUER, PASSWORD, Client, Person, made

from kpublish import pipeline

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / ".venv-npm" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "catalogue",
    "sign in",
    "privacy",
    "identifier",
    "step",
    "file",
    "kinds",
    "kind",
    "collections",
    "collection",
    "collection version",
    "landing",
    "review",
    "account",
    "upload",
    "new collection",
    "collection forms",
    "draft",
    "decision",
)
#: Pages that want an account, and whose.
ACCOUNTS = {"account": "publisher", "upload": "publisher", "draft": "author", "decision": "reviewer"}
ACCOUNTS |= {"new collection": "publisher", "collection forms": "publisher"}


@dataclass
class Site:
    """A data center in which something of everything is there."""

    client: Client
    addresses: dict[str, str]
    people: dict[str, Person]
    names: dict[str, str]
    project: int
    package: Path

    def context(self, browser: Any, role: str = "", **options: Any) -> Any:
        """A browser's own world, signed in with a role."""
        context = browser.new_context(**options)
        if role:
            cookies = self.people[role].http.cookies
            context.add_cookies([{"name": one.name, "value": one.value, "url": self.client.server.url} for one in cookies])
        return context


def _commit(folder: Path) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["add", "--all"], [*identity, "commit", "-qm", "Change"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


def _pack(folder: Path, name: str) -> Path:
    project = pipeline.load(folder)
    return pipeline.bundle(project, pipeline.render(project), folder.parent / f"{name}.zip").path


def _change(folder: Path) -> None:
    """A new version: one number differs, and one unit that nobody knows."""
    said, table = folder / "kpublish.yaml", folder / "data" / "effective_area.ecsv"
    said.write_text(re.sub(r"version: \S+", "version: 1.1.0", said.read_text("utf-8"), count=1), "utf-8")
    lines = re.sub(r"unit: m2?\b", "unit: furlongs", table.read_text("utf-8"), count=1).splitlines()
    lines[-1] = ",".join([*lines[-1].split(",")[:-1], "123.5"])
    table.write_text("\n".join(lines) + "\n", "utf-8")


def _record(folder: Path) -> str:
    ref, table = str(uuid.uuid4()), folder / "data" / "effective_area.ecsv"
    file = {"path": "data/effective_area.ecsv", "sha256": "0" * 64, "size": table.stat().st_size}
    record = {
        "refID": ref,
        "name": "make_table.py",
        "command": ["python", "make_table.py", "--with", "a long list of settings that does not fit on a narrow screen"],
        "started": "2026-11-01T00:00:00Z",
        "ended": "2026-11-01T00:01:00Z",
        "exitCode": 0,
        "inputs": [file],
        "outputs": [file],
        "commit": "a" * 40,
        "software": {"python": "3.11.7", "numpy": "2.1.0"},
    }
    (folder / "provenance").mkdir(exist_ok=True)
    (folder / "provenance" / "step.json").write_text(json.dumps(record))
    return ref


def _upload(person: Person, package: Path, project: int) -> str:
    with package.open("rb") as stream:
        answer = person.post("/upload", files={"package": ("package.zip", stream)}, project=str(project))
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"].partition("#")[0])


def _collected(person: Person, project: int, *members: str) -> str:
    """A collection with two versions, between which a description was added."""
    said = {"title": "Point sources with KM3NeT/ARCA230", "kind": "analysis", "license": "CC-BY-4.0"}
    place = str(person.post("/collections/new", project=str(project), **said).headers["Location"]).partition("/edit")[0]
    for member in members:
        person.post(f"{place}/edit", action="add", kid=member)
    person.post(f"{place}/edit", action="allow", project=str(project))
    person.post(f"{place}/edit", action="publish", version="1.0.0", comment="As submitted to the journal.")
    seen = re.search(r'name="seen" value="&quot;(.*?)&quot;"', person.get(f"{place}/edit").text)
    assert seen
    said["description"] = "Tables and figures of one analysis."
    person.post(f"{place}/edit", action="describe", seen=f'"{seen[1]}"', **said)
    assert person.post(f"{place}/edit", action="publish", version="1.1.0").status_code == 302
    return place


@pytest.fixture(scope="module")
def site(datacenter: Client, run: Callable[..., str], repository: Callable[[], Path], password_file: str) -> Iterator[Site]:
    with ThreadPoolExecutor(1) as pool:  # the browser's loop runs in this thread, where Django would not work
        yield from _site(datacenter, lambda *arguments: pool.submit(run, *arguments).result(), repository, password_file)


def _site(datacenter: Client, run: Callable[..., str], repository: Callable[[], Path], password_file: str) -> Iterator[Site]:
    number = "950"
    run("register-project", number, "--namespace", "72", "--issuer", ISSUER, "--path", "km3net/effective-area")
    found = datacenter.ask("GET", "/projects").json()["results"]
    project = next(entry["id"] for entry in found if entry["number"] == number)
    names, people = {}, {}
    for role in ("author", "reviewer", "publisher"):
        names[role], people[role] = f"b{uuid.uuid4().hex[:8]}", Person(datacenter)
        run("create-user", names[role], "--password-file", password_file)
        run("set-role", names[role], role, "--project", number, "--issuer", ISSUER)
        people[role].sign_in(names[role])
    folder = repository()
    ref = _record(folder)
    _commit(folder)
    draft = _upload(people["publisher"], _pack(folder, "first"), project)
    landing = people["publisher"].post(draft, action="forward").headers["Location"]
    _change(folder)
    _commit(folder)
    package = _pack(folder, "second")
    later = _upload(people["author"], package, project)
    kid = later.split("/")[2]
    datacenter.ask("POST", f"/releases/{kid}/1.1.0/publish", token=run("create-token", f"ci {kid}", "--kid", kid, "--output", "-"))
    link = datacenter.ask("GET", f"/releases/{kid}/1.1.0").json()["review"]["link"].removeprefix(datacenter.server.url)
    Person(datacenter).post(link, action="comment", comment="Which zenith range is this?\nIt should be stated.", name="Eve Example")
    other = repository()
    _change(other)
    _commit(other)
    draft = _upload(people["author"], _pack(other, "other"), project)
    collection = _collected(people["publisher"], project, kid, datacenter.bring(made()).table)
    sha256 = datacenter.ask("GET", f"/releases/{kid}/1.0.0").json()["files"]["data/effective_area.ecsv"]["sha256"]
    addresses = dict(zip(PAGES, ("/", "/login", "/privacy", "/kid", f"/kid/{ref}", f"/kid/{sha256}", "/ktype"), strict=False))
    addresses |= {"kind": "/ktype/km3.irf.lookup", "collections": "/collections", "collection": collection}
    addresses |= {"collection version": f"{collection}/1.0.0", "new collection": "/collections/new"}
    addresses["collection forms"] = f"{collection}/edit"
    addresses |= {"landing": landing, "review": link, "account": "/account", "upload": "/upload", "draft": draft, "decision": link}
    yield Site(datacenter, addresses, people, names, project, package)
    for person in people.values():
        person.http.close()


def _watched(page: Any, host: str) -> list[str]:
    """What a page complains about, or asks others for."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"{request.url} {request.failure}"))
    page.on("request", lambda request: None if request.url.startswith(host) else complaints.append(request.url))
    return complaints


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_shown_without_complaint_and_without_others(browser: Any, site: Site, name: str) -> None:
    context = site.context(browser, ACCOUNTS.get(name, ""))
    page = context.new_page()
    complaints = _watched(page, site.client.server.url)
    answer = page.goto(site.client.server.url + site.addresses[name], wait_until="networkidle")
    assert answer.status == 200
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert page.locator("h1").count() == 1
    assert page.locator("footer a[href='/privacy']").count() == 1
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name.replace(' ', '-')}-{width}.png", full_page=True)
    context.close()
    assert complaints == []


@pytest.mark.axe
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_for_everybody(browser: Any, site: Site, name: str) -> None:
    context = site.context(browser, ACCOUNTS.get(name, ""), viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(site.client.server.url + site.addresses[name])
    page.evaluate(AXE.read_text("utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("axe.run()")["violations"]
        serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
        assert [(fault["id"], scheme, [node["html"][:200] for node in fault["nodes"]]) for fault in serious] == []
    context.close()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if number % 2 else name for number, name in enumerate(PAGES)]
)
def test_every_page_says_the_same_without_javascript(browser: Any, site: Site, name: str) -> None:
    texts = []
    for is_on in (True, False):
        context = site.context(browser, ACCOUNTS.get(name, ""), java_script_enabled=is_on)
        page = context.new_page()
        page.goto(site.client.server.url + site.addresses[name])
        texts.append(page.locator("body").inner_text())
        context.close()
    assert texts[0] == texts[1]


def test_a_package_goes_all_the_way_without_javascript(browser: Any, site: Site, repository: Callable[[], Path]) -> None:
    url = site.client.server.url
    author = browser.new_context(java_script_enabled=False)
    page = author.new_page()
    page.goto(f"{url}/account")
    page.get_by_label("Name").fill(site.names["author"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Upload a package").click()
    page.get_by_label("Project").select_option("km3net/effective-area")
    page.get_by_label("Package").set_input_files(_pack(repository(), "clicked"))
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_text("The checks find nothing to mend.").wait_for()
    page.get_by_role("button", name="Submit for review").click()
    link = page.locator("a[href*='/review/']").get_attribute("href")
    guest = browser.new_context(java_script_enabled=False)
    seen = guest.new_page()
    seen.goto(link)
    seen.get_by_label("Your name").fill("Eve Example")
    seen.get_by_label("Comment").fill("Is the flux averaged?")
    seen.get_by_role("button", name="Comment").click()
    seen.locator("#review").get_by_text("Eve Example (by the link): Is the flux averaged?").wait_for()
    assert seen.get_by_role("button", name="Publish").count() == 0
    reviewer = site.context(browser, "reviewer", java_script_enabled=False)
    decided = reviewer.new_page()
    decided.goto(link)
    decided.get_by_role("button", name="Send back").click()
    decided.locator("[role=alert]").get_by_text("No reason is given.").wait_for()
    decided.get_by_role("button", name="Publish").click()
    decided.wait_for_url(f"{url}/r/**")
    for context in (author, guest, reviewer):
        context.close()


def test_a_collection_is_made_and_withdrawn_without_javascript(browser: Any, site: Site) -> None:
    url, kid = site.client.server.url, site.client.bring(made(title="Angular resolution")).kid
    context = site.context(browser, "publisher", java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/account")
    page.get_by_role("link", name="Make a collection").click()
    page.get_by_label("Project").select_option("km3net/effective-area")
    page.get_by_label("Title").fill("Clicked together")
    page.get_by_role("button", name="Make it").click()
    page.get_by_label("Identifier").fill(kid)
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("link", name="Angular resolution").wait_for()
    page.get_by_label("Version").fill("1.0.0")
    page.get_by_role("button", name="Publish this version").click()
    page.get_by_role("link", name="Version 1.0.0").click()
    page.get_by_text("Clicked together, version 1.0.0.").wait_for()
    page.get_by_role("link", name="this collection").click()
    page.get_by_role("link", name="change it").click()
    page.get_by_label("Reason").fill("Wrong cuts.")
    page.get_by_role("button", name="Withdraw it").click()
    page.get_by_role("heading", name="This collection was withdrawn").wait_for()
    page.get_by_text("Wrong cuts.").wait_for()
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / "collection-tombstone-390.png", full_page=True)
    context.close()

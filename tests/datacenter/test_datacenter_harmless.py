"""What others made does nothing on our pages: no script, no foreign address, nothing that a browser would run from here."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from datacenter_parts import ISSUER, Person

HTML = b"<!doctype html><script>alert(document.domain)</script>"
ACTIVE = {
    "page.html": "text/html",
    "page.xhtml": "application/xhtml+xml",
    "drawing.svg": "image/svg+xml",
    "style.xml": "text/xml",
    "feed.xml": "application/xml",
    "code.js": "text/javascript",
    "paper.pdf": "application/pdf",
    "page.mht": "multipart/related",
    "applet.swf": "application/x-shockwave-flash",
    "table.ecsv": "text/csv",
    "frame.md": "text/markdown",
    "inner.zip": "application/zip",
    "picture.png": "image/png",
    "picture2.png": "image/png; charset=utf-7",
}
EVIL = "</title></script></style></textarea><script>alert(1)</script><img src=x onerror=alert(1)>\"' onfocus=alert(1) x='"


@pytest.fixture
def active(release: Any) -> Any:
    """A release of files that would run in a browser, if it was let."""
    for name, kind in ACTIVE.items():
        body = HTML + name.encode()
        release.contents[name] = body
        sha256 = hashlib.sha256(body).hexdigest()
        release.document["files"].append({"path": name, "size": len(body), "sha256": sha256, "mediaType": kind})
    return release


def test_bytes_of_others_run_on_no_route(
    datacenter: Any, active: Any, run: Callable[..., str], account: Callable[..., str]
) -> None:
    author = run("create-token", f"{active.kid} author", "--role", "author", "--kid", active.kid, "--output", "-")
    datacenter.open(active, token=author)
    for path in active.contents:
        datacenter.send(active, path, token=author)
    submitted = datacenter.publish(active, token=author).json()
    link = submitted["review"]["link"].removeprefix(datacenter.server.url)
    steward = Person(datacenter)
    steward.sign_in(account("--steward"))
    for name, kind in ACTIVE.items():
        for place in (f"/drafts/{active.kid}/1.0.0/files/{name}", f"{link}/files/{name}"):
            _is_harmless(steward.get(place), kind)
            assert steward.get(place).headers["Cache-Control"] == "private, no-store"
    assert datacenter.publish(active).json()["status"] == "published"
    for name, kind in ACTIVE.items():
        for place in (f"/r/{active.kid}/1.0.0/files/{name}", f"/api/v1/files/{active.sha256(name)}"):
            _is_harmless(datacenter.page(place), kind)
            _is_harmless(datacenter.page(place, headers={"Accept": "text/html", "Range": "bytes=3-"}), kind)


def _is_harmless(answer: Any, kind: str) -> None:
    assert answer.status_code in (200, 206)
    shown = "inline" if kind == "image/png" else "attachment"
    assert answer.headers["Content-Disposition"].startswith(f"{shown}; filename="), answer.url
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == kind
    policy = answer.headers["Content-Security-Policy"]
    assert ("sandbox" in policy, "default-src 'none'" in policy, "script" in policy, "allow-" in policy) == (
        True,
        True,
        False,
        False,
    )


# --- pages


class Look(HTMLParser):
    """What of a page could run, or leads where pages do not lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in ("iframe", "object", "embed", "base", "applet") or (
            tag == "script" and told.get("type") != "application/ld+json"
        ):
            self.faults.append(self.get_starttag_text() or tag)
        for name, value in told.items():
            address = re.sub(r"[\x00-\x20]", "", value).lower()
            leads = name in ("href", "src", "action", "formaction", "xlink:href") and re.match(
                r"(javascript|data|vbscript|file):", address
            )
            if name.startswith("on") or name in ("style", "srcdoc") or leads:
                self.faults.append(self.get_starttag_text() or name)
        if tag == "img" and told.get("src") == "x":
            self.faults.append("an image of somebody else")


#: What is checked by its form, or by which things are found.
_FORMED = {
    "format",
    "kid",
    "version",
    "digest",
    "commit",
    "landing",
    "datePublication",
    "accessURL",
    "accessFormat",
    "parentResource",
}
_FORMED |= {"sha256", "mediaType", "path", "size", "type", "resourceType", "role", "kind", "files", "tables", "ktype", "axis"}


def _spoiled(value: Any) -> Any:
    """Evil in every text of a document that says something freely."""
    if isinstance(value, dict):
        return {key: item if key in _FORMED else _spoiled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spoiled(item) for item in value]
    return EVIL if isinstance(value, str) else value


def _evil(release: Any) -> Any:
    resource = release.document["resource"]
    resource.update(
        referenceURL="javascript:alert(1)",
        keywords=["x"],
        language="x",
        contact={"name": "x", "email": "x"},
        funding=[{"funder": "x"}],
        idALT="x",
        idIVOA="x",
        relatedResources=[{"id": "javascript:alert(1)"}, {"id": f"https://x.example/{EVIL}"}],
        content={"instrument": "x", "further": "x"},
        authors=[
            {"name": "x", "type": "person", "orcid": "x", "affiliations": [{"name": "x", "ror": "x"}]},
            {"name": "x", "type": "collaboration"},
        ],
    )
    kept = {key: resource[key] for key in ("referenceURL", "relatedResources")}
    release.document.update(_spoiled({**release.document, "tag": "x", "repository": "x", "software": {"numpy": "x"}}))
    release.document["resource"].update(kept)
    release.contents["data/aeff.ecsv"] = f'energy,aeff\n1,"{EVIL.replace(chr(34), chr(39))}"\n'.encode()
    entry = next(entry for entry in release.document["files"] if entry["path"] == "data/aeff.ecsv")
    body = release.contents["data/aeff.ecsv"]
    entry.update(size=len(body), sha256=hashlib.sha256(body).hexdigest())
    return release


def _looked(name: str, answer: Any) -> None:
    assert answer.status_code in (200, 403, 404, 410, 422), name
    assert answer.headers["Content-Type"].startswith("text/html"), name
    assert Look(answer.text).faults == [], name
    policy = answer.headers["Content-Security-Policy"]
    assert ("unsafe" in policy, "script-src" in policy, "default-src 'none'" in policy) == (False, False, True), name


def test_metadata_runs_on_no_page(
    datacenter: Any, run: Callable[..., str], account: Callable[..., str], making: Callable[..., Any]
) -> None:
    release = _evil(making())
    number = str(uuid.uuid4().int % 10**8)
    run("register-project", number, "--namespace", "72", "--issuer", ISSUER, "--path", EVIL, "--kid", release.kid)
    steward, guest = Person(datacenter), Person(datacenter)
    steward.sign_in(account("--steward"))
    run("create-token", EVIL + number, "--role", "author", "--kid", release.kid, "--output", "-")
    author = run("create-token", f"{number}{EVIL}", "--role", "author", "--kid", release.kid, "--output", "-")
    opened = datacenter.open(release, token=author)
    assert opened.status_code == 201, opened.text
    for path in release.contents:
        assert datacenter.send(release, path, token=author).status_code in (200, 201)
    link = datacenter.publish(release, token=author).json()["review"]["link"].removeprefix(datacenter.server.url)
    assert guest.post(link, action="comment", comment=EVIL, name=EVIL).status_code == 302
    pages = [link, f"/drafts/{release.kid}/1.0.0", "/admin", "/account", "/upload", f"/login?next={EVIL}", f"/login?next=/{EVIL}"]
    for path in pages:
        _looked(path, steward.get(path))
    _looked("a comment without a name", guest.post(link, action="comment", comment=EVIL, name=" "))
    _looked("sign in", Person(datacenter).post("/login", name=EVIL, password=EVIL, next=EVIL))
    record = {"archive": "zenodo", "kind": EVIL, "id": EVIL, "doi": "", "url": "javascript:alert(1)"}
    assert datacenter.ask("PUT", f"/releases/{release.kid}/1.0.0/records/zenodo", json=record).status_code == 200
    decided = datacenter.ask("POST", f"/releases/{release.kid}/1.0.0/review", json={"decision": "publish"})
    assert decided.json()["status"] == "published"  # although the checks find errors
    amended = {"release": {**release.document, "resource": {**release.document["resource"], "description": f"{EVIL} again"}}}
    amended["links"] = [
        {"relation": "IsSupplementTo", "identifier": "javascript:alert(1)"},
        {"relation": "Cites", "identifier": EVIL},
    ]
    amended["links"].append({"relation": "References", "identifier": f"https://x.example/{EVIL}"})
    assert datacenter.ask("PATCH", f"/releases/{release.kid}/1.0.0", json=amended).status_code == 200
    made = datacenter.ask("POST", "/collections", json={"title": EVIL, "kind": "analysis", "description": EVIL}).json()
    assert datacenter.ask("PUT", f"/collections/{made['kid']}/members/{release.kid}").status_code == 201
    pages = [
        "/",
        f"/?q={EVIL}",
        "/?q=alert",
        f"/?author={EVIL}&keyword={EVIL}",
        f"/r/{release.kid}",
        f"/r/{release.kid}?rows={EVIL}&by={EVIL}",
    ]
    pages += [
        f"/r/{release.kid}?rows={release.table}&by=-aeff",
        f"/kid/{release.kid}",
        f"/kid/{EVIL}",
        "/kid",
        "/ktype",
        f"/ktype/{EVIL}",
    ]
    pages += ["/ktype/km3.table", "/collections", f"/collections/{made['kid']}", "/privacy", "/nothing"]
    for path in pages:
        _looked(path, datacenter.page(path, headers={"Accept": "text/html"}))
    assert datacenter.ask("POST", f"/releases/{release.kid}/1.0.0/withdraw", json={"reason": EVIL}).status_code == 200
    _looked("tombstone", datacenter.page(f"/r/{release.kid}"))


def test_metadata_documents_are_no_pages(datacenter: Any, making: Callable[..., Any]) -> None:
    release = datacenter.bring_reviewed(_evil(making()))
    names = ["schema.jsonld", "dcat.jsonld", "dcat.ttl", "datacite.json", "datacite.xml", "citation.cff", "citation.bib"]
    places = [f"/r/{release.kid}/1.0.0/metadata/{name}" for name in names]
    places += [f"/r/{release.kid}/1.0.0/{name}" for name in ("linkset", "linkset.json")]
    places += [
        f"/api/v1/releases/{release.kid}/1.0.0",
        f"/api/v1/resources/{release.kid}",
        "/api/v1/search?q=alert",
        "/sitemap.xml",
    ]
    places += [f"/oai?verb=ListRecords&metadataPrefix={prefix}" for prefix in ("oai_dc", "oai_datacite")]
    for place in places:
        answer = datacenter.page(place, headers={"Accept": "text/html"})
        assert answer.status_code == 200, place
        assert "html" not in answer.headers["Content-Type"], place
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        if "xml" in answer.headers["Content-Type"]:
            assert "<script" not in answer.text, place
    withdrawn = datacenter.ask("POST", f"/releases/{release.kid}/1.0.0/withdraw", json={"reason": "It is evil."})
    assert withdrawn.status_code == 200

"""Pages as readers and their browsers get them."""

from __future__ import annotations

import re
import uuid
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest


def test_the_catalogue_shows_each_release_with_its_figure(datacenter: Any, making: Callable[..., Any]) -> None:
    release = datacenter.bring(making(title="Effective <area> & more"))
    page = datacenter.page("/")
    assert page.status_code == 200
    assert "Effective &lt;area&gt; &amp; more" in page.text
    assert f'href="/r/{release.kid}/1.0.0"' in page.text
    image = f"/r/{release.kid}/1.0.0/files/rendered/aeff.png"
    assert f'src="{image}" alt="Effective area rising with energy"' in page.text
    assert datacenter.page(image).content == release.contents["rendered/aeff.png"]


def test_the_catalogue_goes_on_over_pages_and_forgives_nonsense(starting: Any, making: Callable[..., Any]) -> None:
    client = starting()
    assert "Nothing has been published here yet" in client.page("/").text
    for number in range(25):
        client.bring(making(title=f"Release {number}"))
    first = client.page("/").text
    (more,) = re.findall(r'href="(/\?cursor=[^"]+)"', first)
    second = client.page(more).text
    assert (first.count('<li class="card">'), second.count('<li class="card">')) == (24, 1)
    assert "Release 0" in second
    assert '<a href="/?">← First page</a>' in second
    for nonsense in ("x", "9" * 500, "²", "WzEsMl0"):
        assert client.page("/", params={"cursor": nonsense}).status_code == 400, nonsense
    for nonsense in ('"', "*", "a OR b NOT (", "'" * 50, "x" * 5000, "\ud800".encode("utf-8", "surrogatepass")):
        assert client.page("/", params={"q": nonsense}).status_code == 200, nonsense


def test_the_landing_page_tells_title_columns_citation_and_downloads(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    for address in (f"/r/{release.kid}", f"/r/{release.kid}/1.0.0"):
        page = datacenter.page(address)
        assert page.status_code == 200
        assert release.document["resource"]["title"] in page.text
        for word in ("aeff", "effective area", "How to cite", "BibTeX", release.sha256("data/aeff.ecsv")):
            assert word in page.text
    found = re.findall(r'(?:href|src)="([^"]*/files/[^"]+)"', page.text)
    assert {link.partition("/files/")[2] for link in found} >= {"data/aeff.ecsv", "rendered/aeff.png", "rendered/aeff.svg"}
    for link in found:
        path = link.partition("/files/")[2]
        assert datacenter.http.get(link, timeout=60).content == release.contents[path]


def test_the_kid_of_a_member_leads_to_its_place_on_the_page(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    for kid in (release.table, release.figure):
        answer = datacenter.page(f"/r/{kid}", allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/r/{release.kid}/1.0.0#{kid}")
        assert f'id="{kid}"' in datacenter.page(f"/r/{kid}").text


def test_an_old_version_says_so_and_leads_to_the_newest(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    datacenter.bring(release)
    assert "notice" not in re.sub(r"<style>.*?</style>", "", datacenter.page(f"/r/{release.kid}").text, flags=re.S)
    datacenter.bring(making(release.kid, "1.1.0"))
    old = datacenter.page(f"/r/{release.kid}/1.0.0").text
    assert f'The newest is <a href="/r/{release.kid}/1.1.0">version 1.1.0</a>' in old
    new = datacenter.page(f"/r/{release.kid}").text
    assert f'Older versions: <a href="/r/{release.kid}/1.0.0">1.0.0</a>' in new
    assert "The newest is" not in new


def test_only_pictures_are_shown_in_place_and_nothing_of_a_file_runs(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    for path in release.contents:
        answer = datacenter.page(f"/r/{release.kid}/1.0.0/files/{path}")
        kept = "inline" if path.endswith(".png") else "attachment"
        assert answer.headers.get("Content-Disposition", "").startswith(f'{kept}; filename="{path.rpartition("/")[2]}"'), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["../../token", "..%2f..%2ftoken", "%2e%2e/%2e%2e/secret_key", "data", "", "data/aeff.ecsv%00", "/etc/passwd"]
)
def test_tricks_with_paths_reach_no_other_file(datacenter: Any, release: Any, name: str) -> None:
    datacenter.bring(release)
    answer = datacenter.page(f"/r/{release.kid}/1.0.0/files/{name}")
    assert answer.status_code == 404
    assert datacenter.token not in answer.text


def test_every_page_keeps_browsers_safe(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    for address in ("/", f"/r/{release.kid}", "/nothing", f"/r/{uuid.uuid4()}", "/api/v1/releases"):
        answer = datacenter.page(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert (answer.headers["X-Frame-Options"], answer.headers["Referrer-Policy"]) == ("DENY", "no-referrer")
        assert "Set-Cookie" not in answer.headers
        for style in re.findall(r"<style>(.*?)</style>", answer.text, flags=re.S):
            assert b64encode(sha256(style.encode()).digest()).decode() in policy
        is_page = "html" in answer.headers["Content-Type"]
        assert not (is_page and re.search(r'<script(?! type="application/ld\+json")| style="| on[a-z]+="', answer.text))


def test_a_page_that_is_not_there_is_a_sentence(datacenter: Any) -> None:
    for address in ("/nothing", "/r/", f"/r/{uuid.uuid4()}", "/r/x/1.0.0", f"/r/{uuid.uuid4()}/1/files/x"):
        answer = datacenter.page(address)
        assert answer.status_code == 404
        assert "<h1>There is " in answer.text
        assert "See the catalogue" in answer.text
    assert datacenter.http.post(f"{datacenter.server.url}/", timeout=60).status_code == 405


def test_metadata_cannot_break_out_of_the_page(datacenter: Any, release: Any) -> None:
    evil = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    release.document["resource"].update(title=evil, description=evil, keywords=[evil], referenceURL="javascript:alert(1)")
    release.document["members"][0]["resource"]["title"] = evil
    release.document["members"][0]["parameters"][0].update(symbol=evil, unit=evil, description=evil)
    release.document["members"][1]["alt"] = evil
    datacenter.bring_reviewed(release)
    for address in ("/", f"/r/{release.kid}"):
        text = datacenter.page(address).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript:' not in text


def test_both_favicons_are_there(datacenter: Any) -> None:
    for address in ("/favicon.ico", "/favicon.svg"):
        answer = datacenter.page(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_a_browser_shows_the_pages_without_complaint_at_any_width(
    browser: Any, datacenter: Any, making: Callable[..., Any], width: int
) -> None:
    made = making(title="Effective area of KM3NeT/ARCA230 for neutrinos of all flavours " * 3)
    files = [{"path": f"{number}.h5"} for number in range(9)]
    made.document["steps"] = [
        {"refID": str(uuid.uuid4()), "name": f"Step {number}", "inputs": [before], "outputs": [after]}
        for number, (before, after) in enumerate(pairwise(files))
    ]
    release = datacenter.bring(made)
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"{request.url} {request.failure}"))
    for address in ("/", f"/r/{release.kid}"):
        page.goto(datacenter.server.url + address, wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") != "rgba(0, 0, 0, 0)"
    box = page.locator("svg.chain .step rect").first
    assert box.evaluate("box => getComputedStyle(box).fill") == "rgb(230, 241, 251)"
    page.goto(f"{datacenter.server.url}/r/{release.figure}", wait_until="networkidle")
    assert page.url.endswith(f"#{release.figure}")
    page.close()
    assert complaints == []

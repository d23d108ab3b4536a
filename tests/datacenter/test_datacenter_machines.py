"""What machines find: typed links, metadata in the languages of others, robots.txt and site maps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyshacl
import pytest
from datacenter_schemas import valid
from datacite import schema45
from rdflib import DCAT, DCTERMS, Graph, Literal, URIRef
from signposting import find_signposting_http_link, find_signposting_linkset


@pytest.fixture(scope="module")
def known(datacenter: Any) -> Any:
    """A published release with an ORCID."""
    from datacenter_parts import made

    release = made(title="Effective area of ARCA & friends")
    resource = release.document["resource"]
    resource["authors"].append({"name": "Example, Alice", "orcid": "0000-0002-1825-0097"})
    resource.update(keywords=["neutrino"], description="Numbers behind a <figure>.")
    return datacenter.bring(release)


def _page(known: Any) -> str:
    return f"/r/{known.kid}/1.0.0"


def test_the_landing_page_is_signposted(datacenter: Any, known: Any) -> None:
    answer = datacenter.page(_page(known))
    found = find_signposting_http_link([answer.headers["Link"]], answer.url)
    assert found.citeAs is not None
    assert str(found.citeAs.target) == known.document["landing"]
    assert [str(author.target) for author in found.authors] == ["https://orcid.org/0000-0002-1825-0097"]
    assert str(found.license.target) == "https://spdx.org/licenses/CC-BY-4.0"
    assert {str(kind.target) for kind in found.types} == {"https://schema.org/AboutPage", "https://schema.org/Dataset"}
    assert {item.target.rpartition("/files/")[2] for item in found.items} == set(known.contents)
    for link in (*found.items, *found.describedBy, *found.linksets):
        answer = datacenter.http.get(link.target, timeout=60)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == str(link.type), link


def test_both_forms_of_the_link_set_say_the_same(datacenter: Any, known: Any) -> None:
    as_json, as_text = (datacenter.page(f"{_page(known)}/{name}") for name in ("linkset.json", "linkset"))
    told = as_json.json()["linkset"]
    links = {(item["anchor"], rel, link["href"]) for item in told for rel in item if rel != "anchor" for link in item[rel]}
    parsed = find_signposting_linkset(as_text.url)
    assert links == {(str(link.context or as_text.url), str(link.rel), str(link.target)) for link in parsed.signposts} | {
        link for link in links if link[1] == "describes"
    }
    collections = [item for item in told if "collection" in item]
    assert len(collections) == len(known.contents)
    assert collections[0]["collection"] == [{"href": f"{datacenter.server.url}{_page(known)}", "type": "text/html"}]


def test_a_file_and_a_document_lead_back_to_the_page(datacenter: Any, known: Any) -> None:
    page = f"{datacenter.server.url}{_page(known)}"
    file = datacenter.page(f"{_page(known)}/files/data/aeff.ecsv")
    document = datacenter.page(f"{_page(known)}/metadata/datacite.json")
    assert f'<{page}>; rel="collection"; type="text/html"' in file.headers["Link"]
    assert document.headers["Link"] == f'<{page}>; rel="describes"; type="text/html"'


def test_with_many_files_they_stand_in_the_link_set_only(datacenter: Any, making: Callable[..., Any]) -> None:
    release = making()
    for number in range(40):
        path, body = f"notes/{number}.md", f"# {release.kid} {number}\n".encode()
        release.contents[path] = body
        entry = {"path": path, "size": len(body), "sha256": release.sha256(path), "mediaType": "text/markdown"}
        release.document["files"].append(entry)
    datacenter.bring(release)
    header = datacenter.page(_page(release)).headers["Link"]
    assert 'rel="item"' not in header
    assert len(header) < 4000
    first = datacenter.page(f"{_page(release)}/linkset.json").json()["linkset"][0]
    assert len(first["item"]) == 46


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("image/png", "text/html"),
        ("nonsense", "text/html"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle", "text/turtle"),
        ("application/vnd.datacite.datacite+json", "application/vnd.datacite.datacite+json"),
        ("application/vnd.datacite.datacite+xml", "application/vnd.datacite.datacite+xml"),
        ("application/linkset+json", "application/linkset+json"),
        ("text/turtle;q=0.5, text/html;q=0.4", "text/turtle"),
        ("application/x-bibtex", "application/x-bibtex"),
    ],
)
def test_a_landing_page_is_given_in_the_language_that_is_asked_for(datacenter: Any, known: Any, accept: str, kind: str) -> None:
    answer = datacenter.page(f"/r/{known.kid}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, kind)
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_the_dcat_record_names_every_file_with_its_checksum(datacenter: Any, known: Any) -> None:
    turtle = datacenter.page(f"{_page(known)}/metadata/dcat.ttl").text
    graphs = [
        Graph().parse(data=turtle, format="turtle"),
        Graph().parse(data=datacenter.page(f"{_page(known)}/metadata/dcat.jsonld").text, format="json-ld"),
    ]
    assert graphs[0].isomorphic(graphs[1])
    subject = URIRef(known.document["landing"])
    assert (subject, DCTERMS.title, Literal("Effective area of ARCA & friends", lang="en")) in graphs[0]
    assert (subject, DCTERMS.license, URIRef("https://spdx.org/licenses/CC-BY-4.0")) in graphs[0]
    downloads = {str(target) for target in graphs[0].objects(None, DCAT.downloadURL)}
    assert downloads == {f"{datacenter.server.url}{_page(known)}/files/{path}" for path in known.contents}
    assert all(known.sha256(path) in turtle for path in known.contents)


def test_the_datacite_documents_are_those_of_the_schema(datacenter: Any, known: Any, making: Callable[..., Any]) -> None:
    told = datacenter.page(f"{_page(known)}/metadata/datacite.json").json()
    assert told["titles"] == [{"title": "Effective area of ARCA & friends"}]
    document = datacenter.page(f"{_page(known)}/metadata/datacite.xml").content
    valid(document)
    tree = ElementTree.fromstring(document)
    space = "{http://datacite.org/schema/kernel-4}"
    first = tree[0]
    assert (first.tag, first.get("identifierType"), first.text) == (f"{space}identifier", "URL", known.document["landing"])
    assert tree.findtext(f"{space}titles/{space}title") == "Effective area of ARCA & friends"
    with_doi = making()
    with_doi.document["resource"]["idDOI"] = "10.5281/zenodo.123"
    datacenter.bring(with_doi)
    assert schema45.validate(datacenter.page(f"{_page(with_doi)}/metadata/datacite.json").json())
    tree = ElementTree.fromstring(datacenter.page(f"{_page(with_doi)}/metadata/datacite.xml").content)
    found = [(item.get("identifierType"), item.text) for item in tree.findall(f"{space}identifier")]
    assert found == [("DOI", "10.5281/ZENODO.123")] or found == [("DOI", "10.5281/zenodo.123")]


def test_json_ld_by_itself_is_that_of_the_page(datacenter: Any, known: Any) -> None:
    page = datacenter.page(_page(known)).text
    inside = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.S)
    assert inside
    assert json.loads(inside[1]) == datacenter.page(f"{_page(known)}/metadata/schema.jsonld").json()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_json_ld_keeps_to_the_shapes_of_science_on_schema_org(datacenter: Any, known: Any) -> None:
    origin = find_spec("soso")
    assert origin
    assert origin.origin
    shapes = Graph().parse(Path(origin.origin).parent / "data" / "soso_common_v1.2.3.ttl")
    graph = Graph().parse(data=datacenter.page(f"{_page(known)}/metadata/schema.jsonld").text, format="json-ld")
    conforms, _, told = pyshacl.validate(graph, shacl_graph=shapes, allow_warnings=True)
    assert conforms, told
    graph.remove((None, URIRef("http://schema.org/description"), None))
    assert not pyshacl.validate(graph, shacl_graph=shapes, allow_warnings=True)[0]


def test_under_an_embargo_no_file_is_named_and_a_withdrawn_version_has_no_documents(
    datacenter: Any, making: Callable[..., Any]
) -> None:
    release = making()
    release.document["embargo"] = "2099-01-01"
    datacenter.bring(release)
    assert 'rel="item"' not in datacenter.page(_page(release)).headers["Link"]
    turtle = datacenter.page(f"{_page(release)}/metadata/dcat.ttl").text
    assert "downloadURL" not in turtle
    assert "RESTRICTED" in turtle
    datacenter.ask("POST", f"/releases/{release.kid}/1.0.0/withdraw", json={"reason": "wrong"})
    for name in ("metadata/dcat.ttl", "linkset.json"):
        assert datacenter.page(f"{_page(release)}/{name}").status_code == 410
    assert datacenter.page(f"/r/{release.kid}", headers={"Accept": "text/turtle"}).status_code == 410


def test_what_is_no_document_is_not_found(datacenter: Any, known: Any, making: Callable[..., Any]) -> None:
    for address in (f"{_page(known)}/metadata/other.xml", f"/r/{known.table}/1.0.0/linkset"):
        assert datacenter.page(address).status_code == 404, address
    draft = making()
    datacenter.open(draft)
    assert datacenter.page(f"{_page(draft)}/metadata/dcat.ttl").status_code == 404


def test_robots_and_site_maps_lead_to_every_published_page(datacenter: Any, known: Any, making: Callable[..., Any]) -> None:
    robots = datacenter.page("/robots.txt").text
    assert f"Sitemap: {datacenter.server.url}/sitemap.xml" in robots
    assert "Disallow: /review/" in robots
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    maps = [item.text for item in ElementTree.fromstring(datacenter.page("/sitemap.xml").content).iter(f"{space}loc")]
    pages = [
        str(item.text)
        for address in maps
        for item in ElementTree.fromstring(datacenter.http.get(str(address), timeout=60).content).iter(f"{space}loc")
    ]
    assert f"{datacenter.server.url}{_page(known)}" in pages
    listed = datacenter.ask("GET", "/search", token="").json()["count"]
    assert len(pages) == len(set(pages))
    assert len([page for page in pages if "/collections/" not in page]) == listed
    assert datacenter.page("/sitemap-99999999999.xml").status_code == 404

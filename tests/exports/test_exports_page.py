"""The landing page."""

import json
import re
from html.parser import HTMLParser

import pytest

from kpublish.exports.page import STYLE, Frame, html
from kpublish.exports.page.citing import bibtex, citation
from kpublish.exports.page.symbols import symbol, unit
from kpublish.model.bundle import FileEntry

VOID = {"meta", "link", "img", "br"}


class Outline(HTMLParser):
    """Collects elements and finds those that are not closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_every_element_is_closed_and_every_id_is_used_once(release):
    page = Outline(html(release))
    assert page.open == []
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))


def test_nothing_runs_and_nothing_comes_from_other_hosts(release):
    page = Outline(html(release))
    assert [attributes["type"] for attributes in page.all("script")] == ["application/ld+json"]
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on") or key == "style"]
    assert all("://" not in attributes["src"] for attributes in page.all("img"))
    assert [attributes["rel"] for attributes in page.all("link")] == ["canonical"]
    assert not re.search(r"url\(|@import", STYLE)


def test_the_style_element_holds_exactly_the_style(full):
    assert f"<style>{STYLE}</style>" in html(full)


def test_text_of_authors_stays_text(full):
    page = Outline(html(full))
    assert "b" not in {tag for tag, _ in page.elements}
    assert full.resource.title in "".join(page.texts)
    assert not [attributes for attributes in page.all("a") if attributes["href"].startswith("javascript")]


def test_links_lead_to_the_files_beside_it(full):
    links = {attributes["href"] for attributes in Outline(html(full)).all("a")}
    assert {"data/aeff%20plus.ecsv", "rendered/aeff.pdf"} <= links


def test_a_server_gives_its_own_addresses_and_frame(full):
    text = html(full, href=lambda path: f"https://here.example/{path}", frame=Frame("<p>our server</p>"))
    assert "<body>\n<p>our server</p>" in text
    assert 'href="https://here.example/rendered/aeff.pdf"' in text
    assert "curl -O https://here.example/data/aeff plus.ecsv" in text


def test_members_can_be_pointed_at(full):
    names = {attributes.get("id") for attributes in Outline(html(full)).all("section")}
    assert {member.resource.kid for member in full.members} <= names


def test_the_figure_has_its_alternative_text_and_a_quick_picture(full):
    (picture,) = Outline(html(full)).all("img")
    assert picture["alt"] == 'Steps that rise from "1 cm2" to 1000 m2'
    assert picture["src"] == "rendered/aeff.png"  # the drawing has 30 MB


def test_a_small_drawing_is_shown_rather_than_pixels(full):
    files = tuple(entry.model_copy(update={"size": 1000}) for entry in full.files)
    (picture,) = Outline(html(full.model_copy(update={"files": files}))).all("img")
    assert picture["src"] == "rendered/aeff.svg"


def test_search_engines_read_the_data_set(release):
    text = re.search(r'<script type="application/ld\+json">(.*?)</script>', html(release), re.DOTALL)[1]
    node = json.loads(text)
    assert node["@context"] == {"@vocab": "http://schema.org/"}
    assert (node["@type"], node["name"], node["url"]) == ("Dataset", release.resource.title, release.landing)
    assert node["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert all("://" in item["contentUrl"] for item in node.get("distribution", []))


def test_it_says_how_to_cite_with_a_file_and_how_to_load_in_topcat(full):
    entry = FileEntry(path="CITATION.cff", size=820, sha256="0" * 64, mediaType="application/yaml", role="metadata")
    page = html(full.model_copy(update={"files": (*full.files, entry)}))
    assert '<a href="CITATION.cff">CFF · 820 B</a>' in page.partition('id="cite"')[2].partition("</section>")[0]
    assert re.search(rf"topcat -f ecsv {re.escape(full.landing)}/\S+\.ecsv", page)
    assert "CFF" not in html(full).partition('id="cite"')[2].partition("</section>")[0]


def test_it_says_how_to_cite(full):
    assert citation(full) == (
        "KM3NeT Collaboration; Éxample, A. M.; Hopper, G.; Plato (2026). "
        "Effective area of KM3NeT/ARCA230 & <friends> at 100% {TeV}_x "
        "(version 1.0.0-rc.1) [Data and figures]. KM3NeT Collaboration. https://doi.org/10.5281/zenodo.1234567"
    )
    entry = bibtex(full)
    assert "author       = {{KM3NeT Collaboration} and Éxample, Ada Maria and Hopper, Grace and Plato}" in entry
    assert r"title        = {{Effective area of KM3NeT/ARCA230 \& <friends> at 100\% \{TeV\}\_x}}" in entry


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("x", "<i>x</i>"),
        (r"$E_{\nu}$", "<i>E</i><sub>ν</sub>"),
        (r"A_{\mathrm{eff}}", "<i>A</i><sub>eff</sub>"),
        (r"\cos\theta", "cos θ"),
        (r"\log_{10}(E/\mathrm{GeV})", "log <sub>10</sub>(<i>E</i>/GeV)"),
        (r"\bar{\nu}_\mu", "ν\u0304<sub>μ</sub>"),
        (r"E^2 \Phi", "<i>E</i><sup>2</sup> Φ"),
        ("E_{", "<i>E</i><sub></sub>"),
        ("}", ""),
        ("<script>", "&lt;<i>s</i><i>c</i><i>r</i><i>i</i><i>p</i><i>t</i>&gt;"),
    ],
)
def test_symbols_become_simple_html(latex, expected):
    assert symbol(latex) == expected


@pytest.mark.parametrize("latex", ["{" * 5000, "_" * 5000, "\\frac" * 5000])
def test_a_symbol_without_end_is_only_text(latex):
    assert symbol(latex) == latex


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m2", "m<sup>2</sup>"),
        ("GeV-1 cm**-2 s^-1", "GeV<sup>−1</sup> cm<sup>−2</sup> s<sup>−1</sup>"),
        ("", ""),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_exponents_of_units_are_raised(text, expected):
    assert unit(text) == expected

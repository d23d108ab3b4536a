"""The identity that every figure carries, read by others than those who wrote it."""

import io
from dataclasses import replace
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image
from plots_examples import FIGURE_KID, RELEASE_KID, TABLE_KID, figure, project, table

from kpublish.formats import FORMATS
from kpublish.formats.xmp import NAMESPACES, fields
from kpublish.plots.canvas import draw
from kpublish.plots.identity import identity

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def files():
    described = figure({"mark": "steps"}, alt='Flux "as seen" <below> 1 GeV & above — Ünïcödé ☃', path="figures/a.yaml")
    return draw(described, project()).files


def extracted(files):
    return {name: FORMATS.get(name.rpartition(".")[2]).extract(content) for name, content in files.items()}


def test_one_and_the_same_packet_is_in_all_formats(files):
    packets = extracted(files)
    assert len(packets) == 3
    assert len(set(packets.values())) == 1
    assert all(packets["rendered/a.png"].encode() in content for content in files.values())


def test_the_packet_says_who_the_figure_is_and_what_was_drawn(files):
    said = fields(extracted(files)["rendered/a.svg"])
    assert said == {
        "title": "Flux of <nothing> & more",
        "description": "Made up",
        "alt": 'Flux "as seen" <below> 1 GeV & above — Ünïcödé ☃',
        "kid": FIGURE_KID,
        "version": "1.2.0",
        "release": RELEASE_KID,
        "license": "CC-BY-4.0",
        "statement": "https://spdx.org/licenses/CC-BY-4.0.html",
        "authors": ["KM3NeT Collaboration", "Exämple, Ada"],
        "publisher": ["KM3NeT Collaboration"],
        "landing": f"https://opendata.km3net.de/r/{FIGURE_KID}",
        "data": [{"path": "data/flux.ecsv", "sha256": table().sha256, "kid": TABLE_KID}],
    }


def test_pillow_reads_the_packet_of_the_png(files):
    image = Image.open(io.BytesIO(files["rendered/a.png"]))
    image.load()
    assert FIGURE_KID in image.info["XML:com.adobe.xmp"]
    assert isinstance(image.text["XML:com.adobe.xmp"], str)


def test_pikepdf_reads_the_packet_of_the_pdf_as_xmp(files):
    with pikepdf.open(io.BytesIO(files["rendered/a.pdf"])) as document, document.open_metadata() as metadata:
        assert metadata["dc:title"] == "Flux of <nothing> & more"
        assert metadata["dc:creator"] == ["KM3NeT Collaboration", "Exämple, Ada"]
        assert metadata[f"{{{NAMESPACES['km3']}}}kid"] == FIGURE_KID


def test_an_xml_parser_reads_the_packet_of_the_svg(files):
    root = ElementTree.fromstring(files["rendered/a.svg"])
    (metadata,) = root.findall(f"{SVG}metadata")
    assert metadata.find(f".//{{{NAMESPACES['km3']}}}kid").text == FIGURE_KID
    assert len(list(root)) > 1


def test_a_version_may_have_another_landing_address():
    said = identity(figure({"mark": "steps"}), replace(project(), landing="https://example.org/data/"), "alt")
    assert said["landing"] == f"https://example.org/data/r/{FIGURE_KID}"


def test_what_the_figure_says_itself_goes_before_the_release():
    said = identity(figure({"mark": "steps"}, resource={"license": "CC0-1.0"}), project(), "alt")
    assert said["license"] == "CC0-1.0"
    assert said["publisher"] == ["KM3NeT Collaboration"]

"""The packet in an SVG."""

from xml.etree import ElementTree

import pytest

from kpublish.errors import IntegrityError
from kpublish.formats import FORMATS, svg
from kpublish.formats.xmp import packet

PACKET = packet({"title": "a < b & c — ü", "kid": "k"})
IMAGE = b"""<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" aria-label="a > b" width="10pt"><g id="a"><path d="M 0 0"/></g></svg>
"""


def test_the_packet_comes_out_as_it_went_in():
    assert svg.extract(IMAGE) is None
    assert svg.extract(svg.embed(IMAGE, PACKET)) == PACKET


def test_a_second_packet_replaces_the_first():
    assert svg.embed(svg.embed(IMAGE, packet({"kid": "first"})), PACKET) == svg.embed(IMAGE, PACKET)


@pytest.mark.parametrize("metadata", [b"<metadata/>", b"<metadata id='x'><a>b</a></metadata>"])
def test_metadata_of_others_are_replaced(metadata):
    changed = IMAGE.replace(b"<g id", metadata + b"<g id")
    root = ElementTree.fromstring(svg.embed(changed, PACKET))
    assert [child.tag.rpartition("}")[2] for child in root] == ["metadata", "g"]


def test_the_picture_stays_the_same():
    before, after = ElementTree.fromstring(IMAGE), ElementTree.fromstring(svg.embed(IMAGE, PACKET))
    assert after.attrib == before.attrib
    assert ElementTree.tostring(after[1]).strip() == ElementTree.tostring(before[0]).strip()


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"<svg/>", b"\x89PNG", "<svg".encode("utf-16")])
def test_what_is_no_svg_is_refused(content):
    assert svg.extract(content) is None
    with pytest.raises(IntegrityError, match="not an SVG"):
        svg.embed(content, PACKET)


def test_the_format_says_what_it_is():
    assert (FORMATS.get("svg").KIND, svg.SUFFIXES, svg.MEDIA_TYPE) == ("figure", (".svg",), "image/svg+xml")

"""The packet in a PDF."""

import io

import pikepdf
import pytest

from kpublish.errors import IntegrityError
from kpublish.formats import FORMATS, pdf
from kpublish.formats.xmp import packet

PACKET = packet({"title": "a < b & c — ü", "kid": "k", "authors": ["A", "B"]})


@pytest.fixture
def document():
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(100, 50))
        made.save(stream)
    return stream.getvalue()


def test_the_packet_comes_out_as_it_went_in(document):
    assert pdf.extract(document) is None
    assert pdf.extract(pdf.embed(document, PACKET)) == PACKET


def test_the_packet_stands_in_the_file_byte_by_byte(document):
    assert PACKET.encode() in pdf.embed(document, PACKET)


def test_the_same_document_gives_the_same_bytes(document):
    assert pdf.embed(document, PACKET) == pdf.embed(document, PACKET)


def test_a_second_packet_replaces_the_first(document):
    twice = pdf.embed(pdf.embed(document, packet({"kid": "first"})), PACKET)
    assert pdf.extract(twice) == PACKET
    assert b"first" not in twice


def test_pikepdf_finds_nothing_wrong(document):
    with pikepdf.open(io.BytesIO(pdf.embed(document, PACKET))) as read:
        assert read.check_pdf_syntax() == []
        assert len(read.pages) == 1
        assert read.open_metadata()["dc:creator"] == ["A", "B"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"<svg/>"])
def test_what_is_no_pdf_is_refused(content):
    assert pdf.extract(content) is None
    with pytest.raises(IntegrityError, match="not a PDF"):
        pdf.embed(content, PACKET)


def test_the_format_says_what_it_is():
    assert (FORMATS.get("pdf").KIND, pdf.SUFFIXES, pdf.MEDIA_TYPE) == ("figure", (".pdf",), "application/pdf")

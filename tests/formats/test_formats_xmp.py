"""XMP packets: what is written can be read again, and nothing else is believed."""

import pytest

from kpublish.errors import IntegrityError
from kpublish.formats.xmp import BEGIN, END, fields, packet, within

TEXTS = [
    "a",
    "a < b & c > d",
    "\"double\" and 'single'",
    "]]>",
    "two\nlines\tand a tab",
    "&amp; &#65;",
    "Ünïcödé ☃ 鯨 \U0001f40b",
    "<?xpacket end",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_packet_says_what_it_was_told(text):
    data = [{"path": text, "sha256": "0", "kid": text}, {"path": "b"}]
    said = {"title": text, "alt": text, "kid": text, "authors": [text, "B"], "publisher": [text], "data": data}
    assert fields(packet(said)) == said


def test_a_packet_begins_and_ends_as_readers_look_for_it():
    text = packet({"kid": "a"})
    assert text.startswith(BEGIN)
    assert text.endswith(END)


def test_empty_fields_are_left_out():
    assert packet({"kid": "a", "title": "", "authors": [], "data": [], "license": None}) == packet({"kid": "a"})


def test_a_figure_without_a_kid_does_not_take_that_of_its_data():
    assert "kid" not in fields(packet({"title": "a", "data": [{"path": "b", "kid": "c"}]}))


def test_characters_that_xml_has_not_are_left_out():
    assert fields(packet({"title": "a\x00b\x1bc\ud800d\ufffee"}))["title"] == "abcde"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no XML",
        "<a>",
        '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
        "<a>&e;</a>",
    ],
)
def test_broken_and_dangerous_packets_are_refused(text):
    with pytest.raises(IntegrityError):
        fields(text)


def test_a_packet_is_found_within_other_text():
    text = packet({"kid": "a"})
    assert within(f"<svg><metadata>{text}</metadata></svg>") == text
    assert within("<svg/>") is None
    assert within(BEGIN + " without an end") is None
    assert within(f"{END} before {BEGIN}") is None

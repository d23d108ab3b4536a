"""``kpublish identify`` reads what a figure says about itself, and believes nothing else."""

import io
import json
import struct
import zlib

import pikepdf
import pytest

from kpublish.cli import run
from kpublish.formats import pdf, png, svg
from kpublish.formats.xmp import packet
from kpublish.store.identifying import LONGEST

KID = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
SAID = {
    "title": "Effective area \x9b of ü",
    "authors": ["KM3NeT Collaboration", "Example, Ada"],
    "license": "CC-BY-4.0",
    "landing": f"https://opendata.km3net.de/r/{KID}",
    "kid": KID,
    "version": "1.2.0",
    "release": "0d6f3df4-3b27-4c64-8f6e-3f8f5e2f6a01",
    "data": [{"path": "data/aeff.ecsv", "sha256": "ab" * 32, "kid": "6f0f3c59-9d8f-4b52-8d7b-55a5a6c6b0ab"}],
}
PNG = png.SIGNATURE + struct.pack(">I4sI", 0, b"IHDR", 0) + struct.pack(">I4sI", 0, b"IEND", 0)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'


def blank(**how):
    """A PDF of one empty page."""
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(100, 50))
        made.save(stream, **how)
    return stream.getvalue()


def drawn(text):
    """The packet in a figure of each format."""
    return {"png": png.embed(PNG, text), "svg": svg.embed(SVG, text), "pdf": pdf.embed(blank(), text)}


@pytest.fixture
def say(tmp_path, capsys, monkeypatch):
    """Runs the command on some bytes: (exit code, output, errors)."""
    monkeypatch.setattr("kpublish.http.session.BACKOFF", 0)

    def command(content, *arguments, name="figure"):
        (tmp_path / name).write_bytes(content)
        code = run(["identify", str(tmp_path / name), *arguments])
        return code, *capsys.readouterr()

    return command


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_every_format_is_told_by_its_content_not_its_name(say, suffix):
    code, out, err = say(drawn(packet(SAID))[suffix], name="figure.jpeg")
    assert (code, err) == (0, "")
    assert r"title:         Effective area \x9b of ü" in out
    for words in (KID, "1.2.0", SAID["release"], "KM3NeT Collaboration; Example, Ada", "CC-BY-4.0", SAID["landing"]):
        assert words in out
    assert f"data/aeff.ecsv  kid {SAID['data'][0]['kid']}  sha256 {'ab' * 32}" in out
    assert "published" not in out


def test_json_says_the_same(say):
    code, out, _ = say(drawn(packet(SAID))["png"], "--json")
    assert code == 0
    assert json.loads(out) == {"kind": "figure", **SAID}


@pytest.mark.parametrize("content", [b"", b"text", PNG, SVG, b"%PDF-1.4", blank(), b"\x00" * 1000, b"\xff\xd8\xff\xe0JFIF"])
def test_a_file_without_identity_is_one_sentence(say, content):
    code, out, err = say(content)
    assert (code, out) == (1, "")
    assert "does not say which resource it is." in err


@pytest.mark.parametrize("text", [packet({"title": "No kid"}), packet({"kid": "aeff"}), packet({"kid": "http://127.0.0.1/"})])
def test_a_packet_without_a_uuid_is_no_identity(say, text):
    assert say(drawn(text)["png"])[0] == 1


BOMB = '<?xpacket begin=""?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a><?xpacket end="r"?>'


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
@pytest.mark.parametrize(
    "text", [BOMB, '<?xpacket begin=""?><a><?xpacket end="r"?>', '<?xpacket begin=""?>' + "<a>" * 1000 + '<?xpacket end="r"?>']
)
def test_entities_and_broken_packets_end_in_a_sentence(say, suffix, text):
    code, out, err = say(drawn(text)[suffix])
    assert (code, out) == (6, "")
    assert err.startswith("error: The XMP packet cannot be read")


def test_a_document_type_outside_the_packet_is_not_read(say):
    content = b'<!DOCTYPE svg SYSTEM "file:///etc/hostname" [<!ENTITY a "x">]>' + drawn(packet(SAID))["svg"]
    assert say(content)[0] == 0


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_figure_cut_off_anywhere_ends_in_a_sentence(say, suffix):
    whole = drawn(packet(SAID))[suffix]
    for length in range(0, len(whole), 97):
        code, out, err = say(whole[:length])
        assert code in (0, 1, 6)
        assert "Internal error" not in err
        assert bool(out) == (code == 0)


def test_damage_anywhere_in_a_pdf_ends_in_a_sentence(say):
    whole = drawn(packet(SAID))["pdf"]
    for place in range(0, len(whole), 61):
        code, _, err = say(whole[:place] + b"\xff<<" + whole[place + 3 :])
        assert code in (0, 1, 6), err


def test_an_encrypted_pdf_is_one_sentence(say):
    assert say(blank(encryption=pikepdf.Encryption(owner="o", user="u")))[0] == 1


def with_metadata(content, packing):
    """A PDF whose metadata are packed as its author wishes; the reader finds the objects without a table."""
    pages = b"1 0 obj<</Type/Catalog/Pages 2 0 R/Metadata 3 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[4 0 R]/Count 1>>endobj\n"
    pages += b"4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    head = b"3 0 obj<</Type/Metadata/Subtype/XML%s/Length %d>>stream\n" % (packing, len(content))
    return b"%PDF-1.4\n" + pages + head + content + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_compressed_packet_is_read_but_not_without_end(say):
    flate = b"/Filter/FlateDecode"
    assert say(with_metadata(zlib.compress(packet(SAID).encode()), flate))[0] == 0
    assert say(with_metadata(zlib.compress(b" " * 300_000_000), flate))[0] == 1
    assert say(with_metadata(b"no zlib", flate))[0] == 1
    assert say(with_metadata(packet(SAID).encode().hex().encode(), b"/Filter/ASCIIHexDecode"))[0] == 1


def test_a_catalogue_without_metadata_stream_is_no_identity(say):
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(blank())) as made:
        made.Root.Metadata = pikepdf.String("text")
        made.save(stream, fix_metadata_version=False)
    assert say(stream.getvalue())[0] == 1


def test_a_packet_too_long_is_not_read(say):
    assert say(drawn(packet({**SAID, "description": "x" * LONGEST}))["svg"])[0] == 1


def test_a_file_too_large_is_not_read(tmp_path, capsys):
    with open(tmp_path / "large.png", "wb") as stream:
        stream.truncate(2**31)
    assert run(["identify", str(tmp_path / "large.png")]) == 2
    assert "is larger than" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nothing.png", "."])
def test_what_is_no_file_is_told(tmp_path, capsys, name):
    assert run(["identify", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_source_that_is_not_reached_leaves_what_the_file_says(say):
    code, out, _ = say(drawn(packet(SAID))["png"], "--from", "http://127.0.0.1:1")
    assert code == 0
    assert KID in out
    assert "published:     not known: 127.0.0.1:1 cannot be reached" in out

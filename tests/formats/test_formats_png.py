"""The packet in a PNG."""

import io
import struct

import pytest
from PIL import Image, PngImagePlugin

from kpublish.errors import IntegrityError
from kpublish.formats import FORMATS, png

PACKET = "<?xpacket begin='\ufeff'?><x>Ünïcödé ☃</x><?xpacket end='r'?>"


@pytest.fixture
def image():
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, "png")
    return stream.getvalue()


def test_the_packet_comes_out_as_it_went_in(image):
    assert png.extract(image) is None
    assert png.extract(png.embed(image, PACKET)) == PACKET


def test_a_second_packet_replaces_the_first(image):
    assert png.embed(png.embed(image, "first"), PACKET) == png.embed(image, PACKET)


def test_the_picture_stays_the_same(image):
    before, after = Image.open(io.BytesIO(image)), Image.open(io.BytesIO(png.embed(image, PACKET)))
    assert before.tobytes() == after.tobytes()
    assert after.info["XML:com.adobe.xmp"] == PACKET


def test_other_texts_stay(image):
    stream = io.BytesIO()
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("Comment", "kept")
    Image.open(io.BytesIO(image)).save(stream, "png", pnginfo=texts)
    assert Image.open(io.BytesIO(png.embed(stream.getvalue(), PACKET))).info["Comment"] == "kept"


@pytest.mark.parametrize("content", [b"", b"GIF89a", png.SIGNATURE, png.SIGNATURE + struct.pack(">I4sI", 0, b"IEND", 0)])
def test_what_is_no_png_is_refused(content):
    assert png.extract(content) is None
    with pytest.raises(IntegrityError, match="not a PNG"):
        png.embed(content, PACKET)


def test_a_truncated_png_is_read_to_its_end(image):
    whole = png.embed(image, PACKET)
    for length in range(len(whole)):
        assert png.extract(whole[:length]) in (None, PACKET) or length < 200 + len(PACKET)


def test_the_format_says_what_it_is():
    assert (FORMATS.get("png").KIND, png.SUFFIXES, png.MEDIA_TYPE) == ("figure", (".png",), "image/png")

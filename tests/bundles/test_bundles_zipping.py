"""The zip itself: what other readers make of it, and where numbers grow beyond 32 bits."""

import io
import os
import zipfile
import zlib

import pytest

from kpublish.bundles.layout import END_SIZE, LIMIT32, Record, central_header, directory_end, local_header, read_directory, read_end
from kpublish.bundles.zipping import HELD, ZipWriter
from kpublish.errors import UsageError
from kpublish.files.paths import clash, fault_of
from kpublish.model.media_types import MEDIA_TYPES, media_type


@pytest.mark.parametrize("count", [0, 1, 65534, 65535, 70000])
def test_any_number_of_files_is_read_back(count):
    stream = io.BytesIO()
    writer = ZipWriter(stream, "2026-11-23")
    for number in range(count):
        writer.add(f"ü{number}", io.BytesIO(b""))
    writer.close()
    end = read_end(stream.getvalue()[-END_SIZE:])
    assert end is not None
    assert end[0] == count
    with zipfile.ZipFile(stream) as package:
        assert package.namelist() == [f"ü{number}" for number in range(count)]


@pytest.mark.parametrize(("size", "start"), [(LIMIT32 - 1, LIMIT32 - 1), (LIMIT32, 0), (LIMIT32 + 5, LIMIT32 + 7), (3, LIMIT32)])
def test_records_beyond_four_gigabytes_are_read_back(tmp_path, size, start):
    record = Record("data/ü.bin", size, zlib.crc32(bytes(3)), (46 << 9) | (11 << 5) | 23, start)
    assert list(read_directory(central_header(record))) == [record]
    with (tmp_path / "sparse.zip").open("wb") as stream:  # holes take no space
        stream.seek(start)
        stream.write(local_header(record))
        assert stream.tell() == record.offset
        stream.seek(record.offset + size)
        place, directory = stream.tell(), central_header(record)
        stream.write(directory + directory_end(1, place, len(directory)))
    with zipfile.ZipFile(tmp_path / "sparse.zip") as package:
        (found,) = package.infolist()
        assert (found.filename, found.file_size, found.header_offset) == (record.path, size, start)
        assert found.date_time == (2026, 11, 23, 0, 0, 0)
        with package.open(found) as content:
            assert content.read(2) == b"\0\0"
    with (tmp_path / "sparse.zip").open("rb") as stream:
        stream.seek(-END_SIZE, os.SEEK_END)
        assert read_end(stream.read()) == (1, place, len(directory))


class Growing(io.BytesIO):
    """A file to which somebody writes while it is read."""

    def seek(self, *place):
        self.getbuffer()[-1:] = b"!"
        return super().seek(*place)


def test_a_file_that_changes_while_it_is_packed_is_an_error():
    writer = ZipWriter(io.BytesIO(), "2026-11-23")
    with pytest.raises(UsageError, match=r"big\.bin changed"):
        writer.add("big.bin", Growing(bytes(HELD + 10)))


@pytest.mark.parametrize("size", [0, 1, HELD - 1, HELD, HELD + 1])
def test_files_around_the_size_of_the_buffer_are_read_back(size):
    content, stream = os.urandom(size), io.BytesIO()
    writer = ZipWriter(stream, "1601-01-01")
    packed = writer.add("file", io.BytesIO(content))
    writer.close()
    assert stream.getvalue()[packed.offset : packed.offset + packed.size] == content
    with zipfile.ZipFile(stream) as package:
        assert package.read("file") == content
        assert package.infolist()[0].date_time[0] == 1980


@pytest.mark.parametrize("directory", [b"PK\1\2", b"nonsense" * 10])
def test_a_directory_that_is_none_is_an_error(directory):
    with pytest.raises(ValueError, match="directory"):
        list(read_directory(directory))


def test_usual_names_have_no_fault():
    names = ["README.md", "data/flux [E2].csv", ".gitignore", "figures/größe.yaml", "run:b/c"]
    assert [fault_of(name) for name in names] == [""] * len(names)
    assert clash(names) is None


def test_names_that_normalise_to_one_clash():
    assert clash(["é.txt", "e\u0301.txt"]) == ("é.txt", "e\u0301.txt")
    assert clash(["a/b", "a"]) == ("a/b", "a")


def test_a_name_that_is_not_utf8_is_refused():
    assert fault_of("a\udcff") == "is not UTF-8"


def test_every_media_type_has_two_parts():
    assert all(kind.count("/") == 1 for kind in MEDIA_TYPES.values())
    assert media_type("Data.FITS") == "application/fits"

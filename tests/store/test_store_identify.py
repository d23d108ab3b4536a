"""``kpublish identify`` asks the source that is named whether a file is the newest version, and for its data."""

import json
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from kpublish.cli import run
from kpublish.formats import png
from kpublish.formats.xmp import SIDECAR, packet

KID = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
TABLE = "data/aeff.ecsv"
EMPTY = png.SIGNATURE + struct.pack(">I4sI", 0, b"IHDR", 0)


@pytest.fixture
def say(tmp_path, capsys):
    """Runs the command on a figure of version 1.0.0: (exit code, output)."""
    (tmp_path / "figure.png").write_bytes(png.embed(EMPTY, packet({"kid": KID, "version": "1.0.0"})))

    def command(*arguments):
        code = run(["identify", str(tmp_path / "figure.png"), *arguments])
        return code, capsys.readouterr().out

    return command


def test_the_newest_version_is_told(say, folder):
    folder({TABLE: "1"}, kids={TABLE: KID})
    assert "published:  this is the newest version" in say("--from", str(folder.path))[1]


def test_a_newer_version_is_told_with_its_landing_page(say, folder):
    first = folder({TABLE: "1"}, kids={TABLE: KID})
    folder({TABLE: "2"}, kids={TABLE: KID}, kid=first.kid, version="1.10.0")
    assert f"the newest version is 1.10.0: https://opendata.km3net.de/r/{first.kid}" in say("--from", str(folder.path))[1]
    told = json.loads(say("--from", str(folder.path), "--json")[1])["published"]
    assert (told["state"], told["version"]) == ("superseded", "1.10.0")


def test_a_figure_that_the_source_does_not_know_is_told(say, folder):
    folder({TABLE: "1"})
    code, out = say("--from", str(folder.path))
    assert code == 0
    assert f"published:  not at {folder.path}" in out


def test_only_a_source_that_is_named_is_asked(say, folder, monkeypatch):
    assert "published" not in say()[1]
    folder({TABLE: "1"}, kids={TABLE: KID})
    monkeypatch.setenv("KPUBLISH_DATACENTER_URL", str(folder.path))
    assert "published:  this is the newest version" in say()[1]


def test_a_version_that_the_source_has_not_is_told(say, folder):
    folder({TABLE: "1"}, kids={TABLE: KID}, version="0.9.0")
    assert "published:  not in this version; the newest version is 0.9.0" in say("--from", str(folder.path))[1]


@pytest.fixture
def figure(package, tmp_path):
    """Writes the figure of a release as it would be drawn, alone in a folder."""
    (member,) = (one for one in package.release.members if one.kind == "figure")
    files = {one.resource.kid: package.release.file(one.files[0]) for one in package.release.members if one.kind == "table"}
    data = [{"path": files[kid].path, "sha256": files[kid].sha256, "kid": kid} for kid in member.tables]
    said = {"kid": member.resource.kid, "version": package.release.version, "title": member.resource.title, "data": data}

    def write(**otherwise):
        path = tmp_path / "found" / "figure.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(png.embed(EMPTY, packet({**said, **otherwise})))
        return path

    return write


def identified(capsys, *arguments):
    code = run(["identify", *map(str, arguments)])
    return code, *capsys.readouterr()


def test_the_data_of_a_figure_are_fetched_from_every_source(figure, address, contents, capsys):
    path = figure()
    code, out, _ = identified(capsys, path, "--data", "--from", address)
    assert code == 0
    names = {"flux.ecsv", "limits.ecsv"}
    assert {each.name for each in path.parent.iterdir()} == {"figure.png", *names}
    for name in names:
        assert (path.parent / name).read_bytes() == contents[f"data/{name}"]
        assert f"✓ {path.parent / name}" in out
    assert "published:" in out
    assert "not those that were published: somebody changed or saved it anew" in out
    assert identified(capsys, path, "--data", "--from", address)[0] == 0


def test_data_go_where_they_are_wanted_and_overwrite_nothing(figure, addresses, contents, tmp_path, capsys):
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "flux.ecsv").write_text("mine")
    asked = (figure(), "--data", "-o", place, "--from", addresses["directory"])
    code, _, err = identified(capsys, *asked)
    assert code == 2
    assert "flux.ecsv" in err
    assert {each.name: each.read_text() for each in place.iterdir()} == {"flux.ecsv": "mine"}
    assert identified(capsys, *asked, "--force")[0] == 0
    assert (place / "flux.ecsv").read_bytes() == contents["data/flux.ecsv"]


def test_other_data_under_the_same_version_are_refused(figure, addresses, capsys):
    path = figure(data=[{"path": "data/flux.ecsv", "sha256": "ab" * 32, "kid": KID}])
    code, _, err = identified(capsys, path, "--data", "--from", addresses["directory"])
    assert code == 6
    assert "other data under this kid and version" in err
    assert [each.name for each in path.parent.iterdir()] == ["figure.png"]


def test_data_that_nobody_has_are_one_sentence(figure, addresses, capsys):
    for otherwise in ({"version": "7.0.0"}, {"kid": KID}):
        code, _, err = identified(capsys, figure(**otherwise), "--data", "--from", addresses["directory"])
        assert code == 4
        assert err.count("error:") == 1


def test_json_says_what_was_fetched_and_where_data_are(figure, addresses, capsys):
    path = figure()
    code, out, _ = identified(capsys, path, "--data", "--json", "--from", addresses["datacenter"])
    said = json.loads(out)
    assert code == 0
    assert said["published"]["state"] == "newest"
    assert {Path(each["path"]).name for each in said["published"]["data"]} == {"flux.ecsv", "limits.ecsv"}
    assert sorted(said["fetched"]) == [str(path.parent / name) for name in ("flux.ecsv", "limits.ecsv")]


def test_tables_and_packages_say_what_they_are(package, contents, addresses, tmp_path, capsys):
    table = tmp_path / "renamed.txt"
    table.write_bytes(contents["data/flux.ecsv"])
    code, out, _ = identified(capsys, table, package.path, "--json", "--from", addresses["directory"])
    assert code == 0
    first, second = json.loads(out)
    assert (first["kind"], second["kind"]) == ("table", "package")
    assert second["kid"] == package.release.kid
    assert first["published"]["state"] == second["published"]["state"] == "newest"
    assert first["published"]["unchanged"]


def test_of_several_files_each_is_told_and_the_worst_code_remains(figure, tmp_path, capsys):
    (tmp_path / "screenshot.png").write_bytes(EMPTY)
    code, out, err = identified(capsys, tmp_path / "screenshot.png", figure(), tmp_path / "nothing.png")
    assert code == 2
    assert "figure.png" in out
    assert err.count("error:") == 2


def test_a_sidecar_speaks_for_the_picture_beside_it(tmp_path, capsys):
    Image.new("RGB", (4, 4)).save(tmp_path / "given.png")
    (tmp_path / f"given{SIDECAR}").write_text(packet({"kid": KID, "version": "1.0.0"}), "utf-8")
    code, out, _ = identified(capsys, tmp_path / "given.png", "--json")
    assert code == 0
    assert json.loads(out)["kid"] == KID
    assert identified(capsys, tmp_path / f"given{SIDECAR}")[0] == 0


def saved_anew(text, how):
    """A picture with this packet as another program writes it."""
    stream = BytesIO()
    picture, said = Image.new("RGB", (4, 4)), PngImagePlugin.PngInfo()
    if how == "jpeg":
        picture.save(stream, "JPEG", xmp=text.encode())
    elif how == "compressed":
        said.add_itxt("XML:com.adobe.xmp", text, zip=True)
    else:  # ImageMagick: name, length and lines of digits
        digits = text.encode().hex()
        lines = "\n".join(digits[start : start + 72] for start in range(0, len(digits), 72))
        said.add_text("Raw profile type xmp", f"\nxmp\n{len(digits) // 2:8}\n{lines}\n", zip=how == "raw profile")
    if how != "jpeg":
        picture.save(stream, "PNG", pnginfo=said)
    return stream.getvalue()


@pytest.mark.parametrize("how", ["jpeg", "compressed", "raw profile", "raw profile as text"])
def test_pictures_that_were_saved_anew_are_known(tmp_path, capsys, how):
    path = tmp_path / "picture"
    path.write_bytes(saved_anew(packet({"kid": KID, "version": "1.0.0", "title": "Grüße"}), how))
    code, out, _ = identified(capsys, path, "--json")
    assert code == 0
    assert json.loads(out)["title"] == "Grüße"


def test_a_packet_in_the_short_form_of_other_tools_is_read(tmp_path, capsys):
    long = packet({"kid": KID, "version": "1.0.0"})
    short = long.replace(f"<km3:kid>{KID}</km3:kid>", "").replace('rdf:about=""', f'rdf:about="" km3:kid="{KID}"')
    assert short.count(KID) == 1
    begin, end = short.index("<x:xmpmeta"), short.index("<?xpacket end")
    (tmp_path / "picture.svg").write_text(f"<svg>{short[begin:end]}</svg>", "utf-8")
    code, out, _ = identified(capsys, tmp_path / "picture.svg", "--json")
    assert code == 0
    assert json.loads(out)["kid"] == KID


@pytest.mark.parametrize("damage", [b"", b"x", zlib.compress(b" " * 300_000_000)])
def test_a_compressed_packet_that_is_none_or_endless_is_no_identity(tmp_path, capsys, damage):
    content = b"XML:com.adobe.xmp\0\1\0\0\0" + damage
    chunk = struct.pack(">I", len(content)) + b"iTXt" + content + struct.pack(">I", zlib.crc32(b"iTXt" + content))
    (tmp_path / "picture.png").write_bytes(png.SIGNATURE + chunk)
    assert identified(capsys, tmp_path / "picture.png")[0] == 1

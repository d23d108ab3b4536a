"""``kpublish identify`` asks the source that is named whether a figure is the newest version."""

import json
import struct

import pytest

from kpublish.cli import run
from kpublish.formats import png
from kpublish.formats.xmp import packet

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
    assert (told["state"], told["version"]) == ("other", "1.10.0")


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

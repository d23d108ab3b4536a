import sys

import pytest

from kpublish.errors import MissingExtra, UnknownName
from kpublish.registry import Registry, import_with_hint


def test_names_are_found_without_importing_the_members():
    before = set(sys.modules)
    names = Registry("kpublish.exports", "export", machinery=("names",)).names()
    assert {"citation_cff", "datacite", "rocrate", "page"} <= set(names)
    assert not {f"kpublish.exports.{name}" for name in names} & (set(sys.modules) - before)


def test_an_unknown_name_is_answered_with_the_nearest_one():
    with pytest.raises(UnknownName, match="Did you mean 'datacite'"):
        Registry("kpublish.exports", "export").get("datacit")


def test_another_distribution_adds_a_module_through_the_same_door(tmp_path, monkeypatch):
    (tmp_path / "neighbour.py").write_text("STANDARD = 'Neighbour'\n")
    info = tmp_path / "neighbour-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: neighbour\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kpublish.exports]\nneighbour = neighbour\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert Registry("kpublish.exports", "export").get("neighbour").STANDARD == "Neighbour"


def test_a_missing_package_becomes_the_extra_that_brings_it(tmp_path, monkeypatch):
    (tmp_path / "wants_pandas.py").write_text("raise ModuleNotFoundError('no pandas', name='pandas.core')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(MissingExtra, match=r"kpublish\[pandas\]"):
        import_with_hint("wants_pandas")


def test_a_module_that_is_really_missing_stays_an_error():
    with pytest.raises(ModuleNotFoundError):
        import_with_hint("kpublish.no_such_room")

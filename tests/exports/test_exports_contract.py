"""What holds for every standard."""

import pytest

from kpublish.exports import EXPORTS, in_packages


@pytest.fixture(params=[name for name, export in EXPORTS.all() if hasattr(export, "documents")])
def export(request):
    return EXPORTS.get(request.param)


@pytest.mark.parametrize("name", EXPORTS.names())
def test_it_names_its_standard_and_version_and_what_it_makes(name):
    export = EXPORTS.get(name)
    assert hasattr(export, "documents") != hasattr(export, "submission")
    assert export.STANDARD
    assert export.VERSION[0].isdigit()
    assert export.ADDRESS.startswith("https://")


def test_it_makes_the_same_bytes_twice(export, release):
    first = export.documents(release)
    again = export.documents(type(release).model_validate_json(release.model_dump_json()))
    assert dict(first) == dict(again)
    assert all(first.values())


def test_its_files_have_names_of_their_own(full):
    names = [name for export in in_packages() for name in export.documents(full)]
    assert len(names) == len(set(names))


def test_what_differs_between_clones_is_not_told(export, full):
    other = full.model_copy(update={"tag": None, "repository": None})
    if export.STANDARD != "schema.org Dataset in HTML":  # a server's page tells both; the package holds neither
        assert dict(export.documents(full)) == dict(export.documents(other))

"""Releases written by a newer kpublish are understood as far as possible."""

import pytest

from kpublish.errors import IntegrityError
from kpublish.model.bundle import Release
from kpublish.store.understanding import understand


def test_fields_that_came_later_are_left_out_and_the_rest_is_kept(package):
    document = package.release.model_dump(mode="json", exclude_none=True)
    newer = {
        **document,
        "later": {"a": 1},
        "resource": {**document["resource"], "later": 1, "content": {"instrument": "ARCA", "free": "kept"}},
        "members": [{**member, "later": [1], "resource": {**member["resource"], "later": 2}} for member in document["members"]],
    }
    release = understand(newer, "here")
    assert release.members == package.release.members
    assert release.resource.content.model_dump(exclude_none=True) == {"instrument": "ARCA", "free": "kept"}
    assert newer["later"] == {"a": 1}


def test_another_format_is_refused_with_a_remedy(package):
    document = package.release.model_dump(mode="json")
    with pytest.raises(IntegrityError, match=r"format.*Upgrade kpublish"):
        understand({**document, "format": 2}, "here")


def test_a_release_of_today_is_read_as_it_is(package):
    assert understand(package.release.model_dump(mode="json"), "here") == Release.model_validate(package.release.model_dump())

"""What was used is cited, each release once, as text and in BibTeX."""

import re
import uuid

import pytest

from kpublish.cli import run
from kpublish.errors import NotFound, UsageError
from kpublish.store import KM3Store

RELEASE = "3ceaaf30-8142-48ea-91d9-3080f9b439fc"
TEXT = (
    "KM3NeT Collaboration; Example, A. (2026). Sensitivity of a made-up detector (version 1.0.0) [Data and figures]. "
    "KM3NeT Collaboration. https://doi.org/10.5281/zenodo.1234567"
)


def test_the_release_is_cited_whatever_of_it_was_used(address, tmp_path):
    store = KM3Store(address, cache=tmp_path)
    table = store.get("flux")
    for thing in ("flux", RELEASE, "10.5281/zenodo.1234567", table, store.get(RELEASE), store.list("limits")[0]):
        assert store.cite(thing).text == TEXT
    both = store.cite(table, "limits", RELEASE)
    assert both.text == TEXT
    assert both.bibtex.count("@misc{") == 1
    assert str(both) == repr(both) == f"{TEXT}\n\n{both.bibtex}"


def test_without_objects_everything_that_was_loaded_is_cited(folder, tmp_path):
    kids = [folder({"data/a.ecsv": title}, title=title).members[0].resource.kid for title in ("One", "Two", "Three")]
    store = KM3Store(folder.path, cache=tmp_path / "cache")
    with pytest.raises(UsageError, match="Nothing was loaded"):
        store.cite()
    for kid in (kids[2], kids[0], kids[2]):
        store.get(kid)
    assert [re.search(r"\)\. (\w+)", line)[1] for line in store.cite().text.splitlines()] == ["Three", "One"]


def test_two_versions_of_a_release_have_two_keys(folder):
    kid = str(uuid.uuid4())
    for version in ("1.0.0", "2.0.0"):
        folder({"data/a.ecsv": version}, kid=kid, version=version)
    cited = KM3Store(folder.path).cite(f"{kid}@1.0.0", f"{kid}@2.0.0", kid)
    keys = re.findall(r"@misc\{(.*),\n", cited.bibtex)
    assert keys == [f"KM3NeT:2026:{kid[:8]}:1.0.0", f"KM3NeT:2026:{kid[:8]}:2.0.0"]
    assert len(cited.text.splitlines()) == 2


def test_what_was_not_published_cannot_be_cited(addresses):
    store = KM3Store(addresses["directory"])
    for thing in (3, None, [RELEASE]):
        with pytest.raises(UsageError, match="cannot be cited"):
            store.cite(thing)
    with pytest.raises(NotFound):
        store.cite("nothing")


def test_foreign_control_characters_are_escaped(folder):
    release = folder({"data/a.ecsv": ""}, title="evil \x1b[31m\ntitle")
    cited = KM3Store(folder.path).cite(release.kid)
    assert "\x1b" not in str(cited)
    assert len(cited.text.splitlines()) == 1


def test_the_command_prints_one_form_or_the_other(address, capsys):
    assert run(["cite", "flux", RELEASE, "--from", address]) == 0
    assert capsys.readouterr().out == f"{TEXT}\n"
    assert run(["cite", f"{RELEASE}@1.0.0", "--bibtex", "--from", address]) == 0
    out = capsys.readouterr().out
    assert out.startswith("@misc{")
    assert "doi          = {10.5281/zenodo.1234567}" in out or "doi = {10.5281/zenodo.1234567}" in out
    assert run(["cite", "flax", "--from", address]) == 4
    assert run(["cite", "--from", address]) == 2

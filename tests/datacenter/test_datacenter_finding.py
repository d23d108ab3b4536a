"""What identifiers name: releases, versions, tables, files, steps; and kinds of object."""

from __future__ import annotations

import hashlib
import importlib
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from kpublish.model.identifiers import version_uuid
from kpublish.model.ktypes import KINDS
from kpublish.store.products import PRODUCTS


def _with_step(release: Any, name: str = "fit") -> tuple[Any, str]:
    """The release with the record of a step that made its table."""
    ref = str(uuid.uuid4())
    made = {"path": "data/aeff.ecsv", "sha256": release.sha256("data/aeff.ecsv"), "size": len(release.contents["data/aeff.ecsv"])}
    record = {
        "refID": ref,
        "name": name,
        "command": ["python", "fit.py"],
        "started": "2026-11-01T00:00:00Z",
        "ended": "2026-11-01T00:01:00Z",
        "exitCode": 0,
        "outputs": [made],
        "software": {"python": "3.11.7"},
    }
    for path, body in (("provenance/step.json", json.dumps(record).encode()), ("provenance/other.json", b'{"of": "another tool"}')):
        release.contents[path] = body
        entry = {"path": path, "size": len(body), "sha256": hashlib.sha256(body).hexdigest(), "mediaType": "application/json"}
        release.document["files"].append(entry)
    return release, ref


def _found(datacenter: Any, name: str) -> Any:
    answer = datacenter.ask("GET", f"/kid/{name}", token="")
    return answer.json() if answer.status_code == 200 else answer.status_code


# --- identifiers


def test_whatever_is_registered_is_found_and_drafts_are_not(datacenter: Any, release: Any) -> None:
    release, ref = _with_step(release)
    names = {
        "release": release.kid,
        "table": release.table,
        "figure": release.figure,
        "version": version_uuid(release.kid, "1.0.0"),
        "file": release.sha256("data/aeff.ecsv"),
        "step": ref,
    }
    datacenter.open(release)
    for path in release.contents:
        datacenter.send(release, path)
    assert {kind: _found(datacenter, name) for kind, name in names.items()} == dict.fromkeys(names, 404)
    assert [datacenter.page(f"/kid/{name}").status_code for name in names.values()] == [404] * 6
    datacenter.publish(release)
    for kind, name in names.items():
        told = _found(datacenter, name)
        assert (told["id"], told["kind"], told["places"][0]["kid"]) == (name, kind, release.kid)
        assert datacenter.http.get(told["url"], timeout=60).status_code == 200
        page = datacenter.page(f"/kid/{name}")
        assert (page.status_code, told["title"] in page.text) == (200, True)
    assert _found(datacenter, names["step"])["record"]["command"] == ["python", "fit.py"]
    assert f"/kid/{names['file']}" in datacenter.page(f"/kid/{ref}").text
    assert _found(datacenter, release.kid.upper())["kind"] == "release"


def test_a_step_of_several_versions_is_told_with_all_of_them(datacenter: Any, making: Callable[..., Any]) -> None:
    first, ref = _with_step(making())
    datacenter.bring(first)
    second = making(first.kid, "1.1.0")
    for path in ("provenance/step.json", "provenance/other.json"):
        second.contents[path] = first.contents[path]
        second.document["files"].append(next(entry for entry in first.document["files"] if entry["path"] == path))
    datacenter.bring(second)
    assert [place["version"] for place in _found(datacenter, ref)["places"]] == ["1.0.0", "1.1.0"]


def test_under_an_embargo_a_step_is_known_and_its_record_is_not(datacenter: Any, release: Any) -> None:
    release, ref = _with_step(release, "secret fit")
    release.document["embargo"] = "2999-01-01"
    datacenter.bring(release)
    told = _found(datacenter, ref)
    assert (told["kind"], told["record"], told["opens"]) == ("step", None, "2999-01-01")
    assert "secret fit" not in json.dumps(told) + datacenter.page(f"/kid/{ref}").text
    file = _found(datacenter, release.sha256("data/aeff.ecsv"))
    assert (file["opens"], "/files/" in file["url"]) == ("2999-01-01", False)


def test_what_was_withdrawn_says_so(datacenter: Any, release: Any) -> None:
    release, ref = _with_step(release)
    datacenter.bring(release)
    datacenter.ask("POST", f"/releases/{release.kid}/1.0.0/withdraw", json={"reason": "wrong"})
    assert _found(datacenter, release.kid) == 410
    assert _found(datacenter, release.sha256("data/aeff.ecsv")) == 404
    told = _found(datacenter, ref)
    assert (told["record"], told["places"][0]["status"]) == (None, "withdrawn")


def test_a_step_does_not_take_the_identifier_of_a_resource(datacenter: Any, release: Any, making: Callable[..., Any]) -> None:
    datacenter.bring(release)
    other, ref = _with_step(making())
    body = other.contents["provenance/step.json"].replace(ref.encode(), release.kid.encode())
    other.contents["provenance/step.json"] = body
    for entry in other.document["files"]:
        if entry["path"] == "provenance/step.json":
            entry.update(sha256=hashlib.sha256(body).hexdigest(), size=len(body))
    datacenter.bring(other)
    assert _found(datacenter, release.kid)["kind"] == "release"


@pytest.mark.parametrize("name", ["x", "0" * 64, "%20", "00000000-0000-4000-8000-000000000000", "..%2f..", "x" * 5000])
def test_what_is_not_there_is_not_found(datacenter: Any, name: str) -> None:
    assert _found(datacenter, name) == 404
    assert datacenter.page(f"/kid/{name}").status_code == 404


def test_the_form_leads_to_the_identifier(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    answer = datacenter.page("/kid", params={"id": f" {release.kid} "}, allow_redirects=False)
    assert answer.headers["Location"] == f"/kid/{release.kid}"
    evil = datacenter.page("/kid", params={"id": "//evil.example/?a=b"}, allow_redirects=False)
    assert evil.headers["Location"] == "/kid/%2F%2Fevil.example%2F%3Fa%3Db"
    assert "Find an identifier" in datacenter.page("/kid").text


# --- kinds of object


def test_every_kind_that_the_store_reads_is_described() -> None:
    read = {ktype: module for module in map(PRODUCTS.get, PRODUCTS.names()) for ktype in module.KTYPES}
    assert {kind.name for kind in KINDS} == set(read)
    for kind in KINDS:
        module, _, name = kind.reader.rpartition(".")
        assert module == read[kind.name].__name__  # type: ignore[attr-defined]
        reader = getattr(importlib.import_module(module), name)
        for offer in kind.offers:
            if offer.startswith("."):
                assert hasattr(reader, offer[1:].partition("(")[0]), (kind.name, offer)
            else:
                assert hasattr(reader, "__getitem__")


def test_a_kind_has_a_page_and_an_answer_with_examples(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    told = datacenter.ask("GET", "/ktype/km3.table", token="").json()
    assert told["reader"] == "kpublish.store.products.table.AnnotatedTable"
    assert release.table in {entry["kid"] for entry in told["published"]}
    page = datacenter.page("/ktype/km3.table").text
    for word in ("Annotated table", told["reader"], f"#{release.table}", ".to_astropy()"):
        assert word in page
    listed = datacenter.ask("GET", "/ktype", token="").json()["results"]
    assert [entry["ktype"] for entry in listed] == [kind.name for kind in KINDS]
    for entry in listed:
        assert datacenter.http.get(entry["url"], timeout=60).status_code == 200
        assert entry["title"] in datacenter.page("/ktype").text
    missing = datacenter.ask("GET", "/ktype/km3.tabel", token="")
    assert (missing.status_code, missing.json()["remedy"]) == (404, "Did you mean 'km3.table'?")

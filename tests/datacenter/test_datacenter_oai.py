"""Harvesting by OAI-PMH 2.0: two harvesters of others, and the schema of the protocol."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from datacenter_schemas import valid
from oaipmh_scythe import Scythe
from sickle import Sickle
from sickle.oaiexceptions import IdDoesNotExist, NoRecordsMatch

OAI, DC = "{http://www.openarchives.org/OAI/2.0/}", "{http://purl.org/dc/elements/1.1/}"
KERNEL = "{http://datacite.org/schema/kernel-4}"


def _ask(client: Any, **said: Any) -> Any:
    answer = client.page("/oai", params=said)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    return valid(answer.content)


def _error(root: Any) -> str:
    return str(root.find(f"{OAI}error").get("code"))


def _name(release: Any) -> str:
    return f"oai:127.0.0.1:{release.kid}/{release.version}"


@pytest.fixture(scope="module")
def known(datacenter: Any) -> Any:
    from datacenter_parts import made

    release = made(title="Area of ARCA & friends\x0b, twice")
    resource = release.document["resource"]
    resource["authors"].append({"name": "Example, Alice", "orcid": "0000-0002-1825-0097"})
    resource.update(keywords=["neutrino"], description="Numbers <behind> a figure.", language="en", idIVOA="ivo://km3net.org/x")
    resource.update(referenceURL="https://example.org/paper", relatedResources=[str(uuid.uuid4())])
    resource.update(content={"startTime": "2020-01-01T00:00:00Z", "stopTime": "2021-01-01T00:00:00Z", "instrument": "ARCA"})
    return datacenter.bring(release)


def test_the_repository_tells_what_it_is(datacenter: Any, known: Any) -> None:
    told = Sickle(f"{datacenter.server.url}/oai").Identify()
    assert (told.protocolVersion, told.deletedRecord, told.granularity) == ("2.0", "persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert told.baseURL == f"{datacenter.server.url}/oai"
    assert told.earliestDatestamp <= datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for verb in ("Identify", "ListMetadataFormats", "ListSets"):
        assert _ask(datacenter, verb=verb).find(f"{OAI}{verb}") is not None
    prefixes = [item.metadataPrefix for item in Sickle(f"{datacenter.server.url}/oai").ListMetadataFormats()]
    assert prefixes == ["oai_dc", "oai_datacite"]


def test_a_record_in_dublin_core_says_what_the_release_says(datacenter: Any, known: Any) -> None:
    record = Sickle(f"{datacenter.server.url}/oai").GetRecord(identifier=_name(known), metadataPrefix="oai_dc")
    told = record.metadata
    assert told["title"] == ["Area of ARCA & friends , twice"]
    assert told["creator"] == ["KM3NeT Collaboration", "Example, Alice"]
    assert told["date"] == ["2026-11-20"]
    assert {known.document["landing"], f"urn:uuid:{known.kid}", "ivo://km3net.org/x"} <= set(told["identifier"])
    assert told["rights"] == ["Creative Commons Attribution 4.0 International", "https://spdx.org/licenses/CC-BY-4.0"]
    assert told["coverage"] == ["2020-01-01T00:00:00Z/2021-01-01T00:00:00Z"]
    assert told["type"] == ["package"]
    assert "https://example.org/paper" in told["relation"]


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite"])
def test_records_are_valid_by_the_schemas_of_protocol_and_format(datacenter: Any, known: Any, prefix: str) -> None:
    root = _ask(datacenter, verb="GetRecord", identifier=_name(known), metadataPrefix=prefix)
    assert root.findtext(f".//{OAI}identifier") == _name(known)
    assert [item.text for item in root.iter(f"{OAI}setSpec")] == ["tables", "figures"]
    title = root.find(f".//{DC}title" if prefix == "oai_dc" else f".//{KERNEL}title")
    assert title.text == "Area of ARCA & friends , twice"


def test_documents_of_a_title_that_xml_cannot_hold_are_valid(datacenter: Any, known: Any) -> None:
    assert valid(datacenter.page(f"/r/{known.kid}/1.0.0/metadata/datacite.xml").content).tag == f"{KERNEL}resource"


def test_a_withdrawn_release_is_a_deleted_record_and_an_amended_one_is_told_again(
    datacenter: Any, making: Callable[..., Any]
) -> None:
    gone, mended = (datacenter.bring(making()) for _ in range(2))
    with closing(sqlite3.connect(datacenter.server.token_file.parent / "datacenter.sqlite3")) as database:
        kids = [gone.kid, mended.kid]
        database.execute("UPDATE datacenter_version SET changed = '2020-01-02 00:00:00' WHERE kid IN (?, ?)", kids)
        database.commit()
    client, began = Sickle(f"{datacenter.server.url}/oai"), datetime.now(UTC) - timedelta(seconds=2)
    datacenter.bring(making())  # of nothing the protocol makes an error
    asked = {"metadataPrefix": "oai_dc", "from": began.strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert _name(gone) not in {header.identifier for header in client.ListIdentifiers(**asked)}
    datacenter.ask("POST", f"/releases/{gone.kid}/1.0.0/withdraw", json={"reason": "wrong"})
    mended.document["resource"]["title"] = "A better title"
    assert datacenter.ask("PATCH", f"/releases/{mended.kid}/1.0.0", json={"release": mended.document}).status_code == 200
    told = {record.header.identifier: record for record in client.ListRecords(**asked)}
    assert told[_name(gone)].deleted
    assert told[_name(mended)].metadata["title"] == ["A better title"]
    root = _ask(datacenter, verb="GetRecord", identifier=_name(gone), metadataPrefix="oai_datacite")
    assert root.find(f".//{OAI}header").get("status") == "deleted"
    assert root.find(f".//{OAI}metadata") is None


def test_drafts_are_no_records(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    client = Sickle(f"{datacenter.server.url}/oai")
    with pytest.raises(IdDoesNotExist):
        client.GetRecord(identifier=_name(release), metadataPrefix="oai_dc")
    assert _name(release) not in {header.identifier for header in client.ListIdentifiers(metadataPrefix="oai_dc")}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A data center of 250 versions, made of one by SQL; the others hold figures only."""
    from datacenter_parts import client_of, made

    from kpublish.datacenter.server import start

    with start(tmp_path_factory.mktemp("many") / "data") as server:
        client = client_of(server)
        with client.http, closing(sqlite3.connect(server.token_file.parent / "datacenter.sqlite3")) as database:
            client.bring(made())
            for number in range(1, 250):
                columns = "digest, status, document, created, published, embargo, links"
                day = f"2021-01-{1 + number // 50:02} 00:00:{number % 2:02}.500000"
                row = database.execute(
                    f"INSERT INTO datacenter_version(uid, kid, version, changed, {columns})"
                    f" SELECT ?, ?, version, ?, {columns} FROM datacenter_version WHERE id = 1",
                    [str(uuid.uuid4()), str(uuid.uuid4()), day],
                )
                database.execute(
                    "INSERT INTO datacenter_resource(version_id, kid, name, kind, ktype, title)"
                    " VALUES (?, ?, '', 'figure', '', '')",
                    [row.lastrowid, str(uuid.uuid4())],
                )
            database.commit()
            yield client


def test_two_harvesters_get_every_record_once_by_resumption_tokens(many: Any) -> None:
    address = f"{many.server.url}/oai"
    first = [record.header.identifier for record in Sickle(address).ListRecords(metadataPrefix="oai_datacite")]
    with Scythe(address) as scythe:
        second = [header.identifier for header in scythe.list_identifiers(metadata_prefix="oai_dc")]
    assert len(first) == len(set(first)) == 250
    assert first == second


def test_a_list_ends_with_an_empty_token_and_is_valid_on_every_page(many: Any) -> None:
    root = _ask(many, verb="ListRecords", metadataPrefix="oai_dc")
    sizes = [len(root.findall(f".//{OAI}record"))]
    while token := root.findtext(f".//{OAI}resumptionToken"):
        root = _ask(many, verb="ListRecords", resumptionToken=token)
        sizes.append(len(root.findall(f".//{OAI}record")))
    assert sizes == [100, 100, 50]
    assert root.find(f".//{OAI}resumptionToken") is not None


def test_dates_and_sets_narrow_a_list_down_on_every_page(many: Any) -> None:
    client = Sickle(f"{many.server.url}/oai")

    def count(**asked: str) -> int:
        return sum(1 for _ in client.ListIdentifiers(metadataPrefix="oai_dc", **asked))

    assert count(**{"from": "2021-01-02", "until": "2021-01-04"}) == 150
    assert count(until="2021-01-01T00:00:00Z") == 24
    assert count(until="2021-01-01") == 49
    assert count(set="tables") == 1
    assert count(set="figures", until="2021-01-05") == 249
    with pytest.raises(NoRecordsMatch):
        count(set="other")
    with pytest.raises(NoRecordsMatch):
        count(**{"from": "2098-01-01"})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "GetMetadata"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "Identify", "\x0b": "\x01"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": "x"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2020-01-01", "until": "2021-01-01T00:00:00Z"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2022-01-01", "until": "2021-01-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2022-13-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "9999-12-31"}, ""),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "0001-01-01T00:00:00.5Z"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "metadataPrefix%3Doai_dc%26cursor%3D1"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "metadataPrefix%3Doai_dc%26cursor%3D1%26after%3D2020"}, "badResumptionToken"),
        (
            {"verb": "ListRecords", "resumptionToken": "metadataPrefix=oai_dc&until=x&cursor=1&after=2020-01-01T00:00:00Z"},
            "badResumptionToken",
        ),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:other:1/1"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"),
    ],
)
def test_a_wrong_question_is_an_error_of_the_protocol(datacenter: Any, known: Any, said: dict[str, Any], code: str) -> None:
    by_get = _ask(datacenter, **said)
    by_post = valid(datacenter.http.post(f"{datacenter.server.url}/oai", data=said, timeout=60).content)
    for root in (by_get, by_post):
        found = root.find(f"{OAI}error")
        assert (found is None and not code) or _error(root) == code

"""DataCite JSON, validated with the schema of the datacite package."""

import json

from datacite import schema45

from kpublish.exports.datacite import documents, record


def test_the_record_fulfils_the_schema(release):
    written = json.loads(documents(release)["datacite.json"])
    assert [error.message for error in schema45.validator.iter_errors(written)] == []


def test_the_record_becomes_the_xml_that_harvesters_read(release):
    assert "kernel-4" in schema45.tostring(record(release))


def test_people_and_collaborations_keep_their_identifiers(full):
    collaboration, ada, grace, plato = record(full)["creators"]
    assert collaboration["nameType"] == "Organizational"
    assert collaboration["nameIdentifiers"][0]["nameIdentifier"] == "https://ror.org/02wfhk785"
    assert ada["name"] == "Éxample, Ada Maria"
    assert ada["nameIdentifiers"][0]["nameIdentifier"] == "https://orcid.org/0000-0002-1825-0097"
    assert ada["affiliation"][0]["affiliationIdentifierScheme"] == "ROR"
    assert (grace["givenName"], grace["familyName"]) == ("Grace", "Hopper")
    assert plato["name"] == "Plato"


def test_relations_use_the_words_of_datacite(full):
    related = {
        (item["relatedIdentifier"], item["relatedIdentifierType"], item["relationType"])
        for item in record(full)["relatedIdentifiers"]
    }
    assert related == {
        ("urn:uuid:3d0c2f5e-1a77-4d3b-8f0b-5a9b3a3c1e2f", "URN", "References"),
        ("10.5281/zenodo.7", "DOI", "IsNewVersionOf"),
        ("https://git.example.org/analysis", "URL", "IsDerivedFrom"),
        ("arXiv:2402.08363", "arXiv", "IsSupplementTo"),
        ("https://arxiv.org/abs/2402.08363", "URL", "IsDocumentedBy"),
        ("urn:uuid:2d0c2f5e-1a77-4d3b-8f0b-5a9b3a3c1e2f", "URN", "IsPartOf"),
    }


def test_the_kid_and_the_licence_are_told(full):
    written = record(full)
    assert {"alternateIdentifier": full.kid, "alternateIdentifierType": "kid"} in written["alternateIdentifiers"]
    assert written["rightsList"][0]["rightsIdentifier"] == "CC-BY-4.0"
    assert written["url"] == full.landing

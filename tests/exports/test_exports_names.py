"""Words and identifiers in other standards."""

import pytest

from kpublish.exports.names import TYPES, agent, given_and_family, identifier, orcid_address
from kpublish.model.people import Author
from kpublish.model.vocabularies import ResourceType


def test_every_type_has_a_word_in_each_standard():
    assert set(TYPES) == set(ResourceType)


@pytest.mark.parametrize(
    ("text", "scheme", "address"),
    [
        ("10.5281/zenodo.1", "DOI", "https://doi.org/10.5281/zenodo.1"),
        ("doi:10.5281/zenodo.1", "DOI", "https://doi.org/10.5281/zenodo.1"),
        ("https://dx.doi.org/10.5281/zenodo.1", "DOI", "https://doi.org/10.5281/zenodo.1"),
        ("https://example.org/x", "URL", "https://example.org/x"),
        ("8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11", "URN", ""),
        ("javascript:alert(1)", "", ""),
    ],
)
def test_identifiers_are_recognised(text, scheme, address):
    found = identifier(text)
    assert (found.scheme, found.address) == (scheme, address)


def test_orcids_are_taken_with_and_without_their_address():
    assert orcid_address("0000-0002-1825-0097") == orcid_address("https://orcid.org/0000-0002-1825-0097")


def test_names_are_split_at_the_comma_or_the_last_blank():
    assert given_and_family(Author(name="Example, Ada B.")) == ("Ada B.", "Example")
    assert given_and_family(Author(name="Ada B. Example")) == ("Ada B.", "Example")


def test_an_author_known_by_orcid_alone_still_has_a_name():
    assert agent(Author(orcid="0000-0002-1825-0097"))["name"] == "0000-0002-1825-0097"

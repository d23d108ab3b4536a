"""Check digits are computed, not only the form compared."""

import pytest

from kpublish.checks.identifiers import orcid_fault, ror_fault

ORCIDS = ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X", "https://orcid.org/0000-0002-1825-0097"]
RORS = ["https://ror.org/05dxps055", "03yrm5c26", "ror.org/04wxnsj81", "https://ror.org/02twcfp32"]


@pytest.mark.parametrize("orcid", ORCIDS)
def test_a_right_orcid_passes(orcid):
    assert orcid_fault(orcid) == ""


@pytest.mark.parametrize("place", [0, 3, 8, 13, 17])
def test_any_single_wrong_digit_of_an_orcid_is_found(place):
    right = ORCIDS[0]
    for digit in set("0123456789") - {right[place]}:
        assert "check digit" in orcid_fault(right[:place] + digit + right[place + 1 :])


def test_exchanged_neighbours_in_an_orcid_are_found():
    assert "check digit" in orcid_fault("0000-0002-1825-0079")


@pytest.mark.parametrize("text", ["", "0000-0002-1825-009", "0000 0002 1825 0097", "0000-0002-1825-0097 ", "٠٠٠٠-0002-1825-0097"])
def test_what_has_not_the_form_of_an_orcid_is_told_so(text):
    assert "is no ORCID" in orcid_fault(text)


@pytest.mark.parametrize("ror", RORS)
def test_a_right_ror_passes(ror):
    assert ror_fault(ror) == ""


@pytest.mark.parametrize("ror", ["https://ror.org/05dxps056", "https://ror.org/05dxqs055", "03yrm5c62"])
def test_wrong_check_digits_of_a_ror_are_found(ror):
    assert "check digits" in ror_fault(ror)


@pytest.mark.parametrize("text", ["", "https://ror.org/", "https://ror.org/15dxps055", "grid.20861.3d", "https://ror.org/05dxps05"])
def test_what_has_not_the_form_of_a_ror_is_told_so(text):
    assert "is no ROR" in ror_fault(text)

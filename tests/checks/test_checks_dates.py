"""Days and times of ISO 8601, and what people write instead."""

from datetime import UTC, datetime

import pytest

from kpublish.checks.calendar import day, lacks_zone, moment, suggestion
from kpublish.checks.dates import DAT01
from kpublish.formats.kpublish_yaml import load_project

MEANT = {
    "22-11-2026": "2026-11-22",
    "22.11.2026": "2026-11-22",
    "11/22/2026": "2026-11-22",
    "05/05/2026": "2026-05-05",
    "03-04-2021": "2021-04-03 (if the day stands first) or 2021-03-04",
    "2026/11/22": "2026-11-22",
    "20261122": "2026-11-22",
    "2026-1-2": "2026-01-02",
    "22 November 2026": "2026-11-22",
    "Nov 22, 2026": "2026-11-22",
    "2026-11-22 08:30:00Z": "2026-11-22T08:30:00Z",
    "2026-02-30": "",
    "30-02-2026": "",
    "yesterday": "",
    "99-99-9999": "",
    "2026-11-22 99:00": "",
    "": "",
}


@pytest.mark.parametrize(("written", "meant"), MEANT.items())
def test_a_date_is_answered_with_its_right_spelling(written, meant):
    assert day(written) is None
    assert moment(written) is None
    assert suggestion(written) == meant


@pytest.mark.parametrize("text", ["2026-11-22", "2024-02-29", "0001-01-01"])
def test_a_day_is_a_day(text):
    assert day(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T08:30:00Z",
        "2026-11-22T08:30Z",
        "2026-11-22T09:30:00+01:00",
        "2026-11-22T08:30:00.000000000Z",
        "2026-11-22T08:30",
    ],
)
def test_a_time_is_a_time_in_its_zone(text):
    assert moment(text) == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def test_digits_beyond_microseconds_are_left_out():
    assert moment("2026-11-22T08:30:00.123456789Z").microsecond == 123456


@pytest.mark.parametrize("text", ["2026-11-22T25:00:00Z", "2026-11-22T08:30:00 UTC", "2026-13-01T00:00:00Z", "٢٠٢٦-11-22"])
def test_what_is_no_time_is_none(text):
    assert moment(text) is None


def test_a_bare_day_has_no_zone_to_lack():
    assert lacks_zone("2026-11-22T08:30:00")
    assert not lacks_zone("2026-11-22T08:30:00Z")
    assert not lacks_zone("2026-11-22")


def test_a_bare_day_ends_a_span_at_its_end():
    assert moment("2026-11-22", stop=True) > moment("2026-11-22T23:59:59Z")
    assert moment("9999-12-31", stop=True) is not None


@pytest.mark.parametrize("written", ["2026-11-22T08:30:00Z", "2026-11-22 08:30", "22-11-2026"])
def test_where_a_day_is_wanted_a_day_is_suggested(written, tmp_path):
    (tmp_path / "kpublish.yaml").write_text(f"KM3Resource: {{title: A title, dateCreation: '{written}'}}\n", "utf-8")
    (fault,) = DAT01().check(load_project(tmp_path))
    assert fault.remedy == "Write 2026-11-22."

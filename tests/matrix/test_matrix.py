"""Every fault at every request of a release, and one rerun: all of it against the data center, a sample with an InvenioRDM, too."""

import os
import random

import pytest
from faulty import Point
from matrix import FATES, World, cells, outcome, points, world

from kpublish.config import ArchiveSettings, Token, host_of
from kpublish.datacenter.server import start


@pytest.fixture(scope="module")
def center(tmp_path_factory):
    with start(tmp_path_factory.mktemp("matrix") / "data") as server:
        yield ArchiveSettings("center", "datacenter", server.url, Token(server.token_file.read_text().strip(), host_of(server.url)))


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    """No waiting between the attempts of one request."""
    monkeypatch.setattr("kpublish.http.session.BACKOFF", 0)


@pytest.fixture
def alone(center, tmp_path):
    with world(tmp_path, center, None) as there:
        yield there


def ends(there: World, chosen) -> dict[str, int]:
    found: dict[str, int] = {}
    for point, fault, fate in chosen:
        try:
            end = outcome(there, point, fault, fate)
        except AssertionError as error:
            raise AssertionError(f"{fault} at {point}, {there.faults.seen}, journal {fate}: {error}") from None
        found[end] = found.get(end, 0) + 1
    return found


@pytest.mark.parametrize("fate", ["kept", pytest.param("lost", marks=pytest.mark.long)])
def test_every_fault_at_every_request_to_the_data_center_ends_in_one_version(alone, fate):
    requests = points(alone)
    everything = list(cells(requests))
    assert len(everything) == 4 * len(requests) + sum("/files/" in one.path for one in requests if one.verb == "PUT")
    chosen = everything if os.environ.get("LONG") else everything[::3]
    found = ends(alone, [(point, fault, fate) for point, fault in chosen])
    assert sum(found.values()) == len(chosen)
    assert len(found) == 2, "faults that a run survives, and faults that stop it"


@pytest.mark.invenio
def test_a_sample_of_faults_of_a_release_to_both_ends_in_one_version_each(center, invenio, tmp_path):
    with world(tmp_path, center, invenio, lag=0.3) as there:
        requests = points(there)
        everything = [one for one in cells(requests) if one[0].name == "zenodo"]
        dice = random.Random(2026)
        changing = [one for one in everything if one[1] == "not answered" and one[0].verb != "GET"]
        chosen = dice.sample(changing, 2) + dice.sample(everything, 2)
        found = ends(there, [(*one, FATES[index % 2]) for index, one in enumerate(chosen)])
    assert sum(found.values()) == len(chosen)


@pytest.mark.invenio
@pytest.mark.parametrize("fate", ["lost", pytest.param("kept", marks=pytest.mark.long)])
def test_without_a_witness_a_draft_whose_answer_was_lost_is_waited_for(center, invenio, tmp_path, fate):
    with world(tmp_path, center, invenio, lag=1.0) as there:
        there.settings = there.settings[1:]
        del there.direct["center"]
        outcome(there, Point("zenodo", "POST", "/api/records", 1), "not answered", fate)

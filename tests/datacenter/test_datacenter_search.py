"""Search with facets, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import datacenter_filling
import pytest
from datacenter_filling import release_of
from datacenter_parts import Made, client_of, made
from datacenter_services import new_database, postgres

from kpublish.datacenter.server import start


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A data center of five releases, on each database."""
    folder = tmp_path_factory.mktemp("library")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        if request.param == "postgresql":
            patch.setenv("KPUBLISH_DC_DATABASE", stack.enter_context(postgres()))
        client = client_of(stack.enter_context(start(folder / "data")))
        stack.enter_context(client.http)
        client.made = {name: client.bring(release) for name, release in _releases().items()}
        yield client


def _release(title: str, instrument: str, year: str, **more: Any) -> Made:
    release = made(title=title)
    resource = release.document["resource"]
    release.document["members"][0]["parameters"][0]["description"] = release.document["members"][1]["alt"] = "numbers"
    resource.update(datePublication=f"{year}-05-01", content={"instrument": instrument, "processingLevel": 4}, **more)
    return release


def _releases() -> dict[str, Made]:
    return {
        "old": _release("Effective area of ANTARES", "ANTARES", "2023", keywords=["neutrino", "effective area"]),
        "arca": _release("Effective area of ARCA21", "KM3NeT/ARCA21", "2025", keywords=["neutrino", "point source"]),
        "orca": _release("Oscillations with ORCA6", "KM3NeT/ORCA6", "2025", description="The effective mass and its area."),
        "accents": _release("Spectrum of Ångström's source", "KM3NeT/ARCA21", "2026", authors=[{"name": "Müller, Zoë"}]),
        "words": _release("Area effective, turned around", "KM3NeT/ARCA21", "2026"),
    }


def _search(library: Any, **asked: Any) -> Any:
    answer = library.ask("GET", "/search", token="", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _names(library: Any, **asked: Any) -> list[str]:
    kids = {release.kid: name for name, release in library.made.items()}
    return [kids[entry["kid"]] for entry in _search(library, **asked)["results"] if entry["kid"] in kids]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("antares", {"old"}),
        ("ARCA21", {"arca", "accents", "words"}),
        ("effective area", {"old", "arca", "orca", "words"}),
        ('"effective area"', {"old", "arca"}),
        ("oscill", {"orca"}),
        ("angstrom", {"accents"}),
        ("ÅNGSTRÖM", {"accents"}),
        ("muller zoe", {"accents"}),
        ("point-source", {"arca"}),
        ("ARCA21 oscillations", set()),
        ("nothing-like-this", set()),
    ],
)
def test_words_are_found_without_case_and_accents_and_may_be_abbreviated(library: Any, question: str, found: set[str]) -> None:
    assert set(_names(library, q=question)) == found


def test_a_title_counts_more_than_a_description(library: Any) -> None:
    assert _names(library, q="oscillations mass")[0] == "orca"
    assert _names(library, q="effective area")[-1] == "orca"


@pytest.mark.parametrize("question", ['"', "*", "a OR b NOT (", "'", "!&|<->:*", "\\", "%", "near(a b)", "title:x", "☃"])
def test_signs_of_query_languages_are_no_commands(library: Any, question: str) -> None:
    assert "results" in _search(library, q=question)


def test_facets_count_what_is_found_and_narrow_it_down(library: Any) -> None:
    everything = _search(library)
    assert everything["count"] == 5
    facets = {name: {item["value"]: item["count"] for item in values} for name, values in everything["facets"].items()}
    assert facets["instrument"] == {"KM3NeT/ARCA21": 3, "ANTARES": 1, "KM3NeT/ORCA6": 1}
    assert facets["year"] == {"2025": 2, "2026": 2, "2023": 1}
    assert facets["keyword"]["neutrino"] == 2
    assert (facets["level"], facets["ktype"]) == ({"4": 5}, {"km3.table": 5})
    assert facets["type"] == {"package": 5, "table": 5, "figure": 5}
    assert facets["author"] == {"KM3NeT Collaboration": 4, "Müller, Zoë": 1}
    assert set(_names(library, instrument="KM3NeT/ARCA21", year="2026")) == {"accents", "words"}
    assert set(_names(library, year=["2023", "2025"])) == {"old", "arca", "orca"}
    narrowed = _search(library, q="effective", instrument="KM3NeT/ARCA21")
    assert {item["value"] for item in narrowed["facets"]["year"]} == {"2025", "2026"}
    assert _names(library, year="1999") == []


@pytest.mark.parametrize("question", ["", "area"])
def test_all_pages_together_tell_everything_once(library: Any, question: str) -> None:
    whole = [entry["kid"] for entry in _search(library, q=question)["results"]]
    pieces, address = [], f"{library.server.url}/api/v1/search?limit=2&q={question}"
    while address:
        answer = library.http.get(address, timeout=60).json()
        pieces += [entry["kid"] for entry in answer["results"]]
        address = answer["next"]
    assert pieces == whole


def test_the_list_of_releases_goes_on_where_it_stopped_whatever_is_published_meanwhile(
    library: Any, making: Callable[..., Any]
) -> None:
    first = library.ask("GET", "/releases", params={"limit": 2}, token="").json()
    extra = library.bring(making(title="Published meanwhile"))
    rest: list[str] = []
    address = first["next"]
    while address:
        answer = library.http.get(address, timeout=60).json()
        rest += [item["kid"] for item in answer["results"]]
        address = answer["next"]
    seen = [item["kid"] for item in first["results"]] + rest
    assert sorted(seen) == sorted(release.kid for release in library.made.values())
    library.ask("POST", f"/releases/{extra.kid}/1.0.0/withdraw", json={"reason": "made up"})
    assert _search(library, q="meanwhile")["count"] == 0


def test_only_the_newest_version_is_found_and_amendments_at_once(library: Any, making: Callable[..., Any]) -> None:
    first = library.bring(making(title="Cascades before"))
    second = library.bring(making(first.kid, "2.0.0", title="Cascades after"))
    assert [entry["version"] for entry in _search(library, q="cascades")["results"]] == ["2.0.0"]
    document = {**second.document, "resource": {**second.document["resource"], "title": "Showers"}}
    library.ask("PATCH", f"/releases/{first.kid}/2.0.0", json={"release": document})
    assert (_search(library, q="cascades")["count"], _search(library, q="showers")["count"]) == (0, 1)
    library.ask("POST", f"/releases/{first.kid}/2.0.0/withdraw", json={"reason": "made up"})
    assert [entry["version"] for entry in _search(library, q="cascades")["results"]] == ["1.0.0"]
    library.ask("POST", f"/releases/{first.kid}/1.0.0/withdraw", json={"reason": "made up"})
    assert _search(library)["count"] == 5


def test_what_comes_changes_and_goes_is_counted_in_the_facets_of_everything(library: Any, making: Callable[..., Any]) -> None:
    def counts(**asked: Any) -> dict[str, dict[str, int]]:
        return {name: {one["value"]: one["count"] for one in some} for name, some in _search(library, **asked)["facets"].items()}

    before = counts()
    release = making(title="Counted")
    release.document["resource"].update(keywords=["neutrino", "only here"], datePublication="2023-01-01")
    library.bring(release)
    assert (counts()["keyword"]["neutrino"], counts()["keyword"]["only here"], counts()["year"]["2023"]) == (3, 1, 2)
    assert counts() == counts(type="package")
    document = deepcopy(release.document)
    for part in (document, *document["members"]):
        part["resource"]["keywords"] = ["now this"]
    library.ask("PATCH", f"/releases/{release.kid}/1.0.0", json={"release": document})
    assert counts()["keyword"] == {**before["keyword"], "now this": 1}
    library.ask("POST", f"/releases/{release.kid}/1.0.0/withdraw", json={"reason": "made up"})
    assert (counts(), _search(library)["count"]) == (before, 5)


#: What a catalogue answers in which of many answers only the newest two are ranked and counted.
_FEW = """
import json, sys
from pathlib import Path
from kpublish.datacenter import database
database.configure(Path(sys.argv[1]))
from kpublish.datacenter.search import asking, engines
engines.MOST = 2
def told(text, chosen):
    chosen = {name: tuple(values) for name, values in chosen.items()}
    question = asking.Question(text, chosen, 1)
    entries, pages = [], asking.page(question)
    while True:
        entries += [entry.kid for entry in pages.entries]
        if not pages.cursor:
            break
        pages = asking.page(asking.Question(text, chosen, 1, pages.cursor))
    overview = asking.overview(question)
    return entries, overview.count, overview.counted, overview.facets["year"]
print(json.dumps([told(*asked) for asked in json.loads(sys.argv[2])]))
"""


def test_of_very_many_answers_the_newest_are_ranked_and_counted(library: Any) -> None:
    everything, chosen = {}, {"instrument": ["KM3NeT/ARCA21", "ANTARES"]}
    questions = json.dumps([["effective area", everything], ["effective area", chosen], ["antares", everything], ["", chosen]])
    command = [sys.executable, "-c", _FEW, library.server.token_file.parent, questions]
    answers = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    kids = {release.kid: name for name, release in library.made.items()}
    found = [({kids[kid] for kid in told}, *others) for told, *others in answers]
    assert found == [
        ({"words", "orca"}, 4, 2, [{"value": "2025", "count": 1}, {"value": "2026", "count": 1}]),
        ({"words", "arca"}, 3, 2, [{"value": "2025", "count": 1}, {"value": "2026", "count": 1}]),
        ({"old"}, 1, 1, [{"value": "2023", "count": 1}]),
        ({"words", "accents", "arca", "old"}, 4, 2, [{"value": "2026", "count": 2}]),
    ]


def test_drafts_are_not_found(library: Any, making: Callable[..., Any]) -> None:
    library.open(making(title="Unpublished moonlight"))
    assert _search(library, q="moonlight")["count"] == 0


def test_the_catalogue_page_searches_and_narrows_down(library: Any) -> None:
    page = library.page("/", params={"q": "effective area", "instrument": "KM3NeT/ARCA21"}).text
    assert page.count('<li class="card">') == 2
    assert 'value="effective area"' in page
    assert '<input type="hidden" name="instrument" value="KM3NeT/ARCA21">' in page
    assert 'href="/?q=effective+area" aria-current="true"' in page
    assert "Nothing answers that" in library.page("/", params={"q": "<b>nothing</b>"}).text
    assert "<b>nothing" not in library.page("/", params={"q": "<b>nothing</b>"}).text


def test_a_question_that_is_none_is_a_sentence(library: Any) -> None:
    for asked in ({"limit": "0"}, {"limit": "101"}, {"cursor": "x"}, {"q": "area", "cursor": "WyIyMDI2IiwgMV0"}, {"cursor": "NQ"}):
        answer = library.ask("GET", "/search", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), asked


def test_nul_characters_are_refused_on_every_database(library: Any, making: Callable[..., Any]) -> None:
    for path, status in (("/search?q=%00", 400), ("/search?author=a%00b", 400), ("/releases/%00/1", 404), ("/resources/a%00", 404)):
        answer = library.ask("GET", path)
        assert answer.status_code == status, path
        assert answer.json()["remedy"]
    assert library.page("/?q=%00").status_code == 400
    release = making(title="a\0b")
    assert library.open(release).json()["code"] == "invalid"
    release.document["resource"]["title"] = "a\\u0000b"
    assert library.open(release).status_code == 201


def _filled(library: Any, release: Any) -> Any:
    library.open(release)
    for path in release.contents:
        library.send(release, path)
    return release


def test_publishers_of_one_version_and_of_several_at_once_wait_for_one_another(library: Any, making: Callable[..., Any]) -> None:
    first = making(title="Simultaneous")
    releases = [first, *(making(first.kid, f"1.{number}.0", title="Simultaneous") for number in range(1, 4))]
    for release in releases:
        _filled(library, release)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda release: library.publish(release).status_code, releases * 3))
    assert answers == [200] * 12
    found = _search(library, q="simultaneous")
    assert (found["count"], found["counted"]) == (1, 1)
    for release in releases:
        library.ask("POST", f"/releases/{release.kid}/{release.version}/withdraw", json={"reason": "made up"})
    assert _search(library)["count"] == 5


def test_releases_that_are_published_at_once_are_all_counted(library: Any, making: Callable[..., Any]) -> None:
    before = _search(library)["facets"]
    releases = [_filled(library, making(title=f"Together {number}")) for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda release: library.publish(release).status_code, releases)) == {200}
    found = _search(library)
    assert (found["count"], found["facets"]["type"][0]["count"], found["facets"]["ktype"][0]["count"]) == (11, 11, 11)
    for release in releases:
        library.ask("POST", f"/releases/{release.kid}/1.0.0/withdraw", json={"reason": "made up"})
    assert _search(library)["facets"] == before


def test_what_the_benchmark_fills_in_is_what_publishing_makes(library: Any, tmp_path: Path) -> None:
    releases = [library.bring_reviewed(release_of(number)) for number in (3, 4)]
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        if place := os.environ.get("KPUBLISH_DC_DATABASE"):
            patch.setenv("KPUBLISH_DC_DATABASE", new_database(place, "filled"))
        subprocess.run([sys.executable, datacenter_filling.__file__, tmp_path / "data", "3", "5"], check=True)
        filled = client_of(stack.enter_context(start(tmp_path / "data")))
        stack.enter_context(filled.http)
        for release in releases:
            title = quote(f'"{release.document["resource"]["title"]}"')
            places = (f"resources/{release.kid}", f"kid/{release.kid}", f"kid/{release.table}", f"search?q={title}")
            for path in (*(f"/api/v1/{place}" for place in places), f"/r/{release.kid}"):
                answers = [client.page(path) for client in (library, filled)]
                assert [answer.status_code for answer in answers] == [200, 200]
                told = [
                    answer.text.replace(client.server.url, "") for answer, client in zip(answers, (library, filled), strict=True)
                ]
                assert told[0] == told[1]
    for release in releases:
        library.ask("POST", f"/releases/{release.kid}/1.0.0/withdraw", json={"reason": "made up"})

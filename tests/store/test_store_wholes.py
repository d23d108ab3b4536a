"""Releases as a whole: collections, streams in time, papers, and services of the Virtual Observatory."""

import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from astropy.table import Table

from kpublish.errors import ConfigurationError, NotFound, UsageError
from kpublish.store import KM3Store
from kpublish.store.products.collection import Collection
from kpublish.store.products.figure import PublishedFigure
from kpublish.store.products.paper import Paper
from kpublish.store.products.stream import Stream

TABLE = "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n# - {name: a, datatype: int64}\n# schema: astropy-2.0\na\n1\n"


@pytest.fixture
def whole(folder, tmp_path):
    """Publishes and loads a release with fields of its own; ``more`` are those of its tables."""

    def load(own, more=None, names=("one",)):
        release = folder({f"data/{name}.ecsv": f"{TABLE}{number}\n" for number, name in enumerate(names)}, own=own, more=more)
        return KM3Store(folder.path, cache=tmp_path / "cache").get(release.kid)

    return load


def test_a_collection_is_gone_through_and_asked_by_name_or_kid(whole):
    collection = whole({}, names=("one", "two"))
    assert type(collection) is Collection
    assert len(collection) == 2
    assert [list(table.data["a"]) for table in collection] == [[1, 0], [1, 1]]
    assert list(collection["two"].data["a"]) == list(collection[collection.resources[1].kid].data["a"]) == [1, 1]
    with pytest.raises(NotFound, match="Did you mean 'two'"):
        collection["tow"]
    with pytest.raises(NotFound, match="It holds: one, two"):
        collection[collection.release.kid]


def weeks():
    """Three tables for a week each, not in the order of time, and one without times."""
    spans = {"c": ("2019-10-15T00:00:00Z", "2019-10-22T00:00:00Z"), "a": ("2019-10-01T00:00:00Z", "2019-10-08T00:00:00Z")}
    spans["b"] = ("2019-10-08T00:00:00Z", "2019-10-15T00:00:00Z")
    more = {f"data/{name}.ecsv": {"content": {"startTime": start, "stopTime": stop}} for name, (start, stop) in spans.items()}
    return more, (*spans, "never")


@pytest.mark.parametrize(
    ("bounds", "names"),
    [
        ((), "a b c never"),
        (("2019-10-08",), "b c"),
        ((None, "2019-10-08"), "a"),
        (("2019-10-07T23:59:59Z", "2019-10-15T00:00:01+00:00"), "a b c"),
        (("2019-10-08T02:00:00+02:00", "2019-10-15"), "b"),
        (("2020-01-01",), ""),
    ],
)
def test_a_stream_comes_in_the_order_of_time_and_is_filtered_by_it(whole, bounds, names):
    more, tables = weeks()
    stream = whole({"ktype": "km3.stream"}, more, tables)
    assert isinstance(stream, Stream)
    assert " ".join(table.member.name for table in stream.between(*bounds)) == names
    assert [table.member.name for table in stream] == ["a", "b", "c", "never"]


def test_a_bound_that_is_no_time_is_a_sentence(whole):
    with pytest.raises(UsageError, match="'last week' is no time"):
        list(whole({"ktype": "km3.stream"}).between("last week"))


@pytest.mark.parametrize(
    ("own", "link"),
    [
        ({"idDOI": "10.1038/s41586-024-08543-1"}, "https://doi.org/10.1038/s41586-024-08543-1"),
        ({"referenceURL": "https://arxiv.org/abs/2502.08173"}, "https://arxiv.org/abs/2502.08173"),
        ({}, "https://opendata.km3net.de/r/"),
    ],
)
def test_a_paper_is_cited_and_read_elsewhere(whole, own, link, monkeypatch):
    paper = whole({"ktype": "km3.paper", "resourceType": "paper", **own})
    assert isinstance(paper, Paper)
    assert paper.link.startswith(link)
    assert "Made-up numbers (version 1.0.0) [Article]" in paper.citation
    assert paper.link in paper._repr_html_()
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    paper.open()
    assert opened == [paper.link]
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    with pytest.raises(NotFound, match="no web browser"):
        paper.open()


def test_a_figure_knows_the_tables_it_was_drawn_from(addresses, tmp_path):
    figure = KM3Store(addresses["datacenter"], cache=tmp_path).get("figures/flux.yaml")
    assert isinstance(figure, PublishedFigure)
    assert [table.member.name for table in figure.tables] == ["flux", "limits"]
    assert figure.alt == "steps"


@pytest.fixture
def cone_search():
    """A server of the Virtual Observatory that knows one event; what it was asked."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            document = io.BytesIO()
            Table({"ID": [1], "RA": [83.6], "Decl": [-29.8]}).write(document, format="votable")
            self.send_response(200)
            self.send_header("Content-Type", "application/x-votable+xml")
            self.end_headers()
            self.wfile.write(document.getvalue())

        def log_message(self, *_):
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/scs", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_service_is_asked_through_pyvo(whole, cone_search):
    address, asked = cone_search
    service = whole({"ktype": "km3.service.vo", "content": {"scs": address, "tap": f"{address}/tap"}})
    found = service.get_scs().search(pos=(83.6, -29.8), radius=1)
    assert list(found["ID"]) == [1]
    assert "RA=83.6" in asked[-1]
    assert service.get_tap().baseurl == f"{address}/tap"


def test_a_service_without_a_usable_address_is_a_sentence(whole):
    only = whole({"ktype": "km3.service.vo", "content": {"scs": "https://vo.example.org/scs"}})
    with pytest.raises(UsageError, match=r"no address under tap. Use get_scs\(\)"):
        only.get_tap()
    plain = whole({"ktype": "km3.service.vo", "title": "Other", "content": {"scs": "http://vo.example.org/scs"}})
    with pytest.raises(ConfigurationError, match="not https"):
        plain.get_scs()

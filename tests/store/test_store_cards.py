"""What notebooks show is complete, and nothing of it is live."""

from html.parser import HTMLParser

from kpublish.store import KM3Store
from kpublish.store.cards import PICTURE, picture

PNG = b"\x89PNG\r\n\x1a\n and so on"
HOSTILE = "<script>alert(1)</script>\"'&\x1b[31m"


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text, self.open = set(), {}, "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= dict(attrs)
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_a_table_shows_its_metadata_columns_and_first_rows(addresses, tmp_path):
    shown = Tags(KM3Store(addresses["directory"], cache=tmp_path).get("flux")._repr_html_())
    for words in ("Flux over energy", "CC-BY-4.0", "energy_low", "GeV−1", "2.5e-05", "3 rows"):
        assert words in shown.text.replace("\n", "")
    assert shown.open == []
    assert shown.attributes["href"].startswith("https://")


def test_a_release_shows_what_it_holds(addresses, tmp_path):
    store = KM3Store(addresses["directory"], cache=tmp_path)
    shown = Tags(store.get(store.list()[0].kid)._repr_html_())
    for words in ("fluxtable", "limitstable", "fluxfigure", "Sensitivity of a made-up detector"):
        assert words in shown.text


def test_nothing_that_others_wrote_is_live(folder, tmp_path):
    column = "{name: a, datatype: string, unit: '<b>', description: d, meta: {symbol: '<i onclick=x>', role: value}}"
    head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:", f"- {column}", "schema: astropy-2.0"]
    text = "\n".join([*(f"# {line}" for line in head), "a", "<img src=x onerror=alert(1)>", ""])
    release = folder({"data/evil.ecsv": text}, title=HOSTILE, more={"data/evil.ecsv": {"referenceURL": "javascript:alert(1)"}})
    store = KM3Store(folder.path, cache=tmp_path / "cache")
    for thing in (store.get(release.members[0].resource.kid), store.get(release.kid), store.cite(release.kid)):
        shown = Tags(thing._repr_html_())
        assert not shown.tags & {"script", "img", "b"}
        assert not set(shown.attributes) & {"onclick", "onerror"}
        assert "javascript" not in str(shown.attributes)
        assert "alert(1)" in shown.text
        assert "\x1b" not in shown.text


def test_a_table_that_cannot_be_read_shows_its_metadata_and_why(folder, tmp_path):
    release = folder({"data/broken.ecsv": "energy\n1\n"})
    shown = Tags(KM3Store(folder.path, cache=tmp_path / "cache").get(release.members[0].resource.kid)._repr_html_())
    assert "Made-up numbers" in shown.text
    assert "cannot be read" in shown.text


def test_a_picture_shows_itself_if_it_is_one(tmp_path):
    path = tmp_path / "file"
    for content, kind in ((PNG, "image/png"), (b'<?xml version="1.0"?><svg/>', "image/svg+xml"), (b"<svg/>", "image/svg+xml")):
        path.write_bytes(content)
        shown = Tags(picture(path, '" onload="x'))
        assert shown.attributes["src"].startswith(f"data:{kind};base64,")
        assert shown.attributes["alt"] == '" onload="x'
        assert "onload" not in shown.attributes
    for content in (b"a png", b"<html>", b"", PNG + bytes(PICTURE)):
        path.write_bytes(content)
        assert picture(path, "alt") == ""
    assert picture(tmp_path / "nothing", "alt") == ""


def test_a_published_figure_shows_its_picture(folder, addresses, tmp_path):
    store = KM3Store(addresses["directory"], cache=tmp_path)
    figure = store.get("figures/flux.yaml")
    assert "img" not in Tags(figure._repr_html_()).tags
    figure.path.chmod(0o644)
    figure.path.write_bytes(PNG)
    shown = Tags(figure._repr_html_())
    assert shown.attributes["alt"] == "steps"
    assert "Flux over energy, drawn" in shown.text

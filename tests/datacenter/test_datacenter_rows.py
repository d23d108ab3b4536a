"""Pages of releases show the first rows of tables, sorted by links, and figures that can be enlarged without scripts."""

import re
from html import unescape

import pytest
import requests

KIDS = re.compile(r'id="large-([0-9a-f-]{36})"')


@pytest.fixture(scope="module")
def published(datacenter, tmp_path_factory):
    """A published release of plots, as its page's address and text."""
    import subprocess

    from kpublish import repository
    from kpublish.cli import run
    from kpublish.templating import new

    folder = new("public-plots", tmp_path_factory.mktemp("rows") / "plots", defaults=True)
    repository.tag(folder, "v1.0.0")
    server = datacenter.server
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPUBLISH_DATACENTER_URL", server.url)
        patch.setenv("KPUBLISH_DATACENTER_TOKEN_FILE", str(server.token_file))
        assert run(["release", str(folder)]) == 0
    kid = re.search(r"kid: (\S+)", (folder / "kpublish.yaml").read_text())[1]
    assert subprocess.run(["git", "-C", folder, "status", "--short"], capture_output=True, check=True).stdout == b""
    return f"{server.url}/r/{kid}"


def column(page, number):
    body = page.partition('<table class="rows">')[2].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body)
    return [unescape(re.findall(r"<td[^>]*>(.*?)</td>", row)[number]) for row in rows if "<td" in row]


def test_the_first_rows_are_shown_as_they_stand(published):
    page = requests.get(published, timeout=60).text
    assert "First rows of 720" in page
    assert column(page, 2)[:2] == ["-1.0", "-0.95"]
    assert "[GeV]" in page


def test_a_link_sorts_by_a_column_and_the_next_one_the_other_way_round(published):
    page = requests.get(published, timeout=60).text
    kid, link = re.search(r"\?rows=([0-9a-f-]{36})&amp;by=(aeff)", page).groups()
    rising = requests.get(published, {"rows": kid, "by": link}, timeout=60).text
    numbers = [float(cell) for cell in column(rising, 4)]
    assert numbers == sorted(numbers)
    assert 'aria-sort="ascending"' in rising
    assert "by=-aeff" in rising
    falling = requests.get(published, {"rows": kid, "by": "-aeff"}, timeout=60).text
    largest = [float(cell) for cell in column(falling, 4)]
    assert largest == sorted(largest, reverse=True)
    assert largest[0] > numbers[-1]


@pytest.mark.parametrize("asked", [{"rows": "x", "by": "aeff"}, {"rows": "<script>", "by": "<b>"}, {"by": "-"}])
def test_what_is_not_there_sorts_nothing(published, asked):
    page = requests.get(published, asked, timeout=60)
    assert page.status_code == 200
    assert column(page.text, 2)[:2] == ["-1.0", "-0.95"]
    assert "<script>" not in page.text.replace('<script type="application/ld+json">', "")


def test_a_figure_is_enlarged_by_its_own_address(published):
    page = requests.get(published, timeout=60).text
    (kid,) = KIDS.findall(page)
    assert f'href="#large-{kid}"' in page
    assert f'class="back" href="#{kid}"' in page


@pytest.mark.browser
def test_an_enlarged_figure_fills_the_window_and_goes_back(published, browser):
    page = browser.new_page(viewport={"width": 800, "height": 600})
    page.goto(published)
    before = page.locator("figure img").bounding_box()
    page.locator("figure img").click()
    large = page.locator("figure").bounding_box()
    assert (large["x"], large["y"], large["width"], large["height"]) == (0, 0, 800, 600)
    assert page.locator("figure img").bounding_box()["width"] > before["width"]
    page.get_by_text("Back to the page").click()
    assert page.locator("figure img").bounding_box()["width"] == before["width"]
    page.close()

"""The picture of the chain: what stands where, what is told, and that a browser draws no text over another or out of its box."""

import re
from html.parser import HTMLParser
from itertools import combinations

import pytest

from kpublish.exports.chain import chain
from kpublish.exports.page import html
from kpublish.exports.page.layers import CHANGED, FILE, MORE, STEP, layers_of
from kpublish.exports.page.picture import MOST, picture, steps
from kpublish.model.provenance import StepFile, StepRecord


def step(name, reads=(), makes=(), **said):
    return StepRecord(
        refID=f"id of {name}",
        name=name,
        inputs=tuple(StepFile(path=path) for path in reads),
        outputs=tuple(StepFile(path=path) for path in makes),
        **said,
    )


RAW = [f"raw/{number}.root" for number in range(14)]
PERIODS = [f"sel/selected_events_of_the_period_{number}.h5" for number in range(5)]
#: Long names, many inputs, lines that pass layers, letters of other scripts, a changed file, a circle, a step without files.
HARD = (
    step(
        "Generate with a very long name of WWWWWWWWWWWWWWWWWW", [f"raw/{n}.root" for n in range(14)], ["gen.h5"], settings="x " * 99
    ),
    *(step(f"Select {n}", ["gen.h5", "conf.yaml"], [PERIODS[n]], command=("select", "--cut", "0.7")) for n in range(5)),
    step("Merge", PERIODS, ["merged.h5"], software={"km3pipe": "9.0.0"}),
    step("Histogramm über Ähnliches 漢字漢字漢字漢字漢字漢字漢字", ["merged.h5", "gen.h5"], ["M" * 60 + ".csv", "i" * 200]),
    step("In place", ["M" * 60 + ".csv", "t.txt"], ["t.txt"]),
    step("Round", ["round/b"], ["round/a"]),
    step("About", ["round/a"], ["round/b"]),
    step("Alone"),
)


def test_files_stand_left_of_the_steps_that_read_them_and_right_of_those_that_made_them():
    layers = layers_of(chain(HARD[:8], {}))
    columns = {node: number for number, column in enumerate(layers.columns) for node in column}
    for line in layers.lines:
        assert [columns[node] for node in line] == list(range(columns[line[0]], columns[line[0]] + len(line)))
    assert columns[(STEP, "id of Merge")] == 5


def test_many_files_of_one_step_stand_as_one():
    layers = layers_of(chain(HARD, {}))
    assert layers.counts == {(MORE, "id of Generate with a very long name of WWWWWWWWWWWWWWWWWW read"): 9}
    drawn = [node for column in layers.columns for node in column]
    assert len([node for node in drawn if node[0] == FILE and node[1].startswith("raw/")]) == 5
    assert len(drawn) == len(set(drawn))


def test_a_file_that_a_step_changed_stands_on_both_sides_of_it():
    layers = layers_of(chain((step("In place", ["t.txt"], ["t.txt"]),), {}))
    assert layers.columns == (((FILE, "t.txt"),), ((STEP, "id of In place"),), ((CHANGED, "t.txt id of In place"),))


def test_files_of_which_one_tool_told_the_bytes_and_another_the_path_are_one():
    first = step("First", [], ["a.h5"])
    second = StepRecord(refID="2", name="Second", inputs=(StepFile(path="a.h5", sha256="ab" * 32),))
    known = chain((first, second), {"ab" * 32: ["data/a.h5"]})
    assert {file.path for file in known.files.values()} == {"data/a.h5"}
    assert len(layers_of(known).columns) == 3


class Texts(HTMLParser):
    """Elements of the picture, and the texts of titles and descriptions."""

    def __init__(self, text):
        super().__init__()
        self.attributes, self.texts, self._in = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.attributes += [name for name, _ in attributes]
        self._in.append(tag)

    def handle_endtag(self, tag):
        self._in.pop()

    def handle_data(self, data):
        self.texts.setdefault(self._in[-1], []).append(data)


def test_who_cannot_see_it_is_told_the_same(full):
    found = Texts(picture(chain(full.steps, {})))
    (told,) = found.texts["desc"]
    assert told == (
        'Un"folding" \\ & <more> read raw/run 1.root, raw/~täble.root and made work/.hits.. '
        "Binning read work/.hits. and made data/aeff plus.ecsv, log.txt."
    )
    titles = found.texts["title"]
    assert titles[0] == "Steps from the first files to the results"
    assert f"data/aeff plus.ecsv, sha256 {'ab' * 32}" in titles
    assert "raw/run 1.root, of which nobody told the sha256" in titles


def test_nothing_in_it_runs_or_is_styled_by_itself(full):
    evil = step('<script>alert(1)</script>" onload="alert(1)', ["<img src=x onerror=alert(1)>"], ["b"], settings="<b>")
    text = picture(chain((*full.steps, evil), {}))
    assert not {name for name in Texts(text).attributes if name == "style" or name.startswith("on")}
    assert "<script" not in text
    assert "<img" not in text


def test_the_page_shows_it_and_that_of_a_release_without_steps_does_not(full):
    assert '<section class="card" id="steps">' in html(full)
    assert 'id="steps"' not in html(full.model_copy(update={"steps": ()}))


def test_it_goes_on_to_the_tables_and_figures_that_were_made_without_being_recorded(full):
    files = tuple(entry.model_copy(update={"sha256": f"{number:064x}"}) for number, entry in enumerate(full.files))
    page = html(full.model_copy(update={"files": files}))
    (told,) = Texts(re.search("<svg.*</svg>", page)[0]).texts["desc"]
    assert "kpublish annotate read aeff.csv and made data/aeff plus.ecsv." in told
    assert "kpublish render read data/aeff plus.ecsv and made rendered/aeff.png." in told


def test_of_very_many_steps_the_last_are_drawn(full):
    many = tuple(step(f"Step {n}", [f"{n}"], [f"{n + 1}"]) for n in range(MOST + 5))
    text = steps(many, {})
    assert f"Only the last {MOST} of {MOST + 5} steps are drawn." in text
    assert len(re.findall('<g class="step">', text)) == MOST
    assert "Step 4;" not in text


MEASURE = """
svg => [...svg.querySelectorAll("g")].map(group => {
  const at = element => { const box = element.getBBox(); return [box.x, box.y, box.width, box.height]; };
  return {box: at(group.querySelector("rect")), texts: [...group.querySelectorAll("text")].map(at)};
})
"""


def overlap(one, other):
    return all(one[n] < other[n] + other[n + 2] and other[n] < one[n] + one[n + 2] for n in (0, 1))


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_draws_no_text_over_another_or_out_of_its_box(full, browser, scheme):
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.set_content(html(full.model_copy(update={"steps": HARD})))
    groups = page.locator("svg.chain").evaluate(MEASURE)
    assert len(groups) > 20
    for group in groups:
        x, _, width, _ = group["box"]
        for left, _, wide, _ in group["texts"]:
            assert x < left
            assert left + wide < x + width
    assert not [pair for pair in combinations((group["box"] for group in groups), 2) if overlap(*pair)]
    assert not [pair for pair in combinations((text for group in groups for text in group["texts"]), 2) if overlap(*pair)]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    colours = page.locator("svg.chain .step rect").first.evaluate("box => getComputedStyle(box).fill")
    assert colours == ("rgb(230, 241, 251)" if scheme == "light" else "rgb(22, 40, 61)")
    page.close()

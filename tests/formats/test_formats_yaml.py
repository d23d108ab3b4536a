"""Reading YAML with positions, understanding it as models, and writing it."""

import json
import random

import jsonschema
import pytest
import yaml

from kpublish.formats.understanding import understand
from kpublish.formats.yaml_document import read_text, scalar_text, write_text
from kpublish.formats.yaml_document.reading import DEPTH_LIMIT
from kpublish.model.document import PlainScalar, native
from kpublish.model.figure import FigureDescription
from kpublish.model.project import ProjectFile
from kpublish.model.resource import KM3Resource, ResourceHeader
from kpublish.model.schemas import schemas


def places(faults):
    return [(fault.code, fault.where.line, fault.where.column) for fault in faults]


def test_every_value_and_key_knows_its_place():
    document = read_text("a: 1\nb:\n- c: x\n  d: [y, z]\n", "f.yaml")
    assert document.data == {"a": "1", "b": [{"c": "x", "d": ["y", "z"]}]}
    assert (document.at("b", 0, "d", 1).line, document.at("b", 0, "d", 1).column) == (4, 10)
    assert (document.at_key("b", 0, "d").line, document.at_key("b", 0, "d").column) == (4, 3)
    assert document.at("b", 0, "unknown") == document.at("b", 0)


def test_offsets_move_positions_into_the_surrounding_file():
    document = read_text("a: x", "f.ecsv", line_offset=3, column_offset=2)
    assert (document.at("a").line, document.at("a").column) == (4, 6)


@pytest.mark.parametrize(
    ("literal", "value"),
    [("1.10", 1.1), ("no", False), ("017", 15), ("12:30:45", 45045), ("0x1F", 31), ("2012.10820", 2012.1082), ("1.0e+3", 1000.0)],
)
def test_a_plain_number_keeps_its_literal_and_its_value(literal, value):
    scalar = read_text(f"v: {literal}", "f.yaml").data["v"]
    assert isinstance(scalar, PlainScalar)
    assert scalar == literal
    assert scalar.native == value


@pytest.mark.parametrize("text", ["'1.10'", '"no"', "1.0.0", "1e5", "!!str 1.10", "9" * 5000])
def test_text_stays_text(text):
    assert not isinstance(read_text(f"v: {text}", "f.yaml").data["v"], PlainScalar)


def test_a_date_stays_text_and_null_is_none():
    document = read_text("a: 2026-02-31\nb: null\nc: ~\nd:\n", "f.yaml")
    assert native(document.data) == {"a": "2026-02-31", "b": None, "c": None, "d": None}
    assert document.faults == document.doubtful == ()


def test_native_gives_what_other_readers_read():
    text = "a: [1, 2.5, true, x]\nb: {c: 0x10, d: no}\n"
    assert native(read_text(text, "f.yaml").data) == yaml.safe_load(text)


def test_all_duplicate_keys_are_told_with_their_first_line():
    faults = read_text("a: 1\nb: {c: 1, c: 2}\na: 3\na: 4\n", "f.yaml").faults
    assert places(faults) == [("YML02", 2, 11), ("YML02", 3, 1), ("YML02", 4, 1)]
    assert "first in line 1" in faults[1].message


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("a: 1\nb:\n\tc: 2\n", 3, 1, "tabs"),
        ("a: b: c", 1, 5, "indentation"),
        ('a: 1\nb: "never closed\n', 2, 4, "closed"),
        ("a: [1, 2\nb: 3\n", 2, 2, "bracket"),
        ("x: @a", 1, 4, "quote"),
        ("a: 1\nb: \x01\n", 2, 4, "does not allow"),
        ('a: "\\d"', 1, 5, "backslash"),
        ("- a\nb: c", 2, 1, "list"),
        ("? [a]\n: b", 1, 3, "key"),
        ("--- a\n--- b\n", 2, 1, "second document"),
        ("a: !!python/name:os.system x", 1, 4, "tag"),
        ("a: &x {b: 1}\nc: {<<: *x}\n", 2, 5, "Merge"),
        ("!!omap [a]", 1, 9, "pairs"),
    ],
)
def test_what_is_not_yaml_is_told_with_place_and_meaning(text, line, column, word):
    (fault,) = read_text(text, "f.yaml").faults
    assert places([fault]) == [("YML01", line, column)]
    assert word in fault.message
    assert fault.remedy


def test_duplicates_before_a_syntax_error_are_told_too():
    document = read_text("a: 1\na: 2\nb: [\n", "f.yaml")
    assert [fault.code for fault in document.faults] == ["YML02", "YML01"]
    assert document.data is None


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10))


@pytest.mark.parametrize("text", [BOMB, "[" * 100_000, "- " * 100_000, "a: &a [*a]", "a: *nowhere"])
def test_bombs_are_refused_quickly(text):
    document = read_text(text, "f.yaml")
    assert [fault.code for fault in document.faults] == ["YML03"]
    assert document.data is None


def test_aliases_and_decent_depth_are_read():
    deep = "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT
    assert read_text(deep, "f.yaml").faults == ()
    assert read_text("a: &x {b: 1}\nc: *x\n", "f.yaml").data["c"] == {"b": "1"}


def test_omap_of_other_writers_is_a_mapping():
    document = read_text("meta: !!omap\n- {a: 1}\n- b: {c: 2}\n- a: 3\n", "f.yaml")
    assert document.data == {"meta": {"a": "3", "b": {"c": "2"}}}
    assert (document.at("meta", "b", "c").line, document.at("meta", "b", "c").column) == (3, 10)
    assert places(document.faults) == [("YML02", 4, 3)]


# ---- understanding ----


def understood(text, model=ResourceHeader):
    document = read_text(text, "f.yaml")
    return understand(model, document.data, document)


def test_every_error_of_a_document_is_told_at_once():
    value, faults = understood(
        "titel: A\nversion: 1.10\nresourceType: plotdat\nfunding: [{award: x}]\nauthors:\n- {orcid: [1], nam: x}\n- Ada\n"
        "source: {fileSize: big, accesURL: x}\nkid: k\n"
    )
    assert places(faults) == [
        ("RES02", 1, 1),
        ("RES04", 2, 10),
        ("RES03", 3, 15),
        ("RES01", 4, 11),
        ("RES03", 6, 11),
        ("RES02", 6, 16),
        ("RES03", 8, 20),
        ("RES02", 8, 25),
    ]
    assert value.kid == "k"
    assert value.version == "1.10"
    assert [author.display_name for author in value.authors] == ["", "Ada"]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("licence: x", "Did you mean 'license'?"),
        ("status: prelim", "Did you mean 'preliminary'?"),
        ("source: {acessURL: x}", "Did you mean 'accessURL'?"),
        ("authors: [{affiliations: [{nam: x}]}]", "Write name instead of nam."),
        ("version: 1.10", "Write '1.10' in quotes."),
    ],
)
def test_a_remedy_says_what_to_write(text, remedy):
    _, faults = understood(text)
    assert remedy in [fault.remedy for fault in faults]


@pytest.mark.parametrize("text", ["version: 1.0.0", "version: '1.10'", "version: 1.1", "datePublication: 2026-11-22", "title: 1e5"])
def test_text_that_every_reader_prints_the_same_needs_no_quotes(text):
    assert understood(text)[1] == ()


@pytest.mark.parametrize(
    "text", ["version: 1.10", "title: no", "keywords: [a, 1.0e+5]", "authors: [{name: yes}]", "parentResource: 010"]
)
def test_text_that_looks_like_something_else_wants_quotes(text):
    value, faults = understood(text)
    assert [fault.code for fault in faults] == ["RES04"]
    assert value is not None


def test_numbers_stay_numbers_where_a_model_leaves_it_open():
    value, faults = understood("content: {run: 17, on: true, weight: 1.50, note: text, processingLevel: 2}")
    assert faults == ()
    assert json.loads(json.dumps(value.said()["content"])) == {
        "run": 17,
        "on": True,
        "weight": 1.5,
        "note": "text",
        "processingLevel": 2,
    }


def test_rows_of_a_figure_are_chosen_by_literal_or_number():
    value, faults = understood("layers: [{mark: steps, table: a, y: b, where: {c: -1.0e-5}, width: 2.0}]", FigureDescription)
    assert faults == ()
    assert value.layers[0].where == {"c": "-1.0e-5"}
    assert value.layers[0].options == {"width": 2.0}


def test_what_lacks_something_required_is_not_understood():
    value, faults = understood("title: A", KM3Resource)
    assert value is None
    assert {fault.message for fault in faults} >= {"f.yaml has no 'kid'.", "f.yaml has no 'license'."}


def test_a_wrong_required_value_is_told_once():
    value, faults = understood("funding: [{funder: [1]}, {funder: A}]")
    assert places(faults) == [("RES03", 1, 20)]
    assert [funding.funder for funding in value.funding] == ["A"]


def test_a_secret_in_an_address_is_not_repeated():
    _, faults = understood("KM3Resource: {}\narchives: {a: {kind: datacenter, url: 'https://me:secret@host/'}}", ProjectFile)
    assert len(faults) == 1
    assert "secret" not in faults[0].message


# ---- writing ----

TRICKY = [
    "no",
    "1.10",
    "1e5",
    "0o17",
    "a: b",
    "a #b",
    "- a",
    "?",
    "=",
    "<<",
    "~",
    "",
    " ",
    "2026-01-01",
    "12:30:45",
    " a ",
    "a ",
    "E_{\\nu}",
]
TRICKY += [
    "https://example.org/?a=1&b=[2]#c",
    "it's",
    'say "x"',
    "two\nlines\n",
    "\ttab",
    "\u2028\x85\ufeff\x7f\x00",
    "\U0001f30a",
    "µ²",
    "%a",
    "!a",
    "&a",
    "*a",
]
TRICKY += [None, True, False, 0, -7, 10**20, 1e-5, 1e300, -0.1, 1.0, float("inf"), float("-inf")]
CHARACTERS = "ab1.-:,#[]{}'\"\\ \n\t&*!|>%@`?~=<\u00e9\u2028\x00"


def any_text(chance):
    return "".join(chance.choices(CHARACTERS, k=chance.randrange(8)))


def any_data(chance, depth=0):
    kind = chance.random()
    if depth < 4 and kind < 0.3:
        return [any_data(chance, depth + 1) for _ in range(chance.randrange(4))]
    if depth < 4 and kind < 0.6:
        return {any_text(chance): any_data(chance, depth + 1) for _ in range(chance.randrange(4))}
    return chance.choice(TRICKY) if kind < 0.8 else any_text(chance)


@pytest.mark.parametrize(
    "data",
    [TRICKY, {str(item): item for item in TRICKY}, *(any_data(random.Random(seed)) for seed in range(300))],
    ids=lambda _: "",
)
def test_what_is_written_reads_the_same_here_and_elsewhere(data):
    text = write_text({"data": data})
    document = read_text(text, "f.yaml")
    assert native(document.data) == {"data": data}
    assert yaml.safe_load(text) == {"data": data}
    assert write_text(document.data) == text
    assert document.faults == ()


def test_the_literal_of_a_number_is_written_again():
    text = "a: 1.10\nb: [0x1F, 2026-11-22, true, '1.10']\n"
    assert write_text(read_text(text, "f.yaml").data) == text


def test_long_collections_and_resources_are_written_in_blocks():
    data = {"KM3Resource": {"kid": "a"}, "short": {"a": 1}, "long": {"a": "x" * 80, "b": "y" * 80}, "rows": [{"a": [1]}, {"b": 2}]}
    assert write_text(data) == (
        f"KM3Resource:\n  kid: a\nshort: {{a: 1}}\nlong:\n  a: {'x' * 80}\n  b: {'y' * 80}\nrows:\n- a: [1]\n- {{b: 2}}\n"
    )


def test_floats_are_numbers_for_yaml_1_1():
    assert [yaml.safe_load(scalar_text(value)) for value in (1e-5, 1e300, float("inf"))] == [1e-5, 1e300, float("inf")]


# ---- schemas ----

GOOD = {
    "kpublish.json": """
KM3Resource:
  kid: 8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11
  title: Effective area
  authors: [{name: KM3NeT Collaboration, type: collaboration}, Ada Example]
  contact: KM3NeT Open Science
  license: CC-BY-4.0
  version: 1.0.0
  parentResource: {kid: x}
  relatedResources: [a, {id: b, relation: cites}]
  source: {accessURL: /, accessFormat: text/html}
  content: {run: 7}
archives: {datacenter: {kind: datacenter, url: 'https://opendata.km3net.de'}}
ignore: {TAB03: {path: data/x.ecsv, reason: why}, TAB04: [{path: a, reason: b}]}
""",
    "figure.json": """
KM3Resource: {kid: a, title: b, resourceType: plot}
figure:
  y: {scale: log, range: [1.0e-5, 1.0e+3]}
  layers: [{mark: steps, table: data/a.ecsv, y: aeff, where: {cos: -1.0}, label: x, width: 2}]
""",
}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_editors_find_nothing_in_good_files_and_misspelt_keys_in_others(name):
    validator = jsonschema.Draft202012Validator(schemas()[name])
    data = yaml.safe_load(GOOD[name])
    assert list(validator.iter_errors(data)) == []
    data["KM3Resource"]["titel"] = "x"
    assert len(list(validator.iter_errors(data))) == 1


def test_tags_of_astropy_are_answered_with_how_to_write_plain_columns():
    (fault,) = read_text("a: !astropy.table.SerializedColumn {b: c}", "f.yaml").faults
    assert "serialize_method='null_value'" in fault.remedy


def test_a_relation_keeps_its_meaning_in_every_spelling():
    said = [
        "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11",
        {"kid": "10.5281/zenodo.1", "title": "left out"},
        {"kid": "10.5281/zenodo.2", "relation": "hasPart"},
        {"id": "10.5281/zenodo.3", "relation": "cites"},
    ]
    related = ResourceHeader.model_validate({"relatedResources": said}).relatedResources
    assert [relation.relation.value for relation in related] == ["sibling", "sibling", "hasPart", "cites"]

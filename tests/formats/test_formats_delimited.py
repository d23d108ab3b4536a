from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpublish.formats import delimited
from kpublish.formats.reading_any import read_any

DATA = Path(__file__).parents[1] / "data" / "bare"


def table(text, encoding="utf-8"):
    (found,) = delimited.read_content(text if isinstance(text, bytes) else text.encode(encoding), "a.csv")
    return found


def cells(text):
    found = table(text)
    assert not found.faults
    return {column.name: list(column.values) for column in found.columns}


@pytest.mark.parametrize(
    "text",
    [
        "e,flux\n1,2.5\n2,3.5\n",
        "e;flux\n1; 2.5\n2; 3.5\n",
        "e\tflux\n1\t2.5\n2\t3.5\n",
        "e flux\n1 2.5\n2 3.5\n",
        "  e      flux\n  1.0    2.5\n  2.0    3.5",
        "e,flux\r\n1,2.5\r\n2,3.5\r\n",
        "e,flux\r1,2.5\r2,3.5\r",
        "\ufeffe,flux\n1,2.5\n2,3.5\n",
        "e,flux,\n1,2.5,\n2,3.5,\n",
        '"e","flux"\n"1","2.5"\n"2","3.5"\n',
        "# made by a fit\n# e flux\n1 2.5\n2 3.5\n",
        "% e, flux\n1, 2.5\n2, 3.5\n",
        "// e, flux\n1, 2.5\n# 1, 7\n2, 3.5\n",
        "My flux,\ne,flux\n1,2.5\n2,3.5\n",
        "My flux of 2024\nfor the paper\ne,flux\n1,2.5\n2,3.5\n",
        "e   flux\n--- ----\n1   2.5\n2   3.5\n",
        "* made by a fit\n* e flux\n1 2.5\n2 3.5\n",
        "e|flux\n1|2.5\n2|3.5\n",
        "| e | flux |\n|---|------|\n| 1 | 2.5 |\n| 2 | 3.5 |\n",
        "e flux\n1 2.5 # the first\n2 3.5\n",
        "sep=;\r\ne;flux\r\n1;2.5\r\n2;3.5\r\n",
    ],
)
def test_the_same_table_is_read_from_every_dialect(text):
    assert cells(text) == {"e": [1, 2], "flux": [2.5, 3.5]}


def test_literals_stay_as_they_are_written():
    found = table("e,flux\n1.50,+2.0E-03\n007, 1.0D+03\n")
    assert [column.literals for column in found.columns] == [("1.50", "007"), ("+2.0E-03", "1.0D+03")]
    assert [list(column.values) for column in found.columns] == [[1.5, 7.0], [0.002, 1000.0]]


def test_numbers_have_the_minus_of_journals_and_gaps_of_all_kinds():
    found = cells("a,b,c,d\n\u22121.5,nan,-,-inf\n2,NaN,3,inf\n,1.0,n/a,2\n")
    assert (found["a"], found["c"], found["d"]) == ([-1.5, 2.0, None], [None, 3, None], [-float("inf"), float("inf"), 2.0])
    assert [value == value for value in found["b"]] == [False, False, True]


def test_words_keep_their_dashes_where_numbers_would_miss_a_value():
    assert cells("name,n\n-,1\nCrab,2\n") == {"name": ["-", "Crab"], "n": [1, 2]}


def test_integers_beyond_64_bits_stay_text_so_that_no_digit_is_lost():
    found = table("id,n\n18446744073709551616,18446744073709551615\n1,2\n")
    assert [column.datatype for column in found.columns] == ["string", "uint64"]
    assert found.columns[0].values[0] == "18446744073709551616"


def test_truth_values_are_read_in_all_spellings():
    assert cells("a,b\ntrue,TRUE\nfalse,False\n") == {"a": [True, False], "b": [True, False]}


def test_a_table_without_header_has_columns_without_names():
    found = table("318.1\t38.3\n316.5\t40.4\n")
    assert [column.name for column in found.columns] == [None, None]
    assert list(found.lines) == [1, 2]


def test_a_second_header_row_is_kept_as_heading():
    found = table("E,flux,name\n[GeV],[m-2],\n1,2,a\n3,4,b\n")
    assert [(column.name, column.headings) for column in found.columns] == [
        ("E", ("[GeV]",)),
        ("flux", ("[m-2]",)),
        ("name", ("",)),
    ]
    assert list(found.columns[0].values) == [1, 3]


def test_a_row_of_gaps_is_no_header_row():
    assert cells("name,E,flux\nCrab,-,-\nVela,1,2\nGC,3,4\n")["E"] == [None, 1, 3]


def test_units_with_blanks_in_a_comment_name_the_columns_of_blanks():
    found = table("# E[GeV]  rate[MeV-1 s-1 sr-1]\n1.0 2.0\n2.0 3.0\n")
    assert [column.name for column in found.columns] == ["E[GeV]", "rate[MeV-1 s-1 sr-1]"]
    assert [(comment.line, comment.text) for comment in found.comments] == [(1, "E[GeV]  rate[MeV-1 s-1 sr-1]")]


def test_identifiers_may_begin_with_the_mark_of_comments():
    found = read_any(DATA / "km3-230213a_figure4.csv")[0]
    independent = pd.read_csv(DATA / "km3-230213a_figure4.csv", skiprows=1)
    assert not found.faults
    assert [column.name for column in found.columns] == list(independent.columns)
    assert [list(column.values) for column in found.columns] == [independent[name].tolist() for name in independent.columns]
    assert found.comments[0].text == "Figure_4_data"
    assert found.columns[0].values[0] == "#1"


@pytest.mark.parametrize(
    ("file", "options"),
    [
        ("ARCA_astro_objects_benchmark.csv", {"comment": "#"}),
        ("sens_10yr_gamma-2.txt", {"comment": "#", "sep": r"\s+", "header": None}),
    ],
)
def test_published_tables_have_the_values_that_pandas_reads(file, options):
    (found,) = read_any(DATA / file)
    independent = pd.read_csv(DATA / file, **options)
    assert not found.faults
    assert [list(column.values) for column in found.columns] == [independent[name].tolist() for name in independent.columns]


def test_text_in_latin_1_and_utf_16_is_read_and_the_encoding_said():
    for encoding in ("latin-1", "utf-16"):
        found = table("name,n\nMüller,1\nMéré,2\n", encoding)
        assert (found.columns[0].values, found.meta["encoding"]) == (["Müller", "Méré"], encoding)


def test_cells_in_quotes_may_hold_delimiters_and_lines():
    found = table('name,n\n"a, b",1\n"c\nd",2\n"e ""f""",3\n')
    assert list(found.columns[0].values) == ["a, b", "c\nd", 'e "f"']
    assert list(found.lines) == [2, 3, 5]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a,b\n1,2\n3\n4,5\n", 3, "This row has 1 cell; the table has 2 columns"),
        ("a,b,c\n1,2,3,4\n5,6,7,8\n", 1, "The header names 3 columns; the rows below it have 4"),
        ('a,b\n1,2\n"3,4\n5,6\n', 3, "a quote is not closed"),
        ("a;b\n1,5;2\n2,5;3\n", 2, "decimal comma"),
        ("1,5 2,5\n3,5 4,5\n", 1, "decimal comma"),
        ('e,n\n"1,000",2\n"3,500",4\n', 2, "'1,000' has commas, of thousands or of decimals"),
        ("e,n\n\u20131.5,2\n2.5,3\n", 2, "a dash that is no minus"),
        ("e,n\n1,2\n<2.5,3\n2.5,4\n", 3, "'<2.5' stands among numbers"),
        ("e,n\n", 1, "a header, but no rows"),
        (",\n", 1, "holds no values"),
        ("E,10,20\n1,2,3\n4,5,6\n7,8,9\n", 1, "'E' stands above numbers"),
        ("This is a letter.\nIt has no table,\nbut words.\n", 1, "no delimiter in common"),
        (b"a,b\n1,\x00\n", 2, "not a text"),
        ("# only\n# comments\n", 0, "no rows"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, line, words):
    found = table(text)
    assert words in found.faults[0].message
    assert (found.faults[0].where.line, bool(found.faults[0].remedy)) == (line, True)


def test_many_odd_rows_are_counted():
    found = table("a,b\n" + "1,2\n" * 300 + "1\n" * 150)
    assert len(found.faults) == 101
    assert found.faults[-1].message == "50 more rows like the 100 told."


@given(
    st.lists(st.tuples(st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1), st.booleans()), min_size=1),
    st.sampled_from([",", ";", "\t", " "]),
)
def test_numbers_written_by_python_come_back(rows, delimiter):
    text = "\n".join(delimiter.join(map(repr, row)) for row in [("e", "n", "b"), *rows]).replace("'", "")
    assert list(zip(*cells(text).values(), strict=True)) == rows


@given(st.binary(max_size=300))
def test_any_bytes_give_columns_of_one_length_or_a_fault(content):
    (found,) = delimited.read_content(content, "a.csv")
    assert found.columns or found.faults
    assert all(len(column.values) == len(found.lines) for column in found.columns)


def test_comments_behind_rows_are_kept_with_their_lines():
    found = table("e flux\n1 2.5 # the first\n2 3.5\n")
    assert [(comment.line, comment.text) for comment in found.comments] == [(2, "the first")]


def test_angles_and_times_between_blanks_are_a_table():
    assert cells("ra dec\n12:34:56.7 -01:02:03\n12:34:57.7 -01:02:04\n")["ra"] == ["12:34:56.7", "12:34:57.7"]


def test_blanks_in_brackets_belong_to_the_units_below_the_names():
    found = table("E        flux\n(GeV)    (cm^-2 s^-1)\n1.0      2.0\n2.0      3.0\n")
    assert [column.headings for column in found.columns] == [("(GeV)",), ("(cm^-2 s^-1)",)]


def test_a_large_text_is_kept_in_little_memory_and_reads_as_a_small_one(monkeypatch):
    text = "# n e\n" + "".join(f"{number} {number}.50\n" for number in range(50)) + "# 7 8\nx\n" + "8 9\n" * 30
    whole = table(text)
    monkeypatch.setattr(delimited, "_ROWS", 7)
    found = table(text)
    assert (found.columns, list(found.lines), found.faults) == (whole.columns, list(whole.lines), whole.faults)
    assert [comment.line for comment in found.comments] == [1, 52]
    assert found.columns[1].literals[3:5] == ["3.50", "4.50"]
    assert (found.columns[1].literals[-1], found.columns[1].literals[2]) == ("9", "2.50")
    assert found.columns[1].values.itemsize == 8


def test_comments_longer_than_what_is_held_at_once_still_name_the_columns(monkeypatch):
    monkeypatch.setattr(delimited, "_ROWS", 3)
    assert list(cells("# a\n" * 10 + "# e flux\n1 2\n3 4\n")) == ["e", "flux"]

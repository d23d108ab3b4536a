"""Rules about tables look at every row, say how many are wrong, and leave empty cells and text alone."""

from pathlib import Path

import pytest

from kpublish.checks.engine import check
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.finding import Position

GOOD = (Path(__file__).parents[1] / "examples" / "good" / "loose" / "flux.ecsv").read_text("utf-8")
HEAD = GOOD[: GOOD.index("1.0,10.0")]


@pytest.fixture
def findings(tmp_path):
    def make(*rows, head=HEAD):
        (tmp_path / "flux.ecsv").write_text(head + "".join(f"{row}\n" for row in rows), "utf-8")
        return check(load_project(tmp_path))

    return make


def test_the_first_of_several_wrong_bins_is_told_with_their_number(findings):
    rows = [f"{n}.0,{n}.5,1.0,0.1" for n in range(100)]
    rows[40], rows[60], rows[99] = "41.0,40.0,1.0,0.1", "61.0,61.0,1.0,0.1", "100.0,nan,1.0,0.1"
    (finding,) = findings(*rows)
    assert finding.where == Position("flux.ecsv", HEAD.count("\n") + 41, 1, 4)
    assert finding.message == "energy_low 41.0 is not below energy_high 40.0 (and 2 more rows like this)."


def test_empty_cells_are_no_fault_but_do_not_hide_one(findings):
    assert findings(",10.0,1.0,", "10.0,,,0.1", "1.0,2.0,,") == ()
    assert [finding.code for finding in findings(",10.0,1.0,", "9.0,2.0,1.0,-0.5")] == ["TAB04", "TAB05"]


def test_infinite_edges_and_unknown_errors_are_no_fault(findings):
    assert findings("-inf,10.0,1.0,", "10.0,inf,1.0,0.0") == ()


def test_text_where_numbers_are_expected_is_no_traceback(findings):
    words = HEAD.replace("datatype: float64", "datatype: string")
    assert findings("a,b,c,d", head=words) == ()


def test_minus_zero_is_no_negative_error(findings):
    assert findings("1.0,2.0,1.0,-0.0") == ()


def test_edges_are_compared_along_their_own_axis(findings):
    head = HEAD.replace("role: value, axis: y", "role: lower_edge, axis: y").replace(
        "role: error, axis: y", "role: upper_edge, axis: y"
    )
    (finding,) = findings("1.0,10.0,5.0,4.0", head=head)
    assert "flux 5.0 is not below flux_error 4.0" in finding.message


def test_cells_of_a_quoted_row_are_found(findings):
    head = HEAD.replace("- name: flux\n#   datatype: float64", "- name: flux\n#   datatype: string")
    (finding,) = findings('1.0,2.0,"a, b",-1.0', head=head)
    line = '1.0,2.0,"a, b",-1.0'
    assert (finding.where.column, finding.where.length) == (line.index("-1.0") + 1, 4)

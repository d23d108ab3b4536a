"""``kpublish annotate``: beside the original, under a kid that stays, asking only what it cannot know, and losing nothing."""

import os
import pty
import subprocess
import sys

import pytest

from kpublish import pipeline
from kpublish.cli import run
from kpublish.formats.ecsv import read

AEFF = "log10(nu_E [GeV]) low,log10(nu_E [GeV]) high,aeff [m^2]\n2.0,3.0,1.50e-02\n3.0,4.0,0.75\n"
POINTS = "e_ref dnde dnde_err\n1.0 1.5e-12 1e-13\n10.0 2.50e-14 2e-15\n"


@pytest.fixture
def aeff(tmp_path):
    file = tmp_path / "aeff [1]+.csv"
    file.write_text(AEFF)
    return file


@pytest.fixture
def points(tmp_path):
    file = tmp_path / "points.dat"
    file.write_text(POINTS)
    return file


def kid_of(file):
    return read(file, file.name).kid


def test_it_is_written_beside_the_original_and_the_second_time_nothing_changes(aeff, capfd):
    assert run(["annotate", str(aeff), "--defaults"]) == 0
    output = aeff.with_name("aeff_1.ecsv")
    assert "2 rows, 3 columns, every value equal to the original's" in capfd.readouterr().out
    first = output.read_bytes()
    assert aeff.read_text() == AEFF
    assert run(["annotate", str(aeff), "--defaults"]) == 0
    assert "it is up to date" in capfd.readouterr().out
    assert output.read_bytes() == first
    assert run(["annotate", str(output)]) == 0
    assert "it is annotated already" in capfd.readouterr().out


def test_another_table_is_not_overwritten_but_by_force_and_keeps_its_kid(aeff, capfd):
    output = aeff.with_name("aeff_1.ecsv")
    assert run(["annotate", str(aeff), "--defaults"]) == 0
    kid, before = kid_of(output), output.read_bytes()
    assert run(["annotate", str(aeff), "--defaults", "--linear"]) == 2
    assert "is there already and differs" in capfd.readouterr().err
    assert output.read_bytes() == before
    assert run(["annotate", str(aeff), "--defaults", "--linear", "--force"]) == 0
    assert kid_of(output) == kid
    assert [list(values) for values in read(output, "x").values[:2]] == [[100.0, 1000.0], [1000.0, 10000.0]]


def test_a_dry_run_shows_columns_and_rules_and_writes_nothing(aeff, capfd):
    assert run(["annotate", str(aeff), "--dry-run"]) == 0
    out = capfd.readouterr().out
    assert "log10_nu_E_low   log(GeV)  lower_edge x" in out
    assert "log-of-brackets, lower-edge, true-energy" in out
    assert list(aeff.parent.iterdir()) == [aeff]


def test_where_nobody_is_there_to_answer_the_questions_are_named(points, capfd):
    assert run(["annotate", str(points)]) == 2
    err = capfd.readouterr().err
    assert "columns.e_ref.unit" in err
    assert "--answers FILE" in err
    assert not points.with_suffix(".ecsv").exists()


def test_two_files_do_not_share_a_table(points, capfd):
    assert run(["annotate", str(points), "--defaults"]) == 0
    other = points.with_suffix(".csv")
    other.write_text("a,b\n1,2\n2,4\n")
    assert run(["annotate", str(other), "--defaults", "--force"]) == 2
    assert "was made of points.dat, not of points.csv" in capfd.readouterr().err


def test_one_file_that_cannot_be_annotated_does_not_stop_the_others(points, aeff, capfd):
    assert run(["annotate", str(points), str(aeff), "--linear"]) == 2
    err = capfd.readouterr().err
    assert "columns.e_ref.role: e_ref: are these centres of bins (center), or points (xvalue) (center, xvalue) [center]" in err
    assert err.count("nobody is here to answer") == 2


def test_downward_errors_with_a_sign_become_lengths(tmp_path, capfd):
    file = tmp_path / "signed.csv"
    file.write_text("x,rate,rate_errn,rate_errp\n1.0,5.0,-0.50,0.3\n2.0,6.0,-0.25,0.2\n")
    assert run(["annotate", str(file), "--defaults"]) == 0
    out = capfd.readouterr().out
    assert "magnitude: 2 cells of rate_errn, e.g. '-0.50' becomes '0.50'" in out
    assert "every value equal to the original's but for the cells that were rewritten" in out
    assert list(read(file.with_suffix(".ecsv"), "x").values[2]) == [0.5, 0.25]


def test_answers_for_a_file_that_is_not_asked_about_are_told(points, tmp_path, capfd):
    (tmp_path / "answers.yaml").write_text("points.dta: {title: x}\n")
    assert run(["annotate", str(points), "--defaults", "--answers", str(tmp_path / "answers.yaml")]) == 2
    assert "Did you mean 'points.dat'?" in capfd.readouterr().err


def test_answers_come_from_a_file(points, tmp_path, capfd):
    answers = tmp_path / "answers.yaml"
    answers.write_text(
        "points.dat:\n  title: Flux points\n  description: Made-up points.\n  columns:\n"
        "    e_ref: {unit: TeV, role: xvalue}\n    dnde: {unit: TeV^-1 cm^-2 s^-1}\n    dnde_err: {unit: TeV-1 cm-2 s-1}\n"
    )
    assert run(["annotate", str(points), "--answers", str(answers)]) == 0
    table = read(points.with_suffix(".ecsv"), "points.ecsv")
    assert table.resource.title == "Flux points"
    assert [parameter.unit for parameter in table.parameters] == ["TeV", "TeV-1 cm-2 s-1", "TeV-1 cm-2 s-1"]
    assert [str(parameter.role) for parameter in table.parameters] == ["xvalue", "value", "error"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("columns: {e_rf: {unit: TeV}}", "Did you mean 'e_ref'?"),
        ("columns: {e_ref: {unit: furlong}}", "'furlong' is no unit of VOUnits"),
        ("columns: {e_ref: {role: bogus}}", "role: 'bogus' is not possible"),
        ("tittle: x", "Did you mean 'title'?"),
        ("[1, 2]", "holds no answers"),
        ("title: [", "holds no answers"),
    ],
)
def test_an_answer_that_cannot_be_is_one_sentence(points, tmp_path, capfd, answers, words):
    (tmp_path / "answers.yaml").write_text(answers)
    assert run(["annotate", str(points), "--defaults", "--answers", str(tmp_path / "answers.yaml")]) == 2
    assert words in capfd.readouterr().err
    assert not points.with_suffix(".ecsv").exists()


def test_a_table_that_cannot_be_read_wholly_is_not_annotated_and_the_others_are(aeff, tmp_path, capfd):
    broken = tmp_path / "broken.csv"
    broken.write_text("a,b\n1,2\n3\n")
    assert run(["annotate", str(broken), str(aeff), "--defaults"]) == 1
    assert "broken.csv:3:" in capfd.readouterr().err
    assert not broken.with_suffix(".ecsv").exists()
    assert aeff.with_name("aeff_1.ecsv").exists()


def test_what_cannot_hold_a_header_gets_a_sidecar_once(tmp_path, capfd):
    picture = tmp_path / "spectrum.pdf"
    picture.write_bytes(b"%PDF-1.4 made up")
    assert run(["annotate", str(picture)]) == 0
    text = (tmp_path / "spectrum.pdf.km3.yaml").read_text()
    assert "accessFormat: application/pdf" in text
    assert run(["annotate", str(picture)]) == 0
    assert "it is there already" in capfd.readouterr().out
    assert (tmp_path / "spectrum.pdf.km3.yaml").read_text() == text


def test_what_shall_stay_as_it_is_gets_a_sidecar_when_asked(points, capfd):
    assert run(["annotate", str(points), "--sidecar", "--dry-run"]) == 0
    assert "accessFormat: application/octet-stream" in capfd.readouterr().out
    assert run(["annotate", str(points), "--sidecar"]) == 0
    assert "resourceType: dataset" in points.with_name("points.dat.km3.yaml").read_text()
    assert not points.with_suffix(".ecsv").exists()


@pytest.mark.parametrize("spelling", ["authorid", "authorID"])
def test_authors_come_from_inspire_or_a_list(points, tmp_path, spelling):
    inspire = tmp_path / "author.xml"
    inspire.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE collaborationauthorlist SYSTEM "author.dtd">\n'
        '<collaborationauthorlist xmlns:foaf="http://xmlns.com/foaf/0.1/" '
        'xmlns:cal="http://inspirehep.net/info/HepNames/tools/authors_xml/">'
        "<cal:collaborations><cal:collaboration id='c1'><foaf:name>KM3NeT</foaf:name></cal:collaboration></cal:collaborations>"
        "<cal:organizations><foaf:Organization id='o1'><foaf:name>University of Examples</foaf:name>"
        "<cal:orgName source='ROR'>https://ror.org/01ggx4157</cal:orgName></foaf:Organization>"
        "</cal:organizations><cal:authors><foaf:Person><foaf:givenName>Ada</foaf:givenName>"
        f"<foaf:familyName>Example</foaf:familyName><cal:{spelling}s><cal:{spelling} source='ORCID'>0000-0002-1825-0097"
        f"</cal:{spelling}></cal:{spelling}s><cal:authorAffiliations><cal:authorAffiliation organizationid='o1'/>"
        "</cal:authorAffiliations></foaf:Person></cal:authors></collaborationauthorlist>"
    )
    assert run(["annotate", str(points), "--defaults", "--authors", str(inspire)]) == 0
    group, person = read(points.with_suffix(".ecsv"), "points.ecsv").resource.authors
    assert (group.type, group.name) == ("collaboration", "KM3NeT")
    assert (person.familyName, person.orcid, person.affiliations[0].name) == (
        "Example",
        "0000-0002-1825-0097",
        "University of Examples",
    )
    names = tmp_path / "authors.txt"
    names.write_text("# made up\nKM3NeT Collaboration\nAda Example 0000-0002-1825-0097\nExample, Bo\n")
    assert run(["annotate", str(points), "--defaults", "--force", "--authors", str(names)]) == 0
    said = read(points.with_suffix(".ecsv"), "points.ecsv").resource.authors
    assert [author.display_name for author in said] == ["KM3NeT Collaboration", "Example, Ada", "Example, Bo"]


@pytest.mark.parametrize("text", ["<x><!DOCTYPE x [<!ENTITY a 'b'>]></x>", "<x>", "", "<collaborationauthorlist/>"])
def test_an_author_list_that_is_none_is_one_sentence(points, tmp_path, capfd, text):
    (tmp_path / "author.xml").write_text(text)
    assert run(["annotate", str(points), "--defaults", "--authors", str(tmp_path / "author.xml")]) != 0
    err = capfd.readouterr().err
    assert err.startswith("error: ")
    assert "Internal" not in err


def test_a_table_names_its_covariance_matrix(points, tmp_path):
    (tmp_path / "cov.txt").write_text("1.0 0.5\n0.5 2.0\n")
    (tmp_path / "answers.yaml").write_text("points.dat: {covariance: cov.ecsv}\n")
    files = [str(tmp_path / "cov.txt"), str(points)]
    assert run(["annotate", *files, "--defaults", "--answers", str(tmp_path / "answers.yaml")]) == 0
    content = read(points.with_suffix(".ecsv"), "points.ecsv").resource.content
    assert content.model_dump()["covariance"] == kid_of(tmp_path / "cov.ecsv")


def test_a_covariance_matrix_that_is_not_there_is_told(points, tmp_path, capfd):
    (tmp_path / "answers.yaml").write_text("points.dat: {covariance: cov.ecsv}\n")
    assert run(["annotate", str(points), "--defaults", "--answers", str(tmp_path / "answers.yaml")]) == 2
    assert "cov.ecsv is no annotated table with a kid" in capfd.readouterr().err
    assert not points.with_suffix(".ecsv").exists()


def test_annotated_tables_have_no_errors_in_a_repository(plots, aeff, points):
    (plots / "data").mkdir(exist_ok=True)
    for file in (aeff, points):
        target = plots / "data" / file.name.replace(" [1]+", "")
        target.write_bytes(file.read_bytes())
        assert run(["annotate", str(target), "--defaults"]) == 0
        target.unlink()
    found = pipeline.validate(pipeline.load(plots))
    assert [str(finding) for finding in found if finding.severity.value == "error"] == []
    assert {table.name for table in pipeline.load(plots).tables} >= {"aeff", "points"}


def test_on_a_terminal_the_questions_are_asked(points):
    here, there = pty.openpty()
    command = [sys.executable, "-m", "kpublish", "annotate", str(points)]
    process = subprocess.Popen(command, stdin=there, stdout=there, stderr=there)
    os.close(there)
    told = b""
    for mark, answer in (
        (b"Title of the table", b"My points"),
        (b"What it holds", b""),
        (b"centres of bins", b"xvalue"),
        (b"e_ref: its unit", b"TeV"),
        (b"dnde: its unit", b"TeV-1 cm-2 s-1"),
    ):
        while mark not in told:
            told += os.read(here, 1024)
        told = told.partition(mark)[2]
        os.write(here, answer + b"\n")
    try:
        while block := os.read(here, 1024):
            told += block
    except OSError:  # the other end is closed
        pass
    os.close(here)
    assert process.wait(60) == 0, told
    table = read(points.with_suffix(".ecsv"), "points.ecsv")
    assert (table.resource.title, str(table.parameters[0].role), table.parameters[0].unit) == ("My points", "xvalue", "TeV")
    assert table.parameters[2].unit == table.parameters[1].unit == "TeV-1 cm-2 s-1"

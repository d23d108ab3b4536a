"""Approval: once for all in kpublish.yaml, or in every table and figure; only of collaborations, only before publishing."""

import shutil
from pathlib import Path

import pytest

from kpublish.checks.engine import check
from kpublish.formats.kpublish_yaml import load_project

EXAMPLES = Path(__file__).parents[1] / "examples"
ALL = "  approval: {by: Publication Committee, date: 2026-11-20}\n"


@pytest.fixture
def told(tmp_path):
    """Files about which an approval is asked for, of a project with a table and a figure."""

    def ask(release="", table="", figure="", publisher="KM3NeT Collaboration", profile="public"):
        folder = Path(shutil.copytree(EXAMPLES / "bad" / "GIT05", tmp_path / "plots"))
        changes = {
            "kpublish.yaml": ("  version: 1.0.0\n", f"  version: 1.0.0\n{release}"),
            "data/flux.ecsv": ("#     title: Flux", f"{table}#     title: Flux"),
            "figures/flux.yaml": ("  title: ", f"{figure}  title: "),
        }
        for path, (old, new) in changes.items():
            text = (folder / path).read_text("utf-8").replace(ALL, "")
            assert old in text
            (folder / path).write_text(text.replace(old, new, 1).replace("KM3NeT Collaboration\n", f"{publisher}\n", 1), "utf-8")
        return [finding.where.path for finding in check(load_project(folder), profile) if finding.code == "APR01"]

    return ask


def test_one_approval_in_the_project_is_enough_for_all(told):
    assert told(release=ALL) == []


def test_an_approval_in_every_table_and_figure_is_enough(told):
    assert told(table=f"#   {ALL}", figure=ALL) == []


def test_what_lacks_it_is_named(told):
    assert told(table=f"#   {ALL}") == ["figures/flux.yaml"]


def test_where_all_lack_it_the_project_is_named_once(told):
    assert told() == ["kpublish.yaml"]


def test_while_drafting_nothing_is_asked_for(told):
    assert told(profile="draft") == []


def test_who_is_no_collaboration_answers_for_itself(told):
    assert told(publisher="Institute of Examples") == []

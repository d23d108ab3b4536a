"""The room's contract: every rule reads its example, and every recogniser has its turn."""

import pytest

from kpublish.annotate import RECOGNISERS
from kpublish.annotate.errors import LEVEL
from kpublish.annotate.rules import first
from kpublish.annotate.units import COMMENT, vounit

MEMBERS = dict(RECOGNISERS.all())
RULES = [(name, rule) for name, member in MEMBERS.items() for rule in member.RULES]


def test_the_recognisers_come_in_one_order():
    orders = [member.ORDER for member in MEMBERS.values()]
    assert sorted(set(orders)) == sorted(orders)
    assert {"delimiter", "header", "units", "edges", "errors", "sky", "times"} <= MEMBERS.keys()


@pytest.mark.parametrize(("room", "rule"), RULES, ids=[f"{room}-{rule.name}" for room, rule in RULES])
def test_a_rule_is_the_first_that_reads_its_example(room, rule):
    text, said = rule.example
    assert first(MEMBERS[room].RULES, text) == (rule.name, {**rule.says, **said})


@pytest.mark.parametrize("rule", [COMMENT, LEVEL], ids=lambda rule: rule.name)
def test_rules_of_other_texts_read_their_examples(rule):
    text, said = rule.example
    assert rule.read(text) == {**rule.says, **said}


@pytest.mark.parametrize("name", ["Method", "syst", "seed", "f_value", "phi", "STREAM", "case", ""])
def test_what_nobody_knows_is_left_alone(name):
    for room in ("units", "errors", "sky", "times", "quantities"):
        assert first(MEMBERS[room].RULES, name) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [("GeV.cm^-2.s.sr", "GeV cm-2 s sr"), ("degrees", "deg"), ("m^2", "m2"), ("1", ""), ("zen", None), ("furlong", None)],
)
def test_units_are_written_as_vounits(text, unit):
    assert vounit(text) == unit

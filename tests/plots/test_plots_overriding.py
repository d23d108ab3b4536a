"""Figures that are drawn otherwise than their files say."""

import pytest
from plots_examples import composed, figure, table

from kpublish.errors import UsageError
from kpublish.model.vocabularies import Context
from kpublish.plots.overriding import Look, overridden

LAYERS = ({"mark": "line", "name": "model", "label": "model"}, {"mark": "points", "label": "data"})


def changed(context=None, dark=None, contexts=None, **settings):
    written = {key.replace("__", "."): value for key, value in settings.items()}
    return overridden(figure(*LAYERS, contexts=contexts or {}), Look(context, dark, written))


def test_without_anything_to_change_the_figure_stays_the_same():
    described = figure(*LAYERS)
    assert overridden(described) is described
    assert overridden(described, Look()) is described


def test_layers_are_found_by_name_and_by_number():
    found = changed(layers__model__color="black", layers__1__hidden=True)
    first, second = found.description.layers
    assert (first.color, second.hidden) == ("black", True)
    assert (found.variant, found.rendered) == ("changed", "rendered/changed/flux")


def test_axes_and_heading_are_changed_too():
    found = changed(x__range=[1, 1e5], heading="Other", y__secondary={"unit": "m-2"})
    assert found.description.x.range == (1.0, 1e5)
    assert found.description.x.scale == "log"
    assert found.description.heading == "Other"


def test_layers_get_another_order():
    found = changed(order=["model"])
    assert [layer.label for layer in found.description.layers] == ["data", "model"]
    assert [line.get_label() for line in composed(found, table()).axes[0].lines][-1] == "model"


def test_layers_that_say_the_same_are_told_apart_in_their_order():
    twice = figure({"mark": "line"}, {"mark": "line"})
    assert len(overridden(twice, Look(settings={"order": [0]})).description.layers) == 2


def test_a_context_changes_what_the_file_says_for_it():
    contexts = {"talk": {"layers.model.hidden": True, "heading": "For a talk"}}
    found = changed(Context.TALK, True, contexts)
    assert found.description.heading == "For a talk"
    assert found.description.layers[0].hidden
    assert (found.description.context, found.description.dark) == ("talk", True)
    assert found.rendered == "rendered/talk-dark/flux"
    assert changed(Context.POSTER, None, contexts).description.heading is None
    # What the file says for its own context holds without being asked for.
    own = overridden(figure(*LAYERS, context="talk", contexts=contexts))
    assert (own.description.heading, own.variant) == ("For a talk", "")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"layers__modl__color": "red"}, "there is no 'modl'. Known: model, 1"),
        ({"layers__7__color": "red"}, "there is no '7'"),
        ({"heading__text": "a"}, "leads nowhere"),
        ({"order": 1}, "order is no list"),
        ({"hedding": "a"}, "hedding: Extra inputs"),
        ({"x__range": "wide"}, "x.range"),
    ],
)
def test_settings_that_lead_nowhere_are_told(settings, said):
    with pytest.raises(UsageError, match=said):
        changed(heading="x", **settings) if "heading__text" in settings else changed(**settings)

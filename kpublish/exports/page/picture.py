"""The chain of steps as a picture: SVG 1.1 inside the page (https://www.w3.org/TR/SVG11/), without scripts and style attributes.

Steps are boxes, files are rounded; what is shortened stands in full in titles, and a description tells the whole to who cannot see.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise

from kpublish.exports.chain import Chain, chain
from kpublish.exports.page.layers import CHANGED, FILE, LINE, MORE, STEP, Layers, Node, layers_of
from kpublish.exports.page.sections import card, scroll
from kpublish.model.provenance import StepRecord

#: Width of a box, of the space between two, and of the margin, in pixels.
_WIDE, _GAP, _MARGIN = 190, 56, 10
#: Heights of nodes, and the space between two of a layer.
_HIGH = {STEP: 46, FILE: 28, CHANGED: 28, MORE: 28, LINE: 10}
_BETWEEN = 14
#: Widths of letters in parts of the size of the type: the largest that common sans-serif types have.
_NARROW, _BROAD, _WIDEST = "fijl.,:;'|!()[]t -/", "mwMWABCDEFGHKLNOPQRSTUVXYZ@%&_+=<>~", 1.05
_SIZE = {STEP: 14.0, FILE: 12.0}
#: Steps that are drawn; of more, the last ones.
MOST = 60

_Place = tuple[float, float]


def steps(recorded: Sequence[StepRecord], places: Mapping[str, Sequence[str]]) -> str:
    """Return the section of a page with the picture of recorded steps; ``places`` says sha256 → paths of files that are known."""
    if not recorded:
        return ""
    drawn = picture(chain(tuple(recorded[-MOST:]), places))
    more = f"<p>Only the last {MOST} of {len(recorded)} steps are drawn.</p>" if len(recorded) > MOST else ""
    return card("steps", "", "Where the results come from", scroll("Steps", drawn), more)


def picture(whole: Chain) -> str:
    """Return the picture as an element ``svg``; nothing of a chain without steps."""
    if not whole.steps:
        return ""
    layers = layers_of(whole)
    heights = [sum(_HIGH[node[0]] + _BETWEEN for node in column) - _BETWEEN for column in layers.columns]
    wide = 2 * _MARGIN + len(heights) * (_WIDE + _GAP) - _GAP
    high = 2 * _MARGIN + max(heights)
    places = dict(_places(layers, heights, high))
    inner = "".join((*_lines(layers, places), *_nodes(whole, layers, places)))
    return (
        f'<svg class="chain" role="img" aria-labelledby="chain-title chain-text" width="{wide}" height="{high:g}" '
        f'viewBox="0 0 {wide} {high:g}"><title id="chain-title">Steps from the first files to the results</title>'
        f'<desc id="chain-text">{escape(_plain(" ".join(_told(whole))))}</desc>{inner}</svg>'
    )


def _places(layers: Layers, heights: Sequence[float], high: float) -> Iterator[tuple[Node, _Place]]:
    """Left edge and middle of each node; each layer stands in the middle of the picture."""
    for number, (column, own) in enumerate(zip(layers.columns, heights, strict=True)):
        top = (high - own) / 2
        for node in column:
            yield node, (_MARGIN + number * (_WIDE + _GAP), top + _HIGH[node[0]] / 2)
            top += _HIGH[node[0]] + _BETWEEN


def _lines(layers: Layers, places: dict[Node, _Place]) -> Iterator[str]:
    """A curve with an arrowhead for each line."""
    for line in layers.lines:
        if len(line) < 2:  # of a step that tells no file
            continue
        x, y = places[line[0]]
        path = [f"M{x + _WIDE:g} {y:g}"]
        for last, node in pairwise(line):
            start, (end, height) = places[last][0] + _WIDE, places[node]
            bend = max((end - start) / 2, 20)
            tip = end if node[0] == LINE else end - 6
            path.append(f"C{start + bend:g} {places[last][1]:g} {end - bend:g} {height:g} {tip:g} {height:g}")
            path += [f"H{end + _WIDE:g}"] if node[0] == LINE else []
        x, y = places[line[-1]]
        yield f'<path d="{"".join(path)}" fill="none"/>'
        yield f'<path class="head" d="M{x - 7:g} {y - 4:g}L{x:g} {y:g}L{x - 7:g} {y + 4:g}Z"/>'


def _nodes(whole: Chain, layers: Layers, places: dict[Node, _Place]) -> Iterator[str]:
    recorded = {step.refID: step for step in whole.steps}
    for column in layers.columns:
        for node in column:
            kind, key = node
            if kind == STEP:
                yield _step(recorded[key], places[node])
            elif kind in (FILE, CHANGED):
                file = whole.files[layers.changed.get(node, key)]
                full = f"{file.path}, sha256 {file.sha256}" if file.sha256 else f"{file.path}, of which nobody told the sha256"
                yield _file(file.path.rstrip("/").rpartition("/")[2] or file.path, full, places[node])
            elif kind == MORE:
                yield _file(f"{layers.counts[node]} more files", f"{layers.counts[node]} files of this step alone", places[node])


def _step(step: StepRecord, place: _Place) -> str:
    x, y = place
    program = next((f"{name} {version}".strip() for name, version in step.software.items()), "")
    below = step.settings or " ".join(step.command) or program
    full = "; ".join(part for part in (step.name, step.settings, " ".join(step.command), program, step.ended) if part)
    lines = [_text(x, y - 3 if below else y + 5, step.name, STEP)] + ([_text(x, y + 14, below, FILE)] if below else [])
    high = _HIGH[STEP]
    box = f'<rect x="{x:g}" y="{y - high / 2:g}" width="{_WIDE}" height="{high}" rx="4"/>'
    return f'<g class="step"><title>{escape(_plain(full))}</title>{box}{"".join(lines)}</g>'


def _file(name: str, full: str, place: _Place) -> str:
    x, y = place
    high = _HIGH[FILE]
    box = f'<rect x="{x:g}" y="{y - high / 2:g}" width="{_WIDE}" height="{high}" rx="{high / 2:g}"/>'
    return f'<g class="file"><title>{escape(_plain(full))}</title>{box}{_text(x, y + 4, name, FILE)}</g>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return (
        f'<text x="{x + _WIDE / 2:g}" y="{y:g}" text-anchor="middle">{escape(shortened(text, (_WIDE - 18) / _SIZE[kind]))}</text>'
    )


def shortened(text: str, width: float) -> str:
    """Return a text that is at most so wide, in sizes of its type; what is left out of the middle is marked.

    >>> shortened("a short name", 14), shortened("KM3NeT_00000133_00017471_ahrs.root", 14)
    ('a short name', 'KM3NeT_000…_ahrs.root')
    """
    text = " ".join(_plain(text).split())
    if sum(map(_width, text)) <= width:
        return text
    left, right = "", ""
    room = width - _WIDEST
    for begin, end in zip(text, reversed(text), strict=True):
        if (room := room - _width(begin)) < 0:
            break
        left += begin
        if (room := room - _width(end)) < 0:
            break
        right = end + right
    return f"{left}…{right}"


def _plain(text: str) -> str:
    """A text without letters that steer: control characters, and such as turn the direction of what follows."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDEST
    if letter in _BROAD:
        return 0.95 if letter in "mwMW@%" else 0.75
    return 0.4 if letter in _NARROW else 0.6


def _told(whole: Chain) -> Iterator[str]:
    """A sentence for each step."""
    for step in whole.steps:
        read, made = (_named(whole, keys[step.refID]) for keys in (whole.reads, whole.makes))
        yield f"{step.name} " + " and ".join(part for part in (read and f"read {read}", made and f"made {made}") if part) + "."


def _named(whole: Chain, keys: Sequence[str]) -> str:
    names = [whole.files[key].path for key in keys]
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")

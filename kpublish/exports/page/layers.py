"""Where the steps and files of a chain stand in a picture: left to right by depth, in layers ordered so that few lines cross."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kpublish.exports.chain import Chain

#: A step, a file, one as a step left it that had read it, several files of one step, or a place where lines pass a layer.
STEP, FILE, CHANGED, MORE, LINE = "step", "file", "changed", "more", "line"
#: Files of one step, which nobody else reads or makes, that are shown one by one.
_SHOWN = 6
#: How often the layers are ordered by what stands beside them.
_SWEEPS = 6

Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layers:
    """The picture before it is drawn.

    Attributes
    ----------
    columns
        Nodes of each layer from top to bottom, the leftmost layer first.
    lines
        Each line as the nodes through which it passes.
    counts
        Of nodes that stand for several files: how many.
    changed
        Of nodes that stand for a file which a step changed: its key.
    """

    columns: tuple[tuple[Node, ...], ...]
    lines: tuple[tuple[Node, ...], ...]
    counts: Mapping[Node, int]
    changed: Mapping[Node, str]


def layers_of(chain: Chain) -> Layers:
    """Return the layers of a chain."""
    edges, counts, changed = _edges(chain)
    depths = _depths(edges)
    columns: dict[int, list[Node]] = defaultdict(list)
    for node, depth in depths.items():
        columns[depth].append(node)
    lines = [tuple(_passed(edge, depths, columns)) for edge in edges]
    order = _ordered(columns, lines)
    return Layers(tuple(tuple(order[depth]) for depth in sorted(order)), tuple(lines), counts, changed)


def _edges(chain: Chain) -> tuple[list[tuple[Node, Node]], dict[Node, int], dict[Node, str]]:
    """From files to the steps that read them, and from steps to the files that they made."""
    uses: dict[str, int] = defaultdict(int)
    for keys in (*chain.reads.values(), *chain.makes.values()):
        for key in keys:
            uses[key] += 1
    edges: list[tuple[Node, Node]] = []
    counts: dict[Node, int] = {}
    changed: dict[Node, str] = {}
    for step in chain.steps:
        node = (STEP, step.refID)
        for role, keys in (("read", chain.reads[step.refID]), ("made", chain.makes[step.refID])):
            own = [key for key in keys if uses[key] == 1]
            hidden = set(own[_SHOWN - 1 :]) if len(own) > _SHOWN else set()
            ends: list[Node] = []
            for key in keys:
                if role == "made" and key in chain.reads[step.refID]:
                    ends.append((CHANGED, f"{key} {step.refID}"))
                    changed[ends[-1]] = key
                elif key not in hidden:
                    ends.append((FILE, key))
            if hidden:
                ends.append((MORE, f"{step.refID} {role}"))
                counts[ends[-1]] = len(hidden)
            edges += [(end, node) if role == "read" else (node, end) for end in ends]
        if not chain.reads[step.refID] and not chain.makes[step.refID]:
            edges.append((node, node))
    return edges, counts, changed


def _depths(edges: Sequence[tuple[Node, Node]]) -> dict[Node, int]:
    """How many lines lead to each node at most; a line that closes a circle counts for nothing."""
    before: dict[Node, list[Node]] = {}
    for start, end in edges:
        before.setdefault(start, [])
        before.setdefault(end, []).extend([start] if start != end else [])
    depths: dict[Node, int] = {}
    for node in before:
        waiting, open_ = [node], set[Node]()
        while waiting:
            this = waiting[-1]
            open_.add(this)
            unknown = [each for each in before[this] if each not in depths and each not in open_]
            if unknown:
                waiting.append(unknown[0])
                continue
            waiting.pop()
            open_.discard(this)
            depths.setdefault(this, max((depths[each] + 1 for each in before[this] if each in depths), default=0))
    return depths


def _passed(edge: tuple[Node, Node], depths: Mapping[Node, int], columns: dict[int, list[Node]]) -> Iterator[Node]:
    """The ends of a line, and between them a node in every layer that it passes; lines of one start share those."""
    start, end = edge
    yield start
    for depth in range(depths[start] + 1, depths[end]):
        node = (LINE, f"{start} {depth}")
        if node not in columns[depth]:
            columns[depth].append(node)
        yield node
    if end != start:
        yield end


def _ordered(columns: Mapping[int, list[Node]], lines: Sequence[tuple[Node, ...]]) -> dict[int, list[Node]]:
    """Each layer ordered by the middle of the nodes beside it, from the left and from the right in turn."""
    order = {depth: [*nodes] for depth, nodes in columns.items()}
    beside: dict[Node, list[Node]] = defaultdict(list)
    for line in lines:
        for one, other in pairwise(line):
            beside[one].append(other)
            beside[other].append(one)
    for sweep in range(_SWEEPS):
        depths = sorted(order, reverse=bool(sweep % 2))
        for last, depth in pairwise(depths):
            place = {node: (number + 0.5) / len(order[last]) for number, node in enumerate(order[last])}
            own = {node: (number + 0.5) / len(order[depth]) for number, node in enumerate(order[depth])}
            order[depth].sort(key=lambda node: _middle([place[each] for each in beside[node] if each in place], own[node]))
    return order


def _middle(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise

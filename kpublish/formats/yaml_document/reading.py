"""Reads YAML 1.1 (https://yaml.org/spec/1.1/) with the position of every node and the literal of every scalar.

Events of libyaml are read one by one, so depth and aliases are bounded before anything is built, and nothing recurses. Tags never
construct objects. The only tag with a meaning here is ``!!omap``, which other writers of tables use for mappings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from kpublish.model.document import KEY, Document, NodePath, PlainScalar
from kpublish.model.finding import Fault, Position

#: More nodes than this, aliases expanded, are refused; and nesting deeper than that.
NODE_LIMIT = 200_000
DEPTH_LIMIT = 64

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = (None, "!", *(_TAG + kind for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "omap")))

#: What libyaml says → what it mostly means.
_SENTENCES = {
    "could not find expected ':'": "a key needs a colon and a blank after it",
    "cannot start any token": "this character cannot stand here; indent with blanks, not tabs, and quote text that begins with it",
    "mapping values are not allowed": "the indentation is wrong here, or text that holds ': ' is not quoted",
    "did not find expected key": "the indentation is wrong here, or a quote is not closed or not doubled",
    "did not find expected ',' or": "a comma or the closing bracket is missing",
    "did not find expected '-' indicator": "the items of a list must begin in the same column, each with '- '",
    "found unexpected end of stream": "a quote that was opened is not closed",
    "found undefined alias": "this alias has no anchor",
    "found unknown escape character": "a backslash in double quotes begins an escape; use single quotes",
    "block sequence entries are not allowed": "a list cannot begin here; put it on lines of its own",
}


#: astropy writes tags for quantities, times and masks.
_PLAIN_COLUMNS = "In astropy, make a Table of plain columns (no QTable, no Time) and write it with serialize_method='null_value'."


class _Stop(Exception):
    """Reading cannot go on; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(slots=True)
class _Frame:
    """A collection that is being read; ``key`` is the key whose value comes next, ``pairs`` says that it is an ``!!omap``."""

    container: Any
    path: NodePath
    anchor: str | None
    before: int
    mapping: bool
    pairs: bool = False
    key: str | None = None
    first_lines: dict[str, int] = field(default_factory=dict)


def read_text(text: str, name: str, line_offset: int = 0, column_offset: int = 0) -> Document:
    """Read one YAML document; what is wrong is in ``faults``. ``data`` is None if it could not be read to its end.

    Parameters
    ----------
    text
        The document.
    name
        The file's name in messages, relative to the repository.
    line_offset, column_offset
        Added to positions, for YAML inside another file.
    """
    builder = _Builder(name, line_offset, column_offset)
    try:
        loader = _LOADER(text)
        builder.read(iter(loader.get_event, None))
    except yaml.YAMLError as error:
        builder.faults.append(builder.syntax(error, text))
        builder.root = None
    except _Stop as stop:
        builder.faults.append(stop.fault)
        builder.root = None
    return Document(name, builder.root, builder.marks, tuple(builder.faults), text=text, doubtful=tuple(builder.doubtful))


class _Builder:
    """Builds data and marks from events."""

    def __init__(self, name: str, line_offset: int, column_offset: int) -> None:
        self.name = name
        self.line = line_offset + 1
        self.column = column_offset + 1
        self.root: Any = None
        self.frames: list[_Frame] = []
        self.marks: dict[NodePath, tuple[int, int]] = {}
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.faults: list[Fault] = []
        self.doubtful: list[NodePath] = []
        self.count = 0
        self.documents = 0

    def read(self, events: Iterable[Any]) -> None:
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self.scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self.start(event, kind is yaml.MappingStartEvent)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.end()
            elif kind is yaml.AliasEvent:
                self.alias(event)
            elif kind is yaml.DocumentStartEvent:
                self.documents += 1
                if self.documents > 1:
                    raise self.stop("YML01", event, "a second document begins here; a file holds one", "Remove the line '---'.")

    def scalar(self, event: Any) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.mapping and frame.key is None:
            self.key(frame, event)
            return
        value = _scalar(event)
        if event.tag is not None:
            self.check_tag(event)
        path = self.place(frame, value, event)
        if type(value) is PlainScalar and not isinstance(value.native, str) and str(value.native) != value:
            self.doubtful.append(path)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)

    def key(self, frame: _Frame, event: Any) -> None:
        key = event.value
        mark = event.start_mark
        if key == "<<" and not event.style:
            self.fault("YML01", event, "merge keys (<<) are not read", "Write the fields out.")
        first = frame.first_lines.setdefault(key, mark.line + self.line)
        if key in frame.container:
            self.fault("YML02", event, f"the key {key!r} stands here a second time; first in line {first}", "Keep one of them.")
        frame.key = key
        self.marks[(*frame.path, key, KEY)] = (mark.line + self.line, mark.column + self.column)

    def place(self, frame: _Frame | None, value: Any, event: Any) -> NodePath:
        """Put ``value`` where it belongs and mark it."""
        self.count += 1
        if self.count > NODE_LIMIT:
            raise self.stop("YML03", event, f"more than {NODE_LIMIT} values, aliases expanded", "Publish large data as a table.")
        path: NodePath
        if frame is None:
            self.root, path = value, ()
        elif frame.mapping:
            if frame.key is None:
                raise self.stop("YML01", event, "a key must be text", "Write the key as one word, or in quotes.")
            path = (*frame.path, frame.key)
            frame.container[frame.key] = value
            frame.key = None
        elif frame.pairs:
            raise self.stop("YML01", event, "an !!omap holds only pairs '- key: value'", "Write a plain mapping.")
        else:
            path = (*frame.path, len(frame.container))
            frame.container.append(value)
        self.marks[path] = (event.start_mark.line + self.line, event.start_mark.column + self.column)
        return path

    def start(self, event: Any, mapping: bool) -> None:
        frame = self.frames[-1] if self.frames else None
        if len(self.frames) >= DEPTH_LIMIT:
            raise self.stop("YML03", event, f"nested deeper than {DEPTH_LIMIT} levels", "Write it flatter.")
        if mapping and frame is not None and frame.pairs:
            self.frames.append(_Frame(frame.container, frame.path, None, self.count, True, first_lines=frame.first_lines))
            return
        if event.tag is not None:
            self.check_tag(event)
        pairs = not mapping and event.tag == _TAG + "omap"
        container: Any = {} if mapping or pairs else []
        before = self.count
        path = self.place(frame, container, event)
        self.frames.append(_Frame(container, path, event.anchor, before, mapping, pairs))

    def end(self) -> None:
        frame = self.frames.pop()
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.container, self.count - frame.before)

    def alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise self.stop("YML03", event, f"the alias *{event.anchor} refers to itself or to no anchor", "Write the value out.")
        value, size = self.anchors[event.anchor]
        self.count += size
        self.place(self.frames[-1] if self.frames else None, value, event)

    def check_tag(self, event: Any) -> None:
        if event.tag not in _KNOWN_TAGS:
            tag = event.tag.replace(_TAG, "!!")
            remedy = _PLAIN_COLUMNS if tag.startswith("!astropy.") else "Write plain text, numbers, lists and mappings."
            self.fault("YML01", event, f"the tag {tag} is not read", remedy)

    def fault(self, code: str, event: Any, message: str, remedy: str) -> None:
        self.faults.append(self.stop(code, event, message, remedy).fault)

    def stop(self, code: str, event: Any, message: str, remedy: str) -> _Stop:
        mark, value = event.start_mark, getattr(event, "value", None) or ""
        length = max(1, len(value.partition("\n")[0]))
        where = Position(self.name, mark.line + self.line, mark.column + self.column, length)
        return _Stop(Fault(where, f"{message[0].upper()}{message[1:]}.", code, remedy))

    def syntax(self, error: yaml.YAMLError, text: str) -> Fault:
        """The sentence for what libyaml refuses."""
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        context = getattr(error, "context_mark", None)
        if context is not None and "end of stream" in problem:
            mark = context
        meaning = next((sentence for said, sentence in _SENTENCES.items() if said in problem), problem)
        if mark is not None:
            line, column = mark.line, mark.column
        else:
            before = text[: getattr(error, "position", None) or 0]
            line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
            meaning = f"a character that YAML does not allow: {problem}"
        where = Position(self.name, line + self.line, column + self.column)
        return Fault(where, f"This is not YAML: {meaning}.", "YML01", "Mend the text at this place.")


def _scalar(event: Any) -> Any:
    """Text, :class:`PlainScalar` or None."""
    literal: str = event.value
    if event.tag is None or event.tag == "!":
        if event.style or not event.implicit[0]:
            return literal
        tag = resolved_tag(literal)
    else:
        tag = event.tag
    if tag == _TAG + "str" or not tag.startswith(_TAG):
        return literal
    return _plain(literal, tag.removeprefix(_TAG))


def resolved_tag(literal: str) -> str:
    """Return the tag that YAML 1.1 gives to a plain scalar."""
    for tag, pattern in _RESOLVERS.get(literal[:1], ()):
        if pattern.match(literal):
            return str(tag)
    return _TAG + "str"


def _plain(literal: str, kind: str) -> Any:
    if kind == "null":
        return None
    if kind == "timestamp":  # a date stays text: that is how models and JSON want it
        return PlainScalar(literal, literal)
    construct = getattr(_CONSTRUCTOR, f"construct_yaml_{kind}", None)
    try:
        return PlainScalar(literal, construct(yaml.ScalarNode(_TAG + kind, literal))) if construct else literal
    except (ValueError, KeyError, IndexError):  # e.g. an integer of five thousand digits
        return literal

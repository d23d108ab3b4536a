"""Histograms (TH1, TH2, TH3, TProfile) and graphs (TGraph with and without errors) as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpublish.formats.arrays import table_of
from kpublish.model.bare_table import BareTable

#: Classes of graphs, with members and the columns that they become.
_POINTS = {"fX": "x", "fY": "y"}
GRAPHS: dict[str, dict[str, str]] = {
    "TGraph": _POINTS,
    "TGraphErrors": {**_POINTS, "fEX": "x error", "fEY": "y error"},
    "TGraphAsymmErrors": {
        **_POINTS,
        "fEXlow": "x error minus",
        "fEXhigh": "x error plus",
        "fEYlow": "y error minus",
        "fEYhigh": "y error plus",
    },
    "TGraph2D": {**_POINTS, "fZ": "z"},
}


def histogram(found: Any, path: str, name: str) -> BareTable:
    """Return a row per bin: edges along every axis, ``value``, and ``error`` where the file holds the sums of squares.

    Titles of axes are descriptions. What fell outside the axes is in ``meta`` under ``outside``, with the index of its bin
    from 0 (underflow) on; ``entries`` are as often as it was filled.
    """
    import numpy as np

    flat = found.values(flow=True)
    inside = tuple(slice(1, -1) for _ in range(flat.ndim))
    columns: dict[str | None, tuple[Any, Mapping[str, Any]]] = {}
    for number, letter in enumerate("xyz"[: flat.ndim]):
        axis = found.axis(letter)
        shape = [-1 if other == number else 1 for other in range(flat.ndim)]
        edges, title = np.asarray(axis.edges()), axis.member("fTitle")
        said = {"description": title} if title else {}
        for what, along in (("low", edges[:-1]), ("high", edges[1:])):
            columns[f"{letter} {what}"] = (np.broadcast_to(along.reshape(shape), flat[inside].shape).ravel(), said)
        if labels := axis.labels():
            texts = np.array([*labels, *[""] * (len(edges) - 1 - len(labels))], dtype=object)
            columns[f"{letter} label"] = (np.broadcast_to(texts.reshape(shape), flat[inside].shape).ravel(), said)
    columns["value"] = (flat[inside].ravel(), {})
    if len(found.member("fSumw2")):
        columns["error"] = (found.errors(flow=True)[inside].ravel(), {})
    around = np.ones(flat.shape, bool)
    around[inside] = False
    outside = [[*map(int, place), float(flat[tuple(place)])] for place in np.argwhere(around & (flat != 0))]
    meta = {"class": found.classname, **_title(found), "entries": float(found.member("fEntries"))}
    return table_of(path, name, columns, {**meta, "outside": outside} if outside else meta)


def axis(found: Any, path: str, name: str) -> BareTable:
    """Return a row per bin of an axis that stands alone: its edges."""
    import numpy as np

    edges, title = np.asarray(found.edges()), found.member("fTitle")
    said = {"description": title} if title else {}
    return table_of(path, name, {"low": (edges[:-1], said), "high": (edges[1:], said)}, {"class": found.classname, **_title(found)})


def graph(found: Any, path: str, name: str) -> BareTable:
    """Return a row per point: ``x``, ``y`` and their errors as the class holds them.

    Titles of axes are descriptions; ROOT lets a title end in those: ``title;x;y``.
    """
    _, *titles = found.member("fTitle").split(";")
    said = {letter: {"description": title} for letter, title in zip("xyz", titles, strict=False) if title}
    said |= {letter: told for letter in "xy" if (told := _axis_title(found, letter))}
    columns: dict[str | None, tuple[Any, Mapping[str, Any]]] = {
        title: (found.member(member), said.get(title, {})) for member, title in GRAPHS[found.classname].items()
    }
    return table_of(path, name, columns, {"class": found.classname, **_title(found)})


def _axis_title(found: Any, letter: str) -> dict[str, str]:
    """Graphs keep titles of axes in the histogram that drew their frame."""
    frame = found.member("fHistogram", none_if_missing=True)
    title = frame.axis(letter).member("fTitle") if frame is not None and hasattr(frame, "axis") else ""
    return {"description": title} if title else {}


def _title(found: Any) -> dict[str, str]:
    title = (found.member("fTitle", none_if_missing=True) or "").partition(";")[0]
    return {"title": title} if title else {}

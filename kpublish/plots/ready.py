"""Imports all that drawing needs, for the process from which others that draw are forked."""

from __future__ import annotations

import importlib

from kpublish.plots import MARKS

for _name in ("matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf", "matplotlib.backends.backend_svg", "pikepdf"):
    importlib.import_module(_name)
for _name in ("matplotlib.figure", "kpublish.plots.canvas", "kpublish.formats.png", "kpublish.formats.svg", "kpublish.formats.pdf"):
    importlib.import_module(_name)
for _name in MARKS.names():
    MARKS.get(_name)

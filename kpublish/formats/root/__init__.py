"""ROOT files (https://root.cern/manual/root_files/): trees of plain branches, histograms, graphs; read by uproot.

uproot is given bytes and no names, so it opens no others; objects are looked at one by one, and bounded before they are unpacked.
"""

from __future__ import annotations

from kpublish.formats.root.reading import read, read_content, recognises

KIND = "bare"
SUFFIXES = (".root",)
MEDIA_TYPE = "application/x-root"

__all__ = ["KIND", "MEDIA_TYPE", "SUFFIXES", "read", "read_content", "recognises"]

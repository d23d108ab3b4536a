"""The libraries whose versions decide about the bytes of figures."""

from __future__ import annotations

import hashlib
import platform
import zlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: Distributions that draw, reckon or write; astropy only where it is installed.
LIBRARIES = ("astropy", "contourpy", "fonttools", "matplotlib", "numpy", "pikepdf", "pillow")
#: Folders of kpublish in which figures are made.
_OURS = ("model", "formats", "plots")


def versions() -> dict[str, str]:
    """Return name → version of the libraries that are installed."""
    return {name: found for name in LIBRARIES if (found := _version(name))}


def fingerprint() -> str:
    """Return a digest of all that decides about a figure's bytes beside the repository: libraries, style, fonts and our code."""
    said = (*versions().items(), ("python", platform.python_version()), ("zlib", zlib.ZLIB_RUNTIME_VERSION), platform.machine())
    digest = hashlib.sha256(repr(said).encode())
    here = Path(__file__).parent.parent
    for folder in _OURS:
        for path in sorted((here / folder).rglob("*")):
            if path.suffix in (".py", ".mplstyle", ".ttf", ".json"):
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""

"""Media types of the files that analyses hold (IANA, https://www.iana.org/assignments/media-types).

A table of our own, because the one of the standard library knows few scientific formats and differs between Python versions.
"""

from __future__ import annotations

#: What is none of these is ``application/octet-stream``. No type is registered for ECSV: it is ``text/csv`` by its body.
MEDIA_TYPES = {
    "bib": "application/x-bibtex",
    "bz2": "application/x-bzip2",
    "c": "text/x-c",
    "cc": "text/x-c",
    "cfg": "text/plain",
    "cff": "application/yaml",
    "cpp": "text/x-c",
    "csv": "text/csv",
    "dat": "text/plain",
    "ecsv": "text/csv",
    "fits": "application/fits",
    "gz": "application/gzip",
    "h5": "application/x-hdf5",
    "hdf5": "application/x-hdf5",
    "htm": "text/html",
    "html": "text/html",
    "ipynb": "application/x-ipynb+json",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "md": "text/markdown",
    "npy": "application/octet-stream",
    "org": "text/org",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "png": "image/png",
    "provn": "text/provenance-notation",
    "py": "text/x-python",
    "r": "text/x-r",
    "root": "application/x-root",
    "rst": "text/x-rst",
    "sh": "application/x-sh",
    "svg": "image/svg+xml",
    "tar": "application/x-tar",
    "tex": "application/x-tex",
    "toml": "application/toml",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "vot": "application/x-votable+xml",
    "webp": "image/webp",
    "xml": "application/xml",
    "xz": "application/x-xz",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
}
#: Files without suffix that are text by their name.
TEXTS = ("license", "licence", "readme", "makefile", "authors", "changelog", "notice", ".gitignore", ".gitattributes")


def media_type(path: str) -> str:
    """Return the media type of a file by its name.

    >>> media_type("data/effective_area.ecsv"), media_type("LICENSE"), media_type("events.unknown")
    ('text/csv', 'text/plain', 'application/octet-stream')
    """
    name = path.rpartition("/")[2].lower()
    if name in TEXTS:
        return "text/plain"
    return MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")

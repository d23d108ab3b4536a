"""Small files of the formats of which no published one is at hand, written by the libraries that own the formats."""

import io
import json
import warnings
import zlib

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import uproot
from astropy.io.votable import from_table, writeto
from astropy.table import Table

ANNOTATED = """# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {name: e, datatype: float64, unit: GeV, description: energy, meta: {symbol: E, role: x}}
# - {name: n, datatype: int64, description: number}
# - {name: w, datatype: string, description: word}
# meta:
#   KM3Resource: {title: A, kid: 8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11, license: CC-BY-4.0}
# schema: astropy-2.0
e,n,w
1.5,1,a
2.5e-3,,"b, c"
nan,3,d
"""
PROJECT = """KM3Resource:
  title: A release
  kid: 8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d12
  version: 1.0.0
  authors: [{name: Ada, orcid: 0000-0002-1825-0097}]
tables: ['data/*.ecsv']
figures: [figures/*.yaml]
archives: {here: {kind: folder, url: out}}
"""
FIGURE = """KM3Resource: {title: A figure, kid: 8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d13}
figure:
  axes: {x: {label: E, scale: log}, y: {label: F}}
  layers: [{mark: points, table: data/t.ecsv, x: e, y: n}]
"""
JPP = "# $30010b28-0f03-4073-b27a-4fd9633a7a00$\n# GIT v1\n# application J\n# command J -o a\n9 +5.65 -3.3\n10 +5.9 -3.8\n"


def made():
    """Content and suffix of each."""
    table = Table({"e": [1.5, 2.5, np.nan], "n": [1, 2, 3], "w": ["a", "b", "c"]}, units={"e": "GeV"})
    yield from ((text.encode(), suffix) for text, suffix in ((ANNOTATED, ".ecsv"), (JPP, ".txt")))
    yield PROJECT.encode(), "kpublish.yaml"
    yield FIGURE.encode(), "figure.yaml"
    yield json.dumps([{"e": 1.5, "n": None}, {"e": 2, "n": 3}]).encode(), ".json"
    yield b"independent_variables:\n- {header: {name: x}, values: [{value: 1}]}\ndependent_variables: []\n", ".yaml"
    yield _fits(table), ".fits"
    for layout in ("tabledata", "binary2"):
        stream = io.BytesIO()
        writeto(from_table(table), stream, tabledata_format=layout)
        yield stream.getvalue(), ".vot"
    yield from ((content, ".h5") for content in _hdf5())
    stream = io.BytesIO()
    pq.write_table(pa.table({"e": [1.5, None], "n": [1, 2], "w": ["a", "b"]}), stream)
    yield stream.getvalue(), ".parquet"
    yield _root(), ".root"
    yield zlib.compress(b"0" * 100_000), ".gz"


def _fits(table):
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table.write(stream, format="fits")
    return stream.getvalue()


def _hdf5():
    """Three generations of the format: its readers share little code."""
    for version in ("earliest", "v110", "latest"):
        stream = io.BytesIO()
        with h5py.File(stream, "w", libver=version) as file:
            file["events"] = np.array([(1, 1.5, b"a"), (2, 2.5, b"b")], dtype=[("id", "<i4"), ("e", "f4"), ("w", "S3")])
            file["group/x"], file["group/y"] = [1.0, 2.0], [3, 4]
            file.create_dataset("packed", data=np.zeros(1000), chunks=(100,), compression="gzip")
            file.attrs["kid"] = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
        yield stream.getvalue()


def _root():
    stream = io.BytesIO()
    file = uproot.recreate(stream)
    file.mktree("t", {"e": "f8", "n": "i4"}).extend({"e": np.arange(9.0), "n": np.arange(9)})
    file["d/h"] = np.histogram([1, 2, 2], bins=[0, 1, 4])
    file["r"] = {"x": np.arange(5), "w": np.array(["a", "bc", "d", "e", "f"])}
    content = stream.getvalue()
    file.close()
    return content

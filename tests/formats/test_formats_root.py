import struct
from pathlib import Path

import awkward as ak
import hist
import numpy as np
import pandas as pd
import pytest
import uproot
from uproot.models.TGraph import Model_TGraphAsymmErrors_v3, Model_TGraphErrors_v3

from kpublish.formats import root
from kpublish.formats.reading_any import read_any

DATA = Path(__file__).parents[1] / "data" / "bare"


def columns(table):
    return {column.name: list(column.values) for column in table.columns}


def numbers(length):
    return np.arange(length, dtype="f8")


@pytest.fixture
def written(tmp_path):
    """Writes objects by their names and reads the file."""

    def write(objects):
        with uproot.recreate(tmp_path / "a.root") as file:
            for name, found in objects.items():
                if isinstance(found, dict):
                    file.mktree(name, {key: value.dtype for key, value in found.items()}).extend(found)
                else:
                    file[name] = found
        return {table.name: table for table in read_any(tmp_path / "a.root")}

    return write


def test_a_tree_has_a_column_per_branch(written):
    tree = {"e": np.array([1.5, np.inf]), "n": np.array([1, -2], "i2"), "u": np.array([1, 2**63], "u8")}
    tree["ok"] = np.array([True, False])
    found = written({"folder/t": tree})["folder/t"]
    assert not found.faults
    assert columns(found) == {key: value.tolist() for key, value in tree.items()}
    assert [column.datatype for column in found.columns] == ["float64", "int16", "uint64", "bool"]


def test_an_ntuple_has_a_column_per_field_and_tells_the_others(tmp_path):
    fields = {"e": numbers(2), "w": np.array(["a", "bc"]), "v": ak.Array([[1.0], [2.0, 3.0]])}
    with uproot.recreate(tmp_path / "a.root") as file:
        file["t"] = fields
    (found,) = read_any(tmp_path / "a.root")
    assert columns(found) == {"e": [0.0, 1.0], "w": ["a", "bc"]}
    assert found.faults[0].message == "t: 1 branch of lists or objects cannot be columns: 'v'."


def test_a_histogram_has_edges_values_and_the_errors_that_it_holds(written):
    weighted = hist.Hist.new.Reg(2, 0, 1, name="x", label="E [GeV]").Weight().fill([0.1, 0.2, 0.7, 9], weight=[1, 2, 3, 5])
    found = written({"plain": np.histogram([1, 2, 2], bins=[0, 1.5, 4]), "weighted": weighted})
    assert columns(found["plain"]) == {"x low": [0.0, 1.5], "x high": [1.5, 4.0], "value": [1.0, 2.0]}
    assert columns(found["weighted"])["value"] == [3.0, 3.0]
    assert columns(found["weighted"])["error"] == [5**0.5, 3.0]
    assert found["weighted"].columns[0].description == "E [GeV]"
    assert found["weighted"].meta["outside"] == [[3, 5.0]]


def test_a_histogram_of_two_axes_has_a_row_per_bin(written):
    found = written({"h": np.histogram2d([1, 1, 3], [10, 30, 30], bins=[[0, 2, 4], [0, 20, 40]])})["h"]
    assert columns(found) == {
        "x low": [0.0, 0.0, 2.0, 2.0],
        "x high": [2.0, 2.0, 4.0, 4.0],
        "y low": [0.0, 20.0, 0.0, 20.0],
        "y high": [20.0, 40.0, 20.0, 40.0],
        "value": [1.0, 1.0, 0.0, 1.0],
    }


def test_a_profile_has_the_means_and_errors_that_uproot_tells(written):
    profile = hist.Hist.new.Reg(2, 0, 2, name="x").Mean().fill([0.5, 0.5, 1.5], sample=[1, 3, 5])
    assert columns(written({"p": profile})["p"])["value"] == [2.0, 5.0]


def errors_of(model, members):
    """Lets uproot write the arrays of graphs with errors, which it only reads."""

    def serialize(self, out, header, name, flags):
        start = len(out)
        for base in self._bases:
            base._serialize(out, True, name, flags)
        out += [b"\x01" + self._members[member].astype(">f8").tobytes() for member in members]
        if header:
            out.insert(start, uproot.serialization.numbytes_version(sum(map(len, out[start:])), 3))

    return serialize


@pytest.mark.parametrize(
    ("model", "said", "expected"),
    [
        (None, {}, {}),
        (Model_TGraphErrors_v3, {"x_errors": [0.1, 0.2], "y_errors": [0.3, 0.4]}, {"x error": [0.1, 0.2], "y error": [0.3, 0.4]}),
        (
            Model_TGraphAsymmErrors_v3,
            {"x_errors_low": [0.1, 0.2], "x_errors_high": [0.3, 0.4], "y_errors_low": [0.5, 0.6], "y_errors_high": [0.7, 0.8]},
            {
                "x error minus": [0.1, 0.2],
                "x error plus": [0.3, 0.4],
                "y error minus": [0.5, 0.6],
                "y error plus": [0.7, 0.8],
            },
        ),
    ],
)
def test_a_graph_has_its_points_and_both_errors(written, monkeypatch, model, said, expected):
    if model:
        members = {"Model_TGraphErrors_v3": ["fEX", "fEY"]}.get(model.__name__, ["fEXlow", "fEXhigh", "fEYlow", "fEYhigh"])
        monkeypatch.setattr(model, "_serialize", errors_of(model, members))
    points = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 4.0], **said})
    found = written({"g": uproot.as_TGraph(points, title="Flux", xAxisLabel="E [GeV]", yAxisLabel="F")})["g"]
    assert not found.faults
    assert columns(found) == {"x": [1.0, 2.0], "y": [3.0, 4.0], **expected}
    assert [column.description for column in found.columns[:2]] == ["E [GeV]", "F"]
    assert found.meta["title"] == "Flux"


def test_published_orientations_have_the_values_that_uproot_reads():
    (found,) = read_any(DATA / "orientations.root")
    with uproot.open(DATA / "orientations.root") as file:
        independent = file["ORIENTATION"].arrays(library="pd")
    assert not found.faults
    assert columns(found) == {
        name.rpartition("/")[2]: values.tolist() for name, values in independent.items() if name not in ("fUniqueID", "fBits")
    }


def test_events_as_km3net_keeps_them_tell_which_branches_are_lists():
    found = {table.name: table for table in read_any(DATA / "offline.root")}
    assert found["Header"].faults[0].message == "Header is a Head, which is not read."
    with uproot.open(DATA / "offline.root") as file:
        assert columns(found["E"])["frame_index"] == file["E/Evt/frame_index"].array().tolist()
    assert "branches of lists or objects cannot be columns: 'usr', 'usr_names'" in found["E"].faults[0].message


def test_words_about_objects_are_no_tables_and_of_cycles_the_newest_is_read(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        file["words"] = "Ada"
        file["h"] = np.histogram([1], bins=[0, 2])
        file["h"] = np.histogram([1, 1], bins=[0, 2])
    (found,) = read_any(tmp_path / "a.root")
    assert columns(found)["value"] == [2.0]


def test_a_name_that_would_become_code_is_refused_before_any_object_is_read(monkeypatch):
    monkeypatch.setattr("kpublish.formats.root.reading._object", lambda *_: pytest.fail("an object was read"))
    content = (DATA / "offline.root").read_bytes()
    with uproot.open(DATA / "offline.root") as file:
        streamer = next(iter(file.file.streamers["Evt"].values()))
    monkeypatch.setattr(streamer.elements[0].__class__, "member", lambda *_, **__: "a'+exit()+'")
    (found,) = root.read_content(content, "a.root")
    assert "a name that is none" in found.faults[0].message


@pytest.mark.parametrize("size", [64, 300, 2000])
def test_cut_root_files_are_refused(size):
    (found,) = root.read_content((DATA / "orientations.root").read_bytes()[:size], "a.root")
    assert "not a whole ROOT file" in found.faults[0].message or "cannot be read" in found.faults[0].message
    assert not found.columns


def test_a_tree_that_unpacks_to_more_than_memory_is_refused(written, monkeypatch):
    monkeypatch.setattr("kpublish.formats.arrays.CELLS", 10)
    assert "larger than what is read into memory" in written({"t": {"e": numbers(11)}})["t"].faults[0].message


def test_an_object_that_promises_to_unpack_to_more_than_memory_is_not_unpacked(written, tmp_path):
    written({"h": np.histogram([1], bins=[0, 2])})
    content = bytearray((tmp_path / "a.root").read_bytes())
    with uproot.open(tmp_path / "a.root") as file:
        place = content.index(struct.pack(">iHi", file.key("h").fNbytes, 4, file.key("h").fObjlen))
    content = content.replace(content[place : place + 10], struct.pack(">iHi", file.key("h").fNbytes, 4, 2**31 - 1))
    (found,) = root.read_content(bytes(content), "a.root")
    assert "larger than what is read into memory" in found.faults[0].message


def test_a_list_of_objects_that_cannot_be_so_long_is_refused_before_uproot_goes_through_it(written, tmp_path, monkeypatch):
    written({"folder/h": np.histogram([1], bins=[0, 2])})
    content = bytearray((tmp_path / "a.root").read_bytes())
    keys, length = struct.unpack_from(">i", content, 100 + struct.unpack_from(">i", content, 28)[0] + 26)[0], 26
    count = keys + length
    for _ in range(3):
        count += 1 + content[count]
    assert struct.unpack_from(">i", content, count) == (1,)
    content[count : count + 4] = struct.pack(">i", 2**31 - 1)
    monkeypatch.setattr("uproot.open", lambda *_, **__: pytest.fail("it was opened"))
    (found,) = root.read_content(bytes(content), "a.root")
    assert "its list of objects is damaged" in found.faults[0].message


def test_one_long_text_in_an_ntuple_does_not_widen_the_others(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        file["t"] = {"w": np.array(["a", "b" * 1000]), "n": np.array([1, 2])}
    (found,) = read_any(tmp_path / "a.root")
    assert columns(found) == {"w": ["a", "b" * 1000], "n": [1, 2]}

"""Trees as tables: a column per branch of single numbers, truth values or texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kpublish.formats.arrays import fault, table_of, too_large
from kpublish.model.bare_table import BareTable
from kpublish.model.finding import Fault
from kpublish.registry import import_with_hint

#: Branches that are named where they are no columns.
_TOLD = 5
#: What every object of ROOT notes for itself.
_INTERNAL = ("fUniqueID", "fBits")
#: Types of fields of an RNTuple that are columns.
_PLAIN = ("bool", "float", "double", "std::string", *(f"std::{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)))


def tree(found: Any, path: str, name: str) -> BareTable:
    """Return a row per entry; branches of lists and objects are one fault that names them."""
    plain: list[Any] = []
    others: list[Any] = []
    for branch in _leaves(found):
        (plain if _is_plain(branch) else others).append(branch)
    faults = (_no_columns([branch.name for branch in others], path, name),) if others else ()
    if not plain:
        return BareTable(path, name, faults=faults or (fault(path, name, "The tree has no branches.", "Write the file again."),))
    size = sum(branch.basket_uncompressed_bytes(number) for branch in plain for number in range(branch.num_baskets))
    if too_large(found.num_entries * len(plain), size):
        return BareTable(
            path, name, faults=(fault(path, name, "It is larger than what is read into memory.", "Publish a smaller table."),)
        )
    odd = next((branch for branch in plain if branch.num_entries != found.num_entries), None)
    if odd is not None:
        message = f"The branch {odd.name!r} has {odd.num_entries} entries; the tree has {found.num_entries}."
        return BareTable(path, name, faults=(fault(path, name, message, "Fill all branches of a tree together."),))
    title = found.member("fTitle", none_if_missing=True)
    meta = {"class": found.classname, **({"title": title} if title else {})}
    table = table_of(path, name, dict(_columns(plain)), meta)
    return replace(table, faults=(*table.faults, *faults))


def ntuple(found: Any, path: str, name: str) -> BareTable:
    """Return a row per entry of an RNTuple, which follows the tree from ROOT 6.34 on."""
    kinds = found.typenames()
    plain = [key for key, kind in kinds.items() if kind in _PLAIN]
    others = [key for key in kinds if key not in plain]
    faults = (_no_columns(others, path, name),) if others else ()
    cells = sum(page.num_elements for cluster in found.page_link_list for column in cluster for page in column.pages)
    if too_large(cells, 8 * cells):
        faults = (fault(path, name, "It is larger than what is read into memory.", "Publish a smaller table."),)
    if not plain or too_large(cells, 8 * cells):
        return BareTable(path, name, faults=faults or (fault(path, name, "It has no fields.", "Write the file again."),))
    data = found.arrays(filter_name=plain)
    columns: dict[str | None, Any] = {key: (_array(data[key], kinds[key]), {}) for key in plain}
    table = table_of(path, name, columns, {"class": found.classname})
    return replace(table, faults=(*table.faults, *faults))


def _array(field: Any, kind: str) -> Any:
    """The field as an array; one of texts holds objects, as NumPy gives every text the length of the longest."""
    numpy, awkward = import_with_hint("numpy"), import_with_hint("awkward")
    return numpy.array(awkward.to_list(field), dtype=object) if kind == "std::string" else awkward.to_numpy(field)


def _leaves(found: Any) -> Iterator[Any]:
    """Branches that hold data and not only other branches."""
    for branch in found.itervalues(recursive=True):
        if not branch.branches and branch.name.rpartition(".")[2] not in _INTERNAL:
            yield branch


def _is_plain(branch: Any) -> bool:
    """Whether an entry is one number, one text, or several numbers with names."""
    uproot = import_with_hint("uproot")
    interpretation = branch.interpretation
    if isinstance(interpretation, uproot.interpretation.strings.AsStrings):
        return True
    if type(interpretation) is not uproot.interpretation.numerical.AsDtype:
        return False
    kind = interpretation.to_dtype
    return not kind.shape and all(kind[field].shape == () for field in kind.names or ())


def _columns(plain: list[Any]) -> Iterator[tuple[str | None, tuple[Any, dict[str, str]]]]:
    names = Counter(branch.name for branch in plain)
    for branch in plain:
        name = branch.name if names[branch.name] == 1 else branch.object_path.rpartition(":")[2]
        title = branch.title if branch.title not in ("", branch.name) and not branch.title.startswith(f"{branch.name}/") else ""
        said = {"description": title} if title else {}
        data = branch.array(library="np")
        for field in data.dtype.names or ():
            yield f"{name}.{field}", (data[field], said)
        if not data.dtype.names:
            yield name, (data, said)


def _no_columns(names: list[str], path: str, name: str) -> Fault:
    told = ", ".join(map(repr, names[:_TOLD])) + ", …" * (len(names) > _TOLD)
    message = f"{len(names)} branch{'es' * (len(names) != 1)} of lists or objects cannot be columns: {told}."
    return fault(path, name, message, "Write one number or text per entry, e.g. a tree of events and one of tracks.")

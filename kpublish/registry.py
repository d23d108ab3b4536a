"""Finds the modules of a room: built-in modules first, entry points of other distributions only for unknown names."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from kpublish.errors import MissingExtra, UnknownName

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Member = TypeVar("Member")

#: Packages that come with an extra, and the extra that brings them.
EXTRAS = {
    "matplotlib": "plots",
    "PIL": "plots",
    "pikepdf": "plots",
    "numpy": "pandas",
    "pandas": "pandas",
    "astropy": "units",
    "h5py": "hdf5",
    "km3io": "km3io",
    "pyarrow": "parquet",
    "uproot": "root",
    "awkward": "root",
    "django": "datacenter",
    "jwt": "datacenter",
    "rest_framework": "datacenter",
    "gunicorn": "production",
    "boto3": "s3",
    "storages": "s3",
    "zenodo_client": "zenodo",
    "cookiecutter": "templates",
    "copier": "templates",
    "pyvo": "vo",
    "hist": "hist",
}


class Registry(Generic[Member]):
    """The modules of one room, by name.

    Parameters
    ----------
    package
        The room, e.g. ``kpublish.exports``; also the entry-point group in which other distributions add modules.
    noun
        What a member is called in messages, e.g. ``"export"``.
    machinery
        Modules of the room that all members share and that are no members themselves.
    """

    def __init__(self, package: str, noun: str, *, machinery: tuple[str, ...] = ()) -> None:
        self.package = package
        self.noun = noun
        self.machinery = machinery
        self._names: list[str] | None = None

    def names(self) -> list[str]:
        """Names of the built-in members, sorted; nothing is imported."""
        if self._names is None:  # a folder that does not change is looked into once
            path = importlib.import_module(self.package).__path__
            self._names = sorted(module.name for module in pkgutil.iter_modules(path) if module.name not in self.machinery)
        return [*self._names]

    def added(self) -> dict[str, EntryPoint]:
        """Entry points of other distributions in this room's group."""
        from importlib.metadata import entry_points

        return {entry.name: entry for entry in entry_points(group=self.package)}

    def all(self) -> Iterator[tuple[str, Member]]:
        """Every built-in member with its name, imported one by one."""
        for name in self.names():
            yield name, self.get(name)

    def get(self, name: str) -> Member:
        """Import and return the member ``name``.

        Raises
        ------
        UnknownName
            If neither this room nor another distribution has it; close names are suggested.
        MissingExtra
            If it needs a package that is not installed.
        """
        known = self.names()
        if name in known:
            return cast(Member, import_with_hint(f"{self.package}.{name}"))
        added = self.added()
        if name in added:
            return cast(Member, added[name].load())
        everything = sorted({*known, *added})
        raise UnknownName(
            f"There is no {self.noun} named {name!r}.", remedy=did_you_mean(name, everything) or f"Known: {', '.join(everything)}."
        )


def did_you_mean(name: str, known: list[str] | tuple[str, ...]) -> str:
    """Return ``"Did you mean …?"`` for a close name, else an empty string.

    >>> did_you_mean("licence", ["license", "title"])
    "Did you mean 'license'?"
    """
    lower = {item.lower(): item for item in known}
    close = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.6)
    return f"Did you mean {lower[close[0]]!r}?" if close else ""


def import_with_hint(module: str) -> Any:
    """Import ``module``; a missing third-party package becomes a sentence that names the extra.

    Raises
    ------
    MissingExtra
        If a package of an extra is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        extra = EXTRAS[package]
        raise MissingExtra(
            f"The package {package!r} is not installed.", remedy=f"Run: python -m pip install 'kpublish[{extra}]'"
        ) from error

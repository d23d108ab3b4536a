"""What there is to harvest: every published version is a record, a withdrawn one a deleted record; those changed last come last."""

# ruff: noqa: N802, N803 - the library calls methods and arguments by the names of the protocol

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from oaipmh import error
from oaipmh.common import Header, Identify, ResumptionOAIPMH
from oaipmh.error import DatestampError
from oaipmh.server import decodeResumptionToken, encodeResumptionToken

from kpublish.datacenter.models import Resource, Status, Version
from kpublish.datacenter.oai.formats import FORMATS

#: Records of one answer.
SIZE = 100
#: setSpec → the kind of member that makes a release belong to it, and its name.
SETS = {"tables": ("table", "Releases with tables"), "figures": ("figure", "Releases with figures")}
#: What one may ask for; in a token they stand beside the place where the list goes on.
_FILTERS = ("metadataPrefix", "set", "from_", "until")


class Page(NamedTuple):
    """A part of a list, and the token for the next one: empty at the end of a list in parts, None if all fits into one."""

    rows: list[Version]
    token: str | None


@dataclass(frozen=True)
class Repository(ResumptionOAIPMH):  # type: ignore[misc]
    """This data center, as the library asks for it; ``base`` is its address as the world knows it."""

    base: str

    def handleVerb(self, verb: str, kw: dict[str, Any]) -> Any:
        """Answer one verb of the protocol."""
        return getattr(self, f"_{verb}")(**kw)

    def _Identify(self) -> Identify:
        first = _visible().order_by("changed").values_list("changed", flat=True).first()
        address, about = f"{self.base}/oai", "KM3NeT Open Data Center"
        began = _stamp(first or datetime.now(UTC))
        emails, granularity = [settings.ADMIN_EMAIL], "YYYY-MM-DDThh:mm:ssZ"
        return Identify(about, address, "2.0", emails, began, "persistent", granularity, ["identity"], toolkit_description=False)

    def _ListMetadataFormats(self, identifier: str | None = None) -> list[tuple[str, str, str]]:
        if identifier is not None:
            self._row(identifier)
        return [(item.prefix, item.schema, item.namespace) for item in FORMATS]

    def _ListSets(self, resumptionToken: str | None = None) -> tuple[list[tuple[str, str, None]], None]:
        if resumptionToken is not None:
            raise _bad_token()
        return [(spec, name, None) for spec, (_, name) in SETS.items()], None

    def _GetRecord(self, identifier: str, metadataPrefix: str) -> tuple[Header, Version, None]:
        _refuse_unknown(metadataPrefix)
        return self._told([self._row(identifier)])[0]

    def _ListIdentifiers(self, **asked: Any) -> tuple[list[Header], str | None]:
        page = _page(**asked)
        return [header for header, _, _ in self._told(page.rows)], page.token

    def _ListRecords(self, **asked: Any) -> tuple[list[tuple[Header, Version, None]], str | None]:
        page = _page(**asked)
        return self._told(page.rows), page.token

    def _told(self, rows: list[Version]) -> list[tuple[Header, Version, None]]:
        kinds = _kinds(rows)
        return [(self._header(row, kinds.get(row.pk, set())), row, None) for row in rows]

    def _header(self, row: Version, kinds: set[str]) -> Header:
        assert row.changed is not None
        sets = [spec for spec, (kind, _) in SETS.items() if kind in kinds]
        return Header(None, f"{self._prefix}{row.kid}/{row.version}", _stamp(row.changed), sets, row.status == Status.WITHDRAWN)

    @property
    def _prefix(self) -> str:
        """``oai:`` and the name of this data center, as http://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm wants."""
        return f"oai:{urlsplit(self.base).hostname}:"

    def _row(self, identifier: str) -> Version:
        kid, _, version = identifier.removeprefix(self._prefix).partition("/")
        found = _visible().filter(kid=kid, version=version).first() if identifier.startswith(self._prefix) else None
        if found is None:
            raise error.IdDoesNotExistError("There is no record with this identifier.")
        return found


def _visible() -> QuerySet[Version]:
    """Everything that is or was published; in the order in which it changed."""
    return Version.objects.filter(changed__isnull=False).order_by("changed", "pk")


def _kinds(rows: Iterable[Version]) -> dict[int, set[str]]:
    """Which kinds of members the versions have; one question for all."""
    kinds: dict[int, set[str]] = {}
    for key, kind in Resource.objects.filter(version__in=rows).values_list("version", "kind").distinct():
        kinds.setdefault(key, set()).add(kind)
    return kinds


def _page(resumptionToken: str | None = None, **asked: Any) -> Page:
    """The part of the list that is asked for; it begins after the last record told, whatever is published meanwhile."""
    place = None
    if resumptionToken is not None:
        asked, place = _opened(resumptionToken)
    _refuse_unknown(asked["metadataPrefix"])
    found = _narrowed(_visible(), **asked)
    if place is not None:
        when, key = place
        found = found.filter(Q(changed__gt=when) | Q(changed=when, pk__gt=key))
    rows = list(found[: SIZE + 1])
    if len(rows) <= SIZE:
        return Page(rows, None if place is None else "")
    last = rows[SIZE - 1]
    assert last.changed is not None
    return Page(rows[:SIZE], encodeResumptionToken({**asked, "after": last.changed.isoformat()}, last.pk))


def _narrowed(found: QuerySet[Version], **asked: Any) -> QuerySet[Version]:
    """Only what changed in a time (both ends count, to the second), or belongs to a set."""
    begin, end = asked.get("from_"), asked.get("until")
    if begin and end and begin > end:
        raise error.BadArgumentError("from is later than until.")
    if begin:
        found = found.filter(changed__gte=begin.replace(tzinfo=UTC))
    if end and end.year < MAXYEAR:
        found = found.filter(changed__lt=end.replace(tzinfo=UTC) + timedelta(seconds=1))
    if asked.get("set"):
        kind = SETS.get(asked["set"], ("", ""))[0]
        found = found.filter(pk__in=Resource.objects.filter(kind=kind).values("version")) if kind else found.none()
    return found


def _opened(token: str) -> tuple[dict[str, Any], tuple[datetime, int]]:
    """What a token of ours says: what was asked for, and the last record that was told."""
    try:
        said, key = decodeResumptionToken(token)
        place = datetime.fromisoformat(said["after"]), key
        if place[0].tzinfo is None or abs(key) >= 2**62 or "metadataPrefix" not in said:
            raise _bad_token()
        return {name: said[name] for name in _FILTERS if name in said}, place
    except (ValueError, KeyError, TypeError, OverflowError, DatestampError) as fault:
        raise _bad_token() from fault


def _bad_token() -> error.BadResumptionTokenError:
    return error.BadResumptionTokenError("This is no token of this list; begin again without it.")


def _refuse_unknown(prefix: str) -> None:
    if prefix not in {item.prefix for item in FORMATS}:
        raise error.CannotDisseminateFormatError("There is no such format; ListMetadataFormats names them.")


def _stamp(when: datetime) -> datetime:
    """As the library writes it: in UTC, without saying so."""
    return when.astimezone(UTC).replace(tzinfo=None)

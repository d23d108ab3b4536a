"""Dates and times: ISO 8601, start before stop, a time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from kpublish.checks import Rule
from kpublish.checks.calendar import day, lacks_zone, moment, suggestion
from kpublish.checks.subjects import subjects
from kpublish.formats.yaml_document import replacing
from kpublish.model.document import Document
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import Project
from kpublish.model.table import Table

CODE = "DAT"


class Stated(NamedTuple):
    """A date or time as a file states it."""

    name: str
    text: str
    where: Position
    document: Document


def _days(project: Project) -> Iterator[Stated]:
    for subject in subjects(project):
        for name in ("datePublication", "dateCreation"):
            text = getattr(subject.own, name)
            if text is not None:
                yield Stated(name, text, subject.at(name, value=text), subject.document)
        if subject.own.approval:
            text = subject.own.approval.date
            yield Stated("approval.date", text, subject.at("approval", "date", value=text), subject.document)


def _spans(project: Project) -> Iterator[tuple[Stated | None, Stated | None]]:
    """Start and stop of what was measured, in contents and origins."""
    for subject in subjects(project):
        if content := subject.own.content:
            stated = partial(_stated, subject.document, partial(subject.at, "content"))
            yield stated("startTime", content.startTime), stated("stopTime", content.stopTime)
    for table in project.tables:
        for key, span in table.origin.range.items():
            stated = partial(_stated, table.header, partial(_in_range, table, key))
            yield stated("measurement_start", span.measurement_start), stated("measurement_stop", span.measurement_stop)


def _in_range(table: Table, key: str, name: str, *, value: str) -> Position:
    return table.header.at("meta", "origin", "range", key, name, length=max(1, len(value)))


def _stated(document: Document, within: Callable[..., Position], name: str, text: str | None) -> Stated | None:
    return Stated(name, text, within(name, value=text), document) if text is not None else None


def _moments(project: Project) -> Iterator[Stated]:
    for span in _spans(project):
        yield from (stated for stated in span if stated)


class DAT01(Rule):
    """A date or time is not written as ISO 8601.

    03/04/2021 is March in one country and April in another; archives refuse other forms, or store nonsense.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write days as 2026-11-22 and times as 2026-11-22T08:30:00Z."""
        for stated in _days(project):
            if not day(stated.text):
                yield _misspelt(stated, suggestion(stated.text).partition("T")[0] or _day_in(stated.text))
        for stated in _moments(project):
            if not moment(stated.text):
                meant = suggestion(stated.text)
                yield _misspelt(stated, meant + ("Z if it is in UTC" if lacks_zone(meant) else ""))


def _day_in(text: str) -> str:
    """The day of a time."""
    return text[:10] if day(text[:10]) and text[10:11] in ("T", " ") else ""


def _misspelt(stated: Stated, meant: str) -> Fault:
    sure = meant if day(meant) or (moment(meant) and not lacks_zone(meant)) else ""
    fix = replacing(stated.document, stated.where, stated.text, sure) if sure else None
    message = f"{stated.name} {stated.text!r} is no ISO 8601 date."
    return Fault(stated.where, message, remedy=f"Write {meant}." if meant else "", fix=fix)


class DAT02(Rule):
    """A start is not before its stop.

    Nothing was measured in such a span: searches for it find nothing, and live times come out negative.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Exchange the two, or mend the wrong one."""
        for start, stop in _spans(project):
            if start and stop and not _ordered(start.text, stop.text):
                yield Fault(stop.where, f"{stop.name} {stop.text} is not after {start.name} {start.text}.")
        for subject in subjects(project):
            made, published = subject.own.dateCreation, subject.complete.datePublication
            if made and published and day(made) and day(published) and made > published:
                where = subject.at("dateCreation", value=made)
                yield Fault(where, f"dateCreation {made} is after datePublication {published}.")


def _ordered(start: str, stop: str) -> bool:
    first, last = moment(start), moment(stop, stop=True)
    return first is None or last is None or first < last


class DAT03(Rule):
    """A time does not say its zone.

    Readers take it for their own time, or for UTC, which differ by hours.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Add Z for UTC, or the difference as +01:00."""
        for stated in _moments(project):
            if lacks_zone(stated.text):
                yield Fault(stated.where, f"{stated.name} {stated.text} has no time zone.")

"""How often each value of a facet stands in the catalogue, counted as entries come and go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Count, F, Sum

from kpublish.datacenter.models import Edition, Facet, Listing, Tally

#: A facet and one of its values.
Value = tuple[str, str]


def hold() -> None:
    """Let nobody else change the catalogue until the transaction ends, so that all count one after the other."""
    Edition.objects.select_for_update().get()


def change(differences: Mapping[Value, int], entries: int) -> None:
    """Count what came (more) and what went (less), and begin a new edition of the catalogue; after ``hold``."""
    changed = {value: number for value, number in differences.items() if number}
    known = Tally.objects.filter(value__in={value for _, value in changed}, name__in={name for name, _ in changed})
    counts = Counter({(tally.name, tally.value): tally.count for tally in known if (tally.name, tally.value) in changed})
    counts.update(changed)
    _write({value: number for value, number in counts.items() if number > 0})
    for name, value in (value for value, number in counts.items() if number <= 0):
        Tally.objects.filter(name=name, value=value).delete()
    Edition.objects.update(number=F("number") + 1, entries=F("entries") + entries)


def recount() -> None:
    """Count everything anew, inside a transaction."""
    hold()
    Tally.objects.all().delete()
    counted = Facet.objects.values("name", "value").annotate(count=Count("pk")).order_by()
    _write({(row["name"], row["value"]): row["count"] for row in counted.iterator(chunk_size=1000)})
    Edition.objects.update(number=F("number") + 1, entries=Listing.objects.count())


def most_frequent(names: Iterable[str], most: int) -> dict[str, list[Tally]]:
    """The most frequent values of each facet in the whole catalogue."""
    return {name: list(Tally.objects.filter(name=name).order_by("-count", "value")[:most]) for name in names}


def tallied(name: str, values: Iterable[str]) -> int:
    """How often these values of a facet stand in the catalogue."""
    return Tally.objects.filter(name=name, value__in=values).aggregate(all=Sum("count"))["all"] or 0


def _write(counts: Mapping[Value, int]) -> None:
    rows = [Tally(name=name, value=value, count=number) for (name, value), number in counts.items()]
    Tally.objects.bulk_create(rows, batch_size=300, update_conflicts=True, unique_fields=["name", "value"], update_fields=["count"])
